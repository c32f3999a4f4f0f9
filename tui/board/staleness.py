"""Which cells are to be drawn again, since the last time somebody asked."""

from __future__ import annotations

from collections.abc import Iterator

from tui.board.frame import Frame
from tui.board.geometry import Rect


class Staleness:
    """Collects the cells whose content has changed, and has the frame forget them."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._rects: set[Rect] = set()
        self._drag: frozenset[Rect] = frozenset()
        self._empty = True
        self._thumbs: dict[int, range] = {}

    def note(self) -> bool:
        """Take over what the model has touched; return whether columns show other cards than before."""
        model, drag = self._frame.model, self._frame.drag_cells()
        touched = model.touched
        if model.empty != self._empty:
            self._empty = model.empty
            touched.everything = True
        scrolled = touched.everything or bool(touched.columns)
        if touched.everything:
            self._thumbs.clear()
            self._frame.forget()
        else:
            rects = {rect for rect in self._touched() if rect} | (drag ^ self._drag)
            self._frame.forget(rects)
            self._rects |= rects
        self._drag = drag
        touched.clear()
        return scrolled

    def take(self) -> set[Rect] | None:
        """Return the cells to draw again since the last call; None for all of them."""
        rects, self._rects = self._rects, set()
        touched = self._frame.model.touched
        everything, touched.everything = touched.everything, False
        return None if everything else rects

    def _touched(self) -> Iterator[Rect | None]:
        model, grid = self._frame.model, self._frame.grid
        touched, columns = model.touched, model.columns
        yield from map(self._frame.card, touched.cards)
        yield from map(grid.head, touched.heads)
        for place, at in touched.columns.items():
            for slot in range(max(0, at - columns[place].top), grid.drawn):
                yield grid.card(place, slot)
        for place in touched.tracks:
            thumb = grid.thumb(columns[place].count, columns[place].top)
            former = self._thumbs.get(place)
            yield from grid.track(place, set(thumb) ^ set(former) if former is not None else None)
            self._thumbs[place] = thumb
