"""``funil outbound``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.cli.parser import Family, at_least_one
from adapters.cli.printing import as_json, table
from adapters.cli.reading import local, one_of, read
from core import log_filter, money, outbound_export
from core.commands import lookup
from core.i18n import gettext as _
from core.log_filter import LogFilter
from core.model.delivery import Channel, DeliveryStatus
from core.model.house import House
from core.outbound import Row
from core.outbound_reading import rows
from core.ports import Reader
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

STATUSES = (log_filter.HELD, *(status.value for status in DeliveryStatus))
CHANNELS = tuple(channel.value for channel in Channel)


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--deal", metavar=_("DEAL"), help=_("of one deal"))
    parser.add_argument("--status", metavar=_("STATUS"), help=_("one of: %s") % " ".join(STATUSES))
    parser.add_argument("--channel", metavar=_("CHANNEL"), help=_("one of: %s") % " ".join(CHANNELS))
    search = _("words that all occur in recipient, subject or text; also channel:sms status:failed deal:D12")
    parser.add_argument("--search", metavar=_("WORDS"), help=search)
    parser.add_argument("--csv", action="store_true", help=_("print a CSV file, as the board's log writes it"))
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
    where = _narrowed(log_filter.parse(args.search or ""), args.deal, status, channel)
    house, found = read(args, roof, lambda reader: _rows(reader, where, args.limit))
    if args.json:
        as_json([outbound_export.shape(row) for row in found])
    elif args.csv:
        from adapters.cli.csv_out import csv_file

        csv_file(outbound_export.COLUMNS, map(outbound_export.cells, found))
    else:
        _print(house, found)
    return 0


def _narrowed(where: LogFilter, deal: str | None, status: str | None, channel: str | None) -> LogFilter:
    """Return what was searched for with the options, each of which goes before what the words say of it."""
    return replace(
        where,
        deal=where.deal if deal is None else deal,
        statuses=frozenset({status}) if status else where.statuses,
        channels=frozenset({Channel(channel)}) if channel else where.channels,
    )


def _rows(reader: Reader, where: LogFilter, most: int | None) -> tuple[House, Sequence[Row]]:
    if where.deal is not None:
        where = replace(where, deal=lookup.deal(reader, where.deal, removed=True).id)
    return reader.house(), list(rows(reader, where, most))


def _print(house: House, rows: Sequence[Row]) -> None:
    at = fill(_("AT ({zone})"), {"zone": house.company.timezone})
    head = (_("ID"), at, _("DEAL"), _("CHANNEL"), _("TO"), _("STATUS"), _("TEXT"))
    table(head, [_line(house, row) for row in rows])


def _line(house: House, row: Row) -> tuple[str, ...]:
    message = row.message
    status = f"{row.status} ({row.reason})" if row.reason else row.status
    if row.due_at is not None and row.status in (log_filter.HELD, DeliveryStatus.QUEUED.value):
        status += f" → {local(house, row.due_at)}"
    if row.delivery is not None and row.delivery.cost is not None:
        currency = row.delivery.cost_currency or house.company.currency
        status += f" · {money.text(row.delivery.cost, currency)} {currency}"
    text = message.gist
    return row.id, local(house, row.at), row.deal, message.channel.value, message.to, status, text
