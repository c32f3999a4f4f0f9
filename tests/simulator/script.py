"""One seed: a house with rules, a person who acts, one engine or two that die, sleep and find the disk full."""

from __future__ import annotations

import asyncio
import random
import sqlite3

from core.engine.loop import Engine
from core.model.moment import DAY, Moment
from tests.simulator import houses, invariants
from tests.simulator.database import copy_of, restore
from tests.simulator.person import Person
from tests.simulator.process import Life
from tests.simulator.world import START, World

JUMPS = 16
"""How often the clock jumps to what is due next, at the end of a seed."""


def play(seed: int) -> World:
    """Play one seed to its end and return the world with its story and what was violated."""
    world = World(seed, random.Random(seed), _fresh(seed))
    _loop().run_until_complete(_play(world))
    return world


_shared: list[sqlite3.Connection] = []


def _fresh(seed: int) -> sqlite3.Connection:
    """Return the one connection with a house as it was made: its prepared statements outlive the seed."""
    if not _shared:
        _shared.append(copy_of(None))
    # An id of its own keeps what the program remembers of one house from being taken for another's.
    restore(_shared[0], houses.house(seed % houses.HOUSES), house=f"{seed:012x}")
    return _shared[0]


_loops: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    if not _loops:
        _loops.append(asyncio.new_event_loop())
    return _loops[0]


def close_loop() -> None:
    """Let go of the loop that all seeds share."""
    while _loops:
        _loops.pop().close()


async def _play(world: World) -> None:
    world.crashes = world.rng.choice((0.0, 0.02, 0.08))
    world.engines = world.rng.choice((1, 1, 2))
    world.acts = world.rng.randint(5, 14)
    world.cursor = world.look(lambda r: r.cursor())
    person = Person(world)
    world.person = person.act
    await asyncio.gather(_person(world), *(_engine(world) for _ in range(world.engines)))
    await _end(world, person)


async def _engine(world: World) -> None:
    """An engine's process: pass after pass, dying and being started again."""
    life = Life(world)
    most = 12 if world.engines == 1 else 7
    for _ in range(world.rng.randint(most // 3, most)):
        if life.dead:
            life = Life(world)
            world.say(f"{life.worker} starts")
            if not await life.run(Engine.start):
                continue
        elif _left_behind(world) and world.chance(0.6):
            world.say(f"{life.worker} takes over what the lost have left")
            if not await life.run(Engine.start):
                continue
        await life.run(world.rng.choice((Engine.once, Engine.until_idle)))
        await world.pause(f"{life.worker} between passes")


def _left_behind(world: World) -> bool:
    """Return whether an engine beside a living one has lost its lease."""
    return world.engines > 1 and len(world.alive) < len(world.lives)


async def _person(world: World) -> None:
    while world.acts and world.person is not None:
        for _ in range(world.rng.choice((1, 2, 3, 5))):
            await asyncio.sleep(0)
        if world.acts:
            world.person()


async def _end(world: World, person: Person) -> None:
    """Everything is well from now on: what can drain must drain. Who still lives writes what he owes."""
    world.healthy = True
    world.clock.at = Moment(max(world.clock.at, START) + 2 * DAY)
    living = [life for life in world.lives if not life.dead] or [Life(world)]
    await living[0].run(Engine.start)
    for _ in range(JUMPS):
        for life in living:
            await life.run(Engine.until_idle)
        if person.resume():
            continue
        due = world.look(lambda r: r.next_due())
        if due is None:
            break
        world.clock.at = Moment(max(world.clock.at, due))
    invariants.after_commit(world, everything=True)
    invariants.at_end(world)


__all__ = ["close_loop", "play"]
