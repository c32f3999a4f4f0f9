"""What goes to stdout and stderr: plain tables that fit the terminal, one JSON document, one sentence of trouble."""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from core.safe_text import safe_text

GAP: Final = "  "
_WORD: Final = 300
_ENDLESS: Final = re.compile(rf"\S{{{_WORD + 1},}}")
"""A word too long to be read in a complaint, such as a path that nobody would give."""
NARROWEST: Final = 8
"""A column is not squeezed below this many cells."""


def say(text: str = "") -> None:
    """Print a line for people; what customers wrote in it can steer no terminal."""
    sys.stdout.write(safe_text(text, lines=True) + "\n")


def note(text: str) -> None:
    """Print a notice to stderr."""
    sys.stdout.flush()
    with suppress(OSError):  # nobody reads it any more: that stops no work
        sys.stderr.write(safe_text(text, lines=True) + "\n")
        sys.stderr.flush()


def trouble(text: str) -> None:
    """Print the one sentence of a refusal or failure to stderr."""
    note(f"funil: {_ENDLESS.sub(lambda word: word[0][:_WORD] + '…', safe_text(text))}")


def as_json(document: Any) -> None:
    """Print one JSON document; every character beyond ASCII is escaped, so that any terminal and pipe takes it."""
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(document, indent=indent) + "\n")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """Print aligned columns; on a terminal the widest are cut with “…” to fit. ``right`` columns align right."""
    lines = [[safe_text(cell) for cell in row] for row in (head, *rows)]
    wide = [max(cells(line[i]) for line in lines) for i in range(len(head))]
    squeeze(wide, terminal_width())
    for line in lines:
        shown = [padded(cell, width, right=i in right) for i, (cell, width) in enumerate(zip(line, wide, strict=True))]
        sys.stdout.write(GAP.join(shown).rstrip() + "\n")


def pairs(rows: Iterable[tuple[str, str]]) -> None:
    """Print names and values, one a line, the values aligned; further lines of a value are indented."""
    known = [(safe_text(name), value) for name, value in rows if value]
    left = max((cells(name) for name, _ in known), default=0)
    for name, value in known:
        first, *more = safe_text(value, lines=True).split("\n")
        sys.stdout.write(f"{padded(name, left)}{GAP}{first}".rstrip() + "\n")
        for line in more:
            sys.stdout.write(f"{' ' * left}{GAP}{line}".rstrip() + "\n")


def squeeze(wide: list[int], room: int | None) -> None:
    """Take cells from the widest columns until the line fits, or all are narrow."""
    if room is None:
        return
    over = sum(wide) + len(GAP) * (len(wide) - 1) - room
    while over > 0 and max(wide) > NARROWEST:
        widest = wide.index(max(wide))
        second = max([NARROWEST, *(w for w in wide if w < wide[widest])])
        taken = min(over, max(1, wide[widest] - second))
        wide[widest] -= taken
        over -= taken


def terminal_width() -> int | None:
    """Return the cells of a line of the terminal; None where stdout is no terminal and lines may be long."""
    if not sys.stdout.isatty():
        return None
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except OSError:
        return None


def cells(text: str) -> int:
    """Return how many cells a text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return the text in exactly ``width`` cells, cut with “…” where it is longer."""
    free = width - cells(text)
    if free < 0:
        text = _cut(text, width - 1) + "…"
        free = width - cells(text)
    return " " * free + text if right else text + " " * free


def _cut(text: str, width: int) -> str:
    taken = 0
    for index, char in enumerate(text):
        taken += _cells(char)
        if taken > width:
            return text[:index]
    return text
