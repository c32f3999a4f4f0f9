"""``funil deal``: the verbs and their options."""

from __future__ import annotations

import argparse

from adapters.cli.parser import Family, at_least_one, import_options
from core.i18n import gettext as _


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    family = Family(parser)
    _add(family)
    _show(family)
    _list(family)
    _move(family)
    _set(family)
    _undo(family)
    _import(family)
    _stop(family)
    _mail(family)
    _call(family)
    _note(family)
    _paid(family)
    _remove(family)


def _add(family: Family) -> None:
    verb = family.add("add", "deal_acts:add", _("make a deal and print its id; the rules of its stage start"))
    verb.add_argument("--title", required=True)
    verb.add_argument("--pipeline", metavar=_("PIPELINE"), help=_("default: the first"))
    verb.add_argument("--stage", metavar=_("STAGE"), help=_("default: the pipeline's first"))
    verb.add_argument("--responsible", metavar=_("USER"))
    verb.add_argument(
        "--contact", metavar=_("CONTACT"), action="append", default=[], help=_("may be given several times")
    )
    verb.add_argument("--company", metavar=_("COMPANY"), help=_("adds the company's contacts too"))
    verb.add_argument("--amount", metavar=_("AMOUNT"), help=_("like 1250.50"))
    verb.add_argument("--currency", metavar=_("CODE"), help=_("default: the company's"))
    verb.add_argument(
        "--field",
        metavar=_("NAME=VALUE"),
        action="append",
        default=[],
        help=_("a custom field, a file as NAME=@PATH; several times for several"),
    )
    verb.add_argument("--id", metavar="ID", help=_("default: a new one"))
    verb.add_argument("--by", metavar=_("USER"), help=_("who makes it; default: the responsible"))


def _show(family: Family) -> None:
    verb = family.add("show", "deal_views:show", _("print a deal"))
    verb.add_argument("deal", metavar=_("DEAL"))


def _list(family: Family) -> None:
    verb = family.add("list", "deal_views:list_deals", _("print deals in the order of the board"))
    verb.add_argument("--pipeline", metavar=_("PIPELINE"))
    verb.add_argument("--stage", metavar=_("STAGE"))
    verb.add_argument("--search", metavar=_("TEXT"), help=_("in titles, clients' names and ids"))
    verb.add_argument("--limit", metavar="N", type=at_least_one, help=_("the first N only"))
    verb.add_argument("--csv", action="store_true", help=_("as a CSV file, which “import” takes back"))
    verb.add_argument("--removed", action="store_true", help=_("those that were removed instead"))


def _move(family: Family) -> None:
    verb = family.add("move", "deal_acts:move", _("bring deals into a stage, as one act; its rules start"))
    verb.add_argument("deals", metavar=_("DEAL"), nargs="+")
    verb.add_argument("stage", metavar=_("STAGE"))
    verb.add_argument("--pipeline", metavar=_("PIPELINE"), help=_("default: each deal's own"))
    verb.add_argument("--by", metavar=_("USER"), help=_("who moves; default: each deal's responsible"))
    verb.add_argument("--no-rules", action="store_true", help=_("start no rules"))


def _set(family: Family) -> None:
    verb = family.add("set", "deal_acts:set_values", _("change fields of a deal; an empty value clears"))
    verb.add_argument("deal", metavar=_("DEAL"))
    verb.add_argument(
        "values",
        metavar=_("FIELD=VALUE"),
        nargs="+",
        help=_("like amount=1250.50, tracking=BR123 or contract=@offer.pdf"),
    )
    verb.add_argument("--by", metavar=_("USER"), help=_("who changes; default: the responsible"))


def _undo(family: Family) -> None:
    verb = family.add("undo", "deal_acts:undo", _("take the last move back; a bulk move is one undo"))
    verb.add_argument("deal", metavar=_("DEAL"), nargs="?", help=_("default: the newest move of all"))
    verb.add_argument("--by", metavar=_("USER"))
    verb = family.add("redo", "deal_acts:redo", _("do an undone move again; nothing that was done is done twice"))
    verb.add_argument("deal", metavar=_("DEAL"), nargs="?", help=_("default: the newest undone move of all"))
    verb.add_argument("--by", metavar=_("USER"))


def _stop(family: Family) -> None:
    verb = family.add("stop", "deal_acts:stop", _("stop the waiting runs and retries of a deal's stage"))
    verb.add_argument("deal", metavar=_("DEAL"))
    verb.add_argument("--by", metavar=_("USER"), help=_("who stops; default: the responsible"))


def _note(family: Family) -> None:
    verb = family.add("note", "deal_records:note_deal", _("write a note on a deal's history"))
    verb.add_argument("deal", metavar=_("DEAL"))
    verb.add_argument("--text", metavar=_("TEXT"), required=True, help=_("the note; - reads stdin"))
    verb.add_argument("--by", metavar=_("USER"), help=_("who notes it; default: the responsible"))


def _paid(family: Family) -> None:
    verb = family.add("paid", "deal_records:paid", _("mark an invoice of a deal as paid; triggers hear of it"))
    verb.add_argument("deal", metavar=_("DEAL"))
    verb.add_argument("--amount", metavar=_("AMOUNT"), help=_("like 1250.50; default: the deal's amount"))
    verb.add_argument("--invoice", metavar=_("INVOICE"), help=_("its number"))
    verb.add_argument("--by", metavar=_("USER"), help=_("who marks it; default: the responsible"))


def _remove(family: Family) -> None:
    about = _("take deals off the board; what waits of them is cancelled")
    verb = family.add("remove", "deal_records:remove", about)
    verb.add_argument("deals", metavar=_("DEAL"), nargs="+")
    verb.add_argument("--by", metavar=_("USER"), help=_("who removes; default: each deal's responsible"))
    verb = family.add("restore", "deal_records:restore", _("put removed deals back where they stood; starts no rules"))
    verb.add_argument("deals", metavar=_("DEAL"), nargs="+")
    verb.add_argument("--by", metavar=_("USER"), help=_("who restores; default: each deal's responsible"))


def _import(family: Family) -> None:
    about = _("make deals of the rows of a CSV file, all of them or none; starts no rules")
    verb = family.add("import", "deal_import:run", about)
    import_options(verb)
    verb.add_argument("--by", metavar=_("USER"), help=_("who makes them; default: each deal's responsible"))


def _call(family: Family) -> None:
    verb = family.add("call", "deal_call:place", _("call the client in a user's name; the next run makes the call"))
    verb.add_argument("deal", metavar=_("DEAL"))
    verb.add_argument("--by", metavar=_("USER"), required=True, help=_("who calls"))
    verb.add_argument("--line", metavar=_("CONNECTION"), help=_("default: the only telephone line"))
    verb.add_argument("--phone", metavar=_("NUMBER"), help=_("default: the client's first number"))
    verb.add_argument("--id", metavar="ID", help=_("your own name for it: the same again calls nobody"))


def _mail(family: Family) -> None:
    verb = family.add("mail", "deal_mail:write", _("write to the client in a user's name; the next run sends it"))
    verb.add_argument("deal", metavar=_("DEAL"))
    verb.add_argument("--by", metavar=_("USER"), required=True, help=_("who writes: it goes out from their mailbox"))
    verb.add_argument("--subject", metavar=_("TEXT"), required=True)
    text = _("as it stands, nothing in it is a template; - reads stdin")
    verb.add_argument("--text", metavar=_("TEXT"), required=True, help=text)
    files = _("a file that goes along; several times for several")
    verb.add_argument("--attach", metavar=_("PATH"), action="append", default=[], help=files)
    verb.add_argument("--to", metavar=_("ADDRESS"), help=_("default: the client's first address"))
    verb.add_argument("--from", dest="from_", metavar=_("MAILBOX"), help=_("one of the writer's; default: the first"))
    answers = _("the client's mail that this one answers: it stays in its thread, and goes to who wrote that")
    verb.add_argument("--answers", metavar=_("EVENT"), help=answers)
    verb.add_argument("--no-track", action="store_true", help=_("neither links nor opening are tracked"))
    verb.add_argument("--id", metavar="ID", help=_("your own name for it: the same again writes nothing"))
