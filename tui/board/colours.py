"""The board's colours, mixed from a theme's few."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style


def mix(colour: str, other: str, share: float) -> str:
    """Return ``colour`` with a share of ``other``, both ``#RRGGBB``."""
    parts = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in parts)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def is_colour(text: str) -> bool:
    """Return whether a text is ``#RRGGBB``."""
    return len(text) == 7 and text[0] == "#" and all(digit in "0123456789abcdefABCDEF" for digit in text[1:])


@lru_cache(maxsize=1024)
def style(colour: str, ground: str, bold: bool = False, italic: bool = False) -> Style:
    """Return a style; the same one for the same colours."""
    return Style(color=colour, bgcolor=ground, bold=bold or None, italic=italic or None)


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour that the board uses, ``#RRGGBB``: three strengths of text, three of ground, and the few accents."""

    ground: str
    text: str
    muted: str
    faint: str
    raised: str
    high: str
    accent: str
    error: str
    warning: str


def palette(ground: str, text: str, accent: str, error: str, warning: str = "#c98a1b") -> Palette:
    """Mix the board's colours from a theme's background, foreground, accent, error and warning."""
    return Palette(
        ground=ground,
        text=text,
        muted=mix(text, ground, 0.36),
        faint=mix(text, ground, 0.80),
        raised=mix(ground, text, 0.11),
        high=mix(ground, text, 0.16),
        accent=accent,
        error=error,
        warning=warning,
    )
