"""A whole house in one thread and one database in memory, whose every chance comes from a seed.

Nothing here waits for anything real: the store runs jobs inline, the adapters answer by dice, the clock is turned by
the script. Two tasks interleave at every await: the engine's and the person's.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel

from core.engine.loop import Engine
from core.model.delivery import Delivery, Message, Outcome, OutcomeKind
from core.model.house import Connection
from core.model.moment import Moment
from core.ports import AdapterFactory, Capabilities, Clock, Health, Job, Priority, Reader, Store
from core.words import NO_WORDS
from tests.simulator.database import inline_store

START = Moment(1_796_126_400_000)
"""2026-12-01T12:00Z."""


class Crash(BaseException):
    """The process dies here."""


@dataclass
class WallClock:
    """The fake wall clock: it stands still unless the script steps it, also backwards."""

    at: Moment = START

    def now(self) -> Moment:
        """Return the present moment."""
        return self.at


@dataclass
class Attempt:
    """One message on the wire. ``may_be_out`` tells whether the customer may have it."""

    key: str
    message: Message
    at: Moment
    may_be_out: bool = False
    over: bool = False
    life: int = 0


@dataclass
class World:
    """The house under test, and all that was seen of it from outside."""

    seed: int
    rng: random.Random
    connection: sqlite3.Connection
    clock: WallClock = field(default_factory=WallClock)
    wire: list[Attempt] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    lives: int = 0
    healthy: bool = False
    crashes: float = 0.02
    set_back: bool = False
    excused: set[int] = field(default_factory=set)
    """Deliveries that were leased when a paused connection was resumed: what it held back may stand before them."""
    life: Life | None = None
    eyes: Any = None
    """A store of the observer's own, to look at the database with."""

    def look(self, query: Callable[[Reader], Any]) -> Any:
        """Read the database as it stands, without being noticed."""
        if self.eyes is None:
            self.eyes = inline_store(self.connection, self.clock)
        return self.eyes.read(query)

    def say(self, text: str) -> None:
        """Add a line to the story."""
        self.trace.append(text)

    def violated(self, text: str) -> None:
        """Note that an invariant does not hold."""
        self.broken.append(text)
        self.say(f"!! {text}")

    def chance(self, share: float) -> bool:
        """Throw the dice."""
        return self.rng.random() < share

    async def pause(self) -> None:
        """Let the other task go first, or not."""
        for _ in range(self.rng.choice((0, 0, 1, 1, 2, 3))):
            await asyncio.sleep(0)


class SimStore:
    """The inline store with an await around each use, and death at any commit."""

    def __init__(self, world: World, life: Life | None) -> None:
        self._world = world
        self._life = life
        self.inner = inline_store(
            world.connection,
            world.clock,
            before_commit=self._maybe_die("before"),
            after_commit=self._maybe_die("after"),
        )

    def _maybe_die(self, when: str) -> Callable[[], None]:
        def die() -> None:
            world, life = self._world, self._life
            if life is not None and not world.healthy and world.chance(world.crashes):
                life.dead = True
                world.say(f"crash {when} commit")
                raise Crash

        return die

    async def write(self, job: Job[Any], priority: Priority = Priority.SCREEN) -> Any:
        """Run a job, other things happening before and after it."""
        await self._world.pause()
        self._alive()
        done = self.inner.write_now(job, priority)
        await self._world.pause()
        self._alive()
        return done

    def read(self, query: Callable[[Reader], Any]) -> Any:
        """Run a read."""
        self._alive()
        return self.inner.read(query)

    def changed_elsewhere(self) -> bool:
        """Return False: the script wakes the engine."""
        return False

    def _alive(self) -> None:
        if self._life is not None and self._life.dead:
            raise Crash


class NoSettings(BaseModel):
    """The simulated peers of this world need none."""


class SimAdapter:
    """A peer that accepts, refuses, defers or goes silent, either way, by dice; and the wire on which we watch it."""

    Settings: ClassVar[type[BaseModel]] = NoSettings

    def __init__(self, world: World, life: Life, connection: Connection) -> None:
        self._world, self._life, self._connection = world, life, connection
        self.capabilities = Capabilities(
            channel=connection.channel, batch=world.rng.choice((1, 3, 20)), concurrency=world.rng.choice((1, 4))
        )

    async def check(self) -> Health:
        """Say that all is well."""
        return Health(True)

    async def send(self, message: Message, key: str) -> Outcome:
        """Put a message on the wire; the process may die before or after it has gone out."""
        world, life = self._world, self._life
        await world.pause()
        if life.dead:
            raise Crash
        attempt = Attempt(key, message, world.clock.at, life=life.number)
        watch_send(world, attempt, self._connection.id)
        world.wire.append(attempt)
        await world.pause()
        self._maybe_die("before it is out")
        outcome = self._outcome()
        attempt.may_be_out = outcome.kind in (OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN)
        world.say(f"wire {key} {outcome.kind.value}")
        self._maybe_die("after it is out")
        await world.pause()
        attempt.over = True
        if life.dead:
            raise Crash
        return outcome

    def _maybe_die(self, when: str) -> None:
        world = self._world
        if not world.healthy and world.chance(world.crashes):
            self._life.dead = True
            world.say(f"crash around a send, {when}")
            world.wire[-1].may_be_out = world.wire[-1].may_be_out or "after" in when
            raise Crash

    def _outcome(self) -> Outcome:
        world = self._world
        if world.healthy:
            return Outcome(kind=OutcomeKind.ACCEPTED, provider_id="p")
        dice = world.rng.random()
        if dice < 0.6:
            return Outcome(kind=OutcomeKind.ACCEPTED, provider_id="p")
        if dice < 0.75:
            return Outcome(kind=OutcomeKind.DEFERRED, retry_after=world.rng.choice((None, 1_000, 90_000)))
        if dice < 0.85:
            return Outcome(kind=OutcomeKind.REJECTED, reason="rejected")
        if dice < 0.97:
            return Outcome(kind=OutcomeKind.UNKNOWN, reason="timeout")
        return Outcome(kind=OutcomeKind.MISCONFIGURED, detail=NO_WORDS)

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Say nothing of what became of a message."""
        return None

    async def close(self) -> None:
        """Do nothing."""


class SimAdapters:
    """Opens the simulated peers."""

    def __init__(self, world: World, life: Life) -> None:
        self._world, self._life = world, life

    def settings_model(self, adapter: str) -> type[BaseModel] | None:
        """Return the model without settings."""
        return NoSettings

    def names(self, channel: str) -> Sequence[str]:
        """Return the one adapter there is."""
        return ("simulated",)

    def capabilities(self, connection: Connection) -> Capabilities | None:
        """Return nothing: nobody asks here."""
        return None

    def open(self, connection: Connection, clock: Clock, house_id: str) -> SimAdapter:
        """Open a peer."""
        return SimAdapter(self._world, self._life, connection)


class Life:
    """One life of the engine's process, until it dies."""

    def __init__(self, world: World) -> None:
        world.lives += 1
        world.life = self
        self.number = world.lives
        self.dead = False
        self.store = SimStore(world, self)
        store: Store = self.store  # type: ignore[assignment]
        adapters: AdapterFactory = SimAdapters(world, self)
        self.engine = Engine(store, adapters, random.Random(world.rng.random()), f"engine-{self.number}")

    async def run(self, what: Callable[[Engine], Awaitable[Any]]) -> bool:
        """Let the engine do something; returns whether it has survived."""
        try:
            await what(self.engine)
        except Crash:
            self.dead = True
            # Whatever this life still had under way dies at its next step, before it can be seen outside.
            for _ in range(8):
                await asyncio.sleep(0)
            return False
        return True


def watch_send(world: World, attempt: Attempt, connection: str) -> None:
    """Judge a message at the moment it is put on the wire, by what the database says then."""
    from tests.simulator import invariants

    invariants.at_send(world, attempt, connection)


def delivery_of(reader: Reader, key: str) -> Delivery | None:
    """Return the delivery that a key on the wire belongs to."""
    return reader.delivery(int(key.rsplit("-M", 1)[1]))
