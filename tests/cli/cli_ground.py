"""The command line in this process: one call, its exit status and what it printed where."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest import mock

from adapters import cli
from data.fresh import fresh_sqlite
from funil import House

BOARD: Final = Path(__file__).with_name("contract_board.yaml")
NOON: Final = "2026-12-01T12:00Z"


@dataclass(frozen=True, slots=True)
class Said:
    """What one command line ended with."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs command lines on one database."""

    url: str

    def __call__(self, *words: str, stdin: str = "") -> Said:
        with _streams(stdin) as (out, err):
            status = cli.main(["--db", self.url, *words], House())
            return Said(status, _text(out), _text(err))

    def ok(self, *words: str, stdin: str = "") -> str:
        """Run a command line that must succeed; returns stdout."""
        said = self(*words, stdin=stdin)
        assert said.status == 0, said
        return said.out

    def json(self, *words: str) -> Any:
        """Run a command line with ``--json`` that must succeed; returns the document."""
        return json.loads(self.ok(*words, "--json"))

    def cursor(self) -> int:
        """Return how far the change feed is: it grows with every write that changes something."""
        roof = House()
        with roof.opened(roof.place(self.url)) as store:
            return store.read(lambda reader: reader.cursor())

    def refused(self, *words: str, stdin: str = "") -> str:
        """Run a command line that must be refused: status 1, one line on stderr, nothing on stdout."""
        said = self(*words, stdin=stdin)
        assert (said.status, said.out) == (1, ""), said
        assert said.err.startswith("funil: ")
        assert said.err.count("\n") == 1
        return said.err.removeprefix("funil: ").rstrip("\n")


def shell_in(folder: Path) -> Shell:
    """Return a shell on a new database with the default pipeline."""
    shell = Shell(fresh_sqlite(folder / "funil.db"))
    shell.ok("init")
    return shell


def at_noon(folder: Path) -> Shell:
    """Return a shell on the contract's example board, whose clock is simulated and shows noon."""
    shell = shell_in(folder)
    shell.ok("clock", "set", NOON)
    shell.ok("apply", str(BOARD))
    return shell


@contextmanager
def _streams(stdin: str) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with mock.patch.multiple(sys, stdout=out, stderr=err, stdin=given):
        yield out, err


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
