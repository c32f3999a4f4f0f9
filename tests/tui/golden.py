"""Golden frames: what a screen showed when somebody last looked at it and found it right, text and styles.

``UPDATE_GOLDEN=1`` writes them anew; the difference then belongs into the review.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from string import ascii_letters, digits
from typing import Final

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

FOLDER: Final = Path(__file__).parent / "golden"
_SIGNS: Final = "." + ascii_letters + digits


def frame_text(strips: Iterable[Strip]) -> str:
    """Return a frame as text, below it one sign for the style of each cell, and what the signs mean."""
    rows = list(strips)
    signs: dict[str, str] = {}
    styled = ["".join(_signs(row, signs)) for row in rows]
    legend = [f"{sign} {look}" for look, sign in signs.items()]
    return "\n".join(chain((row.text.rstrip() for row in rows), ["---"], styled, ["---"], legend, [""]))


def _signs(row: Strip, signs: dict[str, str]) -> Iterable[str]:
    for text, look, _ in row:
        name = _name(look)
        if name not in signs:
            signs[name] = _SIGNS[len(signs)]
        yield signs[name] * cell_len(text)


def _name(look: Style | None) -> str:
    return str(look) if look else "none"


def assert_golden(name: str, strips: Iterable[Strip]) -> None:
    """Compare a frame with the one kept under a name."""
    path = FOLDER / f"{name}.txt"
    shown = frame_text(strips)
    if os.environ.get("UPDATE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert path.exists(), f"{path.name} was never kept: look at it, then UPDATE_GOLDEN=1\n{shown}"
    assert shown == path.read_text(encoding="utf-8")
