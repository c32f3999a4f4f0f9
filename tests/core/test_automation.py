"""Saving, placing, copying, removing and switching rules and triggers, and taking it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import commands
from core.applying.editing import BadField
from core.commands import automation
from core.commands.automation import Changed, Key
from core.errors import FunilError, Refused, UnknownThing
from core.model.frozen import replace
from core.model.moment import parse_duration
from core.model.rule import Rule, RunTime, Trigger, When
from core.model.run import RunStatus
from tests.core.board_ground import HOUSE, STAGES, Home

SMS = "kind: sms, settings: {text: Hi, provider: sms1}"
LISTS = f"""
    rules:
      - {{id: one, stage: delivery, {SMS}}}
      - {{id: two, stage: delivery, {SMS}}}
      - {{id: three, stage: delivery, {SMS}}}
      - {{id: over, stage: new, {SMS}}}
    triggers:
      - {{id: opened, stage: delivery, kind: email_opened}}
      - {{id: paid, stage: won, kind: payment}}
      - {{id: still, stage: delivery, kind: stale, settings: {{after: 2d}}}}
"""
OTHER = f"  - id: other{STAGES}"
WORLD = HOUSE.replace("name: Rui Reis}", "name: Rui Reis, role: admin}") + LISTS + OTHER
D1 = "deals: [{id: D1, title: T, stage: new, contacts: [maria]}]"
LATER = "run: {after: 2h}"


@pytest.fixture
def home() -> Home:
    """A house with some rules and triggers."""
    return Home(WORLD)


def rules(home: Home, pipeline: str = "sales") -> list[str]:
    """Return a pipeline's rules as ``stage:id`` in order, and see to it that they are numbered without gaps."""
    found = [each for each in home.house.rules.values() if each.pipeline == pipeline]
    assert sorted(each.position for each in found) == list(range(len(found)))
    return [f"{each.stage}:{each.id}" for each in sorted(found, key=lambda each: each.position)]


def rule(home: Home, rule_id: str) -> Rule:
    """Return a rule."""
    return home.house.rules[rule_id]


def keys(*ids: str) -> list[Key]:
    """Return keys of rules."""
    return [("rule", each) for each in ids]


NEW = Rule(
    id="", pipeline="sales", stage="new", kind="sms", name="Ação: já!", settings={"text": "Oi", "provider": "sms1"}
)


# Saving ---------------------------------------------------------------------------------------------------------------


def test_a_new_rule_gets_a_readable_id_and_stands_last_in_its_stage(home: Home) -> None:
    changed = home.write(automation.save_rule(NEW))
    assert [thing.id for thing in changed.things] == ["acao-ja"]
    assert rules(home)[-2:] == ["new:over", "new:acao-ja"]
    assert [thing.id for thing in home.write(automation.save_rule(NEW)).things] == ["acao-ja-2"]
    assert home.apply(home.export()) == []


def test_an_id_that_was_once_taken_is_not_given_again(home: Home) -> None:
    home.write(automation.save_rule(NEW))
    home.write(automation.remove(keys("acao-ja")))
    assert [thing.id for thing in home.write(automation.save_rule(NEW)).things] == ["acao-ja-2"]


def test_a_thing_without_a_name_is_called_like_its_kind(home: Home) -> None:
    made = home.write(automation.save_rule(replace(NEW, name=" "))).things[0]
    assert made.name == "Send SMS to customer"
    trigger = Trigger(id="", pipeline="sales", stage="won", kind="payment", name="")
    assert home.write(automation.save_trigger(trigger)).things[0].name == "Track payment"


def test_a_saved_rule_keeps_its_place_and_is_a_new_revision(home: Home) -> None:
    before = rule(home, "two")
    home.write(automation.save_rule(replace(before, name="Second")))
    after = rule(home, "two")
    assert (after.name, after.position, after.revision > before.revision) == ("Second", before.position, True)
    assert not home.write(automation.save_rule(after))
    assert rule(home, "two").revision == after.revision


def test_a_rule_saved_into_another_stage_stands_last_there(home: Home) -> None:
    home.write(automation.save_rule(replace(rule(home, "one"), stage="new")))
    assert rules(home) == ["delivery:two", "delivery:three", "new:over", "new:one"]


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        ({"kind": "smss"}, "kind", "there is no kind “smss”: did you mean “sms”?"),
        ({"stage": "nwe"}, "stage", "pipeline sales has no stage “nwe”: did you mean “new”?"),
        ({"name": "a\nb"}, "name", "one line without control characters"),
        ({"settings": {"provider": "sms1"}}, "settings.text", "it is missing"),
        ({"settings": {"text": "Hi", "provider": "nope"}}, "settings.provider", "“nope”"),
        ({"settings": {"text": "Hi", "txet": 1, "provider": "sms1"}}, "settings.txet", "did you mean “text”?"),
        ({"when": {"field": "deal.amuont", "op": "=", "value": 1}}, "when", "deal.amuont"),
        ({"when": {"all": [{"field": "deal.amount", "op": "~"}]}}, "when.all[0]", "~"),
        ({"run": RunTime(When.BEFORE, parse_duration("1d"), "title")}, "run", "is none"),
        ({"run": RunTime(When.BEFORE, parse_duration("1d"))}, "run", "the date field"),
        ({"kind": "move", "settings": {"stage": "gone"}}, "settings.stage", "gone"),
        (
            {"kind": "email", "settings": {"subject": "s", "body": "b", "attach": {"files": ["x.pdf"]}}},
            "settings.attach.files[0]",
            "“x.pdf”",
        ),
    ],
)
def test_what_a_board_file_may_not_bring_is_refused_with_its_field(
    home: Home, change: dict[str, Any], field: str, problem: str
) -> None:
    before = home.export()
    with pytest.raises(BadField) as refused:
        home.write(automation.save_rule(replace(NEW, **change)))
    assert refused.value.field == field
    assert problem in refused.value.problem.local()
    assert str(refused.value) == f"{field}: {refused.value.problem.local()}"
    assert home.export() == before


def test_a_trigger_in_the_name_of_nobody_is_refused(home: Home) -> None:
    trigger = replace(home.house.triggers["paid"], as_user="nobody")
    with pytest.raises(BadField) as refused:
        home.write(automation.save_trigger(trigger))
    assert refused.value.field == "as"


def test_what_would_not_work_is_told_and_stored(home: Home) -> None:
    made = replace(NEW, settings={"text": "{{ deal.fields.nope }}", "provider": "sms1"})
    changed = home.write(automation.save_rule(made))
    assert "nope" in changed.doubts[0].local()
    assert rule(home, "acao-ja").settings["text"] == "{{ deal.fields.nope }}"


def test_what_somebody_else_has_saved_meanwhile_is_not_written_over(home: Home) -> None:
    opened = rule(home, "one")
    home.write(automation.switch(keys("one"), False))
    home.write(automation.save_rule(replace(opened, enabled=False, name="Mine"), was=opened))
    with pytest.raises(Refused, match="“one” was changed elsewhere"):
        home.write(automation.save_rule(replace(opened, name="Again"), was=opened))
    home.write(automation.remove(keys("one")))
    with pytest.raises(Refused, match="was removed while you were editing it"):
        home.write(automation.save_rule(opened, was=opened))


@pytest.mark.parametrize("by", ["rui", None])
def test_who_may_change_rules(home: Home, by: str | None) -> None:
    assert home.write(automation.switch(keys("one"), False, by))
    acts = [
        automation.save_rule(NEW, "ana"),
        automation.save_trigger(home.house.triggers["paid"], "ana"),
        automation.place(keys("one"), "sales", "new", by="ana"),
        automation.copy(keys("one"), by="ana"),
        automation.remove(keys("one"), "ana"),
        automation.switch(keys("one"), True, "ana"),
    ]
    before = home.export()
    for act in acts:
        with pytest.raises(Refused, match="only an admin changes rules and triggers"):
            home.write(act)
    assert home.export() == before


# Placing, copying, removing, switching --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "stage", "above", "order"),
    [
        (["three"], "delivery", "one", "delivery:three delivery:one delivery:two new:over"),
        (["one"], "delivery", None, "delivery:two delivery:three delivery:one new:over"),
        (["one"], "delivery", "one", "delivery:one delivery:two delivery:three new:over"),
        (["three", "one"], "delivery", "two", "delivery:three delivery:one delivery:two new:over"),
        (["one", "two"], "delivery", "two", "delivery:one delivery:two delivery:three new:over"),
        (["two"], "new", None, "delivery:one delivery:three new:over new:two"),
        (["two"], "new", "over", "delivery:one delivery:three new:two new:over"),
        (["over"], "won", None, "delivery:one delivery:two delivery:three won:over"),
    ],
)
def test_placing(home: Home, ids: list[str], stage: str, above: str | None, order: str) -> None:
    home.write(automation.place(keys(*ids), "sales", stage, above))
    assert rules(home) == order.split()
    assert home.apply(home.export()) == []


def test_a_new_order_alone_makes_no_revision(home: Home) -> None:
    before = rule(home, "three").revision
    home.write(automation.place(keys("three"), "sales", "delivery", "one"))
    assert rule(home, "three").revision == before


def test_into_another_pipeline_it_is_checked(home: Home) -> None:
    home.apply("pipelines: [{id: more, stages: [{id: first}, {id: ok, kind: success}, {id: no, kind: failure}]}]")
    home.write(automation.place(keys("one"), "other", "won"))
    assert (rules(home, "other"), rules(home)[0]) == (["won:one"], "delivery:two")
    leading = Rule(id="go", pipeline="sales", stage="new", kind="move", name="Go", settings={"stage": "won"})
    home.write(automation.save_rule(leading))
    with pytest.raises(BadField) as refused:
        home.write(automation.place(keys("go"), "more", "first"))
    assert refused.value.field == "settings.stage"


def test_triggers_and_rules_are_lists_of_their_own(home: Home) -> None:
    home.write(automation.place([("trigger", "still"), ("rule", "two")], "sales", "won"))
    assert {t.id: (t.stage, t.position) for t in home.house.triggers.values()} == {
        "opened": ("delivery", 0),
        "paid": ("won", 1),
        "still": ("won", 2),
    }
    assert rules(home) == ["delivery:one", "delivery:three", "new:over", "won:two"]


def test_a_copy_stands_below_its_original_and_is_off(home: Home) -> None:
    changed = home.write(automation.copy([*keys("one"), ("trigger", "paid")]))
    assert [thing.id for thing in changed.things] == ["one-copy", "track-payment-copy"]
    assert rules(home) == ["delivery:one", "delivery:one-copy", "delivery:two", "delivery:three", "new:over"]
    made = rule(home, "one-copy")
    assert (made.enabled, made.name, made.settings) == (False, "one (copy)", rule(home, "one").settings)


def test_copies_may_be_put_elsewhere(home: Home) -> None:
    home.write(automation.copy(keys("one", "over"), "other", "new"))
    assert rules(home, "other") == ["new:one-copy", "new:over-copy"]


def test_unknown_things_are_refused(home: Home) -> None:
    with pytest.raises(UnknownThing, match="there is no rule “gone”"):
        home.write(automation.remove(keys("gone")))
    with pytest.raises(UnknownThing, match="there is no trigger “gone”"):
        home.write(automation.switch([("trigger", "gone")], True))


def waiting(home: Home) -> dict[str, str]:
    """Return what is the matter with each rule's run on the deal."""
    runs = home.read(lambda reader: reader.runs_of("D1"))
    return {run.rule: run.status.value for run in runs}


@pytest.fixture
def busy(home: Home) -> Home:
    """The house with a deal for which two rules wait, the third behind the second."""
    home.apply(D1)
    for each in ("two", "three"):
        later = RunTime(When.AFTER, parse_duration("2h"))
        home.write(automation.save_rule(replace(rule(home, each), run=later)))
    home.write(commands.move(["D1"], "delivery"))
    return home


def test_what_is_switched_off_or_removed_cancels_what_waits_and_undo_leaves_it_so(busy: Home) -> None:
    assert waiting(busy) == {"one": "waiting", "two": "waiting", "three": "waiting"}
    off = busy.write(automation.switch(keys("two"), False))
    gone = busy.write(automation.remove(keys("three")))
    assert (off.cancelled, gone.cancelled) == (1, 1)
    assert waiting(busy) == {"one": "waiting", "two": "cancelled", "three": "cancelled"}
    assert [run.reason for run in busy.read(lambda r: r.runs_of("D1", "two"))] == ["disabled"]
    busy.write(automation.restore(gone))
    busy.write(automation.restore(off))
    assert rules(busy) == ["delivery:one", "delivery:two", "delivery:three", "new:over"]
    assert waiting(busy)["three"] == "cancelled"


def test_a_waiting_run_keeps_the_revision_that_it_began_with(busy: Home) -> None:
    before = rule(busy, "two")
    busy.write(automation.save_rule(replace(before, settings={"text": "New", "provider": "sms1"})))
    busy.write(automation.place(keys("two"), "sales", "new"))
    run = busy.read(lambda reader: reader.runs_of("D1", "two"))[0]
    assert (run.status, run.revision) == (RunStatus.WAITING, before.revision)
    assert busy.read(lambda reader: reader.revision(run.revision)).settings["text"] == "Hi"


def test_what_a_removal_left_waiting_is_cancelled_part_by_part(busy: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.engine.disabling.PART", 1)
    busy.apply("deals: [{id: D2, title: T, stage: new, contacts: [maria]}]")
    busy.write(commands.move(["D2"], "delivery"))
    gone = busy.write(automation.remove(keys("two")))
    assert (gone.cancelled, gone.more) == (1, ("two",))
    assert busy.write(commands.cancel_left("two")) == 1
    assert busy.write(commands.cancel_left("two")) == 0


# Undo -----------------------------------------------------------------------------------------------------------------


def test_undo_is_refused_once_somebody_has_changed_the_same(home: Home) -> None:
    moved = home.write(automation.place(keys("one"), "sales", "delivery"))
    named = home.write(automation.save_rule(replace(rule(home, "two"), name="Second")))
    made = home.write(automation.save_rule(NEW))
    home.write(automation.save_rule(replace(rule(home, "two"), name="Third")))
    home.write(automation.switch(keys("acao-ja"), False))
    home.write(automation.place(keys("three"), "sales", "delivery", "two"))
    before = home.export()
    for changed, why in ((named, "“Third” has been changed"), (made, "“Ação: já!” has"), (moved, "the order has been")):
        with pytest.raises(Refused, match=why):
            home.write(automation.restore(changed))
    assert home.export() == before


def test_undo_keeps_what_others_did_beside_it(home: Home) -> None:
    gone = home.write(automation.remove(keys("two")))
    home.write(automation.save_rule(replace(rule(home, "one"), name="First")))
    home.write(automation.remove(keys("three")))
    home.write(automation.restore(gone))
    assert rules(home) == ["delivery:one", "delivery:two", "new:over"]
    assert rule(home, "one").name == "First"


IDS = ["one", "two", "three", "over", "opened", "paid", "still"]
STEPS = st.tuples(
    st.sampled_from(["place", "copy", "remove", "switch", "save"]),
    st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True),
    st.sampled_from(["new", "delivery", "won"]),
    st.sampled_from(["sales", "other"]),
    st.one_of(st.none(), st.sampled_from(IDS)),
)


def act(home: Home, step: tuple[str, list[str], str, str, str | None]) -> Changed | None:
    """Do a step if it can be done."""
    what, ids, stage, pipeline, above = step
    wanted: list[Key] = [("trigger" if each in home.house.triggers else "rule", each) for each in ids]
    first = home.house.rules.get(ids[0])
    jobs = {
        "place": lambda: automation.place(wanted, pipeline, stage, above),
        "copy": lambda: automation.copy(wanted),
        "remove": lambda: automation.remove(wanted),
        "switch": lambda: automation.switch(wanted, above is None),
        "save": lambda: automation.save_rule(replace(first or NEW, name=stage, stage=stage)),
    }
    try:
        changed: Changed = home.write(jobs[what]())
    except FunilError:
        return None
    return changed


@pytest.fixture(scope="module")
def used() -> Home:
    """A house in which every story ends as it began, however many there were before."""
    return Home(WORLD)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=1, max_size=5))
def test_undo_restores_exactly_and_redo_does_again(used: Home, steps: Any) -> None:
    home, done = used, list[tuple[str, Changed]]()
    for step in steps:
        before = home.export("rules")
        changed = act(home, step)
        assert rules(home) is not None and rules(home, "other") is not None
        if changed is not None:
            done.append((before, changed))
    assert home.apply(home.export()) == []
    for before, changed in reversed(done):
        after = home.export("rules")
        undone = home.write(automation.restore(changed))
        assert home.export("rules") == before
        home.write(automation.restore(home.write(automation.restore(undone))))
        assert home.export("rules") == before
        assert bool(changed) == (before != after)
