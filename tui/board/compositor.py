"""Repaints that write only the cells which are stale."""

from __future__ import annotations

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor
from textual.screen import Screen


class ExactUpdate(ChopsUpdate):
    """A partial repaint that starts each row at its first stale cell.

    Textual's own writes a row from the left edge of the widget on, which for a card in the rightmost column is the
    whole width of the terminal.
    """

    def render_segments(self, console: Console) -> str:
        """Return the escape sequences that bring the stale cells up to date."""
        out: list[str] = []
        for y, first, end in self.spans:
            for chop_end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                left, right = max(x, first), min(chop_end, end)
                if strip is None or left >= right:
                    continue
                out.append(Control.move_to(left, y).segment.text)
                out.append(strip.crop(left - x, right - x).render(console))
        return "".join(out)


class ExactCompositor(Compositor):
    """Textual's compositor with exact partial repaints."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """Return what brings the stale cells up to date, None when nothing is stale."""
        update = super().render_partial_update()
        return None if update is None else ExactUpdate(update.chops, update.spans, update.chop_ends)


def make_exact(screen: Screen[object]) -> None:
    """Have a screen write only what is stale. It keeps what it has laid out."""
    if type(screen._compositor) is Compositor:
        screen._compositor.__class__ = ExactCompositor
