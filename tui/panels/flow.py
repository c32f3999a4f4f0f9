"""Styled text that flows into lines of a width: what the deal's sheet is made of. No Textual."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, chop_cells

Piece = tuple[str, str]
"""A text and the name of its style."""

_WORDS: Final = re.compile(r"\n|[^\S\n]+|\S+")
_NARROWEST: Final = 4


@dataclass(frozen=True, slots=True)
class Knob:
    """A word that can be clicked: what it does (an action of the registry), and whether it can be done now."""

    text: str
    action: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Para:
    """Text that begins at cell ``indent`` with ``lead``; what does not fit goes on at cell ``hang``. ``knobs`` stand
    at the right end of its first line."""

    pieces: tuple[Piece, ...]
    indent: int = 0
    hang: int = 0
    knobs: tuple[Knob, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the screen. ``actions`` are what its pieces do when clicked, from cell to cell."""

    pieces: tuple[Piece, ...]
    actions: tuple[tuple[int, int, str], ...] = ()

    @property
    def text(self) -> str:
        """The line without its styles."""
        return "".join(text for text, _style in self.pieces)

    def action_at(self, x: int) -> str | None:
        """Return what a click on a cell does."""
        return next((action for start, end, action in self.actions if start <= x < end), None)


def flow(para: Para, width: int) -> list[Line]:
    """Break a paragraph into lines of a width; line breaks in it are kept, words that are too long are cut."""
    right = sum(cell_len(knob.text) + 2 for knob in para.knobs)
    rows = _rows(para, width, right)
    lines = [Line(((" " * start, "plain"), *row) if start else tuple(row)) for start, row in rows]
    if para.knobs:
        lines[0] = _with_knobs(lines[0], para.knobs, width - right)
    return lines


def _rows(para: Para, width: int, right: int) -> list[tuple[int, list[Piece]]]:
    indent, hang = (min(cells, max(0, width - _NARROWEST)) for cells in (para.indent, para.hang))
    rows: list[tuple[int, list[Piece]]] = [(indent, [])]
    left = width - indent - right

    def begin() -> None:
        nonlocal left
        rows.append((hang, []))
        left = width - hang

    for word, style in _split(para.pieces, max(1, width - hang)):
        size = cell_len(word)
        if word == "\n":
            begin()
        elif size <= left:
            rows[-1][1].append((word, style))
            left -= size
        elif not word.isspace():
            begin()
            rows[-1][1].append((word, style))
            left -= size
    return rows


def _split(pieces: Sequence[Piece], width: int) -> Iterator[Piece]:
    """Yield words, blanks and line breaks, none wider than a whole line."""
    for text, style in pieces:
        for word in _WORDS.findall(text):
            if cell_len(word) <= width:
                yield word, style
            else:
                yield from ((part, style) for part in chop_cells(word, width))


def _with_knobs(line: Line, knobs: Sequence[Knob], start: int) -> Line:
    pieces = [*line.pieces, (" " * max(0, start - cell_len(line.text)), "plain")]
    at, actions = max(start, cell_len(line.text)), []
    for knob in knobs:
        text = f"  {knob.text}"
        pieces.append((text, "knob" if knob.enabled else "off"))
        actions.append((at + 2, at + cell_len(text), knob.action))
        at += cell_len(text)
    return Line(tuple(pieces), tuple(actions))
