"""The house of the demo: a small company as a board file, and what its people do there.

What their customers do depends on the seed; it follows from the messages that the house sends them.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    deal like an earlier one (its id)."""

    at: Moment
    deal: str
    verb: str
    value: str
    by: str


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
        acts=tuple(_acts((FOLDER / ACTS).read_text(encoding="utf-8"))),
        present=parse_iso(PRESENT),
    )


def _acts(text: str) -> list[Act]:
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return [Act(parse_iso(at), deal, verb, value, by) for at, deal, verb, value, by in lines]
