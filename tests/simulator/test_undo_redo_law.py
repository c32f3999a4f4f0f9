"""Laws of undo and redo: each is the other's reverse, however often they follow one another, and nothing goes out
twice for it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import commands
from core.engine.loop import Engine
from core.errors import FunilError
from core.model.moment import HOUR, SECOND, Moment
from core.ports import Job, Reader
from core.views import DealFilter, DeliveryFilter
from tests.simulator import houses, invariants
from tests.simulator.database import copy_of, inline_store, restore
from tests.simulator.process import Life
from tests.simulator.world import World

DEALS: Final = ("D0", "D1", "D2")
WAITS: Final = {"a second": SECOND, "the grace": 6 * SECOND, "long": 2 * HOUR}
moves = st.tuples(st.just("move"), st.sampled_from(DEALS), st.sampled_from(houses.STAGES))
others = st.sampled_from([("undo",), ("redo",), ("undo",), ("redo",), ("work",), *(("wait", each) for each in WAITS)])
stories = st.lists(st.one_of(moves, others, others), max_size=14)
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


class Play:
    """A house whose peers take everything, in which a story is played step by step."""

    def __init__(self, variant: int, loop: asyncio.AbstractEventLoop) -> None:
        connection = copy_of(None)
        restore(connection, houses.house(variant).tables, house=f"{variant:012x}")
        self.world = World(variant, random.Random(variant), connection)
        self.world.healthy, self.world.crashes = True, 0.0
        self.world.cursor = self.world.look(lambda r: r.cursor())
        self.life = Life(self.world)
        self.store = inline_store(connection, self.world.clock, memory=self.world.memory)
        self.loop = loop

    def step(self, what: str, *rest: str) -> Any:
        """Take one step of a story; None when it is refused."""
        match what, rest:
            case "move", (deal, stage):
                done = self.command(commands.move([deal], stage))
                done = done if done is not None and done.moved else None
            case "undo", _:
                done = self.command(commands.undo())
            case "redo", _:
                done = self.command(commands.redo())
            case "wait", (how_long,):
                done = self.world.clock.at = Moment(self.world.clock.at + WAITS[how_long])
            case _:
                done = self.loop.run_until_complete(self.life.run(Engine.until_idle))
        invariants.after_commit(self.world)
        return done

    def command(self, job: Job[Any]) -> Any:
        try:
            return self.store.write_now(job)
        except FunilError:
            return None

    def seen(self) -> Any:
        """Return all that a person or an engine could tell the house by, but for how often it has changed."""
        return self.store.read(_seen)


def _seen(reader: Reader) -> Any:
    deals = reader.deals(DealFilter())
    stays = [e for deal in deals for e in reader.entries(deal.id)]
    return (
        [(d.id, d.stage, d.rank, d.entry, d.entered_at, d.flags, d.closed) for d in deals],
        [(e.id, e.ended_at is None, e.undone_at is None) for e in stays],
        [(r.id, r.status, r.was, r.moment, r.due_at, r.reason, r.cancelled_by, r.revision) for r in reader.runs_of()],
        [(d.id, d.status, d.due_at, d.reason, d.detail, d.attempts) for d in reader.deliveries(DeliveryFilter())],
        {stage: total.count for stage, total in reader.totals("sales").items() if total.count},
    )


@few
@given(variant=st.integers(0, houses.HOUSES - 1), before=stories, move=moves)
def test_undo_and_redo_bring_back_exactly_what_was(
    loop: asyncio.AbstractEventLoop, variant: int, before: Sequence[tuple[str, ...]], move: tuple[str, ...]
) -> None:
    play = Play(variant, loop)
    for step in before:
        play.step(*step)
    away = play.seen()
    if play.step(*move) is None:
        return
    there = play.seen()
    for _ in range(3):
        assert play.step("undo") is not None
        back = play.seen()
        assert back[0] == away[0], "the deals stand where they stood"
        assert play.step("redo") is not None
        assert play.seen() == there
    assert play.world.broken == []


@few
@given(variant=st.integers(0, houses.HOUSES - 1), story=stories)
def test_nothing_goes_out_twice_and_no_rule_acts_twice_for_one_entry(
    loop: asyncio.AbstractEventLoop, variant: int, story: Sequence[tuple[str, ...]]
) -> None:
    play = Play(variant, loop)
    for step in [*story, ("wait", "long"), ("work",)]:
        play.step(*step)
    sent = Counter(attempt.delivery for attempt in play.world.wire)
    assert set(sent.values()) <= {1}
    made = Counter(delivery.run for delivery in play.store.read(lambda r: r.deliveries(DeliveryFilter())))
    assert set(made.values()) <= {1}
    assert play.world.broken == []
