"""Texts cut to cells: harmless, never wider than their room, never a wide character cut in half."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

from core.model.moment import Moment
from core.model.pipeline import Stage
from core.ports import Card

ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Due:
    """By when a deal is to be closed, in words (``text``), and how much later it is by now (``late``, in short)."""

    text: str = ""
    late: str = ""


NOT_DUE: Final = Due()


@dataclass(frozen=True, slots=True)
class Wording:
    """How the board says things: money in minor units with a currency, in full and short, and a span of milliseconds.

    ``no_columns`` are the lines shown while there are no stages, ``empty_board`` those without any deal to show,
    ``empty_column`` is what a column without any says, ``note`` gives a few words for the head of a stage (what its
    rules do), or nothing, ``person`` the name of a responsible, and ``due`` what is said of a deal's date in its stage
    at a moment.
    """

    money: Callable[[int, str], str]
    money_short: Callable[[int, str], str]
    age: Callable[[int], str]
    no_columns: Callable[[], Sequence[str]] = tuple
    empty_board: Callable[[], Sequence[str]] = tuple
    empty_column: str = ""
    note: Callable[[Stage], str] = lambda stage: ""
    person: Callable[[str], str] = str
    due: Callable[[Card, Stage, Moment], Due] = lambda card, stage, now: NOT_DUE


def cut(text: str, width: int) -> str:
    """Return a text of at most ``width`` cells, with an ellipsis where something was left out."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + ELLIPSIS


def pad(text: str, width: int) -> str:
    """Return a text of exactly ``width`` cells, cut or filled up on the right."""
    return set_cell_size(cut(text, width), max(0, width))


def two_ends(left: str, right: str, width: int, least: int = 6) -> tuple[str, str]:
    """Return both texts for one line of ``width`` cells: the left gives way down to ``least`` cells, then the right.

    The left one is filled up so that both together are exactly ``width`` cells wide.
    """
    if not left:
        right = cut(right, width)
        return " " * max(0, width - cell_len(right)), right
    if right and width - cell_len(right) - 1 < min(least, cell_len(left)):
        right = cut(right, width - least - 1)
    if not right:
        return pad(left, width), ""
    return pad(left, width - cell_len(right) - 1) + " ", right


def downwards(text: str) -> list[str]:
    """Return the signs of a text one by one, each with what is written onto it."""
    signs: list[str] = []
    for char in text:
        if signs and not cell_len(char):
            signs[-1] += char
        else:
            signs.append(char)
    return signs
