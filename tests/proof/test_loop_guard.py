"""The loop guard, end to end: rules that move a deal in a circle are stopped, and the history says which."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.proof.ground import Funil, board, mail, mover, rules

CIRCLE = rules(mover("on", "delivery", "billing"), mover("back", "billing", "delivery"))


def kinds(funil: Funil, kind: str) -> list[dict[str, Any]]:
    return [line for line in funil.json("timeline", "D1") if line["kind"] == kind]


def automatic(funil: Funil) -> int:
    return sum(line["data"]["cause"] == "rule" for line in kinds(funil, "moved"))


def test_two_rules_in_a_circle_are_stopped_and_named(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(CIRCLE))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert (funil.stage(), automatic(funil)) == ("delivery", 2)
    assert funil.history() == ["on done", "back done", "on failed loop_guard"]
    assert funil.json("deal", "show", "D1")["flags"] == ["loop"]
    (said,) = kinds(funil, "loop_guard")
    assert "on (on) → Billing → back (back) → Order delivery → on (on) → Billing" in said["text"]
    assert [link["id"] for link in said["data"]["circle"]] == ["on", "back", "on"]
    assert len(kinds(funil, "flagged")) == 1


def test_lint_warns_of_the_circle_beforehand(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(CIRCLE))
    (found,) = funil.json("lint")
    assert found["error"] is False
    assert "(on)" in found["problem"]
    assert "(back)" in found["problem"]


def test_no_rule_moves_a_flagged_deal(tmp_path: Path) -> None:
    lines = (
        mover("on", "delivery", "billing"),
        mover("back", "billing", "delivery"),
        mover("slow", "delivery", "won", run="{after: 1h}"),
    )
    funil = Funil(tmp_path, board(rules(*lines, mail("m", run="{after: 1h}"))))
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T14:00Z")
    assert funil.stage() == "delivery"
    assert funil.states()["slow"] == "failed loop_guard"
    assert funil.states()["m"] == "done"
    assert len(kinds(funil, "flagged")) == 1


@pytest.mark.parametrize("how", ["moved by hand", "flag cleared"])
def test_a_person_lets_automation_go_on(how: str, tmp_path: Path) -> None:
    lines = (
        mover("on", "delivery", "billing"),
        mover("back", "billing", "delivery"),
        mover("slow", "delivery", "won", run="{after: 1h}"),
    )
    funil = Funil(tmp_path, board(rules(*lines)))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    if how == "flag cleared":
        funil("deal", "set", "D1", "flags=")
        assert funil.json("deal", "show", "D1")["flags"] == []
        funil.until("2026-12-01T14:00Z")
        assert funil.stage() == "won"
    else:
        funil("deal", "move", "D1", "new")
        assert funil.json("deal", "show", "D1")["flags"] == []
        funil("deal", "move", "D1", "billing")
        funil.idle()
        assert automatic(funil) == 4


def test_a_persons_move_starts_a_new_chain(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mover("on", "delivery", "billing"))))
    for _ in range(3):
        funil("deal", "move", "D1", "delivery")
        funil.idle()
        assert funil.stage() == "billing"
    assert funil.json("deal", "show", "D1")["flags"] == []


def long_chain(stages: int) -> str:
    """Return a board whose rules hand the deal from stage to stage, each in another pipeline, once."""
    places = [f"s{n}" for n in range(stages)]
    listed = "\n".join(f"      - {{id: {place}, name: {place}}}" for place in places)
    text = board(rules(*(mover(f"r{n}", f"s{n}", f"s{n + 1}") for n in range(stages - 1))))
    return text.replace("      - {id: billing, name: Billing}", listed)


@pytest.mark.parametrize(("stages", "ends", "moves"), [(11, "s10", 10), (14, "s10", 10)])
def test_a_chain_of_ten_moves_is_the_longest(stages: int, ends: str, moves: int, tmp_path: Path) -> None:
    funil = Funil(tmp_path, long_chain(stages))
    funil("deal", "move", "D1", "s0")
    funil.idle()
    assert (funil.stage(), automatic(funil)) == (ends, moves)
    guarded = kinds(funil, "loop_guard")
    assert len(guarded) == (stages > 11)
    assert all("more than 10 automatic moves in one chain" in line["text"] for line in guarded)


@pytest.mark.parametrize(("wait", "stopped"), [("9m", True), ("10m", False)])
def test_a_wait_of_ten_minutes_starts_a_new_chain(wait: str, stopped: bool, tmp_path: Path) -> None:
    after = {"run": f"{{after: {wait}}}"}
    funil = Funil(
        tmp_path,
        board(rules(mover("on", "delivery", "billing", **after), mover("back", "billing", "delivery", **after))),
    )
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T20:00Z")
    assert (automatic(funil) == 2) is stopped
    assert (funil.json("deal", "show", "D1")["flags"] == ["loop"]) is stopped
    if not stopped:
        assert automatic(funil) == 48


def test_no_more_than_sixty_automatic_moves_an_hour(tmp_path: Path) -> None:
    """Ten moves a chain, and a person who starts chain after chain within the hour."""
    funil = Funil(tmp_path, long_chain(11))
    for _ in range(7):
        funil("deal", "move", "D1", "s0")
        funil.idle()
        funil("clock", "advance", "5m")
    assert automatic(funil) == 60
    assert funil.stage() == "s0"
    (said,) = kinds(funil, "loop_guard")
    assert "more than 60 automatic moves within an hour" in said["text"]
    funil("clock", "advance", "31m")
    funil("deal", "move", "D1", "new")
    funil("deal", "move", "D1", "s0")
    funil.idle()
    assert automatic(funil) == 70


def test_the_guard_of_one_deal_leaves_the_others_alone(tmp_path: Path) -> None:
    deals = "\n".join(f"  - {{id: D{n}, title: x, stage: new, responsible: ana, contacts: [maria]}}" for n in (1, 2))
    funil = Funil(
        tmp_path,
        board(
            rules(mover("on", "delivery", "billing"), mover("back", "billing", "delivery"), mail("m", "new")),
            deals=deals,
        ),
    )
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    funil("deal", "move", "D2", "billing")
    funil.idle()
    assert funil.json("deal", "show", "D2")["flags"] == ["loop"]
    assert funil.states("D2") == {"back": "failed loop_guard", "on": "done"}


# Circles through fields -----------------------------------------------------------------------------------------------

FLIP = "{id: flip, stage: delivery, kind: set_field, name: Flip, settings: {field: tracking, value: a}}"
FLOP = "{id: flop, stage: billing, kind: set_field, name: Flop, settings: {field: tracking, value: b}}"
WATCHING = """    triggers:
      - {id: to-billing, stage: billing, kind: field_changed, name: On, settings: {fields: tracking, to: a}}
      - {id: to-delivery, stage: delivery, kind: field_changed, name: Back, back: true,
         settings: {fields: tracking, to: b}}
"""


def test_a_circle_of_fields_and_triggers_is_stopped_and_named(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(FLIP, FLOP), more=WATCHING))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.stage() == "delivery"
    assert funil.json("deal", "show", "D1")["flags"] == ["loop"]
    (said,) = kinds(funil, "loop_guard")
    assert [link["id"] for link in said["data"]["circle"]] == ["to-billing", "to-delivery", "to-billing"]
    assert "On (to-billing) → Billing → Back (to-delivery) → Order delivery → On (to-billing) → Billing" in said["text"]
    assert funil.json("deal", "show", "D1")["fields"]["tracking"] == "a"
    last = funil.json("explain", "--deal", "D1")["events"][-1]
    assert (last["kind"], last["applied"]) == ("field_changed", None)
    assert {each["trigger"]: each["reason"] for each in last["candidates"]} == {
        "to-billing": "loop_guard",
        "to-delivery": "not_listening",
    }


def test_a_persons_edit_begins_the_chain_anew(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(FLOP), more=WATCHING))
    for _ in range(3):
        funil("deal", "move", "D1", "delivery")
        funil("deal", "set", "D1", "tracking=a")
        funil.idle()
        assert funil.stage() == "delivery"
    assert funil.json("deal", "show", "D1")["flags"] == []


@pytest.mark.parametrize(("wait", "flagged"), [("9m", True), ("10m", False)])
def test_a_circle_of_fields_slow_enough_to_be_seen_goes_on(wait: str, flagged: bool, tmp_path: Path) -> None:
    slow = [rule.replace("name:", f"run: {{after: {wait}}}, name:", 1) for rule in (FLIP, FLOP)]
    funil = Funil(tmp_path, board(rules(*slow), more=WATCHING))
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T13:00Z")
    assert (funil.json("deal", "show", "D1")["flags"] == ["loop"]) is flagged


def test_what_a_rule_changes_is_matched_before_the_deals_next_run(tmp_path: Path) -> None:
    """The trigger takes the deal away from the stage: the rule below never acts there."""
    below = "{id: below, stage: delivery, kind: comment, name: Below, settings: {text: x}}"
    funil = Funil(tmp_path, board(rules(FLIP, below), more=WATCHING))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert (funil.stage(), funil.states()["below"]) == ("billing", "cancelled left_stage")


def test_what_the_rule_above_changes_is_matched_before_a_mover_that_is_due_with_it(tmp_path: Path) -> None:
    """The rule that waits for the note above is set free at the mover's turn; its change comes first all the same."""
    note = "{id: note, stage: delivery, kind: comment, name: Note, settings: {text: x}}"
    won = "    triggers:\n      - {id: sold, stage: won, kind: field_changed, name: S, settings: {fields: tracking}}\n"
    lines = (note, FLIP.replace("name:", "order: wait, name:", 1), mover("on", "delivery", "billing"))
    funil = Funil(tmp_path, board(rules(*lines), more=won))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert (funil.stage(), funil.states()["on"]) == ("won", "cancelled left_stage")
