"""``funil connection``: holding back what goes out."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.cli.parser import Family
from adapters.cli.printing import as_json, say
from adapters.cli.reading import opened
from core.commands import lookup
from core.errors import UnknownThing
from core.i18n import N_
from core.i18n import gettext as _
from core.ports import Job, Tx

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

BY_HAND = "by_hand"


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    family = Family(parser)
    _which(family, "pause", _("hold back everything behind a connection"))
    _which(family, "resume", _("let it go again"))


def _which(family: Family, name: str, about: str) -> None:
    verb = family.add(name, f"connection:{name}", about)
    which = verb.add_mutually_exclusive_group(required=True)
    which.add_argument("connection", metavar=_("CONNECTION"), nargs="?")
    which.add_argument("--all", action="store_true", help=_("every connection"))


def pause(args: argparse.Namespace, roof: Roof) -> int:
    """Hold back everything behind a connection."""
    return _set(args, roof, BY_HAND)


def resume(args: argparse.Namespace, roof: Roof) -> int:
    """Let everything behind a connection go again; an engine sends it."""
    return _set(args, roof, None)


def _set(args: argparse.Namespace, roof: Roof, reason: str | None) -> int:
    with opened(args, roof) as store:
        changed = store.write_now(_pausing(args.connection, reason))
    if args.json:
        as_json([{"id": each, "paused": reason} for each in changed])
        return 0
    state = _("paused") if reason else _("resumed")
    for each in changed:
        say(f"{each}: {state}")
    return 0


def _pausing(connection: str | None, reason: str | None) -> Job[list[str]]:
    def job(tx: Tx) -> list[str]:
        known = tx.house().connections
        if connection is not None and connection not in known:
            raise UnknownThing(
                N_("there is no connection “{id}” (there are: {known})"), id=connection, known=lookup.names(known)
            )
        wanted = list(known) if connection is None else [connection]
        for each in wanted:
            tx.pause_connection(each, reason)
        return wanted

    return job
