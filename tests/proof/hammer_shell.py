"""A shell: somebody's command lines one after another, some of them killed, and what they have been told is done."""

from __future__ import annotations

import json
import random
import statistics
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.proof.hammer_house import SOLID, STAGES, SWITCHED, sheet
from tests.proof.life import Life
from tests.proof.nursery import Nursery

REFUSALS: Final = (
    "moved since",
    "nothing was undone: ",
    "nothing was done again: ",
    "there is no move to undo",
    "there is no undone move to do again",
    "is undone already",
    "has left that stage",
    "is acting already",
    "has ended already",
    "has a message in the outbound log",
)
"""Sentences with which a command may be refused while others act on the same deals."""
KILLED: Final = 0.15
"""The share of commands that are killed."""
IMPORTS_KILLED: Final = 0.4


@dataclass(slots=True)
class Ledger:
    """What one user was told, and what may or may not have happened because the command was killed."""

    user: str
    commands: int = 0
    killed: int = 0
    refused: int = 0
    added: set[str] = field(default_factory=set)
    perhaps_added: set[str] = field(default_factory=set)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    perhaps_moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    undone: int = 0
    perhaps_undone: int = 0
    noted: dict[str, list[str]] = field(default_factory=dict)
    imported: set[int] = field(default_factory=set)
    perhaps_imported: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


class Shell:
    """Runs one user's command lines in a thread until told to stop."""

    def __init__(self, nursery: Nursery, url: str, user: str, rng: random.Random, folder: Path, rows: int) -> None:
        self.ledger = Ledger(user)
        self._nursery, self._url, self._rng = nursery, url, rng
        self._folder, self._rows = folder, rows
        self._deals = [f"D{n}" for n in range(1, SOLID + 1)]
        self._number = 0
        self._took = [0.3]
        self._imports_took = [2.0]
        self._imports_wanted = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"shell-{user}", daemon=True)
        self._life: Life | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def import_soon(self) -> None:
        """Let the next command be an import."""
        self._imports_wanted += 1

    def stop(self) -> None:
        """Let the command end that runs, and stop."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        acts = [act for act, weight in self._acts().items() for _ in range(weight)]
        try:
            while not self._stop.is_set():
                self._number += 1
                if self._imports_wanted:
                    self._imports_wanted -= 1
                    self._import()
                else:
                    self._rng.choice(acts)()
        except BaseException as error:
            self.ledger.problems.append(f"the shell of {self.ledger.user} stopped: {error!r}")
            raise

    def _acts(self) -> dict[Callable[[], None], int]:
        """What is done, and how often."""
        return {
            self._add: 2,
            self._move: 10,
            self._undo: 3,
            self._redo: 2,
            self._stop_runs: 1,
            self._set: 2,
            self._look: 1,
            self._cancel: 1,
            self._switch: 1,
        }

    # What it does -----------------------------------------------------------------------------------------------------

    def _add(self) -> None:
        title = f"Added by {self.ledger.user} {self._number}"
        words = ["add", "--title", title, "--responsible", "ana", "--contact", "maria", "--by", self.ledger.user]
        life, status = self._command("deal", *words, "--stage", self._rng.choice(STAGES), "--amount", "10")
        if status == 0:
            self.ledger.added.add(title)
            self._deals.append(life.out.strip())
        elif status is None:
            self.ledger.perhaps_added.add(title)

    def _move(self) -> None:
        deals = self._rng.sample(self._deals, self._rng.choice((1, 1, 1, 3)))
        stage = self._rng.choice((*STAGES, "delivery", "delivery"))
        life, status = self._command("deal", "move", *deals, stage, "--by", self.ledger.user)
        if status == 0:
            told = [line.partition(":")[0] for line in life.out.splitlines()]
            self.ledger.moved.update((deal, stage) for deal in told)
        elif status is None:
            self.ledger.perhaps_moved.update((deal, stage) for deal in deals)

    def _undo(self) -> None:
        which = [self._rng.choice(self._deals)] if self._rng.random() < 0.6 else []
        life, status = self._command("deal", "undo", *which, "--by", self.ledger.user)
        if status == 0:
            self.ledger.undone += sum(": back in " in line for line in life.out.splitlines())
        elif status is None:
            self.ledger.perhaps_undone += 3

    def _redo(self) -> None:
        which = [self._rng.choice(self._deals)] if self._rng.random() < 0.6 else []
        self._command("deal", "redo", *which, "--by", self.ledger.user)

    def _stop_runs(self) -> None:
        self._command("deal", "stop", self._rng.choice(self._deals), "--by", self.ledger.user)

    def _switch(self) -> None:
        self._command("rule", self._rng.choice(("on", "off", "on")), SWITCHED, "--by", self.ledger.user)

    def _cancel(self) -> None:
        life, status = self._command("outbound", "--status", "held", "--limit", "20", "--json", spare=True)
        held = [row["id"] for row in json.loads(life.out)] if status == 0 else []
        if held:
            self._command("outbound", "cancel", self._rng.choice(held), "--by", self.ledger.user)

    def _set(self) -> None:
        deal, value = self._rng.choice(self._deals), str(self._number)
        _, status = self._command("deal", "set", deal, f"{self.ledger.user}={value}", "--by", self.ledger.user)
        if status == 0:
            self.ledger.noted[deal] = [value]
        elif status is None:
            self.ledger.noted.setdefault(deal, [""]).append(value)

    def _look(self) -> None:
        life, status = self._command("outbound", "--limit", "20", "--json", spare=True)
        if status == 0 and len(json.loads(life.out)) > 20:
            self.ledger.problems.append("outbound listed more than it was asked for")

    def _import(self) -> None:
        number = self._number
        path = sheet(self._folder / f"{self.ledger.user}-{number}.csv", number, self._rows)
        _, status = self._command("deal", "import", str(path), "--by", self.ledger.user, took=self._imports_took)
        if status == 0:
            self.ledger.imported.add(number)
        elif status is None:
            self.ledger.perhaps_imported.add(number)
        path.unlink()

    # How it does it ---------------------------------------------------------------------------------------------------

    def _command(self, *words: str, spare: bool = False, took: list[float] | None = None) -> tuple[Life, int | None]:
        """Run a command line, or kill it at a moment by chance: then the status is None."""
        took = self._took if took is None else took
        self.ledger.commands += 1
        life = self._nursery.start(*words, "--db", self._url)
        try:
            doomed = not spare and self._rng.random() < (KILLED if took is self._took else IMPORTS_KILLED)
            if doomed and not life.ended_within(self._rng.uniform(0.0, 1.2 * statistics.median(took))):
                life.kill()
            status = life.finish()
        finally:
            life.end()
        if status == -9:
            self.ledger.killed += 1
            return life, None
        took.append(life.lasted)
        self._judge(words, life, status)
        return life, status

    def _judge(self, words: Sequence[str], life: Life, status: int) -> None:
        if status == 1 and any(each in life.err for each in REFUSALS):
            self.ledger.refused += 1
        elif status != 0:
            self.ledger.problems.append(f"{' '.join(words[:6])} ended with {status}: {life.err[-600:]}")
        if "Traceback" in life.err:
            self.ledger.problems.append(f"{' '.join(words[:6])} said {life.err[-600:]}")
