"""A change of fields is one event for triggers: a person's, a rule's with its chain; and what is none."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from core import commands
from core.engine import entering, running
from core.model.deal import Cause, CauseKind, Deal, Link
from core.model.event import Event
from core.model.house import FieldDef, FieldType
from core.model.moment import MINUTE, Moment
from tests.data.rows_ground import NOON, Ground, a_deal, a_rule, create, kept

ON = Link(CauseKind.TRIGGER, "t-on", "sales", "delivery")


def events(ground: Ground) -> list[Event]:
    """Return what triggers of D1 hear of, oldest first."""
    return list(ground.tx().events_of("D1"))


def changes(event: Event) -> dict[str, tuple[Any, Any]]:
    """Return what changed, old and new."""
    return {name: (pair["old"], pair["new"]) for name, pair in event.data["changes"].items()}


@pytest.mark.parametrize(
    ("values", "kind", "kinds", "changed"),
    [
        ({"tracking": "BR1"}, "field_changed", ("field_changed",), {"tracking": (None, "BR1")}),
        (
            {"amount": "10", "deal.fields.visit": "2026-12-24"},
            "field_changed",
            ("field_changed",),
            {"amount": ("7500.00", "10.00"), "visit": (None, "2026-12-24")},
        ),
        (
            {"responsible": "rui"},
            "responsible_changed",
            ("responsible_changed", "field_changed"),
            {"responsible": ("ana", "rui")},
        ),
        (
            {"responsible": "", "title": "Other"},
            "field_changed",
            ("responsible_changed", "field_changed"),
            {"title": ("Order 1001", "Other"), "responsible": ("ana", None)},
        ),
        ({"contacts": "joao"}, "field_changed", ("field_changed",), {"contacts": (["maria"], ["joao"])}),
    ],
)
def test_a_persons_edit_is_one_event(
    ground: Ground, values: dict[str, Any], kind: str, kinds: tuple[str, ...], changed: dict[str, Any]
) -> None:
    create(ground.tx(), a_deal())
    commands.set_fields("D1", values, "rui")(ground.tx())
    (event,) = events(ground)
    assert (event.kind, event.kinds, event.source, event.at, event.chain) == (kind, kinds, "house", NOON, ())
    assert changes(event) == changed
    assert (event.data["fields"], event.data["by"]) == (list(changed), "rui")


@pytest.mark.parametrize("values", [{"title": "Order 1001"}, {"amount": "7500"}, {"tracking": ""}, {"flags": "loop"}])
def test_what_changes_no_field_is_no_event(ground: Ground, values: dict[str, Any]) -> None:
    create(ground.tx(), a_deal())
    commands.set_fields("D1", values)(ground.tx())
    assert events(ground) == []


def test_each_edit_is_an_event_of_its_own_even_back_and_forth(ground: Ground) -> None:
    create(ground.tx(), a_deal())
    for value in ("a", "b", "a"):
        commands.set_fields("D1", {"tracking": value})(ground.tx())
    assert [changes(event)["tracking"] for event in events(ground)] == [(None, "a"), ("a", "b"), ("b", "a")]


def test_a_custom_field_that_shares_a_built_in_fields_id_goes_by_its_path(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_field(FieldDef(id="title", type=FieldType.TEXT))
    create(tx, a_deal())
    commands.set_fields("D1", {"deal.fields.title": "x"})(ground.tx())
    (event,) = events(ground)
    assert changes(event) == {"deal.fields.title": (None, "x")}


def test_a_move_a_note_and_an_undo_are_no_change_of_fields(ground: Ground) -> None:
    create(ground.tx(), a_deal())
    commands.move(["D1"], "delivery")(ground.tx())
    commands.undo()(ground.tx())
    commands.note("D1", "hello")(ground.tx())
    assert events(ground) == []


def arrived(ground: Ground, kind: str, settings: dict[str, Any], *, ago: int = 0) -> Deal:
    """Bring D1 into a stage with such a rule, by a trigger some milliseconds ago, and let the rule act."""
    tx = ground.tx()
    tx.put_rule(a_rule("r", kind=kind, settings=settings), "ana", NOON)
    deal = create(tx, a_deal())
    tx = ground.tx()
    cause = Cause(CauseKind.TRIGGER, "t-on", (ON,))
    into = entering.Into(pipeline="sales", stage="delivery", rank=1, by="ana", cause=cause, now=Moment(NOON - ago))
    tx.apply(entering.plan(tx.house(), deal, entering.stay_of(tx, deal), into))
    running.run_due(Random(1))(ground.tx())
    return kept(ground.tx(), "D1")


@pytest.mark.parametrize(("ago", "chain"), [(0, (ON,)), (10 * MINUTE - 1, (ON,)), (10 * MINUTE, ())])
def test_a_rules_change_carries_the_chain_that_led_to_it(ground: Ground, ago: int, chain: tuple[Link, ...]) -> None:
    arrived(ground, "set_field", {"field": "tracking", "value": "BR{{ deal.id }}"}, ago=ago)
    (event,) = events(ground)
    assert (event.kind, event.chain, changes(event)) == ("field_changed", chain, {"tracking": (None, "BRD1")})
    assert (event.data["by"], event.data["rule"]) == ("system", "r")


def test_a_rule_that_changes_nothing_raises_nothing(ground: Ground) -> None:
    arrived(ground, "set_field", {"field": "title", "value": "{{ deal.title }}"})
    arrived_runs = ground.tx().runs_of(deal="D1")
    assert [run.status.value for run in arrived_runs] == ["done"]
    assert events(ground) == []
