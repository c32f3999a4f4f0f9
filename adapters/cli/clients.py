"""The verbs that ``funil contact`` and ``funil company`` share, and their options."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from adapters.cli.parser import Family, at_least_one, import_options
from core.client_ports import ClientKind
from core.i18n import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Abouts:
    """What the help says of each verb, and the name of an id."""

    add: str
    show: str
    list: str
    set: str
    remove: str
    restore: str
    imported: str
    id: str


def add_verbs(family: Family, what: ClientKind, about: Abouts) -> None:
    """Add the verbs of one sort of client."""
    verbs = [
        _add(family, what, about),
        _one(family, "show", about.show, about.id),
        _list(family, about),
        _set(family, about),
        _some(family, "remove", about.remove, about.id),
        _some(family, "restore", about.restore, about.id),
        _import(family, about),
    ]
    for verb in verbs:
        verb.set_defaults(what=what)


def _add(family: Family, what: ClientKind, about: Abouts) -> argparse.ArgumentParser:
    verb = family.add("add", "client_acts:add", about.add)
    verb.add_argument("--name", metavar=_("NAME"), required=True)
    verb.add_argument(
        "--email",
        metavar=_("[TYPE:]ADDRESS"),
        action="append",
        default=[],
        help=_("an e-mail address; WORK (default), HOME, MAILING or OTHER; several times for several"),
    )
    verb.add_argument(
        "--phone",
        metavar=_("[TYPE:]NUMBER"),
        action="append",
        default=[],
        help=_("WORK (default), MOBILE, FAX, HOME, PAGER, MAILING or OTHER; without a country code the company's"),
    )
    verb.add_argument(
        "--opted-out",
        metavar=_("ADDRESS"),
        action="append",
        default=[],
        help=_("one of these addresses or numbers that must not be written to"),
    )
    if what == "companies":
        verb.add_argument(
            "--contact", metavar=_("CONTACT"), action="append", default=[], help=_("may be given several times")
        )
    verb.add_argument("--id", metavar="ID", help=_("default: a new one"))
    return verb


def _one(family: Family, name: str, about: str, metavar: str) -> argparse.ArgumentParser:
    verb = family.add(name, f"client_views:{name}", about)
    verb.add_argument("id", metavar=metavar)
    return verb


def _some(family: Family, name: str, about: str, metavar: str) -> argparse.ArgumentParser:
    verb = family.add(name, f"client_acts:{name}", about)
    verb.add_argument("ids", metavar=metavar, nargs="+")
    return verb


def _list(family: Family, about: Abouts) -> argparse.ArgumentParser:
    verb = family.add("list", "client_views:list_clients", about.list)
    verb.add_argument("--search", metavar=_("TEXT"), help=_("in names, ids, addresses and numbers"))
    verb.add_argument("--limit", metavar="N", type=at_least_one, help=_("the first N only"))
    verb.add_argument("--csv", action="store_true", help=_("as a CSV file, which “import” takes back"))
    return verb


def _set(family: Family, about: Abouts) -> argparse.ArgumentParser:
    verb = family.add("set", "client_acts:set_values", about.set)
    verb.add_argument("id", metavar=about.id)
    verb.add_argument(
        "values",
        metavar=_("FIELD=VALUE"),
        nargs="+",
        help=_("like name=Maria or phone=MOBILE:+5511987650001; several values with semicolons between"),
    )
    return verb


def _import(family: Family, about: Abouts) -> argparse.ArgumentParser:
    verb = family.add("import", "client_import:run", about.imported)
    import_options(verb)
    return verb
