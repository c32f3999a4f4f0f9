"""Bare ``funil``: the board; the first time, a question."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from adapters.cli import demo, init
from adapters.web import IN_BROWSER
from core.errors import Refused
from core.i18n import N_

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

USER = "FUNIL_USER"
"""The variable that says who sits at the board where ``--as`` does not."""


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Open the board; where there is no database yet, offer the demo or an empty pipeline."""
    need_terminal()
    place = roof.place(args.db)
    if not roof.exists(place):
        choice = roof.welcome(place)
        if choice is None:
            return 0
        if choice == "demo":
            return demo.show(roof, roof.place(args.db, demo=True))
        init.prepared(roof, place)
    return roof.board(place, user=who(args))


def who(args: argparse.Namespace) -> str | None:
    """Return who sits at the board, as far as it is said."""
    return getattr(args, "user", None) or os.environ.get(USER) or None


def need_terminal() -> None:
    """Raise ``Refused`` where no board can be shown. A browser's board talks through pipes."""
    if IN_BROWSER not in os.environ and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Refused(N_("the board needs a terminal; “funil --help” lists the verbs that do without"))
