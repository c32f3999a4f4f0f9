"""``funil deal import``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.cli import importing
from core.i18n import gettext as _
from core.i18n import ngettext
from core.importing.bringing import import_deals

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Make deals of a file's rows, or say what is wrong with them."""
    return importing.run(args, roof, import_deals, _sayings(), args.by)


def _sayings() -> importing.Sayings:
    return importing.Sayings(
        would=lambda n: ngettext(
            "{n} deal would be imported; nothing was written (--dry-run)",
            "{n} deals would be imported; nothing was written (--dry-run)",
            n,
        ),
        none=_("No deals imported."),
        one=_("1 deal imported: {id}"),
        many=lambda n: ngettext("{n} deal imported: {first} … {last}", "{n} deals imported: {first} … {last}", n),
    )
