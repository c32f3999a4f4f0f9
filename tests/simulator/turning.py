"""An event loop that waits for nothing: when everybody waits, its time goes on to the first who need not."""

from __future__ import annotations

import asyncio
import selectors
from typing import Final

ROUNDS: Final = 20_000
"""How many rounds of the loop a seed may take; some hundreds are usual."""


class Endless(RuntimeError):
    """Somebody goes round and round, or everybody waits for what will never be."""


class _Nothing(selectors.SelectSelector):
    """Watches no file, and passes the time at once."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0
        self.rounds = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let so much time go by. Raises ``Endless`` where nobody would ever wake up, or come to an end."""
        self.rounds += 1
        if timeout is None:
            raise Endless("everybody waits, and nobody for a time")
        if self.rounds > ROUNDS:
            raise Endless(f"no end after {ROUNDS} rounds")
        self.time += max(timeout, 0.0)
        return []


class TurningLoop(asyncio.SelectorEventLoop):
    """A loop in which an hour takes no time, and every seed begins at nought."""

    def __init__(self) -> None:
        self._nothing = _Nothing()
        super().__init__(self._nothing)

    def time(self) -> float:
        """Return the time that has gone by, in seconds."""
        return self._nothing.time

    def begin(self) -> None:
        """Begin at nought again; nobody waits any more."""
        self._nothing.time, self._nothing.rounds = 0.0, 0
