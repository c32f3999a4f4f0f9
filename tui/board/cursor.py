"""What keys do to the cursor and the marks, and where a carried deal goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from tui.board.column import Column
from tui.board.model import BoardModel

Direction: TypeAlias = Literal["left", "right", "up", "down", "page_up", "page_down", "home", "end"]
Way: TypeAlias = Literal["left", "right", "up", "down"]

_SIDEWAYS: Final = {"left": -1, "right": 1}


class Target(NamedTuple):
    """Where deals go: right under ``above`` in a column, on top of it for None."""

    place: int
    above: str | None


def step(model: BoardModel, direction: Direction) -> None:
    """Move the cursor. Sideways it keeps its height on the screen; a range being marked grows or shrinks with it."""
    if direction in _SIDEWAYS:
        _sideways(model, _SIDEWAYS[direction])
    elif model.columns and not model.is_folded(model.cursor):
        count = model.columns[model.cursor].count
        ways = {"up": -1, "down": 1, "page_up": -model.slots, "page_down": model.slots, "home": -count, "end": count}
        model.put_cursor(model.cursor, model.index + ways[direction])
    _stretch(model)


def _sideways(model: BoardModel, by: int) -> None:
    place = model.cursor + by
    if 0 <= place < len(model.columns):
        model.put_cursor(place, _beside(model, place))
        model.anchor = None


def _beside(model: BoardModel, place: int) -> int:
    """Return the place in another column at the cursor's height on the screen; the top of a folded one."""
    if model.is_folded(place):
        return 0
    here = model.columns[model.cursor]
    height = max(0, min(model.index - here.top, model.slots - 1))
    return model.columns[place].top + height


def go_to(model: BoardModel, deal_id: str) -> bool:
    """Put the cursor on a deal wherever it stands in the pipeline; False when it is not shown."""
    if model.pipeline is None:
        return False
    place = model.place_of(deal_id)
    if place is None:
        card = model.source.cards_by_id([deal_id]).get(deal_id)
        place = model.column_of(card.stage) if card and card.pipeline in ("", model.pipeline.id) else None
        if place is None:
            return False
        model.know_whole(place)
    index = model.columns[place].find(deal_id)
    if index is None:
        return False
    model.touched.card(model.deal)
    model.deal = deal_id
    model.put_cursor(place, index)
    model.settle()
    return True


# Carrying -------------------------------------------------------------------------------------------------------------


def carry(model: BoardModel, way: Way, deals: Sequence[str]) -> Target | None:
    """Return where these deals go when carried one step: beside at the same height, or past their neighbour."""
    if not deals or not model.columns:
        return None
    if way in _SIDEWAYS:
        place = _standing(model, deals) + _SIDEWAYS[way]
        if not 0 <= place < len(model.columns):
            return None
        column = model.columns[place]
        return Target(place, column.nearest_above(min(_beside(model, place), column.count), deals))
    if model.is_folded(model.cursor):
        return None
    column = model.columns[model.cursor]
    places = [index for deal in deals if (index := column.find(deal)) is not None]
    if not places:
        return None
    return _up(model, column, min(places), deals) if way == "up" else _down(model, column, max(places), deals)


def _standing(model: BoardModel, deals: Collection[str]) -> int:
    """Return the column that the deals are carried from: their own when they share one, else the cursor's."""
    own = [i for i, column in enumerate(model.columns) if any(column.find(deal) is not None for deal in deals)]
    return own[0] if len(own) == 1 else model.cursor


def _up(model: BoardModel, column: Column, first: int, deals: Collection[str]) -> Target | None:
    model.know(model.cursor, first - 2, first)
    passed = column.nearest_above(first, deals)
    if passed is None:
        return None
    return Target(model.cursor, column.nearest_above(column.under(passed) - 1, deals))


def _down(model: BoardModel, column: Column, last: int, deals: Collection[str]) -> Target | None:
    model.know(model.cursor, last, last + 2)
    passed = column.at(last + 1)
    return Target(model.cursor, passed) if passed is not None and passed not in deals else None


# Marks ----------------------------------------------------------------------------------------------------------------


def toggle_mark(model: BoardModel, deal_id: str | None = None) -> None:
    """Mark a deal or take its mark away; without an id the one under the cursor, which then moves on to the next."""
    deal = deal_id or model.deal
    if deal is None:
        return
    model.anchor = None
    model.marks ^= {deal}
    model.touched.card(deal)
    if deal_id is None:
        step(model, "down")


def mark_range(model: BoardModel) -> None:
    """Begin to mark a range at the cursor, or end the one begun."""
    if model.anchor is not None:
        model.anchor = None
        return
    model.anchor = model.deal
    model.marked_before = frozenset(model.marks)
    _stretch(model)


def mark_to(model: BoardModel, deal_id: str) -> None:
    """Mark everything from the cursor to a deal of the same column."""
    column = model.columns[model.cursor]
    other = column.find(deal_id)
    if other is None or model.deal is None:
        return
    first, last = sorted((model.index, other))
    _set_marks(model, model.marks.union(column.between(first, last)))


def mark_visible(model: BoardModel) -> None:
    """Mark every card that is in view as a whole."""
    seen = [model.columns[place].between(top, top + model.slots - 1) for place, top in _tops(model)]
    model.anchor = None
    _set_marks(model, model.marks.union(*seen))


def clear_marks(model: BoardModel) -> None:
    """Take all marks away."""
    model.anchor = None
    _set_marks(model, set())


def _tops(model: BoardModel) -> list[tuple[int, int]]:
    return [(place, model.columns[place].top) for place in model.open_view]


def _stretch(model: BoardModel) -> None:
    """Mark from the anchor of the range to the cursor, and nothing else that was not marked before."""
    if model.anchor is None:
        return
    column = model.columns[model.cursor]
    if column.find(model.anchor) is None:
        model.know_whole(model.cursor)
    start = column.find(model.anchor)
    if start is None:
        model.anchor = None
        return
    first, last = sorted((start, model.index))
    _set_marks(model, model.marked_before.union(column.between(first, last)))


def _set_marks(model: BoardModel, marks: Collection[str]) -> None:
    model.touched.cards |= model.marks.symmetric_difference(marks)
    model.marks = set(marks)
