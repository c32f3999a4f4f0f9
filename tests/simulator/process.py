"""The engines' processes, each with a store and a worker's id of its own: they die, and some sleep past their lease."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

from core.engine.leasing import Claim
from core.engine.loop import Engine
from core.errors import StoreTrouble
from core.model.delivery import Delivery
from core.model.event import Event, Happening, Reach
from core.model.line import Line
from core.model.moment import Moment
from core.plan import Plan
from core.ports import AdapterFactory, Applied, Clock, Job, Priority, Reader, Store
from data.inline import InlineStore
from data.reader_base import Memory
from data.sql import Db
from data.tx import SqlTx
from tests.simulator import claims, happenings
from tests.simulator.database import inline_store, nothing
from tests.simulator.peers import SimAdapters
from tests.simulator.world import Crash, World

WAITS: Final = frozenset({"chat_slow", "stale"})
"""What the house raises when somebody has waited too long."""
SLEEPY: Final = 0.05
"""How often one of two engines stands still at a step."""
SLEEP: Final = (4, 12, 40, 120)
"""For how many turns of the loop it does; where engines serve, for so many moments."""
MOMENT: Final = 0.0625


class WatchedTx(SqlTx):
    """The store's transaction, in a house whose engines lose their leases when the world says so, and watched."""

    def __init__(self, db: Db, memory: Memory, clock: Clock, world: World, life: Life | None) -> None:
        super().__init__(db, memory, clock)
        self._world, self._life = world, life
        # What a transaction did that was never committed has not happened.
        world.noted = []

    def reap(self, worker_alive: Callable[[str], bool] | None = None) -> Sequence[Delivery]:
        """Take over what those left who have lost their lease."""
        alive = self._world.alive
        return super().reap(lambda worker: worker in alive)

    def claim(self, connection: str, now: Moment, worker: str, limit: int) -> Sequence[Delivery]:
        """Lease, and judge what was leased."""
        claimed = super().claim(connection, now, worker, limit)
        if claimed:
            claims.at_claim(self._world, self, connection, claimed)
        return claimed

    def put_line(self, line: Line) -> None:
        """Write how a line stands, and note how long it shall rest."""
        self._world.noted.append(partial(self._world.stands, line))
        super().put_line(line)

    def pause_connection(self, connection: str, reason: str | None) -> None:
        """Pause or resume a connection, whose line is tried anew."""
        self._world.noted.append(partial(self._world.tried_anew, connection))
        super().pause_connection(connection, reason)

    def mark_sending(self, ids: Iterable[int], worker: str, now: Moment) -> Sequence[int]:
        """Make *sending* durable, and note it."""
        ours = super().mark_sending(ids, worker, now)
        self._world.noted.append(partial(self._world.marked.update, [(delivery, worker) for delivery in ours]))
        return ours

    def record(self, event: Event) -> int | None:
        """Record an event, and note what the house raises itself when somebody has waited."""
        number = super().record(event)
        if number is not None and event.kind in WAITS:
            self._world.noted.append(partial(self._world.watch.raise_, event, self.now()))
        return number

    def add_reaches(self, reaches: Iterable[Reach]) -> None:
        """Write what events have come to, and note which have moved a deal."""
        rows = list(reaches)
        super().add_reaches(rows)
        self._note_moves(rows)

    def put_reach(self, reach: Reach) -> None:
        """Write what an event has come to, and note whether it has moved a deal."""
        super().put_reach(reach)
        self._note_moves([reach])

    def _note_moves(self, rows: Sequence[Reach]) -> None:
        moved = [row for row in rows if row.applied is not None]
        if moved and self._world.watched:
            ((newest,),) = self.db.text("SELECT max(id) FROM events")
            self._world.noted += [partial(self._world.watch.moves, row, newest) for row in moved]

    def due_happenings(self, now: Moment, limit: int) -> Sequence[Happening]:
        """Take what simulated peers do by now, and note it."""
        due = super().due_happenings(now, limit)
        self._world.noted.append(partial(happenings.carried_out, self._world, due))
        return due

    def apply(self, plan: Plan) -> Applied:
        """Write a plan, unless an engine wants to end what it no longer has."""
        if self._life is not None:
            claims.at_apply(self._world, self, self._life.worker, plan)
        return super().apply(plan)


def watched_store(
    world: World,
    life: Life | None,
    before_commit: Callable[[], None] = nothing,
    after_commit: Callable[[], None] = nothing,
) -> InlineStore:
    """Return a store of one process, whose transactions are watched."""

    def committed() -> None:
        world.committed()
        after_commit()

    return inline_store(
        world.db,
        world.clock,
        before_commit,
        committed,
        memory=world.memory,
        make_tx=lambda db, memory, clock: WatchedTx(db, memory, clock, world, life),
    )


class SimStore:
    """The inline store with an await around each use, a disk that fills up, and death at any commit."""

    def __init__(self, world: World, life: Life) -> None:
        self._world = world
        self._life = life
        self.inner = watched_store(world, life, self._before_commit, lambda: life.maybe_die("after commit"))

    def _before_commit(self) -> None:
        self._life.maybe_die("before commit")
        fill(self._world)

    async def write(self, job: Job[Any], priority: Priority = Priority.SCREEN) -> Any:
        """Run a job, other things happening before and after it."""
        what = job.__qualname__.partition(".")[0]
        await self._life.step(f"before {what}")
        done = self.inner.write_now(job, priority)
        if isinstance(done, Claim):
            claims.at_leave(self._world, done.deliveries)
        await self._life.step(f"after {what}")
        return done

    def read(self, query: Callable[[Reader], Any]) -> Any:
        """Run a read."""
        self._life.lives()
        return self.inner.read(query)

    def changed_elsewhere(self) -> bool:
        """Return whether another process has written; unless engines serve, the script lets them work."""
        return self._world.served and self.inner.changed_elsewhere()


def fill(world: World) -> None:
    """Let a commit fail while the disk is full."""
    if world.full and not world.healthy:
        world.full -= 1
        world.say("the disk is full")
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error


class Life:
    """One life of an engine's process, until it dies."""

    def __init__(self, world: World) -> None:
        world.lives.append(self)
        self.world = world
        self.number = len(world.lives)
        self.worker = f"engine-{self.number}"
        world.alive.add(self.worker)
        self.dead = False
        self.still = False
        self.overtaken = False
        """Whether it has ever slept past its lease."""
        self.ended = False
        """Whether it was told to stop, and did."""
        self.stop: asyncio.Event | None = None
        self.troubles = 0
        self.hanging: set[str] = set()
        """Connections whose peers keep their answers."""
        store: Store = SimStore(world, self)  # type: ignore[assignment]
        adapters: AdapterFactory = SimAdapters(world, self)
        self.engine = Engine(store, adapters, random.Random(world.rng.random()), self.worker)

    async def run(self, what: Callable[[Engine], Awaitable[Any]]) -> bool:
        """Let the engine do something; returns whether it has survived. Trouble with the store is no death."""
        try:
            await what(self.engine)
        except StoreTrouble as trouble:
            self.troubles += 1
            self.world.say(f"{self.worker}: {trouble.words.english()}")
        except Crash:
            self.die()
            # Whatever this life still had under way dies at its next step, before it can be seen outside.
            for _ in range(8):
                await asyncio.sleep(0)
            return False
        return True

    async def look(self, what: Callable[[Engine], Awaitable[Any]]) -> bool:
        """Let the engine make its passes, and note it where it comes to their end without trouble."""
        world, troubles = self.world, self.troubles
        if not world.watched:
            return await self.run(what)
        with world.watch.looking(world.clock.at, _sweeping(world)) as one:
            survived = await self.run(what)
            if survived and troubles == self.troubles:
                world.watch.looked(one)
        return survived

    def die(self) -> None:
        """End, and lose the lease with it."""
        self.dead = True
        self.world.alive.discard(self.worker)

    def end(self) -> None:
        """End as one who was told to; what could not be written until then dies with the process."""
        if self.dead:  # a lane died in the background while the engine was told to stop
            self.die()
            return
        self.ended = True
        self.dead = bool(self.engine._dispatcher._owed)
        self.world.alive.discard(self.worker)

    def lives(self) -> None:
        """Raise ``Crash`` where this process is no more."""
        if self.dead:
            raise Crash

    def maybe_die(self, where: str, often: int = 1) -> None:
        """Die here, by chance, so many times as often as elsewhere."""
        world = self.world
        if not world.healthy and world.crashes and world.chance(often * world.crashes):
            world.say(f"{self.worker}: crash {where}")
            self.die()
            raise Crash

    async def step(self, where: str) -> None:
        """Pass a point at which others may go first, the person may act, or this process stand still for long."""
        world = self.world
        await world.pause(f"{self.worker} {where}")
        if world.engines > 1 and not world.healthy and not any(life.still for life in world.lives):
            await self._maybe_sleep(where)
        while self.still:
            await asyncio.sleep(MOMENT if world.served else 0)
        self.lives()

    async def _maybe_sleep(self, where: str) -> None:
        """Stand still past the lease: for the others this engine is dead until it goes on."""
        world = self.world
        if self.dead or not world.chance(SLEEPY):
            return
        world.say(f"{self.worker} stands still {where}")
        self.still = self.overtaken = True
        world.alive.discard(self.worker)
        try:
            for _ in range(world.rng.choice(SLEEP)):
                await asyncio.sleep(MOMENT if world.served else 0)
        finally:  # also where an engine that ends lets go of what it has on the wire
            self.still = False
            if not self.dead:
                world.alive.add(self.worker)
                world.say(f"{self.worker} goes on")


def _sweeping(world: World) -> bool:
    """Return whether deals are still to get their timers of silence."""
    return bool(world.connection.execute("SELECT 1 FROM timers WHERE kind = 'stale_sweep'").fetchall())
