"""Undo of a person's move: within the grace, after it, from elsewhere, of many, and when it is too late."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from adapters.clock import RealClock
from core import commands
from core.engine import running
from data import opening
from tests.proof.ground import Funil, board, mail, mover, rules, sms
from tests.proof.processes import funil as process

WAITING = mail("wait", "new", run="{after: 2h}")


def moved(tmp_path: Path, *lines: str, grace: str = "0s", client: str = "maria", deals: str | None = None) -> Funil:
    """Return a house whose deal has just been moved into delivery; its client's mailbox may be a magic one."""
    text = board(rules(*lines), grace=grace, deals=deals).replace("maria@cliente", f"{client}@cliente")
    funil = Funil(tmp_path, text)
    funil("clock", "advance", "10m")
    funil("deal", "move", "D1", "delivery")
    return funil


def undo(funil: Funil, *deal: str) -> dict[str, object]:
    done: dict[str, object] = funil.json("deal", "undo", *deal)
    return done


def test_within_the_grace_nothing_has_happened(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(), sms(), mover("on", "delivery", "won"), grace="5s")
    before = funil.json("deal", "show", "D1")
    funil("clock", "advance", "4s")
    funil.idle()
    assert undo(funil, "D1") == {"deals": ["D1"], "cancelled": 3, "gone_out": [], "stays": []}
    assert funil.states() == {"mail": "cancelled undone", "sms": "cancelled undone", "on": "cancelled undone"}
    funil.until("2026-12-02T12:00Z")
    assert funil.log() == []
    after = funil.json("deal", "show", "D1")
    assert (after["stage"], after["entered_stage_at"]) == ("new", "2026-12-01T12:00:00Z")
    assert after["version"] == before["version"] + 1
    assert [line["kind"] for line in funil.json("timeline", "D1")] == ["undone", "moved", "created"]


def test_after_the_grace_it_names_what_has_gone_out(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(), sms(run="{after: 1h}"), grace="5s")
    funil("clock", "advance", "5s")
    funil.idle()
    done = undo(funil, "D1")
    assert done["gone_out"] == ["email to maria@cliente.example has gone out"]
    assert (done["cancelled"], funil.stage()) == (1, "new")
    assert funil.states() == {"mail": "done", "sms": "cancelled undone"}
    assert [row["status"] for row in funil.log()] == ["sent"]
    funil("deal", "move", "D1", "delivery")
    funil("deal", "undo")
    assert "has gone out" not in funil.notices


def test_of_a_message_whose_outcome_nobody_knows_it_says_so(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(unknown="hold"), client="timeout")
    funil.idle()
    assert [row["status"] for row in funil.log()] == ["unknown"]
    said = undo(funil, "D1")["gone_out"]
    assert said == ["email to timeout@cliente.example may have gone out: nobody knows"]


def test_a_message_that_has_not_been_tried_yet_is_stopped(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail())
    store = opening.open_store(funil.url, clock=RealClock())
    store.write_now(running.run_due(Random(0)))
    store.close()
    assert [row["status"] for row in funil.log()] == ["queued"]
    assert undo(funil, "D1")["gone_out"] == []
    funil.idle()
    assert [row["status"] for row in funil.log()] == ["cancelled"]
    assert funil.states() == {"mail": "cancelled undone"}


def test_a_message_that_waits_for_a_retry_is_stopped(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(), client="full")
    funil.idle()
    assert [(row["status"], row["attempts"]) for row in funil.log()] == [("queued", 1)]
    undo(funil, "D1")
    funil.until("2026-12-02T12:00Z")
    assert [(row["status"], row["attempts"], row["reason"]) for row in funil.log()] == [("cancelled", 1, "undone")]


# Reviving -------------------------------------------------------------------------------------------------------------


def came_to_new(tmp_path: Path, *lines: str, client: str = "maria") -> Funil:
    """Return a house whose deal was moved by hand into *new*, where its rules have started."""
    text = (
        board(rules(*lines))
        .replace("maria@cliente", f"{client}@cliente")
        .replace("stage: new, responsible", "stage: billing, responsible")
    )
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "new")
    funil.idle()
    return funil


def test_what_the_move_cancelled_goes_on_at_its_old_moment(tmp_path: Path) -> None:
    lines = (WAITING, sms("behind", "new", order="wait"), mail("dated", "new", run="{before: 1d, of: close_date}"))
    funil = came_to_new(tmp_path, *lines)
    before = funil.runs()
    funil("clock", "advance", "30m")
    funil("deal", "move", "D1", "delivery")
    assert set(funil.states().values()) == {"cancelled left_stage"}
    undo(funil)
    assert funil.runs() == before
    assert funil.states() == {"wait": "waiting time", "behind": "waiting rule", "dated": "no_date"}
    assert funil.runs()["wait"]["due_at"] == "2026-12-01T14:00:00Z"
    funil.until("2026-12-01T14:00Z")
    assert funil.states() == {"wait": "done", "behind": "done", "dated": "no_date"}


def test_a_moment_that_has_passed_meanwhile_comes_at_once(tmp_path: Path) -> None:
    funil = came_to_new(tmp_path, WAITING)
    funil("deal", "move", "D1", "delivery")
    funil("clock", "advance", "3h")
    undo(funil)
    funil.idle()
    assert funil.history() == ["wait done"]


def test_a_retry_that_the_move_cancelled_goes_on(tmp_path: Path) -> None:
    funil = came_to_new(tmp_path, mail("m", "new"), client="full")
    (queued,) = funil.log()
    funil("deal", "move", "D1", "delivery")
    assert [row["status"] for row in funil.log()] == ["cancelled"]
    undo(funil)
    assert [{**row, "detail": queued["detail"]} for row in funil.log()] == [queued]
    assert funil.states()["m"].startswith("sending")
    funil.until("2026-12-01T13:00Z")
    assert funil.log()[0]["attempts"] > queued["attempts"]


def test_only_what_this_very_move_cancelled_is_revived(tmp_path: Path) -> None:
    funil = came_to_new(tmp_path, WAITING)
    funil("deal", "move", "D1", "delivery")
    funil("deal", "move", "D1", "new")
    funil("deal", "move", "D1", "delivery")
    undo(funil, "D1")
    assert funil.history() == ["wait cancelled left_stage", "wait waiting time"]


def test_a_run_cancelled_for_another_reason_stays_so(tmp_path: Path) -> None:
    funil = came_to_new(tmp_path, WAITING, sms("other", "new", run="{after: 3h}"))
    funil.apply(board(rules(WAITING)))
    funil("deal", "move", "D1", "delivery")
    undo(funil, "D1")
    assert funil.states() == {"wait": "waiting time", "other": "cancelled disabled"}


def test_undo_starts_no_rule(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail("m-new", "new"))
    undo(funil, "D1")
    funil.idle()
    assert funil.states() == {}


def test_a_move_after_an_undo_is_a_move_like_any(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(), grace="5s")
    undo(funil, "D1")
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T12:15Z")
    assert funil.history() == ["mail cancelled undone", "mail done"]


# The card's place -----------------------------------------------------------------------------------------------------


def test_the_card_comes_back_to_its_place(tmp_path: Path) -> None:
    deals = "\n".join(f"  - {{id: D{n}, title: Order {n}, stage: new, responsible: ana}}" for n in (1, 2, 3))
    funil = Funil(tmp_path, board(deals=deals))
    column = [deal["id"] for deal in funil.json("deal", "list", "--stage", "new")]
    funil("deal", "move", "D2", "delivery")
    undo(funil)
    assert [deal["id"] for deal in funil.json("deal", "list", "--stage", "new")] == column == ["D1", "D2", "D3"]


# Refusals -------------------------------------------------------------------------------------------------------------


def test_refused_when_a_rule_has_moved_the_deal_since(tmp_path: Path) -> None:
    funil = moved(tmp_path, mover("on", "delivery", "billing"))
    funil.idle()
    before = funil.json("deal", "show", "D1")
    said = "nothing was undone: rule “on” has moved deal D1 on to stage “billing”; move it back by hand"
    assert said in funil.refused("deal", "undo", "D1")
    assert said in funil.refused("deal", "undo")
    assert funil.json("deal", "show", "D1") == before


def test_an_older_act_is_not_undone_in_place_of_one_that_moved_on(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mover("on", "delivery", "billing")), deals=THREE))
    funil("deal", "move", "D2", "billing")
    funil("clock", "advance", "1s")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    for _ in range(2):
        assert "rule “on” has moved deal D1 on to stage “billing”" in funil.refused("deal", "undo")
    assert [funil.stage(deal) for deal in ("D1", "D2")] == ["billing", "billing"]
    assert undo(funil, "D2")["deals"] == ["D2"]
    funil("deal", "move", "D3", "won")
    assert undo(funil)["deals"] == ["D3"]
    assert "deal D1 on to stage" in funil.refused("deal", "undo")


@pytest.mark.parametrize(
    ("acts", "sentence"),
    [
        ([], "there is no move to undo"),
        ([("deal", "move", "D1", "delivery"), ("deal", "undo", "D1")], "there is no move to undo"),
        ([("deal", "set", "D1", "title=Other")], "there is no move to undo"),
    ],
)
def test_refused_when_there_is_no_move(acts: Sequence[Sequence[str]], sentence: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path, board())
    for act in acts:
        funil(*act)
    assert sentence in funil.refused("deal", "undo", "D1")
    assert sentence in funil.refused("deal", "undo")


def test_the_newest_of_two_moves_is_undone_and_then_the_one_before(tmp_path: Path) -> None:
    funil = moved(tmp_path)
    funil("clock", "advance", "1s")
    funil("deal", "move", "D1", "billing")
    undo(funil, "D1")
    assert funil.stage() == "delivery"
    undo(funil, "D1")
    assert funil.stage() == "new"


# Many, and from elsewhere ---------------------------------------------------------------------------------------------

THREE = "\n".join(
    f"  - {{id: D{n}, title: Order {n}, stage: new, responsible: ana, contacts: [maria]}}" for n in (1, 2, 3)
)


def test_a_bulk_move_is_one_undo(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail()), grace="5s", deals=THREE))
    funil("deal", "move", "D1", "D2", "D3", "delivery")
    assert undo(funil, "D2") == {"deals": ["D1", "D2", "D3"], "cancelled": 3, "gone_out": [], "stays": []}
    assert {deal["stage"] for deal in funil.json("deal", "list")} == {"new"}


def test_a_bulk_move_is_not_undone_in_part(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(grace="5s", deals=THREE))
    funil("deal", "move", "D1", "D2", "D3", "delivery")
    funil("deal", "move", "D3", "won")
    assert "ana has moved deal D3 on to stage “won” since" in funil.refused("deal", "undo", "D1")
    assert [deal["stage"] for deal in funil.json("deal", "list")] == ["delivery", "delivery", "won"]


def test_undo_works_from_another_process(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(), grace="5s")
    with process("deal", "undo", "D1", "--db", funil.url) as other:
        assert other.read_line() == "D1: back in new"
        assert other.finish() == 0
    assert (funil.stage(), funil.states()) == ("new", {"mail": "cancelled undone"})


def test_undo_works_while_the_store_of_the_mover_is_open(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail()), grace="5s"))
    store = opening.open_store(funil.url, clock=RealClock())
    store.write_now(commands.move(["D1"], "delivery", by="rui"))
    undo(funil)
    store.write_now(running.run_due(Random(0)))
    assert store.read(lambda reader: reader.deal("D1")) is not None
    store.close()
    assert (funil.stage(), funil.states()) == ("new", {"mail": "cancelled undone"})
