"""Everybody at once on one database, and kill -9 for any of them. What must hold at the end is in ``hammer_books``."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final

from adapters import cli
from adapters.clock import RealClock
from core.model.delivery import DeliveryStatus
from core.ports import Reader
from core.views import DeliveryFilter
from data import opening
from funil import House
from tests.proof import hammer_books, hammer_house
from tests.proof.life import PATIENCE
from tests.proof.nursery import Nursery
from tests.proof.post_office import post_office
from tests.proof.storm import Report
from tests.proof.storms import OnFile, OnServer

_CALM: Final = 60_000
"""Milliseconds: what is due later than that belongs to a rule whose moment never comes here."""


def play(
    nursery: Nursery,
    url: str,
    folder: Path,
    *,
    kills: int,
    seed: int,
    unknown: str,
    rows: int,
    tell: Callable[[int], None] = lambda round: None,
) -> Report:
    """Let all of them work and kill engines and boards so often, bring everything to its end, compare the books.

    ``tell`` is told the number of each round that is over.
    """
    began = time.monotonic()
    with post_office() as office:
        _furnish(url, folder, hammer_house.board(office.port, unknown))
        kind = OnFile if url.startswith("sqlite") else OnServer
        storm = kind(nursery, url, office, folder, random.Random(seed), rows)
        try:
            storm.rage(kills, tell)
            storm.calm()
        finally:
            storm.end()
        report = storm.report
        report.mails = office
        _drain(nursery, url)
        report.found = hammer_books.compare(url, office, report.shells, report.kills, rows)
    report.seconds = time.monotonic() - began
    return report


def _furnish(url: str, folder: Path, text: str) -> None:
    board = folder / "board.yaml"
    board.write_text(text, encoding="utf-8")
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert cli.main(["init", "--db", url], House()) == 0
        assert cli.main(["apply", str(board), "--db", url], House()) == 0


def _drain(nursery: Nursery, url: str) -> None:
    """Have done all that is due, by an engine that nobody kills."""
    until = time.monotonic() + 2 * PATIENCE
    last = nursery.start("worker", "--db", url)
    # Before that it does not listen, and a signal would end it as it ends any program.
    assert last.says("runs"), f"the worker ended: {last.err}"
    with closing(opening.open_store(url, clock=RealClock())) as store:
        while not store.read(_calm):
            assert time.monotonic() < until, "what is due never comes to an end"
            assert not last.ended_within(0.1), f"the worker ended: {last.err}"
    assert last.stop() == 0, last.err


def _calm(reader: Reader) -> bool:
    due = reader.next_due()
    underway = reader.deliveries(DeliveryFilter(statuses=frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING})))
    return not underway and (due is None or due > reader.now() + _CALM)
