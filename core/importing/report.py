"""What came of an import: how much was taken, and what is wrong with the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.words import Words


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not taken. ``line`` is the line of the file on which it begins; ``column`` None means the row."""

    line: int
    column: str | None
    reason: Words


@dataclass(slots=True)
class Report:
    """``good`` rows could be taken, ``bad`` ones not; ``problems`` are the first of these, in the file's order.

    ``ids`` are those of the deals made, in the file's order: none where nothing was written.
    """

    good: int = 0
    bad: int = 0
    problems: list[Problem] = field(default_factory=list)
    ids: Sequence[str] = ()
    kept: int | None = None
    """How many problems to keep at most; None keeps all."""

    def refuse(self, problem: Problem) -> None:
        """Note a row that cannot be taken."""
        self.bad += 1
        if self.kept is None or len(self.problems) < self.kept:
            self.problems.append(problem)
