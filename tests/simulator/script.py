"""One seed: a house with rules, a person who acts, one engine or two that die, sleep and find the disk full."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Final

from core.engine.loop import Engine
from core.model.delivery import DeliveryStatus
from core.model.moment import DAY, Moment
from core.views import DeliveryFilter
from tests.simulator import houses, invariants, patience, reports, serving, talk
from tests.simulator.acts import ACTS
from tests.simulator.database import copy_of, restore
from tests.simulator.person import Person
from tests.simulator.process import Life
from tests.simulator.turning import Endless, TurningLoop
from tests.simulator.world import START, World

JUMPS: Final = 5
"""How often the clock jumps to what is due next, at the end of a seed; while a message is on its way, more often."""
MOST_JUMPS: Final = 80
SERVED: Final = 0.25
"""How many of the seeds have engines that serve."""
PAUSES: Final = (0.0, 0.0, 0.125, 1.0)
"""How long the person waits between two acts then, in seconds."""
ON_ITS_WAY: Final = DeliveryFilter(statuses=frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING}))


def play(seed: int) -> World:
    """Play one seed to its end and return the world with its story and what was violated."""
    world = _fresh(seed)
    try:
        _loop().run_until_complete(_play(world))
    except Endless as trouble:
        world.violated(str(trouble))
        _loop().run_until_complete(_forgotten())
    return world


_shared: list[sqlite3.Connection] = []


def _fresh(seed: int) -> World:
    """Return a world with a house as it was made, on the one connection: its prepared statements outlive the seed."""
    if not _shared:
        _shared.append(copy_of(None))
    # An id of its own keeps what the program remembers of one house from being taken for another's.
    made, house = houses.house(seed % houses.HOUSES), f"{seed:012x}"
    restore(_shared[0], made.tables, house=house)
    return World(seed, random.Random(seed), _shared[0], memory=made.memory(house))


_loops: list[TurningLoop] = []


def _loop() -> TurningLoop:
    if not _loops:
        _loops.append(TurningLoop())
    _loops[0].begin()
    return _loops[0]


def close_loop() -> None:
    """Let go of the loop that all seeds share."""
    while _loops:
        _loops.pop().close()


async def _play(world: World) -> None:
    world.crashes = world.rng.choice((0.0, 0.02, 0.08))
    world.engines = world.rng.choice((1, 1, 2))
    world.acts = world.rng.randint(6, 14)
    some = (frozenset[str](), frozenset({"sms1"}), frozenset(houses.lines_of(world.seed)))
    world.reconciling, world.reporting = world.rng.choice(some), world.rng.choice(some)
    world.carrying = world.rng.choice((frozenset(), frozenset({"mail"}), *[frozenset(("mail", houses.CHANNEL))] * 4))
    world.away = frozenset(number for number in houses.CHATS.values() if world.chance(0.4))
    world.cursor = world.look(lambda r: r.cursor())
    world.watched = houses.waits(world.seed)
    world.acts += 4 if world.watched else 0
    world.watch.clock(START)
    world.rested()
    invariants.after_commit(world, everything=True)
    more = houses.talks(world.seed)
    if more:
        talk.begin(world)
    listens = houses.listens(world.seed)
    patient = patience.MORE if world.watched else reports.CIRCLES if houses.circles(world.seed) else {}
    person = Person(world, {**ACTS, **(talk.MORE if more else {}), **(reports.MORE if listens else {}), **patient})
    world.person = person.act
    world.served = world.chance(SERVED)
    with (
        reports.few(world) if listens else nullcontext(),
        patience.one_by_one(world) if world.watched else nullcontext(),
    ):
        await _work(world, person)
    await _forgotten()


async def _work(world: World, person: Person) -> None:
    if world.served:
        with serving.hurried():
            engines = (serving.engine(world, person, _while_dead) for _ in range(world.engines))
            await asyncio.gather(_person(world), *engines)
            await _end(world, person)
    else:
        await asyncio.gather(_person(world), *(_engine(world, person) for _ in range(world.engines)))
        await _end(world, person)


async def _forgotten() -> None:
    """Let go of what dead processes were waiting for: the loop is the next seed's."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def _engine(world: World, person: Person) -> None:
    """An engine's process: pass after pass while there is something to do, dying and being started again."""
    life = Life(world)
    await life.run(Engine.start)
    passes = world.rng.randint(4, 12) if world.engines == 1 else world.rng.randint(3, 8)
    while passes and (world.acts or _something_due(world)):
        await world.pause(f"{life.worker} between passes")
        if life.dead:
            _while_dead(world, person)
            life = Life(world)
            world.say(f"{life.worker} starts")
            passes -= 1
            await life.run(Engine.start)
        elif _left_behind(world) and world.chance(0.3):
            world.say(f"{life.worker} takes over what the lost have left")
            await life.run(Engine.start)
        elif _something_due(world):
            passes -= 1
            await life.look(world.rng.choice((Engine.once, Engine.until_idle)))
        else:
            await asyncio.sleep(0)


def _while_dead(world: World, person: Person) -> None:
    """Let the person go on for a while before the engine is started again: take the last move back, or look at other
    figures an hour later."""
    left = world.look(lambda r: r.deliveries(ON_ITS_WAY))
    if world.chance(0.7 if any(d.worker is not None for d in left) else 0.2):
        person.do(world.rng.choice((Person.undo, Person.change_all)))


def _something_due(world: World) -> bool:
    due = world.look(lambda r: r.next_due())
    return due is not None and due <= world.clock.at


def _left_behind(world: World) -> bool:
    """Return whether an engine beside a living one has lost its lease."""
    return world.engines > 1 and len(world.alive) < len(world.lives)


async def _person(world: World) -> None:
    while world.acts and world.person is not None:
        for _ in range(world.rng.choice((1, 2, 3, 5))):
            await asyncio.sleep(0)
        if world.served:
            await asyncio.sleep(world.rng.choice(PAUSES))
        if world.acts:
            world.person()


async def _end(world: World, person: Person) -> None:
    """Everything is well from now on: what can drain must drain. Who still lives writes what he owes."""
    world.healthy = True
    world.turn(Moment(max(world.clock.at, START) + 2 * DAY))
    if world.served:
        await serving.drain(world, person)
    living = [life for life in world.lives if not (life.dead or life.ended)] or [Life(world)]
    await living[0].run(Engine.start)
    for jump in range(MOST_JUMPS):
        await _until_idle(living, person)
        due = world.look(lambda r: r.next_due())
        # A slow circle of rules goes on for ever; what is on its way by then still has to arrive.
        if due is None or (jump > JUMPS and not world.look(lambda r: r.deliveries(ON_ITS_WAY))):
            break
        world.turn(Moment(max(world.clock.at, due)))
    else:
        world.cut_short = True
    await _until_idle(living, person)
    while world.post:
        person.receive()
        invariants.after_receipt(world)
    invariants.after_commit(world, everything=True)
    invariants.at_end(world)


async def _until_idle(living: Sequence[Life], person: Person) -> None:
    """Let all engines work until nothing is due; what turns out to be paused again is resumed."""
    resumed = True
    while resumed:
        for life in living:
            await life.look(Engine.until_idle)
        resumed = person.resume()


__all__ = ["close_loop", "play"]
