"""The list below the cursor with what a text may go on with."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Offset
from textual.widgets import Static

from core.completing import Offer
from core.safe_text import safe_text


class Completions(Static):
    """Shown while there is something to choose; it never has the focus."""

    def __init__(self) -> None:
        super().__init__("", classes="completions")
        self._offers: Sequence[Offer] = ()
        self._at = 0
        self.display = False

    @property
    def is_open(self) -> bool:
        """Whether there is something to choose."""
        return bool(self._offers)

    @property
    def chosen(self) -> Offer:
        """What the cursor of the list is on."""
        return self._offers[self._at]

    def open(self, offers: Sequence[Offer], cursor: Offset) -> None:
        """Offer these below a place of the screen, the first one chosen."""
        self._offers, self._at = offers, 0
        self.absolute_offset = cursor + Offset(-1, 1)
        self._draw()
        self.display = True

    def close(self) -> None:
        """Offer nothing."""
        self._offers = ()
        self.display = False

    def step(self, step: int) -> None:
        """Choose the next one, or the one before."""
        self._at = (self._at + step) % len(self._offers)
        self._draw()

    def _draw(self) -> None:
        wide = max(len(each.text) for each in self._offers)
        lines = []
        for place, each in enumerate(self._offers):
            chosen = place == self._at
            text = (f" {each.text:<{wide}} ", "bold $foreground on $primary 40%" if chosen else "$foreground")
            label = (f" {safe_text(each.label)} ", "$muted on $primary 40%" if chosen else "$muted")
            lines.append(Content.assemble(text, label) if each.label else Content.assemble(text))
        self.update(Content("\n").join(lines))
