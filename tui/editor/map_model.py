"""The map of a pipeline's automation without Textual: columns of cards, cursor, marks, what is in view, where a drop
would land."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from core.automation_map import Survey, leads_to
from core.commands.arranging import Key, Thing
from core.model.house import House
from core.model.pipeline import Pipeline, Stage
from core.model.rule import Rule
from core.rule_ports import What
from tui.editor.cards import Card, card_of

HEAD: Final = 2
"""Rows of a column's head: the stage's name, and what stands in it."""
NARROWEST: Final = 25
WIDEST: Final = 44
DIVIDER: Final = -1
"""Stands in a column's rows for the line between triggers and rules."""
GAP: Final = -2


@dataclass(slots=True)
class Column:
    """A stage with its triggers and rules, in order. ``rows`` says for each line below the head which card it shows
    (by its place; or :data:`DIVIDER`, :data:`GAP`) and which line of it."""

    stage: Stage
    cards: list[Card] = field(default_factory=list)
    rows: list[tuple[int, int]] = field(default_factory=list)
    top: int = 0

    def lay_out(self) -> None:
        """Give each card its lines."""
        self.rows = []
        for place, card in enumerate(self.cards):
            if card.is_rule and (place == 0 or not self.cards[place - 1].is_rule) and place:
                self.rows += [(DIVIDER, 0), (GAP, 0)]
            self.rows += [(place, line) for line in range(card.height)]
            self.rows.append((GAP, 0))

    def first_row(self, place: int) -> int:
        """Return the row where a card begins."""
        return next((row for row, (card, line) in enumerate(self.rows) if (card, line) == (place, 0)), 0)


class Spot(NamedTuple):
    """Where things would land: a column, and the thing of the same sort below them (None: last in the stage)."""

    place: int
    above: str | None


class MapModel:
    """What the map shows. The cursor stays on its card however the house changes."""

    def __init__(self) -> None:
        self.house: House | None = None
        self.pipeline: Pipeline | None = None
        self.survey = Survey()
        self.columns: list[Column] = []
        self.place = 0
        self.index = 0
        self.marks: dict[Key, None] = {}
        self.left = 0
        self.width = 80
        self.height = 20
        self.aim: Key | None = None
        """The card that the cursor shall go to when it is shown."""
        self.held: tuple[Key, ...] = ()
        self.spot: Spot | None = None

    # What is shown ----------------------------------------------------------------------------------------------------

    def show(self, house: House, pipeline: Pipeline | None, survey: Survey | None = None) -> None:
        """Show a pipeline as it is configured now."""
        another = pipeline is None or self.pipeline is None or pipeline.id != self.pipeline.id
        at = self.aim or self.key
        tops = {} if another else {column.stage.id: column.top for column in self.columns}
        self.house, self.pipeline = house, pipeline
        self.survey = self.survey if survey is None else survey
        self.columns = [self._column(stage, tops.get(stage.id, 0)) for stage in (pipeline.stages if pipeline else ())]
        shown = {card.key for column in self.columns for card in column.cards}
        self.marks = {key: None for key in self.marks if key in shown}
        if at in shown:
            self.aim = None
            self.go_to(at)
        else:
            self.put(0 if another else self.place, 0 if another else self.index)

    def _column(self, stage: Stage, top: int) -> Column:
        house, pipeline = self.house, self.pipeline
        assert house is not None and pipeline is not None
        triggers = sorted(
            (t for t in house.triggers.values() if (t.pipeline, t.stage) == (pipeline.id, stage.id)),
            key=lambda t: t.position,
        )
        things: list[Thing] = [*triggers, *house.rules_by_stage.get((pipeline.id, stage.id), ())]
        column = Column(stage, [card_of(thing, house, self.survey) for thing in things], top=top)
        column.lay_out()
        column.top = max(0, min(column.top, len(column.rows) - self.room))
        return column

    @property
    def column(self) -> Column | None:
        """The column under the cursor."""
        return self.columns[self.place] if self.place < len(self.columns) else None

    @property
    def card(self) -> Card | None:
        """The card under the cursor; None in an empty column."""
        column = self.column
        return column.cards[self.index] if column and self.index < len(column.cards) else None

    @property
    def key(self) -> Key | None:
        """What the card under the cursor is known by."""
        return self.card.key if self.card else None

    @property
    def chosen(self) -> tuple[Key, ...]:
        """What an act is meant for: the marked ones in board order, else the one under the cursor."""
        if self.marks:
            return tuple(card.key for column in self.columns for card in column.cards if card.key in self.marks)
        return (self.key,) if self.key else ()

    def find(self, key: Key) -> Card | None:
        """Return a card of the pipeline."""
        return next((card for card in self.cards() if card.key == key), None)

    def cards(self) -> Iterator[Card]:
        """Return every card, stage by stage."""
        return (card for column in self.columns for card in column.cards)

    @property
    def lit(self) -> frozenset[Key]:
        """What the thing under the cursor can cause, or be caused by."""
        return self.survey.related(self.key) if self.key else frozenset()

    @property
    def lit_stage(self) -> str | None:
        """The stage of this pipeline to which the rule under the cursor brings the deal."""
        card = self.card
        there = leads_to(card.thing) if card and isinstance(card.thing, Rule) else None
        return there[1] if there and self.pipeline and there[0] == self.pipeline.id else None

    # The cursor -------------------------------------------------------------------------------------------------------

    def put(self, place: int, index: int) -> None:
        """Put the cursor on a card, or the nearest there is, and bring it into view."""
        self.place = max(0, min(place, len(self.columns) - 1))
        column = self.column
        self.index = max(0, min(index, len(column.cards) - 1)) if column else 0
        self._into_view()

    def go_to(self, key: Key) -> bool:
        """Put the cursor on a card; False when it is not shown."""
        for place, column in enumerate(self.columns):
            for index, card in enumerate(column.cards):
                if card.key == key:
                    self.put(place, index)
                    return True
        return False

    def step(self, across: int, down: int) -> None:
        """Move the cursor; sideways it goes to the card that stands at the same height."""
        if not across:
            self.put(self.place, self.index + down)
            return
        former, place = self.column, max(0, min(self.place + across, len(self.columns) - 1))
        if former is None or place == self.place:
            return
        row = former.first_row(self.index) - former.top if former.cards else 0
        there = self.columns[place]
        at = [card for card, _line in there.rows[: there.top + row + 1] if card >= 0]
        self.put(place, at[-1] if at else 0)

    def toggle_mark(self) -> None:
        """Mark the card under the cursor, or take its mark away, and go on to the next."""
        if self.key is None:
            return
        if self.key in self.marks:
            del self.marks[self.key]
        else:
            self.marks[self.key] = None
        self.step(0, 1)

    def scroll(self, x: int, rows: int) -> None:
        """Move the view of a column; the cursor stays."""
        place = self.column_at(x)
        if place is not None:
            column = self.columns[place]
            column.top = max(0, min(column.top + rows, len(column.rows) - self.room))

    # Where things stand -----------------------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """The rows for cards."""
        return max(1, self.height - HEAD)

    @property
    def shown(self) -> range:
        """The columns in view."""
        count = max(1, min(len(self.columns), self.width // NARROWEST))
        left = max(0, min(self.left, len(self.columns) - count))
        return range(left, min(left + count, len(self.columns)))

    def span(self, place: int) -> tuple[int, int]:
        """Return where a column in view begins, and its width with the divider."""
        shown = self.shown
        width = min(WIDEST, self.width // max(1, len(shown)))
        return (place - shown.start) * width, width

    def resize(self, width: int, height: int) -> None:
        """Divide another room."""
        self.width, self.height = width, height
        self._into_view()

    def _into_view(self) -> None:
        count = max(1, self.width // NARROWEST)
        self.left = max(min(self.left, self.place), self.place - count + 1, 0)
        column = self.column
        if column is None or not column.cards:
            return
        first = column.first_row(self.index)
        last = first + column.cards[self.index].height
        column.top = max(0, min(column.top, first), last - self.room)
        if self.index == 0:
            column.top = 0

    def column_at(self, x: int) -> int | None:
        """Return the column at a cell."""
        for place in self.shown:
            start, width = self.span(place)
            if start <= x < start + width:
                return place
        return None

    def card_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Return column and place of the card at a cell."""
        place = self.column_at(x)
        if place is None or y < HEAD:
            return None
        column = self.columns[place]
        row = column.top + y - HEAD
        if not 0 <= row < len(column.rows) or column.rows[row][0] < 0:
            return None
        return place, column.rows[row][0]

    # Placing ----------------------------------------------------------------------------------------------------------

    def landing(self, keys: Sequence[Key], x: int, y: int) -> Spot | None:
        """Return where things would land that are let go at a cell; None outside of every column."""
        place = self.column_at(x)
        if place is None or not keys or not 0 <= y < self.height:
            return None
        what, column = keys[0][0], self.columns[place]
        row = column.top + max(0, y - HEAD)
        if y < HEAD:
            return Spot(place, None)
        for index, card in enumerate(column.cards):
            middle = column.first_row(index) + card.height // 2
            if card.key[0] == what and row <= middle and card.key not in keys:
                return Spot(place, card.key[1])
        return Spot(place, None)

    def carried(self, across: int, down: int) -> Spot | None:
        """Return where one step carries what is chosen: into the next stage, or past its neighbour; None where there
        is no further step."""
        keys, column = self.chosen, self.column
        if not keys or column is None:
            return None
        if across:
            place = self.place + across
            return Spot(place, None) if 0 <= place < len(self.columns) else None
        what: What = keys[0][0]
        here = [card.key for card in column.cards if card.key[0] == what]
        at = [index for index, key in enumerate(here) if key in keys]
        if not at or (down < 0 and at[0] == 0) or (down > 0 and at[-1] == len(here) - 1):
            return None
        after = [key for key in here[at[0] - 1 :] if key not in keys] if down < 0 else here[at[-1] + 2 :]
        return Spot(self.place, after[0][1] if after else None)
