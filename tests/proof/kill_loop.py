"""Kill -9, over and over: real processes, a real database, a real mail server. What must hold is in ``ledger``."""

from __future__ import annotations

import io
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from adapters import cli
from adapters.clock import RealClock
from core.views import DealFilter
from data import opening
from funil import House
from tests.proof import ledger
from tests.proof.post_office import STEPS, PostOffice, post_office
from tests.proof.processes import PATIENCE, Child, funil

DEALS_A_KILL: Final = 7
MAILS_A_DEAL: Final = 4

BOARD: Final = """
funil: 1
company: {{timezone: America/Sao_Paulo, grace: 0s}}
users: [{{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}}]
connections: [{{id: mail, channel: email, adapter: smtp, settings: {{host: 127.0.0.1, port: {port}}}}}]
pipelines:
  - id: sales
    name: Sales
    stages:
      - {{id: new, name: New, color: "#39A8EF"}}
      - {{id: delivery, name: Order delivery}}
      - {{id: shipped, name: Shipped}}
      - {{id: won, name: Deal won, kind: success}}
      - {{id: lost, name: Deal lost, kind: failure}}
    rules:
      - {{id: mail-1, stage: delivery, kind: email, name: First, unknown: {unknown}, settings: {mail}}}
      - {{id: mail-2, stage: delivery, kind: email, name: Second, unknown: {unknown}, settings: {mail}}}
      - {{id: mail-3, stage: delivery, kind: email, name: Third, unknown: {unknown}, order: wait, settings: {mail}}}
      - {{id: go-on, stage: delivery, kind: move, name: Go on, order: wait, settings: {{stage: shipped}}}}
      - {{id: mail-4, stage: shipped, kind: email, name: Fourth, unknown: {unknown}, settings: {mail}}}
contacts: [{{id: maria, name: Maria Lima, emails: [{{type: WORK, value: maria@cliente.example}}]}}]
deals:
{deals}
"""
MAIL: Final = '{{subject: "{{{{ deal.id }}}}", body: "Olá {{{{ contact.name }}}}, {{{{ deal.title }}}}"}}'
DEAL: Final = "  - {{id: {id}, title: Order {id}, stage: new, responsible: ana, contacts: [maria]}}"


@dataclass(slots=True)
class Report:
    """What a loop has seen."""

    workers_killed: int = 0
    movers_killed: int = 0
    moments: Counter[str] = field(default_factory=Counter)
    found: ledger.Found = field(default_factory=ledger.Found)
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        """Write it for people."""
        yield f"workers killed      {self.workers_killed}"
        yield f"  at               {' '.join(f'{name}:{n}' for name, n in sorted(self.moments.items()))}"
        yield f"movers killed       {self.movers_killed}"
        yield from self.found.lines()
        yield f"seconds             {self.seconds:.1f}"


def play(url: str, folder: Path, *, kills: int, seed: int, unknown: str, workers: int = 1) -> Report:
    """Kill workers at random moments while deals move; let the work be finished, then compare all books."""
    began = time.monotonic()
    with post_office() as office:
        deals = [f"D{n}" for n in range(1, kills * DEALS_A_KILL + 1)]
        _furnish(url, folder, office.port, deals, unknown)
        loop = _Loop(url, office, random.Random(seed), deals, workers)
        try:
            loop.run(kills)
        finally:
            loop.end()
        store = opening.open_store(url, clock=RealClock())
        try:
            loop.report.found = store.read(lambda reader: ledger.compare(reader, office, deals))
        finally:
            store.close()
    loop.report.found.problems += _damage(url)
    loop.report.seconds = time.monotonic() - began
    return loop.report


def _damage(url: str) -> list[str]:
    """Return what SQLite finds wrong with its file."""
    if not url.startswith("sqlite:///"):
        return []
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db:
        told = [row[0] for row in db.execute("PRAGMA integrity_check")]
    return [] if told == ["ok"] else told


def _furnish(url: str, folder: Path, port: int, deals: list[str], unknown: str) -> None:
    text = BOARD.format(
        port=port, unknown=unknown, mail=MAIL.format(), deals="\n".join(DEAL.format(id=d) for d in deals)
    )
    board = folder / "board.yaml"
    board.write_text(text, encoding="utf-8")
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert cli.main(["init", "--db", url], House()) == 0
        assert cli.main(["apply", str(board), "--db", url], House()) == 0


class _Loop:
    """One mover, one or more workers, and chance."""

    def __init__(self, url: str, office: PostOffice, rng: random.Random, deals: list[str], workers: int) -> None:
        self.report = Report()
        self._url, self._office, self._rng = url, office, rng
        self._left = list(reversed(deals))
        self._asked: list[str] = []
        self._mover = self._new_mover()
        self._others = [self._new_worker() for _ in range(workers - 1)]
        for each in self._others:
            each.read_line()
        self._victim: Child | None = None

    def run(self, kills: int) -> None:
        """Kill so often, then let everything come to its end."""
        for _ in range(kills):
            self._one_life()
        self._feed(len(self._left))
        self._settle()
        for each in self._others:
            assert each.stop() == 0
        with funil("run", "--until-idle", "--db", self._url) as last:
            assert last.finish() == 0

    def end(self) -> None:
        """Leave no process behind."""
        for each in (self._mover, *self._others, *([self._victim] if self._victim else [])):
            each.end()

    def _one_life(self) -> None:
        """Let a worker live until its moment comes."""
        name = self._rng.choice(("launch", "running", "between", *STEPS, *STEPS))
        if name == "connected" and self._others:
            name = "taken"
        self._feed(3)
        come = self._trap(name) if name == "connected" else None
        worker = self._victim = self._new_worker()
        if name == "launch":
            worker.ended_within(self._rng.uniform(0.0, 0.5))
        else:
            worker.read_line()
            come = come or self._trap(name)
            self._feed(DEALS_A_KILL - 3)
            if self._rng.random() < 0.25:
                self._kill_mover()
            self._await(name, worker, come)
        worker.kill()
        assert worker.finish() == -9
        self.report.workers_killed += 1
        self.report.moments[name] += 1

    def _trap(self, name: str) -> Callable[[], bool]:
        """Set the trap that the moment needs; returns what is true once the moment has come."""
        office = self._office
        if name in STEPS:
            count = 1 if name == "connected" else self._rng.randint(1, 2 * MAILS_A_DEAL)
            office.set_trap(name, count, lambda: self._victim.kill() if self._victim else None)
            return office.sprung
        wanted = len(office.mails) + (self._rng.randint(1, 2 * MAILS_A_DEAL) if name == "between" else 0)
        return lambda: len(office.mails) >= wanted

    def _await(self, name: str, worker: Child, come: Callable[[], bool]) -> None:
        if not self._office.wait_until(come, PATIENCE):
            raise AssertionError(
                f"no worker came to “{name}”: " + "; ".join(map(Child.obituary, [worker, *self._others]))
            )
        if name in ("running", "between"):
            assert not worker.ended_within(self._rng.uniform(0.0, 0.06)), "the worker ended by itself"

    def _new_worker(self) -> Child:
        return funil("worker", "--db", self._url, words_on="stderr")

    def _new_mover(self) -> Child:
        mover = Child(["-m", "tests.proof.mover", self._url])
        assert mover.read_line() == "ready"
        return mover

    def _feed(self, count: int) -> None:
        """Have deals moved, without waiting for it."""
        for _ in range(min(count, len(self._left))):
            deal = self._left.pop()
            self._mover.write_line(f"{deal} delivery")
            self._asked.append(deal)

    def _settle(self) -> None:
        """Wait until all that was asked for is committed."""
        while self._asked:
            self._asked.remove(self._mover.read_line())

    def _kill_mover(self) -> None:
        """Kill the mover amid its work; what it has not done is asked for again."""
        self._mover.kill()
        self._mover.ended_within(PATIENCE)
        for said in self._mover.lines_left():
            self._asked.remove(said)
        self._mover.finish()
        self.report.movers_killed += 1
        store = opening.open_store(self._url, clock=RealClock())
        try:
            still = {deal.id for deal in store.read(lambda reader: reader.deals(DealFilter(stage="new")))}
        finally:
            store.close()
        undone = [deal for deal in self._asked if deal in still]
        self._left += reversed(undone)
        self._asked = []
        self._mover = self._new_mover()
        self._feed(len(undone))
