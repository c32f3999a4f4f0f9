"""Where something stands in a board file, and complaints that say so."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from core.errors import BadInput
from core.i18n import N_
from core.safe_text import safe_text
from core.words import Arg, Words

Path = tuple[str | int, ...]
"""The way to a part of a board file: ``("pipelines", 0, "rules", 2, "when")``."""

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Place(NamedTuple):
    """Where something stands, as people count: the first line and the first column are 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Misplaced(BadInput):
    """A complaint about one place of a board file; ``problem`` is what is wrong there."""

    def __init__(self, place: str, problem: Words) -> None:
        super().__init__(N_("{place}: {problem}"), place=place, problem=problem.local())
        self.place = place
        self.problem = problem


def wrong(place: Place | str, msg: str, /, **args: Arg) -> Misplaced:
    """Return the complaint that this is wrong at a place; ``msg`` is a msgid. No value in it steers a terminal."""
    harmless = {name: safe_text(arg) if isinstance(arg, str) else arg for name, arg in args.items()}
    return Misplaced(str(place), Words(msg, harmless).short())


def dotted(path: Path) -> str:
    """Write a path as people read it: ``pipelines[0].rules[2].when``."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def undotted(text: str) -> Path:
    """Read what :func:`dotted` writes."""
    return tuple(int(index) if index else key for key, index in _STEP.findall(text))
