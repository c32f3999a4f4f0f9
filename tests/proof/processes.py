"""Funil's own processes, started as a user would start them, and killed as no user would."""

from __future__ import annotations

import atexit
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 300.0
"""Seconds after which a process that should have done something is taken for stuck."""


@cache
def environment() -> Mapping[str, str]:
    """Return the environment of all children: they share compiled modules, or each would spend a second on them."""
    if not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return dict(os.environ)
    folder = tempfile.mkdtemp(prefix="funil-pyc-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, "PYTHONPYCACHEPREFIX": folder}


class Child:
    """A process whose words are read line by line. Leaving its context kills it."""

    def __init__(
        self, command: Sequence[str], *, words_on: str = "stdout", more: Mapping[str, str] | None = None
    ) -> None:
        stdout, stderr = (subprocess.PIPE, None) if words_on == "stdout" else (subprocess.DEVNULL, subprocess.PIPE)
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**environment(), **(more or {})},
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
        )
        pipe = self.process.stdout if words_on == "stdout" else self.process.stderr
        assert pipe is not None
        self._words = pipe.fileno()
        self._rest = b""
        self._end = os.pidfd_open(self.process.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def read_line(self, seconds: float = PATIENCE) -> str:
        """Return the next line; raises ``TimeoutError``, or ``EOFError`` when the process says no more."""
        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._words], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError(f"{self.process.args!r} said nothing for {seconds} s")
            more = os.read(self._words, 65536)
            if not more:
                raise EOFError(f"{self.process.args!r} has ended: {self._rest.decode()}")
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode()

    def lines_left(self) -> list[str]:
        """Return what the process has said since, once it has ended."""
        while more := os.read(self._words, 65536):
            self._rest += more
        whole, self._rest = self._rest.rpartition(b"\n")[0], b""
        return whole.decode().split("\n") if whole else []

    def write_line(self, line: str) -> None:
        """Tell the process something, which it reads when it comes to it."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def ended_within(self, seconds: float) -> bool:
        """Return whether the process ends in that time; comes back at once when it does."""
        return bool(select.select([self._end], [], [], seconds)[0])

    def kill(self) -> None:
        """Kill -9."""
        signal.pidfd_send_signal(self._end, signal.SIGKILL)

    def obituary(self) -> str:
        """Return whether the process lives, and the last words of a dead one."""
        if not self.ended_within(0):
            return "lives"
        return f"ended with {self.process.poll()}: " + " ".join(self.lines_left()[-12:])

    def end(self) -> None:
        """Leave nothing of the process behind, if anything is left."""
        if self.process.returncode is None:
            self.kill()
            self.finish()

    def stop(self) -> int:
        """Ask the process to stop and return its exit status."""
        signal.pidfd_send_signal(self._end, signal.SIGTERM)
        return self.finish()

    def finish_with_words(self) -> tuple[int, list[str]]:
        """Wait for the end; returns the exit status and what the process has said since."""
        assert self.ended_within(PATIENCE), f"{self.process.args!r} does not end"
        words = self.lines_left()
        return self.finish(), words

    def stop_with_words(self) -> tuple[int, list[str]]:
        """Ask the process to stop; returns the exit status and what it has said since."""
        signal.pidfd_send_signal(self._end, signal.SIGTERM)
        return self.finish_with_words()

    def finish(self) -> int:
        """Wait for the end and return the exit status."""
        assert self.ended_within(PATIENCE), f"{self.process.args!r} does not end"
        status = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        return status


def funil(*arguments: str, words_on: str = "stdout", more: Mapping[str, str] | None = None) -> Child:
    """Start the command line; ``more`` adds to its environment."""
    return Child(["funil.py", *arguments], words_on=words_on, more=more)
