"""Matching against a naive model: of random triggers exactly one is applied, the earliest that may be, and every other
has the first reason that holds (PRODUCT §4, CONTRACT's order of reasons)."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine import guarding, matching
from core.model.deal import LOOP_FLAG, CauseKind, Deal, Link
from core.model.event import Event, Verdict
from core.model.frozen import replace
from core.model.house import CompanySettings, House
from core.model.moment import Moment
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Trigger
from core.triggers.base import Heard
from core.views import Facts

KINDS = (StageKind.PROCESS, StageKind.PROCESS, StageKind.PROCESS, StageKind.SUCCESS, StageKind.FAILURE)
STAGES = tuple(Stage(id=f"s{n}", name=f"S{n}", color="#39A8EF", kind=kind, position=n) for n, kind in enumerate(KINDS))
NUMBERS = st.integers(0, len(STAGES) - 1)
FALSE = {"field": "deal.title", "op": "=", "value": "nothing"}
# A kind that opens are for, one that any deal is reached by, one that the event is not for.
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "email_opened": [{}, {"machine": True}],
    "webhook": [{"code": "a"}, {"code": "b"}],
    "call_made": [{}],
}


@st.composite
def triggers(draw: st.DrawFn) -> list[Trigger]:
    made = []
    for number in range(draw(st.integers(0, 7))):
        kind = draw(st.sampled_from(sorted(SETTINGS)))
        made.append(
            Trigger(
                id=f"t{number}",
                pipeline=draw(st.sampled_from(["p", "p", "p", "q"])),
                stage=f"s{draw(NUMBERS)}",
                kind=kind,
                name=f"T{number}",
                position=draw(st.integers(0, 3)),
                back=draw(st.booleans()),
                enabled=draw(st.sampled_from([True, True, True, False])),
                when=draw(st.sampled_from([None, None, FALSE])),
                settings=draw(st.sampled_from(SETTINGS[kind])),
            )
        )
    return made


def house(made: list[Trigger]) -> House:
    return House(
        id="h",
        version=1,
        company=CompanySettings(),
        users={},
        connections={},
        constants={},
        fields={},
        pipelines={p: Pipeline(id=p, name=p, stages=STAGES) for p in "pq"},
        rules={},
        triggers={each.id: each for each in made},
        rules_by_stage={},
    )


def heard(of: House, stage: int, kind: str, *, machine: bool, flagged: bool, chain: tuple[Link, ...]) -> Heard:
    deal = Deal(id="D1", title="x", pipeline="p", stage=f"s{stage}", closed=STAGES[stage].closed)
    if flagged:
        deal = replace(deal, flags=(LOOP_FLAG,))
    facts = Facts(house=of, deal=deal, contacts=(), company=None, responsible=None, entry=None, now=Moment(0))
    data: dict[str, Any] = {"code": "a"} if kind == "webhook" else {"machine": machine}
    return Heard(event=Event(kind=kind, source="s", outside_id="1", at=Moment(0), data=data, chain=chain), facts=facts)


def first_reason(each: Trigger, what: Heard, stage: int) -> str | None:
    """Return why a trigger does not move the deal whatever the others do, as PRODUCT and CONTRACT say it."""
    target = int(each.stage[1:])
    if not each.enabled:
        return "disabled"
    if KINDS[stage] is not StageKind.PROCESS and each.kind != "webhook":
        return "deal_closed"
    if each.kind == "email_opened" and what.event.data["machine"] and not each.settings.get("machine"):
        return "machine_event"
    if each.kind == "webhook" and each.settings["code"] != "a":
        return "not_listening"
    if target == stage:
        return "same_stage"
    if target < stage and not each.back:
        return "not_later"
    return "condition_false" if each.when else None


CHAINS = st.lists(
    st.builds(lambda t, s: Link(CauseKind.TRIGGER, f"t{t}", "p", f"s{s}"), st.integers(0, 6), NUMBERS), max_size=11
).map(tuple)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    made=triggers(),
    stage=NUMBERS,
    kind=st.sampled_from(["email_opened", "webhook"]),
    machine=st.booleans(),
    flagged=st.sampled_from([False, False, False, True]),
    chain=st.one_of(st.just(()), CHAINS),
    moves=st.sampled_from([0, 0, 59, 60]),
)
def test_exactly_one_the_earliest_that_may(
    made: list[Trigger], stage: int, kind: str, machine: bool, flagged: bool, chain: tuple[Link, ...], moves: int
) -> None:
    of = house(made)
    what = heard(of, stage, kind, machine=machine, flagged=flagged, chain=chain)
    decision = matching.decide(what, matching.listeners(of, "p", what.event.kinds), lambda: moves)
    asked = [each for each in made if each.pipeline == "p" and each.kind == kind]
    asked.sort(key=lambda each: (int(each.stage[1:]), each.position, each.id))
    expected: dict[str, str | None] = {}
    applied: Trigger | None = None
    stopped = flagged
    for each in asked:
        reason = first_reason(each, what, stage)
        if reason is None:
            link = Link(CauseKind.TRIGGER, each.id, "p", each.stage)
            circles = link in chain or len(chain) >= guarding.CHAIN_LIMIT or moves >= guarding.HOUR_LIMIT
            if stopped or circles:
                reason, stopped = "loop_guard", stopped or applied is None
            elif applied is not None:
                reason = "earlier_target_won"
            else:
                applied = each
        expected[each.id] = reason
    assert {each.trigger: each.reason for each in decision.candidates} == expected
    assert [each.trigger for each in decision.candidates] == [each.id for each in asked]
    assert (decision.applied and decision.applied.trigger) == applied
    assert [c.trigger for c in decision.candidates if c.verdict is Verdict.APPLIED] == ([applied.id] if applied else [])
    assert all(each.detail for each in decision.candidates)
