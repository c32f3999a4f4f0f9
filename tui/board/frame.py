"""Lines of the whole board: what stands on each row, put together from model, grid, painter and drag."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from rich.style import Style
from textual.strip import Strip

from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.moment import Moment
from core.model.pipeline import Stage
from core.ports import Card
from core.safe_text import safe_text
from tui.board.drag import Drag, landing_slot
from tui.board.geometry import GHOST, HEAD, Grid, Rect, Span
from tui.board.model import BoardModel
from tui.board.painter import Head, Look, Painter
from tui.board.texts import NOT_DUE, Due, downwards

Dress: TypeAlias = Callable[[Strip], Strip]

_GHOST_WIDEST: Final = 28
_GHOST_MARGIN: Final = 2
_UNDERLINED: Final = Style(underline=True, bold=True)


def _as_it_is(strip: Strip) -> Strip:
    return strip


class Frame:
    """Draws rows of a board, and knows which cells a thing on it takes up."""

    def __init__(self, model: BoardModel, grid: Grid, painter: Painter, drag: Drag) -> None:
        self.model = model
        self.grid = grid
        self.painter = painter
        self.drag = drag
        self.now = Moment(0)
        self.focused = True
        self.dress: Dress = _as_it_is
        """What is done to each part of a row before it is kept."""
        self._notes: dict[str, str] = {}
        self._cells: dict[tuple[int, int], Strip] = {}
        self._dividers: dict[tuple[int, int], Strip] = {}

    def forget_notes(self) -> None:
        """Ask anew what stands at the heads."""
        self._notes.clear()

    def line(self, y: int) -> Strip:
        """Return a row of the board, exactly as wide as the grid."""
        strip = Strip.join(self._parts(y))
        if y == HEAD - 1:
            strip = self._more(strip)
        ghost = self.ghost()
        if ghost and ghost.y <= y < ghost.y + ghost.height:
            strip = _over(strip, self.dress(self._ghost_strip(ghost, y)), ghost.x)
        return strip

    def forget(self, rects: Iterable[Rect] | None = None) -> None:
        """Make again what touches these cells, or everything, when it is next asked for."""
        if rects is None:
            self._cells.clear()
            self._dividers.clear()
            return
        for x, y, width, height in rects:
            for place, (left, room) in zip(self.grid.shown, self.grid.spans, strict=True):
                track = left + room - 1
                if left >= x + width:
                    break
                if x > track:
                    continue
                for row in range(y, y + height):
                    if x < track:
                        self._cells.pop((place, row), None)
                    if track < x + width:
                        self._dividers.pop((place, row), None)

    def timely(self, place: int, slot: int) -> tuple[str, Due, bool]:
        """Return what a card in view says that changes with time: its age, its date, whether a task is late."""
        card = self.model.card_at(place, slot)
        return self._timely(card, self.model.columns[place].stage) if card else ("", NOT_DUE, False)

    def _timely(self, card: Card, stage: Stage) -> tuple[str, Due, bool]:
        wording = self.painter.wording
        late = card.task_due is not None and card.task_due < self.now
        return wording.age(max(0, self.now - card.entered_at)), wording.due(card, stage, self.now), late

    # Places -----------------------------------------------------------------------------------------------------------

    def card(self, deal_id: str) -> Rect | None:
        """Return the cells of a deal's card, None when it is out of view."""
        place = self.model.place_of(deal_id)
        if place is None:
            return None
        index = self.model.columns[place].find(deal_id)
        return None if index is None else self.grid.card(place, index - self.model.columns[place].top)

    def ghost(self) -> Rect | None:
        """Return the cells of what follows the mouse: below it or else above it, and not over the drop mark."""
        if not self.drag.lifted:
            return None
        widest = max((span.width for span in self.grid.spans), default=1)
        width = min(_GHOST_WIDEST, self.grid.width, max(1, widest - _GHOST_MARGIN))
        x = max(0, min(self.drag.x + 2, self.grid.width - width))
        mark = self.drop_mark()
        last = max(0, self.grid.height - GHOST)
        for y in (self.drag.y + 1, self.drag.y + 2, self.drag.y - GHOST, self.drag.y - GHOST - 1):
            if 0 <= y <= last and not (mark and y <= mark.y < y + GHOST):
                break
        else:
            y = min(max(0, self.drag.y), last)
        return Rect(x, y, max(1, width), min(GHOST, self.grid.height))

    def drag_cells(self) -> frozenset[Rect]:
        """Return the cells that a drag draws over: the ghost, the drop mark, the head of the column below."""
        target = self.drag.target if self.drag.lifted else None
        found = [self.ghost(), self.drop_mark()]
        if target and target.place in self.grid.folded:
            found.append(self.grid.whole(target.place))
        elif target:
            hint = None if self.model.columns[target.place].count else self._hint_cells(target.place)
            found += [self.grid.head(target.place), hint]
        return frozenset(rect for rect in found if rect)

    def drop_mark(self) -> Rect | None:
        """Return the cells of the line that shows where the cards would land, None when that is out of view."""
        target = self.drag.target
        span = self.grid.span(target.place) if target and self.drag.lifted else None
        if target is None or span is None or target.place in self.grid.folded:
            return None
        slot = landing_slot(self.model, target)
        if not 0 <= slot <= self.grid.drawn:
            return None
        return Rect(span.x, self.grid.boundary_row(slot), span.width - 1, 1)

    def _hint_cells(self, place: int) -> Rect | None:
        span = self.grid.span(place)
        return Rect(span.x, HEAD + 1, span.width - 1, 1) if span and self.grid.body > 1 else None

    # Rows -------------------------------------------------------------------------------------------------------------

    def _parts(self, y: int) -> list[Strip]:
        if not self.model.columns:
            return [self._message(y, self.painter.wording.no_columns())]
        if y >= HEAD and self.model.empty and (said := self.painter.wording.empty_board()):
            return [self._message(y - HEAD, said)]
        parts: list[Strip] = []
        for place, span in zip(self.grid.shown, self.grid.spans, strict=True):
            cell = self._cells.get((place, y))
            parts.append(self._make_cell(place, span, y) if cell is None else cell)
            divider = self._dividers.get((place, y))
            parts.append(self._make_divider(place, y) if divider is None else divider)
        rest = self.grid.width - (self.grid.spans[-1].end if self.grid.spans else 0)
        return [*parts, self.dress(self.painter.blank(rest))] if rest else parts

    def _make_cell(self, place: int, span: Span, y: int) -> Strip:
        """Make a column's part of a row; both rows of a card or a head at once, since they are asked for together."""
        width = span.width - 1
        slot, row = divmod(y - HEAD, self.grid.density.pitch)
        if y < HEAD:
            strips = self._head(place, width)
            first = 0
        elif place in self.grid.folded:
            strips, first = (self._spine(place, width, y - HEAD),), y
        else:
            strips = self._content(place, width, slot, row)
            first = y - row if len(strips) > 1 else y
        for at, strip in enumerate(strips, first):
            self._cells[place, at] = self.dress(strip)
        mark = self.drop_mark()
        if mark and mark.x == span.x and first <= mark.y < first + len(strips):
            self._cells[place, mark.y] = self._marked(place, width, mark.y)
        return self._cells[place, y]

    def _marked(self, place: int, width: int, y: int) -> Strip:
        """Return a row with the drop mark; where no row is free between cards, the one above is underlined."""
        if self.grid.density.pitch > self.grid.density.rows or y < HEAD:
            return self.dress(self.painter.drop_mark(self.model.columns[place].stage.color, width))
        return self._cells[place, y].apply_style(_UNDERLINED)

    def _make_divider(self, place: int, y: int) -> Strip:
        column = self.model.columns[place]
        folded = place in self.grid.folded
        thumb = y >= HEAD and not folded and y in self.grid.thumb(column.count, column.top)
        line = thumb or (y >= HEAD and place != self.grid.shown[-1])
        strip = self.dress(self.painter.divider(thumb) if line else self.painter.blank(1))
        self._dividers[place, y] = strip
        return strip

    def _message(self, y: int, lines: Sequence[str]) -> Strip:
        row = y - max(0, (self.grid.body - len(lines)) // 2)
        return self.painter.text(lines[row] if 0 <= row < len(lines) else "", self.grid.width)

    def _content(self, place: int, width: int, slot: int, row: int) -> tuple[Strip, ...]:
        """Return the rows that belong to a row below the heads: those of a card, else that row alone."""
        column = self.model.columns[place]
        if not column.count:
            hint = self._hint(place) if slot * self.grid.density.pitch + row == 1 else ""
            return (self.painter.text(hint, width) if hint else self.painter.blank(width),)
        rows = self.grid.density.rows
        card = self.model.card_at(place, slot) if row < rows else None
        if card is None:
            return (self.painter.blank(width),)
        age, due, task_late = self._timely(card, column.stage)
        look = Look(
            column.stage.color,
            age,
            cursor=card.id == self.model.deal and place == self.model.cursor,
            marked=card.id in self.model.marks,
            lifted=self.drag.lifted and card.id in self.drag.deals,
            pending=card.id in self.model.pending,
            dim=not self.focused,
            due=due,
            task_late=task_late,
        )
        return self.painter.card(card, look, width, rows)

    def _hint(self, place: int) -> str:
        target = self.drag.target
        return _("Drop here") if target and target.place == place else self.painter.wording.empty_column

    def _head(self, place: int, width: int) -> tuple[Strip, ...]:
        head = self._what(place)
        return self.painter.folded(head, width) if place in self.grid.folded else self.painter.head(head, width)

    def _spine(self, place: int, width: int, row: int) -> Strip:
        """Return a row of a folded column: its name stands downwards, a row below the head."""
        head = self._what(place)
        signs = downwards(safe_text(head.name))
        return self.painter.spine(signs[row - 1] if 0 < row <= len(signs) else "", head, width)

    def _what(self, place: int) -> Head:
        column = self.model.columns[place]
        target = self.drag.target if self.drag.lifted else None
        note = self._notes.get(column.stage.id)
        if note is None:
            note = self._notes[column.stage.id] = self.painter.wording.note(column.stage)
        here = place == self.model.cursor
        over = target is not None and target.place == place
        return Head(column.stage.name, column.stage.color, column.count, column.sums, note, here, over)

    def _more(self, strip: Strip) -> Strip:
        """Write over the line below the heads how many columns are out of view."""
        shown = self.grid.shown
        before, after = map(self.dress, self.painter.more(shown.start, self.grid.columns - shown.stop))
        strip = _over(strip, before, 0)
        return _over(strip, after, self.grid.width - after.cell_length)

    def _ghost_strip(self, ghost: Rect, y: int) -> Strip:
        deals = self.drag.deals
        place = self.model.place_of(deals[0]) if deals else None
        colour = self.model.columns[place].stage.color if place is not None else ""
        label = ngettext("{n} deal", "{n} deals", len(deals)).format(n=len(deals)) if len(deals) > 1 else ""
        card = self.model.rows.get(deals[0]) if deals else None
        return self.painter.ghost(card, colour, label, ghost.width)[y - ghost.y]


def _over(strip: Strip, patch: Strip, x: int) -> Strip:
    """Return a strip with another one laid over it."""
    end = x + patch.cell_length
    if not patch.cell_length or x < 0 or end > strip.cell_length:
        return strip
    return Strip.join([strip.crop(0, x), patch, strip.crop(end, strip.cell_length)])
