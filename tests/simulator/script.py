"""One seed: a house with rules, a person who moves, edits and undoes, an engine that dies now and then."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from functools import cache
from typing import Any

from core import commands
from core.engine.loop import Engine
from core.errors import FunilError
from core.model.delivery import Channel
from core.model.house import CompanySettings, Connection, FieldDef, FieldType
from core.model.moment import DAY, HOUR, MINUTE, SECOND, Duration, Moment
from core.model.people import Address, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Order, Rule, RunTime, Unknown, When
from core.ports import Job, Tx
from core.views import DealFilter, DeliveryFilter
from tests.simulator import invariants
from tests.simulator.database import Tables, contents, copy_of, inline_store, restore
from tests.simulator.world import START, Crash, Life, WallClock, World

HOUSES = 48
STAGES = ("a", "b", "c", "won", "lost")


def play(seed: int) -> World:
    """Play one seed to its end and return the world with its story and what was violated."""
    rng = random.Random(seed)
    world = World(seed, rng, _fresh(seed % HOUSES))
    _loop().run_until_complete(_play(world))
    return world


_shared: list[sqlite3.Connection] = []


def _fresh(variant: int) -> sqlite3.Connection:
    """Return the one connection with a house as it was made: its prepared statements outlive the seed."""
    if not _shared:
        _shared.append(copy_of(None))
    restore(_shared[0], _house(variant))
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
    await asyncio.gather(_engine(world), _person(world))
    await _end(world)


async def _engine(world: World) -> None:
    """The engine's process: pass after pass, dying and being started again."""
    life = Life(world)
    for _ in range(world.rng.randint(4, 12)):
        if life.dead:
            life = Life(world)
            world.say(f"life {life.number}")
            if not await life.run(Engine.start):
                continue
        await life.run(world.rng.choice((Engine.once, Engine.until_idle)))
        await world.pause()


async def _person(world: World) -> None:
    """The person's process: commands through a store of its own, and the clock."""
    store = inline_store(world.connection, world.clock)
    for _ in range(world.rng.randint(5, 14)):
        await world.pause()
        act = world.rng.choices((_move, _undo, _edit, _add, _wait, _resume), (6, 3, 2, 1, 5, 1))[0]
        act(world, store)
        invariants.after_commit(world)


def _command(world: World, store: Any, what: str, job: Job[Any]) -> None:
    try:
        store.write_now(job)
        world.say(what)
    except FunilError as error:
        world.say(f"{what}: refused, {error.words.english()}")


def _deals(store: Any) -> list[str]:
    return [d.id for d in store.read(lambda r: r.deals(DealFilter()))]


def _move(world: World, store: Any) -> None:
    ids = _deals(store)
    chosen = world.rng.sample(ids, k=min(len(ids), world.rng.choice((1, 1, 1, 2))))
    stage = world.rng.choice(STAGES)
    rules = not world.chance(0.1)
    above = world.rng.choice((None, None, *ids))
    _command(world, store, f"move {chosen} to {stage}", commands.move(chosen, stage, above=above, rules=rules))


def _undo(world: World, store: Any) -> None:
    deal = world.rng.choice((None, *_deals(store)))
    _command(world, store, f"undo {deal}", commands.undo(deal=deal))


def _edit(world: World, store: Any) -> None:
    deal = world.rng.choice(_deals(store))
    values: dict[str, Any] = world.rng.choice(
        ({"amount": str(world.rng.randint(0, 9))}, {"due": "2026-12-02"}, {"due": ""}, {"flags": ""}, {"amount": ""})
    )
    _command(world, store, f"set {deal} {values}", commands.set_fields(deal, values))


def _add(world: World, store: Any) -> None:
    stage = world.rng.choice(STAGES)
    new = commands.NewDeal(title="New", stage=stage, responsible="ana", contacts=("maria",))
    _command(world, store, f"add in {stage}", commands.add_deal(new))


def _wait(world: World, store: Any) -> None:
    """Turn the clock: mostly forward, by little or much; sometimes the machine's clock is set back."""
    step = world.rng.choice((SECOND, 5 * SECOND, 6 * SECOND, MINUTE, 11 * MINUTE, HOUR, DAY, -7 * SECOND, -HOUR))
    world.clock.at = Moment(world.clock.at + step)
    world.set_back = world.set_back or step < 0
    world.say(f"clock {step:+} ms")


def _resume(world: World, store: Any) -> None:
    """Let paused connections go again; what is leased by then does not overtake what has just been let go."""
    leased = world.look(lambda r: [d.id for d in r.deliveries(DeliveryFilter()) if d.worker is not None])
    world.excused.update(leased)

    def job(tx: Tx) -> None:
        for connection in tx.house().connections.values():
            tx.pause_connection(connection.id, None)

    _command(world, store, "resume all", job)


async def _end(world: World) -> None:
    """Everything is well from now on: what can drain must drain."""
    world.healthy = True
    store = inline_store(world.connection, world.clock)
    _resume(world, store)
    world.clock.at = Moment(max(world.clock.at, START) + 2 * DAY)
    life = Life(world)
    await life.run(Engine.start)
    for _ in range(10):
        await life.run(Engine.until_idle)
        due = store.read(lambda r: r.next_due())
        if due is None:
            break
        world.clock.at = Moment(max(world.clock.at, due))
    await life.run(Engine.until_idle)
    invariants.after_commit(world)
    invariants.at_end(world)


@cache
def _house(variant: int) -> Tables:
    """Return a database with one of the houses, four deals in it."""
    rng = random.Random(variant * 7919)
    connection = copy_of(None)
    store = inline_store(connection, WallClock())
    store.write_now(lambda tx: _set_up(tx, rng))
    for number in range(3):
        new = commands.NewDeal(
            id=f"D{number}", title=f"Deal {number}", stage="a", responsible="ana", contacts=("maria",), amount="5"
        )
        store.write_now(commands.add_deal(new, rules=number == 0))
    tables = contents(connection)
    connection.close()
    return tables


def _set_up(tx: Tx, rng: random.Random) -> None:
    tx.put_company_settings(CompanySettings(grace=rng.choice((0, 5_000, 5_000)), timezone="America/Sao_Paulo"))
    tx.put_user(User(id="ana", name="Ana", mailboxes=("ana@loja.example",)))
    tx.put_connection(Connection(id="mail", channel="email", adapter="simulated"))
    tx.put_connection(Connection(id="sms1", channel="sms", adapter="simulated"))
    tx.put_field(FieldDef(id="due", type=FieldType.DATE))
    tx.put_contact(
        Contact(
            id="maria",
            name="Maria",
            emails=(Address("WORK", "maria@cliente.example"),),
            phones=(Address("MOBILE", "+5511987650001"),),
        )
    )
    kinds = {"won": StageKind.SUCCESS, "lost": StageKind.FAILURE}
    stages = tuple(
        Stage(id=s, name=s, color="#39A8EF", kind=kinds.get(s, StageKind.PROCESS), position=i)
        for i, s in enumerate(STAGES)
    )
    tx.upsert_pipeline(Pipeline(id="sales", name="Sales", stages=stages))
    number = 0
    for stage in STAGES:
        for position in range(rng.choice((0, 1, 2, 3, 4))):
            number += 1
            tx.put_rule(_rule(rng, f"r{number}", stage, number if rng.random() < 2 else position), "system", START)


def _rule(rng: random.Random, rule_id: str, stage: str, position: int) -> Rule:
    kind = rng.choice(("email", "email", "sms", "sms", "move"))
    settings: dict[str, Any] = {
        "email": {"subject": "Hello", "body": "Dear {{ contact.first_name }}"},
        "sms": {"text": "Hi {{ deal.title }}", "provider": "sms1"},
        "move": {"stage": rng.choice(STAGES)},
    }[kind]
    return Rule(
        id=rule_id,
        pipeline="sales",
        stage=stage,
        kind=kind,
        name=rule_id,
        position=position,
        run=rng.choice(_TIMES),
        order=rng.choice((Order.PARALLEL, Order.PARALLEL, Order.WAIT)),
        when=rng.choice((None, None, None, {"all": [{"field": "amount", "op": ">", "value": 4}]})),
        once=rng.random() < 0.15,
        stop_on_error=rng.random() < 0.3,
        unknown=rng.choice((None, None, Unknown.HOLD, Unknown.RESEND)),
        settings=settings,
    )


_TIMES = (
    RunTime(),
    RunTime(),
    RunTime(),
    RunTime(When.AFTER, Duration(3, "s")),
    RunTime(When.AFTER, Duration(12, "m")),
    RunTime(When.AFTER, Duration(1, "h"), "previous"),
    RunTime(When.AFTER, Duration(1, "h"), "due"),
)
__all__ = ["Channel", "Crash", "close_loop", "play"]
