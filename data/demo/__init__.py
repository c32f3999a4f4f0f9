"""The house of the demo: a small company as a board file, and what has happened there by the time one looks in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.i18n import language
from core.model.moment import Moment, parse_iso

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody has moved a deal."""

    at: Moment
    deal: str
    stage: str
    by: str


@dataclass(frozen=True, slots=True)
class Story:
    """A board file (its name and text), the moment at which it is laid down, acts in order, and the present."""

    name: str
    text: str
    founded: Moment
    acts: tuple[Act, ...]
    present: Moment


FOUNDED: Final = "2026-11-24T11:00Z"
PRESENT: Final = "2026-12-01T12:00Z"
ACTS: Final = """
2026-11-24T12:20Z V110 proposal  rui
2026-11-24T13:05Z V122 won       rui
2026-11-25T17:15Z V119 delivery  ana
2026-11-26T13:40Z V126 proposal  rui
2026-11-26T14:30Z S210 ready     rui
2026-11-27T13:00Z V108 proposal  rui
2026-11-27T16:10Z V120 delivery  rui
2026-11-30T12:35Z V126 lost      rui
2026-11-30T14:00Z V121 delivery  ana
2026-11-30T18:05Z S204 scheduled rui
2026-12-01T11:20Z V127 proposal  ana
2026-12-01T11:50Z V113 proposal  ana
"""


def story() -> Story:
    """Return the demo in the language in force."""
    path = FOLDER / f"demo.{language()}.yaml"
    acts = (line.split() for line in ACTS.strip().splitlines())
    return Story(
        name=path.name,
        text=path.read_text(encoding="utf-8"),
        founded=parse_iso(FOUNDED),
        acts=tuple(Act(parse_iso(at), deal, stage, by) for at, deal, stage, by in acts),
        present=parse_iso(PRESENT),
    )
