"""Who comes first, what time it is, who wakes the engine and who may be it: the smallest of core's ports."""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol

from core.model.moment import Moment


class Clock(Protocol):
    """The time that rules live by: real, or simulated and kept in the database."""

    def now(self) -> Moment:
        """Return the present moment."""


class Priority(IntEnum):
    """Who writes first when several wait."""

    SCREEN = 0
    INBOX = 1
    RUNS = 2
    DELIVERIES = 3
    UPKEEP = 4


class EngineLease(Protocol):
    """The right to run rules on this database, until released or until this process dies."""

    worker: str

    def release(self) -> None:
        """Give it back."""


class Waker(Protocol):
    """Wakes the engine; never holds an action."""

    def arm(self, moment: Moment | None) -> None:
        """Ask to be woken at a moment (the earliest due), replacing the former wish."""
