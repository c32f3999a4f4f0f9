"""The law of bad input: status 0, 1 or 2, one sentence with its place, no traceback, bounded time, nothing changed."""

from __future__ import annotations

import io
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final
from unittest import mock

from adapters import cli
from funil import House
from tests.cli.cli_ground import Said, Shell

SLOWEST: Final = 20.0
"""Seconds of CPU that no single command line on a small house may take, whatever it is given."""
LONGEST: Final = 2_000
"""Characters of a complaint that somebody still reads."""


@dataclass(frozen=True, slots=True)
class Door:
    """The command line over one database, which is looked at before and after."""

    shell: Shell

    def __call__(self, *words: str, stdin: bytes = b"") -> Said:
        """Run a command line and hold it to the law; whatever it raises is a bug and comes through."""
        before, begun = self.content(), time.process_time()
        said = self._run(words, stdin)
        took = time.process_time() - begun
        assert took < SLOWEST, (took, words)
        assert said.status in (0, 1, 2), said
        assert "Traceback" not in said.err
        if said.status:
            assert self.content() == before, (words, said)
        if said.status == 1 and not (words[0] == "lint" and said.out):  # what lint finds is what it was asked for
            complaint = [line for line in said.err.splitlines() if line.startswith("funil: ")]
            assert len(complaint) == 1, said
            assert len(complaint[0]) < LONGEST, said
        return said

    def content(self) -> list[str]:
        """Return all that the database holds."""
        with closing(sqlite3.connect(self.shell.url.removeprefix("sqlite:///"))) as connection:
            return list(connection.iterdump())

    def _run(self, words: tuple[str, ...], stdin: bytes) -> Said:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
        given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8", errors="surrogateescape")
        with mock.patch.multiple(sys, stdout=out, stderr=err, stdin=given):
            status = cli.main(["--db", self.shell.url, *words], House())
            return Said(status, _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer: Any = stream.buffer
    found: str = buffer.getvalue().decode("utf-8", "replace")
    return found
