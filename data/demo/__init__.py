"""The house of the demo: a small company as a board file, and what its people do there.

What their customers do depends on the seed; it follows from the messages that the house sends them.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.i18n import language
from core.model.moment import Moment, parse_iso

FOLDER: Final = Path(__file__).parent
FOUNDED: Final = "2026-11-24T11:00Z"
PRESENT: Final = "2026-12-01T12:00Z"
ACTS: Final = "acts.txt"
ZONE: Final = "America/Sao_Paulo"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody of the house does: ``move`` (``value``: the stage), ``set`` (``field=value``) or ``again``, a new
    deal like an earlier one (its id). In a chat, ``deal`` being its address: ``says``, and ``by`` may be the client.
    ``event``: something happens by itself, of the kind ``value``, with what ``data`` say of it."""

    at: Moment
    deal: str
    verb: str
    value: str
    by: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """A board file (its name and text), the folder of the files that it names, its zone, the moment at which it is
    laid down, acts in order, and when the demo begins: later acts happen only where nobody is at the board."""

    name: str
    text: str
    folder: Path
    zone: str
    founded: Moment
    acts: tuple[Act, ...]
    present: Moment


def story() -> Story:
    """Return the demo in the language in force."""
    path = FOLDER / f"demo.{language()}.yaml"
    return Story(
        name=path.name,
        text=path.read_text(encoding="utf-8"),
        folder=FOLDER,
        zone=ZONE,
        founded=parse_iso(FOUNDED),
        acts=tuple(sorted([*_acts(_lines(ACTS)), *_told("talks", _talks), *_told("visits", _visits)], key=_when)),
        present=parse_iso(PRESENT),
    )


def _when(act: Act) -> Moment:
    return act.at


def _told(name: str, read: Callable[[Sequence[str]], list[Act]]) -> list[Act]:
    return read(_lines(f"{name}.{language()}.txt"))


def _lines(name: str) -> list[str]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _acts(lines: Sequence[str]) -> list[Act]:
    parts = (line.split() for line in lines)
    return [Act(parse_iso(at), deal, verb, value, by) for at, deal, verb, value, by in parts]


def _talks(lines: Sequence[str]) -> list[Act]:
    parts = (line.split(maxsplit=3) for line in lines)
    return [Act(parse_iso(at), chat, "says", text, who) for at, chat, who, text in parts]


def _visits(lines: Sequence[str]) -> list[Act]:
    found = []
    for line in lines:
        at, kind, *said = shlex.split(line)
        data = dict(each.split("=", 1) for each in said)
        found.append(Act(parse_iso(at), data.pop("deal", ""), "event", kind, data=data))
    return found
