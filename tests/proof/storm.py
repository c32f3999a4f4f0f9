"""What every storm has: two shells, some engines and boards, a mail server, chance; and what came of it."""

from __future__ import annotations

import random
import time
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from tests.proof import hammer_books, hammer_house
from tests.proof.hammer_shell import Ledger, Shell
from tests.proof.life import PATIENCE, Life
from tests.proof.nursery import Nursery
from tests.proof.post_office import STEPS, PostOffice
from tests.proof.screen import Screen, life_of

Actor = Life | Screen
IMPORT_EVERY: Final = 4
"""Kills between two imports."""
MOMENTS: Final = ("launch", "between", "between", "mail", "rcpt", "taken", "taken")


@dataclass(slots=True)
class Report:
    """What was done and seen."""

    killed: Counter[str] = field(default_factory=Counter)
    moments: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    again: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    kills: list[float] = field(default_factory=list)
    shells: list[Ledger] = field(default_factory=list)
    mails: PostOffice = field(default_factory=PostOffice)
    found: hammer_books.Found = field(default_factory=hammer_books.Found)
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        """Write it for people."""
        commands, killed = sum(s.commands for s in self.shells), sum(s.killed for s in self.shells)
        yield f"engines and boards killed  {_told(self.killed)}"
        yield f"  at                       {_told(self.moments)}"
        yield f"command lines              {commands}, killed: {killed}, refused: {sum(s.refused for s in self.shells)}"
        imports = sum(len(s.imported) for s in self.shells), sum(len(s.perhaps_imported) for s in self.shells)
        yield f"imports                    {sum(imports)}, killed: {imports[1]}"
        yield f"second engines refused     {self.refused}"
        for who, took in sorted(self.again.items()):
            yield f"taken over by {who:<12} {median(took):.2f} s (median), {max(took):.2f} s (longest of {len(took)})"
        yield from self.found.lines()
        yield f"seconds                    {self.seconds:.1f}"


def _told(counts: Counter[str]) -> str:
    return " ".join(f"{name}:{n}" for name, n in sorted(counts.items())) or "none"


class Storm(ABC):
    """Two shells, some engines and boards, a mail server, and chance."""

    def __init__(
        self, nursery: Nursery, url: str, office: PostOffice, folder: Path, rng: random.Random, rows: int
    ) -> None:
        self.report = Report()
        self._nursery, self._url, self._office, self._rng = nursery, url, office, rng
        self._shells = [
            Shell(nursery, url, user, random.Random(rng.random()), folder, rows) for user in hammer_house.USERS
        ]
        self.report.shells = [shell.ledger for shell in self._shells]
        self._living: list[Actor] = []

    def rage(self, kills: int, tell: Callable[[int], None]) -> None:
        """Kill so often, while everybody works."""
        for shell in self._shells:
            shell.start()
        for number in range(kills):
            if number % IMPORT_EVERY == 1:
                self._rng.choice(self._shells).import_soon()
            self._round()
            self._check_shells()
            tell(number + 1)

    def calm(self) -> None:
        """Stop the shells; then see that whoever is left hears what another process does."""
        for shell in self._shells:
            shell.stop()
        self._check_shells()
        board = self._ready_to_listen()
        board.forget()
        told = self._nursery.start("deal", "add", "--title", "Quiet please", "--stage", "delivery",
                                   "--responsible", "ana", "--contact", "maria", "--db", self._url)  # fmt: skip
        assert told.finish() == 0, told.err
        deal = told.out.strip()
        self.report.shells[0].added.add("Quiet please")
        # The card passes through its column in a moment, and may end above what a hand has scrolled to: the log tells.
        assert board.shows(deal), "the board ended"
        came = self._office.wait_until(lambda: any(m.parsed["Subject"] == deal for m in self._office.mails), PATIENCE)
        assert came, "the engine never heard of the deal that a command line made"
        for actor in list(self._living):
            status = actor.quit() if isinstance(actor, Screen) else actor.stop()
            assert status == 0, f"an engine ended with {status}"
            self._living.remove(actor)

    def end(self) -> None:
        """Leave no process behind."""
        for shell in self._shells:
            shell.stop()
        for actor in self._living:
            actor.end()

    @abstractmethod
    def _round(self) -> None:
        """Play until one engine or board has been killed."""

    @abstractmethod
    def _ready_to_listen(self) -> Screen:
        """Have an engine and a board, and return the board."""

    # What all have in common ------------------------------------------------------------------------------------------

    def _worker(self) -> Life:
        worker = self._nursery.start("worker", "--db", self._url)
        self._living.append(worker)
        return worker

    def _board(self) -> Screen:
        board = Screen(self._nursery, self._url)
        self._living.append(board)
        return board

    def _runs(self, worker: Life) -> Life:
        assert worker.says("runs"), f"the worker ended: {worker.err}"
        return worker

    def _hands(self, board: Screen | None) -> None:
        if board is not None:
            board.type(hammer_house.keys(self._rng, 12))

    def _kill(self, actor: Actor, name: str, moment: str) -> None:
        """Kill at the moment, or see that a trap has done it, and bury."""
        life = life_of(actor)
        life.kill()
        status = actor.end()
        assert (status, life.died is not None) == (-9, True), f"a {name} ended by itself with {status}: {life.err}"
        self._living.remove(actor)
        self.report.kills.append(life.died or 0.0)
        self.report.killed[name] += 1
        self.report.moments[moment] += 1

    def _again(self, who: str, dead: Life) -> None:
        """Note how long the work of a dead engine has lain there."""
        self.report.again[who].append(time.monotonic() - (dead.died or 0.0))

    def _await(self, moment: str, kill: Callable[[], None]) -> None:
        """Wait for a moment of the mails on their way, and kill at it."""
        if moment in STEPS:
            self._office.set_trap(moment, self._rng.randint(1, 10), kill)
            come = self._office.sprung
        else:
            wanted = len(self._office.mails) + self._rng.randint(0, 15)

            def come() -> bool:
                return len(self._office.mails) >= wanted

        if not self._office.wait_until(come, PATIENCE):
            self._check_shells()
            raise AssertionError(f"nobody came to “{moment}”")
        kill()

    def _check_shells(self) -> None:
        problems = [problem for shell in self._shells for problem in shell.ledger.problems]
        assert not problems, "\n".join(problems)
