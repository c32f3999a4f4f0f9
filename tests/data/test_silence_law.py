"""A law of silences: whatever happens on a deal and whenever, each length that triggers ask for is told once in each
silence that lasts so long, at that very moment, and only while the deal is open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.effects import SetField
from core.engine import timers
from core.model.moment import MINUTE, Moment
from core.model.rule import Trigger
from core.plan import Plan
from data.tx import SqlTx
from tests.data.rows_ground import NOON, Ground, a_deal, connect, create, furnish, kept, make_tables

ACTS = ("person", "client", "rule", "field", "close", "open", "look")
STORIES = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(ACTS)), max_size=12)
LENGTHS = st.sets(st.sampled_from((10, 30, 45, 90)), min_size=1, max_size=3)


def ground_with(lengths: set[int]) -> Ground:
    """Return a house whose triggers wait for silences of so many minutes, and a deal made at noon."""
    ground = Ground(connect("sqlite"))
    make_tables(ground.db)
    tx = ground.tx()
    furnish(tx)
    for each in lengths:
        settings = {"after": f"{each}m"}
        tx.put_trigger(
            Trigger(id=f"t{each}", pipeline="sales", stage="delivery", kind="stale", name="", settings=settings)
        )
    tx.set_clock(NOON)
    create(ground.tx(), a_deal())
    return ground


def pass_until(ground: Ground, moment: int) -> None:
    """Let the engine take up every timer at its moment, as it does while the simulated clock jumps."""
    while (due := ground.tx().next_timer()) is not None and due <= moment:
        ground.tx().set_clock(max(due, ground.tx().now()))
        timers.fire()(ground.tx())
    ground.tx().set_clock(Moment(moment))


def act(tx: SqlTx, what: str, now: int) -> bool:
    """Let something happen on the deal; whether it counts."""
    deal = kept(tx, "D1")
    change: dict[str, Any] = {"version": deal.version + 1, "active_at": Moment(now)}
    if what == "person":
        tx.apply(Plan(deals_changed=[(deal, replace(deal, **change))]))
    elif what == "client":
        tx.touch(["D1"], Moment(now))
    elif what == "field":
        tx.apply(Plan(effects=[("D1", "system", SetField(field="tracking", value=str(now)))]))
    elif what == "close" and not deal.closed:
        tx.apply(Plan(deals_changed=[(deal, replace(deal, closed=True, stage="won", **change))]))
    elif what == "open" and deal.closed:
        tx.apply(Plan(deals_changed=[(deal, replace(deal, closed=False, stage="new", **change))]))
    else:
        return False  # a rule's message, or nothing but time
    return True


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(STORIES, LENGTHS)
def test_each_length_is_told_once_in_each_silence(story: list[tuple[int, str]], lengths: set[int]) -> None:
    ground = ground_with(lengths)
    silences, since, open_, now = list[tuple[int, int]](), int(NOON), True, int(NOON)
    for minutes, what in [*story, (300, "look")]:
        now += minutes * MINUTE
        pass_until(ground, now)
        if act(ground.tx(), what, now):
            silences += [(since, now)] if open_ else []
            since, open_ = now, not kept(ground.tx(), "D1").closed
    silences += [(since, now)] if open_ else []
    expected = {
        (begun, begun + each * MINUTE)
        for begun, ended in silences
        for each in lengths
        if begun + each * MINUTE <= ended
    }
    told = [event for event in ground.tx().events_of() if event.kind == "stale"]
    assert {(event.at - int(event.data["after"][:-1]) * MINUTE, event.at) for event in told} == expected
    assert len(told) == len(expected)
    ground.db.close()
