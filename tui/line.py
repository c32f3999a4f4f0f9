"""One line of text with places that can be clicked: what header and footer are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line: its text, the name of its style, the action that a click on it does, and how much it matters
    (parts with the greatest ``rank`` go first, and together, when the line is too narrow)."""

    text: str
    style: str = "plain"
    action: str | None = None
    rank: int = 0


def total(parts: Iterable[Part]) -> int:
    """Return the width of some parts in cells."""
    return sum(cell_len(part.text) for part in parts)


def squeeze(parts: Sequence[Part], width: int) -> list[Part]:
    """Leave out what matters least until the rest fits; the last one left is cut."""
    kept = list(parts)
    while total(kept) > width and any(part.rank for part in kept):
        least = max(part.rank for part in kept)
        kept = [part for part in kept if part.rank != least]
    out: list[Part] = []
    left = width
    for part in kept:
        size = min(left, cell_len(part.text))
        text = part.text if size == cell_len(part.text) else _cut(part.text, size)
        out.append(Part(text, part.style, part.action, part.rank))
        left -= size
    return out


def _cut(text: str, width: int) -> str:
    """Return the beginning of a text, and that there is more."""
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def spread(left: Sequence[Part], right: Sequence[Part], width: int) -> list[Part]:
    """Put one group at each end of the line, with at least one blank between them."""
    shown = squeeze([*left, _MIDDLE, *right], width)
    if _MIDDLE not in shown:
        return shown
    middle = shown.index(_MIDDLE)
    gap = Part(" " * (width - total(shown) + 1))
    return [*shown[:middle], gap, *shown[middle + 1 :]]


_MIDDLE = Part(" ", "middle")


def action_at(parts: Sequence[Part], x: int) -> str | None:
    """Return the action of the part at a cell."""
    for part in parts:
        x -= cell_len(part.text)
        if x < 0:
            return part.action
    return None
