"""A terminal of our own around the real program: types, moves the mouse, and times each frame that comes back."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

FRAME_END = b"\x1b[?2026l"
ASKS_SYNC = b"\x1b[?2026$p"
SAYS_SYNC = b"\x1b[?2026;2$y"
_ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[\]P][^\x07\x1b]*(\x07|\x1b\\)|\x1b.")
FUNIL = (sys.executable, "-m", "funil")


class Terminal:
    """One run of ``funil``, or of another program, behind a pseudo-terminal of a given size."""

    def __init__(
        self,
        url: str,
        columns: int = 160,
        rows: int = 50,
        program: Sequence[str] = FUNIL,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self._become(program, {"FUNIL_DB": url, **(more or {})})
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.seen = b""

    def _become(self, program: Sequence[str], more: Mapping[str, str]) -> None:
        root = str(Path(__file__).parents[1])
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **more}
        os.chdir(root)
        os.execve(program[0], list(program), environment)

    def first_paint(self, sign: str, patience: float = 120.0) -> float:
        """Return the seconds from the program's start to the frame that shows ``sign``."""
        until = self.started + patience
        while sign.encode() not in _ESCAPES.sub(b"", self.seen):
            if not self._read(until - time.perf_counter()):
                raise TimeoutError(f"the screen never showed {sign!r}")
        return time.perf_counter() - self.started

    def settle(self, quiet: float = 0.6, patience: float = 60.0) -> None:
        """Read on until nothing has come for a while."""
        until = time.perf_counter() + patience
        while time.perf_counter() < until and self._read(quiet):
            self.seen = b""

    def stroke(self, keys: bytes, patience: float = 3.0) -> float | None:
        """Type, and return the seconds until the next whole frame; None when nothing came back."""
        self._drain()
        self.seen = b""
        started = time.perf_counter()
        os.write(self.fd, keys)
        until = started + patience
        while FRAME_END not in self.seen:
            if not self._read(until - time.perf_counter()):
                return None
        return time.perf_counter() - started

    def mouse(self, button: int, column: int, row: int, *, up: bool = False) -> bytes:
        """Return what a terminal sends for the mouse (SGR 1006); 32 added to the button means motion."""
        return f"\x1b[<{button};{column};{row}{'m' if up else 'M'}".encode()

    def close(self) -> None:
        """End the program."""
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def _drain(self) -> None:
        while self._read(0.0):
            pass

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.fd], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return False
        if ASKS_SYNC in data:
            os.write(self.fd, SAYS_SYNC)
        self.seen += data
        return bool(data)


def strokes(terminal: Terminal, keys: Sequence[bytes], times: int, patience: float = 3.0) -> list[float]:
    """Type keys in turn and return the seconds of those that were answered."""
    took = []
    for number in range(times):
        seconds = terminal.stroke(keys[number % len(keys)], patience)
        if seconds is not None:
            took.append(seconds)
    return took
