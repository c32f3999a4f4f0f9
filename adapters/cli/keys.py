"""``funil keys``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.cli.printing import as_json, note, say, table
from core.i18n import gettext as _
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Keys, Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--check", action="store_true", help=_("only say what is wrong with your own keys"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print the keys, and on stderr what is wrong with the user's file; with ``--check`` that is a failure."""
    keys = roof.keys()
    if args.json:
        as_json(_document(keys))
    elif not args.check:
        head = (_("ID"), _("KEYS"), _("ACTION"), _("PLACE"))
        table(head, [(each.id, " ".join(each.keys), each.title, each.place) for each in keys.actions])
        say()
        say(fill(_("Your own keys: {file}"), {"file": str(keys.path)}))
    for words in keys.troubles:
        note(words.local())
    return int(args.check and bool(keys.troubles))


def _document(keys: Keys) -> dict[str, object]:
    return {
        "file": str(keys.path),
        "actions": [{"id": each.id, "keys": list(each.keys)} for each in keys.actions],
        "troubles": [words.english() for words in keys.troubles],
    }
