"""``funil timeline``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.cli import shapes
from adapters.cli.parser import at_least_one
from adapters.cli.printing import as_json, table
from adapters.cli.reading import local, read
from core.commands import lookup
from core.i18n import gettext as _
from core.model.house import House
from core.ports import Reader
from core.views import TimelineEntry
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("deal", metavar=_("DEAL"))
    parser.add_argument("--limit", metavar="N", type=at_least_one, help=_("the newest N only"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print a deal's history, newest first."""
    house, entries = read(args, roof, lambda reader: _history(reader, args.deal, args.limit))
    if args.json:
        as_json([shapes.history(entry) for entry in entries])
        return 0
    rows = [(local(house, e.at), e.kind.value, e.by, e.text.local()) for e in entries]
    at = fill(_("AT ({zone})"), {"zone": house.company.timezone})
    table((at, _("KIND"), _("BY"), _("TEXT")), rows)
    return 0


def _history(reader: Reader, deal_id: str, limit: int | None) -> tuple[House, Sequence[TimelineEntry]]:
    deal = lookup.deal(reader, deal_id, removed=True)
    return reader.house(), reader.timeline(deal.id, limit)
