"""One process that somebody else has started: what it says, when it ends, and its death."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds after which a process that should have done something is taken for stuck."""


class Life:
    """A process from its start to its end. ``status`` returns its exit status once it has ended."""

    def __init__(self, pid: int, status: Callable[[], int], out: int | None = None, err: int | None = None) -> None:
        self.pid = pid
        self.began = time.monotonic()
        self.died: float | None = None
        self.lasted = 0.0
        self._status = status
        self._known: int | None = None
        self._end = os.pidfd_open(pid)
        self._pipes = [fd for fd in (out, err) if fd is not None]
        self._said = dict.fromkeys(self._pipes, b"")
        self._out, self._err = out, err

    @property
    def out(self) -> str:
        """What it has written to stdout so far."""
        return self._text(self._out)

    @property
    def err(self) -> str:
        """What it has written to stderr so far."""
        return self._text(self._err)

    def kill(self) -> None:
        """Kill -9, unless it has ended already."""
        if self._known is None and self.died is None and not self.ended_within(0):
            self.died = time.monotonic()
            signal.pidfd_send_signal(self._end, signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop, and return its exit status."""
        if not self.ended_within(0):
            signal.pidfd_send_signal(self._end, signal.SIGTERM)
        return self.finish()

    def ended_within(self, seconds: float) -> bool:
        """Return whether it ends in that time; comes back at once when it does."""
        return self._known is not None or bool(select.select([self._end], [], [], seconds)[0])

    def says(self, words: str, seconds: float = PATIENCE) -> bool:
        """Wait until it has said some words on stderr; False when it ends without."""
        until = time.monotonic() + seconds
        while words not in self.err:
            if not self._read(until - time.monotonic()):
                return words in self.err
        return True

    def finish(self) -> int:
        """Wait for the end, read what is left, and return the exit status."""
        if self._known is None:
            while self._pipes and self._read(PATIENCE):
                pass
            assert self.ended_within(PATIENCE), f"process {self.pid} does not end: {self.out} {self.err}"
            self.lasted = time.monotonic() - self.began
            self._known = self._status()
            for fd in (*self._pipes, self._end):
                os.close(fd)
            self._pipes.clear()
        return self._known

    def end(self) -> int:
        """Leave nothing of it behind, and return the exit status."""
        self.kill()
        return self.finish()

    def _read(self, seconds: float) -> bool:
        """Take in what it says; False when that was its last word."""
        if not self._pipes:
            return False
        ready, _, _ = select.select(self._pipes, [], [], max(0.0, seconds))
        if not ready:
            raise TimeoutError(f"process {self.pid} said nothing for long: {self.out} {self.err}")
        for fd in ready:
            more = os.read(fd, 65536)
            self._said[fd] += more
            if not more:
                os.close(fd)
                self._pipes.remove(fd)
        return bool(self._pipes)

    def _text(self, fd: int | None) -> str:
        return "" if fd is None else self._said[fd].decode(errors="replace")
