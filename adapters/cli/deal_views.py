"""What ``funil deal`` shows."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from adapters.cli import shapes
from adapters.cli.printing import as_json, pairs, say, table
from adapters.cli.reading import local, read
from core import money
from core.commands import lookup
from core.errors import UnknownThing
from core.i18n import N_
from core.i18n import gettext as _
from core.model.deal import Deal
from core.model.house import FieldType, House
from core.ports import Reader
from core.views import DealFilter
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def show(args: argparse.Namespace, roof: Roof) -> int:
    """Print one deal."""

    def look(reader: Reader) -> tuple[House, Deal]:
        return reader.house(), lookup.deal(reader, args.deal)

    house, deal = read(args, roof, look)
    if args.json:
        as_json(shapes.deal(deal, house))
    else:
        _print(house, deal)
    return 0


def list_deals(args: argparse.Namespace, roof: Roof) -> int:
    """Print deals in the order of the board."""
    where = DealFilter(
        pipeline=args.pipeline, stage=args.stage, search=args.search, limit=args.limit, removed=args.removed
    )
    house, deals = read(args, roof, lambda reader: _listed(reader, where))
    if args.json:
        as_json([shapes.deal(deal, house) for deal in deals])
        return 0
    if args.csv:
        from adapters.cli.csv_out import csv_file

        csv_file(*_as_csv(house, deals))
        return 0
    if not deals:
        say(_("No deals."))
        return 0
    head = (_("ID"), _("TITLE"), _("AMOUNT"), _("PIPELINE"), _("STAGE"), _("RESPONSIBLE"))
    table(head, [_line(deal) for deal in deals], right=frozenset({2}))
    return 0


def _listed(reader: Reader, where: DealFilter) -> tuple[House, Sequence[Deal]]:
    house = reader.house()
    if where.pipeline is not None:
        lookup.pipeline(house, where.pipeline)
    if where.stage is not None and where.pipeline is not None:
        lookup.stage(house, where.pipeline, where.stage)
    elif where.stage is not None and not any(p.stage(where.stage) for p in house.pipelines.values()):
        known = lookup.names(dict.fromkeys(s.id for p in house.pipelines.values() for s in p.stages))
        raise UnknownThing(N_("no pipeline has a stage “{id}” (there are: {known})"), id=where.stage, known=known)
    return house, reader.deals(where)


def _as_csv(house: House, deals: Sequence[Deal]) -> tuple[list[str], Iterator[list[str]]]:
    """Return deals as a table that ``import`` takes back; files stand in no table."""
    kept = [name for name, field in house.fields.items() if field.type is not FieldType.FILE]
    head = ["id", "title", "amount", "currency", "pipeline", "stage", "responsible", "contact", "company"]
    head += ["begin_date", "close_date", *(f"fields.{name}" for name in kept)]
    return head, ([*_cells(deal), *(_cell(deal.fields.get(name)) for name in kept)] for deal in deals)


def _cells(deal: Deal) -> list[str]:
    amount = "" if deal.amount is None else money.text(deal.amount, deal.currency)
    place = [deal.pipeline, deal.stage, deal.responsible or "", ";".join(deal.contacts), deal.company or ""]
    return [deal.id, deal.title, amount, deal.currency, *place, deal.begin_date or "", deal.close_date or ""]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        from core.importing.several import joined

        return joined([_cell(each) for each in value])
    return "" if value is None else str(value)


def _line(deal: Deal) -> tuple[str, ...]:
    return deal.id, deal.title, _amount(deal), deal.pipeline, deal.stage, deal.responsible or ""


def _amount(deal: Deal) -> str:
    return "" if deal.amount is None else f"{money.text(deal.amount, deal.currency)} {deal.currency}"


def _print(house: House, deal: Deal) -> None:
    stay = {"stage": deal.stage, "time": local(house, deal.entered_at)}
    pairs(
        [
            (_("id"), deal.id),
            (_("title"), deal.title),
            (_("amount"), _amount(deal)),
            (_("pipeline"), deal.pipeline),
            (_("stage"), fill(_("{stage} (since {time})"), stay)),
            (_("responsible"), deal.responsible or ""),
            (_("contacts"), ", ".join(deal.contacts)),
            (_("company"), deal.company or ""),
            (_("begin date"), deal.begin_date or ""),
            (_("close date"), deal.close_date or ""),
            (_("flags"), ", ".join(deal.flags)),
            (_("created"), local(house, deal.created_at)),
            *((name, _value(value)) for name, value in deal.fields.items()),
        ]
    )


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    return "" if value is None else str(value)
