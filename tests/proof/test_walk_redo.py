"""An undone move is done again: what the undo had cancelled goes on behind a new grace, what was done stays done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.proof.ground import Funil, board, mail, mover, rules, sms
from tests.proof.processes import funil as process

THREE = "\n".join(
    f"  - {{id: D{n}, title: Order {n}, stage: new, responsible: ana, contacts: [maria]}}" for n in (1, 2, 3)
)
WAITING = mail("wait", "new", run="{after: 2h}")


def moved(tmp_path: Path, *lines: str, grace: str = "0s", client: str = "maria") -> Funil:
    """Return a house whose deal has been moved into delivery at noon."""
    text = board(rules(*lines), grace=grace).replace("maria@cliente", f"{client}@cliente")
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "delivery")
    return funil


def redo(funil: Funil, *deal: str) -> Mapping[str, Any]:
    done: dict[str, Any] = funil.json("deal", "redo", *deal)
    return done


def test_it_is_no_entry_and_the_card_says_so(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(run="{after: 2h}"), grace="5s")
    before, runs = funil.json("deal", "show", "D1"), funil.runs()
    funil("clock", "advance", "1m")
    funil("deal", "undo")
    assert redo(funil) == {"deals": ["D1"], "revived": 1, "cancelled": 0}
    assert funil.json("deal", "show", "D1") == before | {"version": before["version"] + 2}
    assert funil.runs() == runs, "at its old moment, which lies behind the new grace"
    (line, *_) = funil.json("timeline", "D1")
    assert (line["kind"], line["by"], line["text"]) == ("moved", "ana", "done again: New → Order delivery")
    assert line["data"] == {
        "from": "new",
        "to": "delivery",
        "from_pipeline": "sales",
        "to_pipeline": "sales",
        "cause": "person",
        "cause_id": None,
        "redo": True,
    }
    funil.until("2026-12-01T14:00Z")
    assert funil.history() == ["mail done"]


def test_nothing_of_it_happens_before_a_new_grace_has_passed(tmp_path: Path) -> None:
    gated = sms("gated", order="wait")
    funil = moved(tmp_path, mail(), mail("dated", run="{after: 2s}"), gated, grace="5s")
    funil("deal", "undo")
    funil("clock", "advance", "1h")
    redo(funil)
    assert funil.states() == {"mail": "waiting grace", "dated": "waiting grace", "gated": "waiting rule"}
    assert {run["due_at"] for run in funil.runs().values()} == {"2026-12-01T13:00:05Z", None}
    assert [row["status"] for row in funil.log()] == ["held"] * 2
    funil("clock", "advance", "4s")
    funil.idle()
    assert {row["status"] for row in funil.log()} == {"held"}
    funil("clock", "advance", "1s")
    funil.idle()
    assert set(funil.states().values()) == {"done"}
    assert {row["sent_at"] for row in funil.log()} == {"2026-12-01T13:00:05Z"}


def test_a_gate_that_opens_within_the_new_grace_opens_behind_it(tmp_path: Path) -> None:
    lines = (mail("first", run="{after: 9h}"), sms("second", order="wait"))
    funil = moved(tmp_path, *lines, grace="5s")
    funil("deal", "undo")
    funil("clock", "advance", "1h")
    redo(funil)
    funil("outbound", "cancel", "R1")
    assert (funil.states()["second"], funil.runs()["second"]["due_at"]) == ("waiting grace", "2026-12-01T13:00:05Z")


def test_what_was_done_is_not_done_again(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(), sms(run="{after: 1h}"))
    funil.idle()
    funil("deal", "undo")
    assert redo(funil)["revived"] == 1
    funil.until("2026-12-01T14:00Z")
    assert funil.history() == ["mail done", "sms done"]
    assert [row["channel"] for row in funil.log()] == ["email", "sms"]


def test_a_message_that_the_undo_stopped_goes_out_and_a_retry_has_its_reason_again(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(), client="limit")
    funil.idle()
    (before,) = funil.log()
    assert before["reason"] == "limit_reached"
    funil("deal", "undo")
    assert [row["status"] for row in funil.log()] == ["cancelled"]
    redo(funil)
    assert funil.log() == [before]
    assert funil.states() == {"mail": "sending limit_reached"}
    funil("clock", "advance", "2m")
    funil.idle()
    assert funil.log()[0]["attempts"] == 2


def test_an_undo_gives_a_retry_of_the_former_stage_its_reason_again(tmp_path: Path) -> None:
    text = board(rules(mail("m", "new"))).replace("stage: new, resp", "stage: billing, resp")
    funil = Funil(tmp_path, text.replace("maria@cliente", "limit@cliente"))
    funil("deal", "move", "D1", "new")
    funil.idle()
    (before,) = funil.log()
    funil("deal", "move", "D1", "delivery")
    funil("deal", "undo")
    assert funil.log() == [before]


def test_the_former_stages_runs_are_cancelled_again_and_come_back_with_another_undo(tmp_path: Path) -> None:
    text = board(rules(WAITING)).replace("stage: new, resp", "stage: billing, resp")
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "new")
    funil("deal", "move", "D1", "delivery")
    waiting = ["wait waiting time", "wait cancelled left_stage"]
    for _ in range(3):
        funil("deal", "undo", "D1")
        assert funil.history() == waiting[:1]
        assert redo(funil, "D1")["cancelled"] == 1
        assert funil.history() == waiting[1:]
    funil("deal", "undo", "D1")
    funil.until("2026-12-01T15:00Z")
    assert funil.history() == ["wait done"]


def test_a_date_that_changed_in_between_counts(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(run="{before: 1d, of: close_date}"))
    funil("deal", "undo")
    funil("deal", "set", "D1", "close_date=2026-12-24")
    redo(funil)
    assert funil.states() == {"mail": "waiting time"}


def test_a_rule_that_was_switched_off_in_between_does_not_act(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(run="{after: 2h}"), sms(order="wait"))
    funil("deal", "undo")
    funil("rule", "off", "mail")
    redo(funil)
    funil.idle()
    assert funil.states() == {"mail": "cancelled disabled", "sms": "done"}


def test_hours_hold_for_what_a_redo_brings_back(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(run="{after: 1h}", hours="business"))
    funil("deal", "undo")
    funil("clock", "advance", "12h")
    redo(funil)
    assert (funil.states(), funil.runs()["mail"]["due_at"]) == ({"mail": "waiting hours"}, "2026-12-02T12:00:00Z")


def test_the_card_takes_its_place_in_the_column_again(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(deals=THREE))
    for deal in ("D3", "D2", "D1"):
        funil("deal", "move", deal, "delivery")
    funil("deal", "move", "D2", "billing")

    def columns() -> Sequence[Sequence[str]]:
        return [[d["id"] for d in funil.json("deal", "list", "--stage", s)] for s in ("delivery", "billing")]

    there = columns()
    funil("deal", "undo", "D2")
    here = columns()
    assert (here, there) == ([["D1", "D2", "D3"], []], [["D1", "D3"], ["D2"]])
    funil("deal", "move", "D1", "billing")
    for _ in range(2):
        redo(funil, "D2")
        assert columns() == [["D3"], ["D1", "D2"]]
        funil("deal", "undo", "D2")
        assert columns() == [["D2", "D3"], ["D1"]]


def test_the_loop_flag_follows(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board())
    funil("deal", "set", "D1", "flags=loop")

    def flags() -> object:
        return funil.json("deal", "show", "D1")["flags"]

    funil("deal", "move", "D1", "delivery")
    assert flags() == []
    for _ in range(2):
        funil("deal", "undo", "D1")
        assert flags() == ["loop"]
        redo(funil, "D1")
        assert flags() == []


# Which one ------------------------------------------------------------------------------------------------------------


def test_undone_moves_are_done_again_one_after_the_other(tmp_path: Path) -> None:
    funil = moved(tmp_path)
    funil("deal", "move", "D1", "billing")
    funil("deal", "move", "D1", "won")
    path = ["new", "delivery", "billing", "won"]
    for stage in path[-2::-1]:
        funil("deal", "undo")
        assert funil.stage() == stage
    for stage in path[1:]:
        redo(funil)
        assert funil.stage() == stage
    assert "there is no undone move to do again" in funil.refused("deal", "redo")


def test_of_two_moves_away_from_one_place_the_newer_is_done_again(tmp_path: Path) -> None:
    funil = moved(tmp_path)
    funil("deal", "undo")
    funil("deal", "move", "D1", "billing")
    funil("deal", "undo")
    assert redo(funil)["deals"] == ["D1"]
    assert funil.stage() == "billing"


def test_the_act_that_was_undone_last_comes_first(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(deals=THREE))
    for deal in ("D1", "D2", "D3"):
        funil("deal", "move", deal, "delivery")
    for deal in ("D2", "D3", "D1"):
        funil("clock", "advance", "1s")
        funil("deal", "undo", deal)
    assert [redo(funil)["deals"] for _ in range(3)] == [["D1"], ["D3"], ["D2"]]


def test_a_bulk_move_is_one_redo(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail()), grace="5s", deals=THREE))
    funil("deal", "move", "D1", "D2", "D3", "delivery")
    funil("deal", "undo", "D2")
    assert redo(funil, "D3") == {"deals": ["D1", "D2", "D3"], "revived": 3, "cancelled": 0}
    assert {deal["stage"] for deal in funil.json("deal", "list")} == {"delivery"}


@pytest.mark.parametrize("by_deal", [True, False])
def test_a_bulk_move_is_not_done_again_in_part(by_deal: bool, tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(deals=THREE))
    funil("deal", "move", "D1", "D2", "D3", "delivery")
    funil("deal", "undo")
    funil("deal", "move", "D3", "won")
    said = funil.refused("deal", "redo", *(["D1"] if by_deal else []))
    assert "nothing was done again: deal D3 has moved since" in said
    assert [deal["stage"] for deal in funil.json("deal", "list")] == ["new", "new", "won"]


def test_a_rules_move_ends_it(tmp_path: Path) -> None:
    text = board(rules(mover("on", "new", "billing", run="{after: 1h}"))).replace(
        "stage: new, resp", "stage: lost, resp"
    )
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "new")
    funil("deal", "move", "D1", "delivery")
    funil("deal", "undo")
    funil.until("2026-12-01T14:00Z")
    assert funil.stage() == "billing"
    assert "deal D1: there is no undone move to do again" in funil.refused("deal", "redo", "D1")
    assert "deal D1 has moved since" in funil.refused("deal", "redo")


@pytest.mark.parametrize(
    "acts",
    [
        [],
        [("deal", "move", "D1", "delivery")],
        [("deal", "move", "D1", "delivery"), ("deal", "undo"), ("deal", "redo")],
    ],
    ids=["no move", "not undone", "done again already"],
)
def test_refused_when_nothing_is_undone(acts: Sequence[Sequence[str]], tmp_path: Path) -> None:
    funil = Funil(tmp_path, board())
    for act in acts:
        funil(*act)
    assert "there is no undone move to do again" in funil.refused("deal", "redo", "D1")
    assert "there is no undone move to do again" in funil.refused("deal", "redo")
    assert "there is no user “nobody”" in funil.refused("deal", "redo", "D1", "--by", "nobody")


def test_refused_when_the_stage_is_gone(tmp_path: Path) -> None:
    funil = moved(tmp_path)
    funil("deal", "undo")
    funil.apply(board().replace("      - {id: delivery, name: Order delivery}\n", ""))
    assert "stage delivery is gone" in funil.refused("deal", "redo")


def test_a_created_deal_has_nothing_to_undo_and_nothing_to_redo(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board())
    funil("deal", "add", "--title", "New", "--id", "N1")
    assert "there is no move to undo" in funil.refused("deal", "undo", "N1")
    assert "there is no undone move" in funil.refused("deal", "redo", "N1")


def test_it_works_from_other_processes(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(), grace="5s")
    for verb, stage in (("undo", "back in new"), ("redo", "again in delivery"), ("undo", "back in new")):
        with process("deal", verb, "--by", "rui", "--db", funil.url) as other:
            assert other.read_line() == f"D1: {stage}"
            assert other.finish() == 0
    assert funil("deal", "redo") == "D1: again in delivery\n1 run goes on\n"
    funil("clock", "advance", "5s")
    funil.idle()
    assert (funil.stage(), funil.states()) == ("delivery", {"mail": "done"})
    assert [line["by"] for line in funil.json("timeline", "D1")][1:5] == ["ana", "rui", "rui", "rui"]
