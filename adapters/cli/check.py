"""``funil check``."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.cli.parser import at_least_one
from adapters.cli.printing import as_json, say, table, trouble
from adapters.cli.reading import opened
from adapters.clock import RealClock
from core import health
from core.commands import lookup
from core.engine import charging
from core.health import Checked
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.house import House
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

SECONDS = 15
"""How long a connection has to answer."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("connection", metavar=_("CONNECTION"), nargs="?", help=_("default: every connection"))
    parser.add_argument(
        "--timeout", metavar=_("SECONDS"), type=at_least_one, default=SECONDS, help=_("default: 15 for each")
    )


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Ask every connection whether it is well, all at once; no customer hears of it. 1 when one is not."""
    with opened(args, roof) as store:
        house = store.read(lambda reader: reader.house())
        wanted = (
            [lookup.connection(house, args.connection)]
            if args.connection is not None
            else [*house.connections.values()]
        )
        seconds = float(min(args.timeout, 3600))
        asked = health.check_all(wanted, roof.adapters, RealClock(), house.id, charging.backing(store), seconds)
        found = asyncio.run(asked)
    unwell = [each for each in found if not each.health.ok]
    if args.json:
        as_json([_shape(each) for each in found])
    else:
        _print(house, found)
    if unwell:
        words = ngettext(
            "{n} of {all} connections is unwell: {ids}", "{n} of {all} connections are unwell: {ids}", len(unwell)
        )
        ids = lookup.names(each.connection.id for each in unwell)
        trouble(fill(words, {"n": len(unwell), "all": len(found), "ids": ids}))
    return 1 if unwell else 0


def _shape(each: Checked) -> dict[str, object]:
    connection = each.connection
    return {
        "id": connection.id,
        "channel": connection.channel,
        "adapter": connection.adapter,
        "ok": each.health.ok,
        "detail": each.health.detail.english() or None,
        "paused": connection.paused,
    }


def _print(house: House, found: Sequence[Checked]) -> None:
    if not found:
        say(_("No connections."))
        return
    rows = [
        (
            each.connection.id,
            each.connection.channel,
            each.connection.adapter,
            _("well") if each.health.ok else _("unwell"),
            " · ".join(filter(None, [_("paused") if each.connection.paused else "", each.health.detail.local()])),
        )
        for each in found
    ]
    table((_("ID"), _("CHANNEL"), _("ADAPTER"), _("STATE"), ""), rows)
