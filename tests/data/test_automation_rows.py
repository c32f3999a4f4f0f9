"""Rules and triggers that are saved, removed and restored, on both databases."""

from __future__ import annotations

from core.commands import automation
from core.commands.automation import Key
from core.model.deal import Deal
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.rule import Rule, Trigger
from core.model.run import RunStatus
from core.plan import NewEntry, Plan
from core.rule_ports import Counts
from tests.data.rows_ground import NOON, Ground, a_deal, a_rule, a_run, an_entry

KEYS: list[Key] = [("rule", "r1"), ("trigger", "paid")]
PAID = Trigger(id="paid", pipeline="sales", stage="won", kind="payment", name="Paid", settings={})
SETTINGS = {"subject": "Hi", "body": "Text"}


def a_waiting_run(ground: Ground, deal: Deal, rule: str, revision: int) -> int:
    """Give a deal a stay with a run that waits; returns its number."""
    run = replace(a_run(deal.id, rule), revision=revision)
    ground.tx().apply(Plan(entered=[NewEntry(None, deal, an_entry(deal), [run])]))
    return next(each.id for each in ground.tx().runs_of(deal.id))


def test_a_waiting_run_keeps_its_revision_and_goes_with_its_rule(ground: Ground) -> None:
    first = automation.save_rule(a_rule("", name="r1", settings=SETTINGS))(ground.tx()).things[0]
    assert isinstance(first, Rule)
    run = a_waiting_run(ground, a_deal(stage="delivery"), "r1", first.revision)
    automation.save_rule(a_rule("r1", name="Other", settings=SETTINGS))(ground.tx())
    kept = ground.tx().run(run)
    assert kept is not None
    assert (ground.tx().revision(kept.revision).name, kept.status) == ("r1", RunStatus.WAITING)
    assert automation.remove([("rule", "r1")])(ground.tx()).cancelled == 1
    cancelled = ground.tx().run(run)
    assert cancelled is not None
    assert (cancelled.status, cancelled.reason) == (RunStatus.CANCELLED, "disabled")


def test_ids_stay_taken_and_what_was_removed_comes_back_as_it_was(ground: Ground) -> None:
    automation.save_rule(a_rule("", name="r1", settings=SETTINGS))(ground.tx())
    automation.save_trigger(PAID)(ground.tx())
    before = ground.tx().house()
    gone = automation.remove(KEYS)(ground.tx())
    assert (ground.tx().house().rules, ground.tx().house().triggers) == ({}, {})
    assert set(ground.tx().taken("rule", ["r1", "r2"])) == {"r1"}
    assert set(ground.tx().taken("trigger", ["paid", "r1"])) == {"paid"}
    automation.restore(gone)(ground.tx())
    after = ground.tx().house()
    assert after.triggers == before.triggers
    assert replace(after.rules["r1"], revision=0) == replace(before.rules["r1"], revision=0)


def test_what_rules_have_done_lately_is_counted(ground: Ground) -> None:
    since, before = Moment(NOON - 1_000), Moment(NOON - 1_001)
    states = [
        (RunStatus.DONE, since),
        (RunStatus.DONE, before),
        (RunStatus.FAILED, NOON),
        (RunStatus.SKIPPED, NOON),
        (RunStatus.SENDING, None),
        (RunStatus.NO_DATE, None),
    ]
    for number, (status, ended) in enumerate(states):
        deal = a_deal(f"D{number}", stage="delivery")
        run = replace(a_run(deal.id, "r1"), status=status, ended_at=ended)
        ground.tx().apply(Plan(entered=[NewEntry(None, deal, an_entry(deal), [run, replace(run, rule="r2")])]))
    assert ground.tx().rule_counts(["r1", "r3"], since) == {"r1": Counts(done=1, failed=1, waiting=2)}
