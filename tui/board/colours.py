"""The board's colours, mixed from a theme's few."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

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
    """Mix the board's colours from a theme's background, foreground, accent, error and warning.

    A theme's own text, accent, error and warning are taken as they are where they can be read, else moved towards
    white or black until they can: WCAG 2's 4.5 to 1 for what is read, on every ground that it may stand on.
    """
    text = readable(text, (ground,), 7.0)
    raised, high = mix(ground, text, 0.11), mix(ground, text, 0.16)
    grounds = (ground, raised, high, mix(raised, accent, 0.14))
    return Palette(
        ground=ground,
        text=text,
        muted=readable(mix(text, ground, 0.36), grounds, READ),
        faint=mix(text, ground, 0.80),
        raised=raised,
        high=high,
        accent=readable(accent, grounds, READ),
        error=readable(error, grounds, READ),
        warning=readable(warning, grounds, READ),
    )


READ: Final = 4.5
"""The least contrast of what is read (WCAG 2, AA)."""
SEEN: Final = 3.0
"""The least contrast of what is only seen, as a stage's bar (WCAG 2, 1.4.11)."""
_STEPS: Final = 20


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


@lru_cache(maxsize=1024)
def readable(colour: str, grounds: tuple[str, ...], least: float) -> str:
    """Return the colour, moved as little as needed towards white or black to stand out from all these grounds."""
    end = "#ffffff" if _luminance(grounds[0]) < 0.18 else "#000000"
    shades = (mix(colour, end, step / _STEPS) for step in range(_STEPS + 1))
    return next((shade for shade in shades if min(contrast(shade, each) for each in grounds) >= least), end)


def stage_colour(colour: str, seen_in: Palette) -> str:
    """Return a stage's colour as it can be seen in a palette; the accent for what is no colour."""
    if not is_colour(colour):
        return seen_in.accent
    return readable(colour, (seen_in.ground, seen_in.raised, seen_in.high), SEEN)
