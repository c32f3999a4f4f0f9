"""The deal's own fields on its sheet: built-in ones, then those of the admin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.cells import cell_len

from core import fields
from core.fields import Kind, Spec
from core.i18n import gettext as _
from core.model.deal import LOOP_FLAG, Deal
from core.safe_text import safe_text
from tui import format as fmt
from tui.outbound_paint import Moments
from tui.panels import values
from tui.panels.deal_sheet import DealView
from tui.panels.flow import Para, Piece
from tui.panels.sheet import Item, Section
from tui.panels.spots import FactSpot, FieldSpot, FlagSpot, StageSpot

WIDEST: Final = 24
"""Cells for the names of fields; a longer one is cut."""
OWN: Final = ("title", "amount", "currency", "responsible", "begin_date", "close_date")


def items(view: DealView, manner: values.Manner, moments: Moments) -> list[Item]:
    """Return a line for each field; several values of one stand below one another."""
    rows = [*_own(view, manner, moments), *_customs(view, manner)]
    wide = min(WIDEST, max(cell_len(name) for _key, name, _value, _spot in rows)) + 2
    return [_item(key, name, value, spot, wide) for key, name, value, spot in rows]


Row = tuple[str, str, Piece, Any]
"""Key, name, value and spot of one line."""


def _item(key: str, name: str, value: Piece, spot: Any, wide: int) -> Item:
    label = fmt_label(name, wide)
    paras = (Para(((label, "muted"), (safe_text(value[0], lines=True), value[1])), hang=wide),)
    return Item(key=key, section=Section.FIELDS, paras=paras, spot=spot, at=wide)


def fmt_label(name: str, wide: int) -> str:
    """Return a field's name filled or cut to a width, with a blank behind it."""
    from tui.outbound_paint import fit

    return fit(safe_text(name), wide - 1) + " "


def _own(view: DealView, manner: values.Manner, moments: Moments) -> Iterator[Row]:
    house, deal = view.house, view.deal
    stage, pipeline = house.stage(deal.pipeline, deal.stage), house.pipelines.get(deal.pipeline)
    place = f"{stage.name if stage else deal.stage} · {pipeline.name if pipeline else deal.pipeline}"
    specs = {name: fields.BUILTIN[f"deal.{name}"] for name in OWN}
    yield from _lines(specs["title"], deal.title, manner)
    yield "stage", _("Stage"), (place, "plain"), StageSpot()
    yield "since", _("Since"), (fmt.short_time(deal.entered_at, moments.zone, moments.today), "plain"), FactSpot()
    for name in OWN[1:]:
        yield from _lines(specs[name], _stored(deal, name), manner)
    if LOOP_FLAG in deal.flags:
        yield "flag", _("Flags"), (_("rules do not move it: they went round in a circle"), "warn"), FlagSpot()


def _stored(deal: Deal, name: str) -> Any:
    value = getattr(deal, name)
    return str(value) if name == "amount" and value is not None else value


def _customs(view: DealView, manner: values.Manner) -> Iterator[Row]:
    deal, house = view.deal, view.house
    for name in house.fields:
        spec = fields.find(fields.resolve(f"deal.fields.{name}"), house)
        if spec is not None:
            yield from _lines(spec, deal.fields.get(name), manner)
    for name, value in deal.fields.items():
        if name not in house.fields:  # a field that the board file no longer lists keeps its values
            yield f"field:{name}", name, (values.shown(manner, None, value), "plain"), FactSpot()


def _lines(spec: Spec, value: Any, manner: values.Manner) -> Iterator[Row]:
    if not spec.multiple:
        yield _key(spec), spec.label(), look(spec, value, manner), FieldSpot(spec, None, value)
        return
    several = listed(value)
    for index, each in enumerate(several):
        name = spec.label() if index == 0 else ""
        yield f"{_key(spec)}#{index}", name, look(spec, each, manner), FieldSpot(spec, index, each)
    name = "" if several else spec.label()
    yield f"{_key(spec)}+", name, ("+", "muted"), FieldSpot(spec, len(several), None)


def listed(value: Any) -> Sequence[Any]:
    """Return the values of a multiple field."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _key(spec: Spec) -> str:
    return f"field:{spec.id}" if spec.custom else spec.path


def look(spec: Spec, value: Any, manner: values.Manner) -> Piece:
    """Return a value with its style: a box for what is ticked, an underline for what leads somewhere."""
    if spec.kind is Kind.BOOL:
        return ("[x]" if value is True else "[ ]"), "plain"
    told = values.shown(manner, spec.kind, value)
    if not told:
        return "–", "muted"
    return told, "link" if is_link(told) else "plain"


def is_link(text: str) -> bool:
    """Return whether a text is the address of a web page and nothing else."""
    return text.startswith(("https://", "http://")) and not any(char.isspace() for char in text)
