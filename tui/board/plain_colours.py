"""The board in a terminal's own colours: sixteen names, its own ground, and the cursor in reverse."""

from __future__ import annotations

from colorsys import rgb_to_hls
from functools import lru_cache
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tui.board.colours import Palette, contrast, mix

_HUES: Final = tuple((n / 6, name) for n, name in enumerate("red yellow green cyan blue magenta red".split()))
_GREY: Final = 0.12
"""Below this saturation a colour is a shade of text."""
_FAINT: Final = 3.0


class OwnColours(LineFilter):
    """Says the board's colours in the names of a terminal: nobody knows what they look like there, so that text is in
    the terminal's own colour on its own ground, and the card under the cursor is told by reversing both."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._reversed = {palette.raised, palette.high, mix(palette.raised, palette.accent, 0.14)}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the same cells in the terminal's colours."""
        return [Segment(text, self._said(style) if style else None, control) for text, style, control in segments]

    def _said(self, style: Style) -> Style:
        ground = style.bgcolor.get_truecolor().hex if style.bgcolor else self._palette.ground
        if ground in self._reversed:
            return Style(color="default", bgcolor="default", bold=style.bold, italic=style.italic, reverse=True)
        colour = style.color.get_truecolor().hex if style.color else self._palette.text
        return Style(color=_name(colour, self._palette.ground), bgcolor="default", bold=style.bold, italic=style.italic)


@lru_cache(maxsize=512)
def _name(colour: str, ground: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, lightness, saturation = rgb_to_hls(red, green, blue)
    if saturation * (1 - abs(2 * lightness - 1)) < _GREY:
        return "default" if contrast(colour, ground) >= _FAINT else "bright_black"
    return min(_HUES, key=lambda known: abs(known[0] - hue))[1]
