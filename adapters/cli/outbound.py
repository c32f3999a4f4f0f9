"""``funil outbound``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.cli import shapes
from adapters.cli.parser import Family, at_least_one
from adapters.cli.printing import as_json, table
from adapters.cli.reading import local, one_of, read
from core import money
from core.commands import lookup
from core.i18n import gettext as _
from core.model.delivery import Channel, DeliveryStatus
from core.model.house import House
from core.outbound import HELD, Row, log
from core.ports import Reader
from core.views import DeliveryFilter
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

STATUSES = (HELD, *(status.value for status in DeliveryStatus))
CHANNELS = tuple(channel.value for channel in Channel)


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--deal", metavar=_("DEAL"), help=_("of one deal"))
    parser.add_argument("--status", metavar=_("STATUS"), help=_("one of: %s") % " ".join(STATUSES))
    parser.add_argument("--channel", metavar=_("CHANNEL"), help=_("one of: %s") % " ".join(CHANNELS))
    parser.add_argument("--limit", metavar="N", type=at_least_one, help=_("the newest N only"))
    family = Family(parser, required=False)
    _act(family, "cancel", _("stop a queued message, or a run that is held or waits; the rules below it go on"))
    _act(family, "retry", _("have a message tried now, one that failed once more, or a waiting run act at once"))
    resolve = _act(family, "resolve", _("say what became of a message of which nobody knows whether it went out"))
    resolve.add_argument("became", metavar="sent|failed", help=_("whether it went out"))


def _act(family: Family, name: str, about: str) -> argparse.ArgumentParser:
    verb = family.add(name, f"outbound_acts:{name}", about)
    verb.add_argument("id", metavar="ID", help=_("as in the log: M12 a message, R12 a run"))
    verb.add_argument("--by", metavar=_("USER"), help=_("who acts; default: the deal's responsible"))
    return verb


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print the outbound log, newest first, with what is held on top."""
    status = one_of(args.status, STATUSES, "--status")
    channel = one_of(args.channel, CHANNELS, "--channel")
    where = DeliveryFilter(deal=args.deal, channel=Channel(channel) if channel else None, limit=args.limit)
    house, rows = read(args, roof, lambda reader: _rows(reader, where, status))
    if args.json:
        as_json([shapes.outbound(row) for row in rows])
    else:
        _print(house, rows)
    return 0


def _rows(reader: Reader, where: DeliveryFilter, status: str | None) -> tuple[House, Sequence[Row]]:
    if where.deal is not None:
        lookup.deal(reader, where.deal, removed=True)
    return reader.house(), log(reader, where, frozenset({status} if status else ()))


def _print(house: House, rows: Sequence[Row]) -> None:
    at = fill(_("AT ({zone})"), {"zone": house.company.timezone})
    head = (_("ID"), at, _("DEAL"), _("CHANNEL"), _("TO"), _("STATUS"), _("TEXT"))
    table(head, [_line(house, row) for row in rows])


def _line(house: House, row: Row) -> tuple[str, ...]:
    message = row.message
    status = f"{row.status} ({row.reason})" if row.reason else row.status
    if row.due_at is not None and row.status in (HELD, DeliveryStatus.QUEUED.value):
        status += f" → {local(house, row.due_at)}"
    if row.delivery is not None and row.delivery.cost is not None:
        currency = row.delivery.cost_currency or house.company.currency
        status += f" · {money.text(row.delivery.cost, currency)} {currency}"
    text = message.gist
    return row.id, local(house, row.at), row.deal, message.channel.value, message.to, status, text
