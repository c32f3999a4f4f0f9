"""Engines that serve as they do in a worker and a board: with lanes that wait for none, woken, and told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from core.engine import loop
from core.engine.loop import Engine
from core.errors import StoreTrouble
from core.model.moment import Moment
from tests.simulator.person import Person
from tests.simulator.process import Life
from tests.simulator.world import World

LOOK: Final = 0.5
REAP: Final = 2.0
"""Seconds between looks: for the dead more often than in earnest, so that a seed sees it."""
SHIFTS: Final = (0.5, 2.0, 6.0)
"""How long an engine serves before it is told to stop, in seconds."""
SETTLED: Final = 2.0
"""Seconds in which an engine that serves must have taken up all that is due, where no peer hangs."""


class Alarm:
    """The alarm clock of an engine: it rings when the world's clock is turned to its moment or past it, and for one
    moment once, as the real one does: what is due and cannot go would ring for ever. There is no sweep to help it."""

    def __init__(self, world: World, engine: Engine) -> None:
        self._world, self._engine = world, engine
        self._at: Moment | None = None
        self._rung: Moment | None = None

    def arm(self, moment: Moment | None) -> None:
        """Ask to be woken at a moment."""
        self._at = moment
        if moment is not None and moment <= self._world.clock.at and moment != self._rung:
            self._rung = moment
            self._engine.wake()

    def turned(self) -> None:
        """Ring if the clock has been turned to what is due."""
        if self._at is not None and self._at <= self._world.clock.at:
            self._rung = self._at
            self._engine.wake()


@contextmanager
def hurried() -> Iterator[None]:
    """Have engines look for what the dead have left more often than in earnest."""
    kept = loop.LOOK, loop.REAP
    vars(loop).update(LOOK=LOOK, REAP=REAP)
    try:
        yield
    finally:
        vars(loop).update(LOOK=kept[0], REAP=kept[1])


async def engine(world: World, person: Person, while_dead: Callable[[World, Person], None]) -> None:
    """An engine's processes, one after the other, while the person acts."""
    for _ in range(world.rng.choice((2, 3, 4))):
        life = Life(world)
        await life.run(Engine.start)
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(world.rng.choice(SHIFTS), stop.set)
        if not life.dead:
            await serve(world, life, stop)
        if life.dead:
            while_dead(world, person)
        if not world.acts:
            return


async def serve(world: World, life: Life, stop: asyncio.Event) -> None:
    """Let an engine serve until it is told to stop; its process ends with that, if it does not die before."""

    def on_trouble(error: BaseException) -> None:
        life.troubles += 1
        world.say(f"{life.worker}: {error}")
        if not isinstance(error, StoreTrouble):
            world.violated(f"{life.worker} met {error!r}")

    alarm = Alarm(world, life.engine)
    life.engine.waker, life.engine.on_trouble, life.stop = alarm, on_trouble, stop
    world.alarms.append(alarm.turned)
    world.say(f"{life.worker} serves")
    if await life.run(lambda each: each.serve(stop)):
        world.say(f"{life.worker} ends")
        life.end()
    world.alarms.remove(alarm.turned)


async def drain(world: World, person: Person) -> None:
    """Everything is well, and an engine serves: what is due is taken up, whoever has written it, and whenever."""
    life, stop = Life(world), asyncio.Event()
    await life.run(Engine.start)
    serving = asyncio.ensure_future(serve(world, life, stop))
    for step in (person.resume, lambda: person.do(Person.move), lambda: _to_what_is_next(world)):
        step()
        await asyncio.sleep(SETTLED)
        due = world.look(lambda r: r.next_due())
        if due is not None and due <= world.clock.at:
            world.violated(f"what is due at {due} waits, though {life.worker} serves")
    stop.set()
    await serving


def _to_what_is_next(world: World) -> None:
    due = world.look(lambda r: r.next_due(after=r.now()))
    world.turn(Moment(due or world.clock.at))
