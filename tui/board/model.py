"""What the board shows: columns with their deals, the cursor, the marks. It knows nothing of cells or of Textual."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from core.model.pipeline import Pipeline
from core.ports import Card, ColumnTotal
from tui.board.column import Column
from tui.board.geometry import clamp_top, last_first, reveal
from tui.board.rows import Rows, Touched

AHEAD: Final = 2
"""How many screenfuls above and below the one in view are read before they are asked for."""


class BoardSource(Protocol):
    """Where the board's deals come from, under whatever filter is set: a deal that it hides is one that is not there.

    Only ``column_ids`` is called from a thread; the others are small indexed reads on the loop.
    """

    def totals(self, pipeline: str) -> Mapping[str, ColumnTotal]:
        """Return count and sums of each stage that has deals."""

    def column_ids(self, pipeline: str, stage: str) -> Sequence[str]:
        """Return the ids of a whole column, top first."""

    def cards(self, pipeline: str, stage: str, offset: int, limit: int) -> Sequence[Card]:
        """Return rows of a column, top first."""

    def cards_by_id(self, ids: Iterable[str]) -> Mapping[str, Card]:
        """Return the rows of these deals with their pipeline, stage and rank; one that is not shown is left out."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A deal that was moved on the screen and not yet by the store: from where, whereto, and its version before."""

    origin: str
    target: str
    version: int
    amount: int
    currency: str


class BoardModel:
    """The state of the board. Every change notes in ``touched`` what has to be drawn again.

    The cursor is a column (``cursor``), a place in it (``index``) and the deal that stands there (``deal``).
    """

    def __init__(self, source: BoardSource, rows: int = 4096) -> None:
        self.source = source
        self.pipeline: Pipeline | None = None
        self.columns: list[Column] = []
        self.rows = Rows(rows)
        self.touched = Touched()
        self.first, self.shown, self.slots, self.drawn = 0, 1, 1, 1
        self.reach: tuple[int, ...] = ()
        """How many columns are in view from each first one on; empty: always as many as now."""
        self.folded: frozenset[str] = frozenset()
        """Stages whose columns are folded: their cards are not in view, wherever the columns are."""
        self.cursor = self.index = 0
        self.deal: str | None = None
        self.marks: set[str] = set()
        self.anchor: str | None = None
        self.marked_before: frozenset[str] = frozenset()
        self.pending: dict[str, Pending] = {}
        self.doubtful: set[str] = set()
        """Stages of which a part was read while moves were pending: its places may be wrong by some."""
        self._totals: Mapping[str, ColumnTotal] = {}

    # Reading ----------------------------------------------------------------------------------------------------------

    def load(self, pipeline: Pipeline | None) -> None:
        """Show a pipeline: its totals and the rows in view. Cursor, marks and scrolling stay for the same one."""
        same = pipeline is not None and self.pipeline is not None and pipeline.id == self.pipeline.id
        stage = self.columns[self.cursor].stage.id if same and self.columns else ""
        tops = {column.stage.id: column.top for column in self.columns} if same else {}
        if not same:
            self.first = self.cursor = self.index = 0
            self.shown = self._shown_from(0)
            self.deal = None
            self.marks.clear()
        self.pipeline = pipeline
        stages = pipeline.stages if pipeline else ()
        self.columns = [Column(stage, top=tops.get(stage.id, 0)) for stage in stages]
        self.cursor = self.column_of(stage) or 0
        self.anchor = None
        self.pending.clear()
        self.doubtful.clear()
        self.rows.clear()
        self.touched.everything = True
        self.read_totals()
        self.settle()

    def view(self, first: int, shown: int, slots: int, drawn: int) -> None:
        """Take over how much is in view: columns from ``first``, whole cards, and cards drawn at least in part."""
        if (first, shown, slots, drawn) != (self.first, self.shown, self.slots, self.drawn):
            self.first, self.shown, self.slots, self.drawn = first, shown, slots, drawn
            self.touched.everything = True
        self.settle()

    def read_totals(self) -> None:
        """Read counts and sums anew."""
        self.read_totals_only()
        self.recount()

    def read_totals_only(self) -> None:
        """Read counts and sums anew, to be shown with the next :meth:`recount`."""
        self._totals = self.source.totals(self.pipeline.id) if self.pipeline else {}

    def recount(self) -> None:
        """Set each column's count and sums from the totals read last and the moves still pending."""
        totals = self._with_pending()
        for place, column in enumerate(self.columns):
            if column.total(totals.get(column.stage.id)):
                self.touched.heads.add(place)
                self.touched.tracks.add(place)

    def _with_pending(self) -> Mapping[str, ColumnTotal]:
        if not self.pending:
            return self._totals
        totals = dict(self._totals)
        for moved in self.pending.values():
            if moved.origin != moved.target:
                totals[moved.origin] = _plus(totals.get(moved.origin), moved, -1)
                totals[moved.target] = _plus(totals.get(moved.target), moved, 1)
        return totals

    def settle(self) -> None:
        """Clamp the scroll positions and the cursor, and read what is in view and not known yet."""
        for place, column in enumerate(self.columns):
            top = clamp_top(column.top, column.count, self.slots)
            if top != column.top:
                column.top = top
                self.touched.column(place)
            if place in self.in_view and not self.is_folded(place):
                self._settle_column(place, column)
        self.keep_cursor()

    def _settle_column(self, place: int, column: Column) -> None:
        state = (column.top, self.drawn, column.epoch, column.count, self.rows.evicted)
        if state == column.settled:
            return
        if self.know(place, column.top, column.top + self.drawn, self.drawn):
            self.touched.column(place)
        column.settled = (column.top, self.drawn, column.epoch, column.count, self.rows.evicted)

    @property
    def in_view(self) -> range:
        """The columns in view."""
        return range(self.first, min(self.first + self.shown, len(self.columns)))

    @property
    def open_view(self) -> list[int]:
        """The columns in view whose cards are."""
        return [place for place in self.in_view if not self.is_folded(place)]

    def is_folded(self, place: int) -> bool:
        """Return whether a column is folded."""
        return bool(self.folded) and self.columns[place].stage.id in self.folded

    def know(self, place: int, first: int, end: int, spare: int = 0) -> bool:
        """Read rows of a column so that those from ``first`` to before ``end`` are known, and ``spare`` on both sides.

        Returns False when they were known already.
        """
        column = self.columns[place]
        first, end = max(0, first), min(column.count, end)
        known = column.between(first, end - 1)
        if self.pipeline is None or (len(known) >= end - first and self.rows.has(known)):
            return False
        first, end = max(0, first - spare), min(column.count, end + spare)
        if column.start <= first and end <= column.end:
            missing = [deal for deal in column.between(first, end - 1) if deal not in self.rows]
            self.rows.put(self.source.cards_by_id(missing).values())
        else:
            column.extend(self.read(column, first, end - first), first)
        return True

    def read(self, column: Column, first: int, limit: int) -> list[str]:
        """Read rows of a column from a place on, and return the ids as they stand with the moves still pending."""
        if self.pipeline is None:
            return []
        cards = self.source.cards(self.pipeline.id, column.stage.id, first, limit)
        self.rows.put(cards)
        if self.pending and first:
            self.doubtful.add(column.stage.id)
        return self._as_shown(column, [card.id for card in cards], first)

    def _as_shown(self, column: Column, ids: Sequence[str], first: int = 0) -> list[str]:
        """Return what the store says of a column with the pending moves done: they are not in the store yet."""
        shown = [deal for deal in ids if deal not in self.pending]
        moved_in = [deal for deal, moved in self.pending.items() if moved.target == column.stage.id]
        for place, deal in sorted((column.find(deal), deal) for deal in moved_in if deal in column):
            if place is not None and first <= place <= first + len(shown):
                shown.insert(place - first, deal)
        return shown

    def know_whole(self, place: int) -> None:
        """Read a column's ids now where they are missing, for an act that cannot do without them."""
        column = self.columns[place]
        if self.pipeline is not None and not column.complete:
            column.adopt(self._as_shown(column, self.source.column_ids(self.pipeline.id, column.stage.id)))

    def read_ahead(self) -> None:
        """Read some screenfuls around the one in view, so that the next keys find their cards."""
        near, far = self.drawn, AHEAD * self.drawn
        for place in self.open_view:
            column = self.columns[place]
            top = column.top
            seen = column.between(top, top + self.drawn)
            read = self.know(place, top - near, top + self.drawn + near, far)
            if read and column.between(top, top + self.drawn) != seen:
                self.touched.column(place, top)

    def incomplete(self) -> list[tuple[Column, int]]:
        """Return the columns of which not every id is known, each with its epoch."""
        return [(column, column.epoch) for column in self.columns if not column.complete]

    def complete(self, column: Column, epoch: int, ids: Sequence[str]) -> bool:
        """Take over a whole column's ids; False when the column has changed since and they may be old."""
        ids = self._as_shown(column, ids)
        if not any(column is known for known in self.columns) or column.epoch != epoch or len(ids) != column.count:
            return False
        if column.ids != ids[column.start : column.end]:
            self.touched.column(next(place for place, known in enumerate(self.columns) if known is column))
        column.adopt(ids)
        self.settle()
        return True

    # Looking up -------------------------------------------------------------------------------------------------------

    def place_of(self, deal_id: str) -> int | None:
        """Return the column in which a deal is known to stand."""
        return next((place for place, column in enumerate(self.columns) if deal_id in column), None)

    def column_of(self, stage: str) -> int | None:
        """Return the column of a stage."""
        return next((place for place, column in enumerate(self.columns) if column.stage.id == stage), None)

    def card_at(self, place: int, slot: int) -> Card | None:
        """Return the row drawn in a slot of a column."""
        column = self.columns[place]
        return self.rows.get(column.at(column.top + slot))

    def in_order(self, deals: Collection[str]) -> tuple[str, ...]:
        """Return deals as they stand on the board; those whose place is not known come last."""
        wanted = set(deals)
        if len(wanted) == 1:
            return tuple(wanted)
        found = [deal for column in self.columns for deal in column.ids if deal in wanted]
        return (*found, *sorted(wanted.difference(found)))

    def chosen(self) -> tuple[str, ...]:
        """Return the deals that an act is meant for: the marked ones, else the one under the cursor."""
        if self.marks:
            return self.in_order(self.marks)
        return (self.deal,) if self.deal else ()

    @property
    def empty(self) -> bool:
        """Whether no column has a deal."""
        return not any(column.count for column in self.columns)

    # The cursor's place -----------------------------------------------------------------------------------------------

    def keep_cursor(self) -> None:
        """Put the cursor on its deal's place; where the deal has gone, on the one that stands there now."""
        if not self.columns:
            self.cursor, self.index, self.deal = 0, 0, None
            return
        self.cursor = max(0, min(self.cursor, len(self.columns) - 1))
        column = self.columns[self.cursor]
        index = column.find(self.deal)
        if index is not None:
            self.index = index
            return
        self.index = max(0, min(self.index, column.count - 1))
        if self.is_folded(self.cursor):
            self.deal = None
        elif column.complete or self.deal is None or column.at(self.index):
            self.touched.card(self.deal, column.at(self.index))
            self.deal = column.at(self.index)

    def put_cursor(self, place: int, index: int, *, scroll: bool = True) -> None:
        """Move the cursor to a place of a column, and with ``scroll`` bring it into view.

        In a folded column it stands on no deal, since none is seen, but for the one that it was carried in with.
        """
        if not self.columns:
            return
        if place != self.cursor:
            self.touched.heads.update((self.cursor, place))
        self.touched.card(self.deal)
        self.cursor = max(0, min(place, len(self.columns) - 1))
        column = self.columns[self.cursor]
        self.index = max(0, min(index, column.count - 1))
        if scroll:
            self.scroll_columns(self._revealing(self.cursor) - self.first)
        if self.is_folded(self.cursor):
            self.keep_cursor()
            return
        if scroll:
            self.scroll(self.cursor, reveal(column.top, self.index, self.slots) - column.top)
        self.know(self.cursor, self.index, self.index + 1, self.drawn)
        self.deal = column.at(self.index)
        self.touched.card(self.deal)

    def _revealing(self, place: int) -> int:
        """Return the nearest first column with which another one is in view."""
        first = min(self.first, place)
        while first < place and first + self._shown_from(first) <= place:
            first += 1
        return first

    def _shown_from(self, first: int) -> int:
        return self.reach[first] if first < len(self.reach) else self.shown

    # Scrolling --------------------------------------------------------------------------------------------------------

    def scroll(self, place: int, cards: int) -> bool:
        """Scroll a column by a number of cards; return whether anything moved."""
        if self.is_folded(place):
            return False
        column = self.columns[place]
        top = clamp_top(column.top + cards, column.count, self.slots)
        if top == column.top:
            return False
        column.top = top
        self.know(place, top, top + self.drawn, self.drawn)
        self.touched.column(place)
        return True

    def scroll_columns(self, columns: int) -> bool:
        """Scroll sideways by a number of columns; return whether anything moved."""
        last = last_first(self.reach) if self.reach else len(self.columns) - self.shown
        first = max(0, min(self.first + columns, last))
        if first == self.first:
            return False
        self.first, self.shown = first, self._shown_from(first)
        self.touched.everything = True
        self.settle()
        return True

    # Moving deals -----------------------------------------------------------------------------------------------------

    def would_move(self, deals: Sequence[str], place: int, above: str | None) -> bool:
        """Return whether deals do not stand already, in this order, right under ``above`` in that column."""
        column = self.columns[place]
        start = column.under(above)
        return tuple(column.between(start, start + len(deals) - 1)) != tuple(deals)

    def move(self, deals: Sequence[str], stage: str, above: str | None) -> None:
        """Show deals in their new place at once, right under ``above`` (None: on top), ahead of the store."""
        place = self.column_of(stage)
        if place is None:
            return
        for deal in deals:
            self._take_out(deal, stage)
        target = self.columns[place]
        index = target.under(above)
        for step, deal in enumerate(deals):
            target.insert(index + step, deal, exact=True)
        self.touched.column(place, index)
        self.recount()
        if self.deal in deals:
            self.touched.heads.update((self.cursor, place))
            self.cursor = place
        self.settle()

    def _take_out(self, deal: str, stage: str) -> None:
        place = self.place_of(deal)
        card = self.rows.get(deal)
        origin = self.columns[place].stage.id if place is not None else card.stage if card else stage
        if deal in self.pending:
            origin = self.pending[deal].origin
        version, amount, currency = (card.version, card.amount or 0, card.currency) if card else (-1, 0, "")
        self.pending[deal] = Pending(origin, stage, version, amount, currency)
        if place is not None:
            self.touched.column(place, self.columns[place].remove(deal) or 0)


def _plus(total: ColumnTotal | None, moved: Pending, sign: int) -> ColumnTotal:
    count, sums = (total.count, dict(total.sums)) if total else (0, {})
    sums[moved.currency] = sums.get(moved.currency, 0) + sign * moved.amount
    return ColumnTotal("", "", max(0, count + sign), {code: amount for code, amount in sums.items() if amount})
