"""What makes a stage's rules start, what does not, and what leaving the stage cancels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest

from adapters.clock import RealClock
from core.engine import running
from data import opening
from tests.proof.ground import Funil, board, mail, mover, rules, sms

Act = Callable[[Funil], object]
D2_IN_DELIVERY = "  - {id: D2, title: Imported, stage: delivery, responsible: ana, contacts: [maria]}"
RULES = rules(mail("m-new", "new"), mail(), sms(), mail("m-won", "won"), mail("m-lost", "lost"))


def does(*words: str) -> Act:
    return lambda funil: funil(*words)


STARTS = {
    "a move by hand": (does("deal", "move", "D1", "delivery"), "D1", ["mail", "sms"]),
    "an edit of the stage": (does("deal", "set", "D1", "stage=delivery"), "D1", ["mail", "sms"]),
    "a creation in the stage": (
        does(
            "deal",
            "add",
            "--title",
            "New",
            "--stage",
            "delivery",
            "--contact",
            "maria",
            "--responsible",
            "ana",
            "--id",
            "D9",
        ),
        "D9",
        ["mail", "sms"],
    ),
    "a creation without a stage": (
        does("deal", "add", "--title", "New", "--responsible", "ana", "--id", "D9"),
        "D9",
        ["m-new"],
    ),
    "a success stage": (does("deal", "move", "D1", "won"), "D1", ["m-won"]),
    "a failure stage": (does("deal", "move", "D1", "lost"), "D1", ["m-lost"]),
}
STARTS_NOT = {
    "dropping on the same stage": (does("deal", "move", "D1", "new"), "D1"),
    "an edit to the same stage": (does("deal", "set", "D1", "stage=new"), "D1"),
    "an edit of other fields": (does("deal", "set", "D1", "title=Other", "amount=1"), "D1"),
    "an edit that changes nothing": (does("deal", "set", "D1", "amount=7500", "stage=new"), "D1"),
    "a move without rules": (does("deal", "move", "D1", "delivery", "--no-rules"), "D1"),
    "an import into the stage": (lambda funil: funil.apply(board(RULES, deals=D2_IN_DELIVERY)), "D2"),
    "an import that names another stage of a deal": (
        lambda funil: funil.apply(board(RULES, deals="  - {id: D1, stage: delivery}")),
        "D1",
    ),
}


@pytest.mark.parametrize("act", STARTS)
def test_rules_start_on(act: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(RULES))
    do, deal, started = STARTS[act]
    do(funil)
    assert list(funil.runs(deal)) == started
    funil.idle()
    assert set(funil.states(deal)) == set(started)


@pytest.mark.parametrize("act", STARTS_NOT)
def test_no_rule_starts_on(act: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(RULES))
    do, deal = STARTS_NOT[act]
    do(funil)
    funil.idle()
    assert funil.json("explain")["runs"] == []
    assert funil.json("outbound") == []
    assert "moved" not in [line["kind"] for line in funil.json("timeline", deal)] or act == "a move without rules"


def test_a_rules_move_starts_the_rules_of_the_stage_it_leads_to(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mover("on", "delivery", "billing"), mail("m-billing", "billing"))))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"on": "done", "m-billing": "done"}
    assert funil.stage() == "billing"
    moved = [line["data"] for line in funil.json("timeline", "D1") if line["kind"] == "moved"]
    assert [(line["to"], line["cause"], line["cause_id"]) for line in moved] == [
        ("billing", "rule", "on"),
        ("delivery", "person", None),
    ]


def test_a_rule_can_move_into_another_pipeline(tmp_path: Path) -> None:
    second = """  - id: after
    name: After sales
    stages: [{id: care, name: Care}, {id: ok, name: Ok, kind: success}, {id: bad, name: Bad, kind: failure}]
    rules: [{id: m-care, stage: care, kind: email, name: Care, settings: {subject: Care, body: x}}]
"""
    on = "{id: on, stage: won, kind: move, name: on, settings: {stage: care, pipeline: after}}"
    funil = Funil(tmp_path, board(rules(on), more=second))
    funil("deal", "move", "D1", "won")
    assert funil.json("deal", "show", "D1")["closed"] is True
    funil.idle()
    deal = funil.json("deal", "show", "D1")
    assert (deal["pipeline"], deal["stage"], deal["closed"]) == ("after", "care", False)
    assert funil.states() == {"on": "done", "m-care": "done"}


def test_rules_that_move_go_last_among_those_due_together(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mover("on", "delivery", "billing"), mail(), sms())))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"on": "done", "mail": "done", "sms": "done"}
    assert {row["status"] for row in funil.log()} == {"sent"}


def test_a_rule_added_later_does_not_act_on_deals_already_there(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail())))
    funil("deal", "move", "D1", "delivery")
    funil.apply(board(rules(mail(), sms())))
    funil.idle()
    assert funil.states() == {"mail": "done"}


def test_a_waiting_run_keeps_the_version_of_the_rule_it_started_with(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail(subject="Old", run="{after: 1h}"))))
    funil("deal", "move", "D1", "delivery")
    funil.apply(board(rules(mail(subject="New", run="{after: 1h}"))))
    funil.until("2026-12-01T14:00Z")
    assert [row["subject"] for row in funil.log()] == ["Old"]
    funil("deal", "move", "D1", "new")
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T16:00Z")
    assert [row["subject"] for row in funil.log()] == ["Old", "New"]


# Leaving --------------------------------------------------------------------------------------------------------------


def _behind_a_paused_connection(funil: Funil) -> None:
    funil("connection", "pause", "mail")
    funil.idle()


STOPS: dict[str, tuple[Sequence[str], Act, str, dict[str, str]]] = {
    "a run whose moment has not come": (
        [mail(run="{after: 2h}")],
        Funil.idle,
        "maria",
        {"mail": "cancelled left_stage"},
    ),
    "a run without a date": (
        [mail(run="{before: 1d, of: close_date}")],
        Funil.idle,
        "maria",
        {"mail": "cancelled left_stage"},
    ),
    "a run behind another": (
        [mail(run="{after: 2h}"), sms(order="wait")],
        Funil.idle,
        "maria",
        {"mail": "cancelled left_stage", "sms": "cancelled left_stage"},
    ),
    "a message that waits for a retry": ([mail()], Funil.idle, "full", {"mail": "cancelled left_stage"}),
    "a message behind a paused connection": (
        [mail()],
        _behind_a_paused_connection,
        "maria",
        {"mail": "cancelled left_stage"},
    ),
    "nothing of what is done": ([mail()], Funil.idle, "maria", {"mail": "done"}),
    "nothing of what has failed": ([mail()], Funil.idle, "block", {"mail": "failed blocked"}),
}


@pytest.mark.parametrize("what", STOPS)
def test_leaving_the_stage_cancels(what: str, tmp_path: Path) -> None:
    lines, before, client, expected = STOPS[what]
    text = board(rules(*lines)).replace("maria@cliente.example", f"{client}@cliente.example")
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "delivery")
    before(funil)
    gone = [row["status"] for row in funil.log() if row["status"] != "queued"]
    funil("deal", "move", "D1", "new")
    assert funil.states() == expected
    funil("connection", "resume", "--all")
    funil.until("2026-12-04T12:00Z")
    assert funil.states() == expected
    # What has gone out arrives all the same.
    arrived = ["delivered" if status == "sent" else status for status in gone]
    assert [row["status"] for row in funil.log() if row["status"] != "cancelled"] == arrived


def test_leaving_the_stage_cancels_what_is_held(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail()), grace="5s"))
    funil("deal", "move", "D1", "delivery")
    assert [row["status"] for row in funil.log()] == ["held"]
    funil("deal", "move", "D1", "new")
    assert funil.log() == []
    funil.until("2026-12-01T13:00Z")
    assert (funil.states(), funil.log()) == ({"mail": "cancelled left_stage"}, [])


def test_a_message_on_its_way_to_its_first_attempt_goes_out(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail())))
    funil("deal", "move", "D1", "delivery")
    store = opening.open_store(funil.url, clock=RealClock())
    assert store.write_now(running.run_due(Random(0))) == 1
    store.close()
    assert [row["status"] for row in funil.log()] == ["queued"]
    funil("deal", "move", "D1", "new")
    funil.idle()
    assert [row["status"] for row in funil.log()] == ["sent"]
    assert funil.states() == {"mail": "done"}


def test_a_new_place_in_the_column_cancels_nothing(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail(run="{after: 2h}"))))
    funil("deal", "move", "D1", "delivery")
    funil("deal", "move", "D1", "delivery")
    assert funil.history() == ["mail waiting time"]


def test_switching_a_rule_off_cancels_its_waiting_runs(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail(run="{after: 2h}"), sms(run="{after: 2h}"))))
    funil("deal", "move", "D1", "delivery")
    off = board(rules(mail(run="{after: 2h}", enabled="false")))
    told = funil.apply(off, "--dry-run")
    assert told.count("waiting runs cancelled: 1") == 2
    assert funil.states() == {"mail": "waiting time", "sms": "waiting time"}
    funil.apply(off)
    assert funil.states() == {"mail": "cancelled disabled", "sms": "cancelled disabled"}
    funil.apply(board(rules(mail(run="{after: 2h}"))))
    funil.until("2026-12-02T12:00Z")
    assert funil.log() == []


# Grace ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("deal", "move", "D1", "delivery"),
        ("deal", "set", "D1", "stage=delivery"),
        (
            "deal",
            "add",
            "--id",
            "D9",
            "--title",
            "x",
            "--stage",
            "delivery",
            "--contact",
            "maria",
            "--responsible",
            "ana",
        ),
    ],
)
def test_an_act_of_a_person_is_held_for_the_grace(words: Sequence[str], tmp_path: Path) -> None:
    funil = Funil(
        tmp_path, board(rules(mail(subject="For {{ deal.title }}"), mover("on", "delivery", "billing")), grace="5s")
    )
    funil(*words)
    deal = "D9" if "add" in words else "D1"
    funil.idle()
    assert "2026-12-01T12:00:05Z" in funil.notices
    assert funil.states(deal) == {"mail": "waiting grace", "on": "waiting grace"}
    (held,) = funil.log(deal)
    assert (held["status"], held["to"], held["due_at"]) == ("held", "maria@cliente.example", "2026-12-01T12:00:05Z")
    assert held["id"] == funil.runs(deal)["mail"]["id"]
    assert funil.stage(deal) == "delivery"
    funil("clock", "advance", "5s")
    funil.idle()
    assert funil.states(deal) == {"mail": "done", "on": "done"}
    assert [row["status"] for row in funil.log(deal)] == ["sent"]


def test_a_held_line_shows_recipient_and_text_as_they_are_now(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail(subject="For {{ deal.title }}")), grace="5s"))
    funil("deal", "move", "D1", "delivery")
    assert [row["subject"] for row in funil.log()] == ["For Order 1001"]
    funil("deal", "set", "D1", "title=Other")
    funil.apply(board(rules(mail(subject="For {{ deal.title }}")), grace="5s").replace("maria@cliente", "new@cliente"))
    assert [(row["to"], row["subject"]) for row in funil.log()] == [("new@cliente.example", "For Order 1001")]


def test_the_move_of_a_rule_has_no_grace(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mover("on", "delivery", "billing"), mail("m", "billing")), grace="5s"))
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T12:00:05Z")
    assert funil.states() == {"on": "done", "m": "done"}


def test_the_grace_never_pushes_a_run_past_closing_time(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail(hours="business"), sms()), grace="5s"), clock="2026-12-01T20:59:58Z")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"mail": "done", "sms": "waiting grace"}
