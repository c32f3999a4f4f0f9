"""The two storms: on a file there is one engine, on a server there are many."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import psycopg

from adapters.clock import RealClock
from data import opening
from data.postgres import conninfo
from tests.proof import hammer_books
from tests.proof.life import PATIENCE, Life
from tests.proof.post_office import STEPS
from tests.proof.screen import ELSEWHERE, Screen, life_of
from tests.proof.storm import MOMENTS, Actor, Storm


class OnFile(Storm):
    """One engine: a board or a worker. Another one is refused, and takes over when it has died."""

    _engine: Actor | None = None
    _watcher: Screen | None = None

    def _round(self) -> None:
        engine = self._engine or self._seated()
        self._refuse_another(engine)
        if isinstance(engine, Life) and self._watcher is None and self._rng.random() < 0.6:
            self._watcher = self._board()
            assert not self._watcher.settles(), "a board took the seat of a living worker"
        board = engine if isinstance(engine, Screen) else self._watcher
        self._hands(board)
        if self._watcher is not None and self._rng.random() < 0.3:
            self._kill_watcher(self._watcher)
        else:
            self._kill_engine(engine)

    def _seated(self) -> Actor:
        """Have an engine; one in five is killed while it starts, and another one comes."""
        if self._rng.random() < 0.2:
            self._stillborn()
        if self._rng.random() < 0.5:
            self._engine = self._runs(self._worker())
        else:
            self._engine = self._board()
            assert self._engine.settles(), "nobody is the engine, and the board does not become it"
        return self._engine

    def _stillborn(self) -> None:
        actor, name = self._rng.choice(((self._worker, "worker"), (self._board, "board")))
        born = actor()
        life_of(born).ended_within(self._rng.uniform(0.0, 0.5))
        self._kill(born, name, "launch")

    def _refuse_another(self, engine: Actor) -> None:
        """See that a second engine is refused, in a sentence that names the first one's process."""
        name = "board" if isinstance(engine, Screen) else "worker"
        second = self._nursery.start("worker", "--db", self._url)
        assert second.finish() == 1, second.err
        wanted = f"funil: Process {life_of(engine).pid} ({name}) already runs the rules of this database"
        assert second.err.startswith(wanted), f"wanted {wanted}, got {second.err}"
        self.report.refused += 1

    def _kill_watcher(self, watcher: Screen) -> None:
        self._await("between", watcher.life.kill)
        self._kill(watcher, "watching board", "between")
        self._watcher = None

    def _kill_engine(self, engine: Actor) -> None:
        life = life_of(engine)
        if self._watcher is not None:
            self._watcher.forget()
        moment = self._rng.choice(MOMENTS[1:])
        self._await(moment, life.kill)
        self._engine = None
        self._kill(engine, "board" if isinstance(engine, Screen) else "worker", moment)
        if self._watcher is not None:
            self._engine, self._watcher = self._watcher, None
            assert self._engine.takes_over(), "the watching board ended"
            self._again("a board", life)
        elif isinstance(engine, Screen):
            self._engine = self._runs(self._worker())
            self._again("a worker", life)

    def _ready_to_listen(self) -> Screen:
        engine = self._engine or self._runs(self._worker())
        if isinstance(engine, Screen):
            return engine
        self._watcher = self._watcher or self._board()
        self._watcher.shows(ELSEWHERE)
        return self._watcher


class OnServer(Storm):
    """Three workers and a board, all of them engines. Whoever dies, the others finish what it began."""

    _ask: psycopg.Connection[Any]

    def _round(self) -> None:
        while sum(isinstance(actor, Life) for actor in self._living) < 3:
            self._runs(self._worker())
        if not any(isinstance(actor, Screen) for actor in self._living):
            assert self._board().settles(), "a board is no engine"
        board = next(actor for actor in self._living if isinstance(actor, Screen))
        self._hands(board)
        moment = self._rng.choice(MOMENTS)
        victim = self._rng.choice(self._living)
        if moment == "launch":
            victim = self._rng.choice((self._worker, self._board))()
            life_of(victim).ended_within(self._rng.uniform(0.0, 0.5))
        elif moment in STEPS:
            victim = self._kill_a_sender(moment)
        else:
            self._await(moment, life_of(victim).kill)
        life = life_of(victim)
        self._kill(victim, "board" if isinstance(victim, Screen) else "worker", moment)
        self._taken_over(life)

    def _kill_a_sender(self, moment: str) -> Actor:
        """Kill, at one step of a mail's way, an engine that has a mail on its way."""
        killed: list[Actor] = []

        def kill() -> None:
            if not killed:
                killed.append(self._sender())
                life_of(killed[0]).kill()

        with psycopg.connect(**conninfo(self._url), autocommit=True) as self._ask:
            self._await(moment, kill)
        return killed[0]

    def _sender(self) -> Actor:
        leases = [row[0] for row in self._ask.execute("SELECT worker FROM deliveries WHERE worker IS NOT NULL")]
        senders = [each for each in self._living if any(f"-{life_of(each).pid}-" in lease for lease in leases)]
        return self._rng.choice(senders or self._living)

    def _taken_over(self, dead: Life) -> None:
        """Wait until the living have taken over all that the dead one had leased."""
        until = time.monotonic() + PATIENCE
        witness = life_of(self._living[0])
        began = False
        with closing(opening.open_store(self._url, clock=RealClock())) as store:
            while store.read(lambda reader: hammer_books.leased_to(reader, dead.pid)):
                began = True
                assert time.monotonic() < until, "what a dead engine had leased is never taken over"
                assert not witness.ended_within(0.02), f"an engine ended: {witness.err}"
        if began:
            self._again("another", dead)

    def _ready_to_listen(self) -> Screen:
        board = next((actor for actor in self._living if isinstance(actor, Screen)), None)
        if board is None:
            board = self._board()
            assert board.settles(), "a board is no engine"
        return board
