"""An event loop that waits for nothing: when everybody waits, its time goes on to the first who need not."""

from __future__ import annotations

import asyncio
import selectors


class _Nothing(selectors.SelectSelector):
    """Watches no file, and passes the time at once."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let so much time go by. Raises ``RuntimeError`` where nobody would ever wake up."""
        if timeout is None:
            raise RuntimeError("everybody waits, and nobody for a time")
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
        self._nothing.time = 0.0
