"""What a person does to runs and messages from the command line: stop, cancel, have now, have again, resolve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adapters.clock import RealClock
from core.engine import dispatching, leasing, running
from core.model.delivery import Delivery, Outcome, OutcomeKind
from core.ports import Job
from data import opening
from tests.proof.ground import Funil, board, mail, mover, rules, sms
from tests.proof.processes import funil as process

LATER = mail("later", run="{after: 2h}")


def house(
    tmp_path: Path, *lines: str, grace: str = "0s", client: str = "maria", number: str = "+5511987650001"
) -> Funil:
    """Return a house whose deal has just been moved into delivery; its client may be a magic one."""
    text = board(rules(*lines), grace=grace).replace("maria@cliente", f"{client}@cliente")
    funil = Funil(tmp_path, text.replace("+5511987650001", number))
    funil("deal", "move", "D1", "delivery")
    return funil


def told(funil: Funil) -> Sequence[tuple[str, str]]:
    """Return kind and author of the history since the move, oldest first."""
    rows = [(line["kind"], line["by"]) for line in funil.json("timeline", "D1")][::-1]
    return rows[2:]


# Stop -----------------------------------------------------------------------------------------------------------------


def test_stop_cancels_what_has_not_happened_and_says_what(tmp_path: Path) -> None:
    funil = house(tmp_path, LATER, mail("dated", run="{before: 1d, of: close_date}"), sms("held"), grace="5s")
    assert funil.json("deal", "stop", "D1", "--by", "rui") == {"deal": "D1", "runs": ["R1", "R2", "R3"], "messages": []}
    assert set(funil.states().values()) == {"cancelled stopped"}
    assert {run["detail"] for run in funil.runs().values()} == {"stopped by rui"}
    assert told(funil) == [("run", "rui")] * 3
    funil.until("2026-12-02T12:00Z")
    assert (funil.log(), funil.stage()) == ([], "delivery")
    assert funil("deal", "stop", "D1") == ""
    assert funil.notices == "D1: nothing waits\n"


def test_stop_cancels_retries_and_what_stands_behind_a_paused_connection(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), sms(), client="full")
    funil("connection", "pause", "sms1")
    funil.idle()
    assert funil("deal", "stop", "D1") == "D1: rule mail stopped (R1)\nD1: rule sms stopped (R2)\n" + "".join(
        f"D1: message {each} stopped\n" for each in ("M1", "M2")
    )
    funil("connection", "resume", "--all")
    funil.until("2026-12-02T12:00Z")
    assert [(row["status"], row["reason"], row["attempts"]) for row in funil.log()] == [
        ("cancelled", "stopped", 1),
        ("cancelled", "stopped", 0),
    ]
    assert told(funil) == [("delivery", "ana")] * 2


def test_a_message_on_its_way_to_its_first_attempt_goes_out(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), LATER)
    with_store(funil, running.run_due(Random(0)))
    assert funil.json("deal", "stop", "D1") == {"deal": "D1", "runs": ["R2"], "messages": []}
    funil.idle()
    assert funil.states() == {"mail": "done", "later": "cancelled stopped"}


@pytest.mark.parametrize("attempts", [1, 2])
def test_what_is_on_the_wire_when_it_is_stopped_is_not_tried_once_more(attempts: int, tmp_path: Path) -> None:
    funil = house(tmp_path, mail())
    on_the_wire: list[Delivery] = []
    with_store(funil, running.run_due(Random(0)))
    for number in range(1, attempts + 1):
        with_store(funil, lambda tx: on_the_wire.extend(leasing.claim("mail", "worker", 1, Random(0))(tx).deliveries))
        if number == attempts:
            assert funil.json("deal", "stop", "D1") == {"deal": "D1", "runs": [], "messages": []}
        ends = [(on_the_wire.pop(), Outcome(kind=OutcomeKind.DEFERRED, reason="busy"))]
        with_store(funil, dispatching.finish(ends, Random(0), "worker"))
        funil("clock", "advance", "2h")
    assert (funil.log()[0]["status"], funil.log()[0]["attempts"]) == ("cancelled", attempts)
    assert funil.states() == {"mail": "cancelled stopped"}


def test_what_was_stopped_stays_stopped_when_the_move_is_undone_and_done_again(tmp_path: Path) -> None:
    funil = house(tmp_path, LATER)
    funil("deal", "stop", "D1")
    funil("deal", "undo")
    funil("deal", "redo")
    assert funil.states() == {"later": "cancelled stopped"}


def test_stop_works_from_another_process_while_an_engine_has_the_house(tmp_path: Path) -> None:
    funil = house(tmp_path, LATER)
    store = opening.open_store(funil.url, clock=RealClock())
    try:
        lease = store.take_engine_lease("board")
        with process("deal", "stop", "D1", "--db", funil.url) as other:
            assert other.read_line() == "D1: rule later stopped (R1)"
            assert other.finish() == 0
        lease.release()
    finally:
        store.close()
    assert funil.states() == {"later": "cancelled stopped"}


# Cancel ---------------------------------------------------------------------------------------------------------------


def test_cancelling_a_held_line_stops_its_run(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), sms(order="wait"), grace="5s")
    done = funil.json("outbound", "cancel", "R1")
    assert (done["delivery"], done["run"]["status"], done["run"]["reason"]) == (None, "cancelled", "stopped")
    funil.until("2026-12-01T12:01Z")
    assert funil.states() == {"mail": "cancelled stopped", "sms": "done"}, "the rule below has gone on"


def test_cancelling_a_queued_message_ends_its_run_and_lets_the_rules_below_go_on(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), sms(order="wait"), client="full")
    funil.idle()
    assert funil.states()["sms"] == "waiting rule"
    done = funil.json("outbound", "cancel", "M1", "--by", "rui")
    assert (done["delivery"]["status"], done["delivery"]["reason"], done["delivery"]["detail"]) == (
        "cancelled",
        "stopped",
        "stopped by rui",
    )
    funil.idle()
    assert funil.states() == {"mail": "cancelled stopped", "sms": "done"}
    assert told(funil)[0] == ("delivery", "rui")


# Have it now ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        mail("r", run="{after: 2h}"),
        mail("r", run="{before: 1d, of: close_date}"),
        mail("r", hours="business", run="{after: 3d}"),
        mail("r"),
    ],
    ids=["time", "no date", "hours", "grace"],
)
def test_a_waiting_run_acts_at_once(rule: str, tmp_path: Path) -> None:
    funil = house(tmp_path, rule, grace="5s")
    funil("clock", "advance", "1s")
    run = funil.json("outbound", "retry", "R1")["run"]
    assert (run["status"], run["reason"], run["due_at"]) == ("waiting", "asked", "2026-12-01T12:00:01Z")
    funil.idle()
    assert [(row["status"], row["sent_at"]) for row in funil.log()] == [("sent", "2026-12-01T12:00:01Z")]
    assert told(funil)[0] == ("run", "ana")


def test_now_sets_the_hours_aside(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("r", hours="business", run="{after: 12h}"))
    funil("clock", "advance", "11h")
    funil("outbound", "retry", "R1")
    funil.idle()
    assert funil.states() == {"r": "done"}


def test_now_does_not_set_the_condition_aside(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("r", run="{after: 2h}", when='{all: [{field: amount, op: ">", value: 9000}]}'))
    funil("outbound", "retry", "R1")
    funil.idle()
    assert funil.states() == {"r": "skipped condition_false"}


def test_now_opens_the_gate_of_one_rule_and_of_no_other(tmp_path: Path) -> None:
    funil = house(tmp_path, LATER, sms("second", order="wait"), sms("third", order="wait"))
    assert funil.states() == {"later": "waiting time", "second": "waiting rule", "third": "waiting rule"}
    assert "R2: waiting, due at" in funil("outbound", "retry", "R2")
    funil.idle()
    assert funil.states() == {"later": "waiting time", "second": "done", "third": "waiting rule"}
    funil.until("2026-12-01T14:00Z")
    assert set(funil.states().values()) == {"done"}
    assert [row["rule"] for row in funil.log()] == ["second", "later", "third"]


def test_a_changed_date_does_not_put_off_what_a_person_wants_now(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("r", run="{before: 1d, of: close_date}"))
    funil("outbound", "retry", "R1")
    funil("deal", "set", "D1", "close_date=2026-12-24")
    funil.idle()
    assert funil.states() == {"r": "done"}


# Have it again --------------------------------------------------------------------------------------------------------


def test_what_a_person_wants_now_he_wants_when_it_comes_back(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("later", run="{after: 2h}", hours="business"))
    funil("clock", "set", "2026-12-01T23:00Z")
    funil("outbound", "retry", "R1")
    funil("deal", "move", "D1", "billing")
    funil("deal", "undo")
    assert funil.states() == {"later": "waiting asked"}
    funil("deal", "undo")
    funil("deal", "redo")
    assert funil.states() == {"later": "waiting asked"}
    funil.idle()
    assert funil.states() == {"later": "done"}  # at eight in the evening


def test_a_retry_is_tried_at_once_and_counts_on(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), client="full")
    funil.idle()
    assert funil.json("outbound", "retry", "M1")["delivery"]["due_at"] == "2026-12-01T12:00:00Z"
    funil.idle()
    assert [(row["status"], row["attempts"]) for row in funil.log()] == [("queued", 2)]


def test_asking_twice_for_one_attempt_is_asking_once(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), client="full")
    funil.idle()
    funil.json("outbound", "retry", "M1")
    before = told(funil)
    assert funil.json("outbound", "retry", "M1")["delivery"]["due_at"] == "2026-12-01T12:00:00Z"
    assert told(funil) == before


def test_a_cancelled_message_is_due_no_more(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), client="full")
    funil.idle()
    assert funil.json("outbound", "cancel", "M1")["delivery"]["due_at"] is None


def test_a_failed_message_begins_another_round(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), sms(order="wait"), client="block")
    funil.idle()
    assert funil.states() == {"mail": "failed blocked", "sms": "done"}
    done = funil.json("outbound", "retry", "M1", "--by", "rui")
    assert (done["delivery"]["status"], done["delivery"]["attempts"], done["delivery"]["reason"]) == ("queued", 0, None)
    assert done["run"]["status"] == "sending"
    assert told(funil)[-1] == ("delivery", "rui")
    funil.idle()
    assert funil.states() == {"mail": "failed blocked", "sms": "done"}
    assert [(row["status"], row["attempts"]) for row in funil.log()] == [("failed", 1), ("sent", 1)]


def test_a_message_that_was_given_up_begins_another_round(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), client="full")
    funil.until("2026-12-08T12:00Z")
    assert funil.states() == {"mail": "failed dead"}
    funil("outbound", "retry", "M1")
    funil.idle()
    assert [(row["status"], row["attempts"]) for row in funil.log()] == [("queued", 1)]
    assert funil.states() == {"mail": "sending"}


def test_a_run_that_failed_before_it_had_a_message_is_tried_again(tmp_path: Path) -> None:
    funil = house(tmp_path, mail())
    funil("deal", "set", "D1", "contacts=joao")
    funil.idle()
    assert (funil.states(), funil.log()) == ({"mail": "failed no_address"}, [])
    funil("deal", "set", "D1", "contacts=maria")
    funil("outbound", "retry", "R1")
    funil.idle()
    assert funil.states() == {"mail": "done"}
    assert [row["to"] for row in funil.log()] == ["maria@cliente.example"]


def test_what_goes_behind_a_paused_connection_says_so(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), client="full")
    funil.idle()
    funil("connection", "pause", "mail")
    funil("outbound", "retry", "M1")
    assert funil.notices == "connection mail is paused: it goes out when that is resumed\n"


# Resolve --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("became", "row", "state"),
    [
        ("sent", ("sent", None, "rui says that it went out"), "done"),
        ("failed", ("failed", "timeout", "rui says that it did not go out"), "failed timeout"),
    ],
)
def test_a_person_says_what_became_of_an_unknown_message(
    became: str, row: tuple[str, str | None, str], state: str, tmp_path: Path
) -> None:
    funil = house(tmp_path, sms(stop_on_error="true"), mail(order="wait"), number="+15005550007")
    funil.idle()
    assert funil.states() == {"sms": "done timeout", "mail": "done"}
    done = funil.json("outbound", "resolve", "M1", became, "--by", "rui")["delivery"]
    assert (done["status"], done["reason"], done["detail"]) == row
    assert (done["sent_at"] is None) == (became == "failed")
    funil.idle()
    assert funil.states() == {"sms": state, "mail": "done"}
    assert funil.json("timeline", "D1")[0]["text"] == f"sms to +15005550007: {row[2]}"
    assert told(funil)[-1] == ("delivery", "rui")


def test_a_message_that_did_not_go_out_can_be_tried_again(tmp_path: Path) -> None:
    funil = house(tmp_path, sms(), number="+15005550007")
    funil.idle()
    funil("outbound", "resolve", "M1", "failed")
    funil("outbound", "retry", "M1")
    funil.idle()
    assert [(row["status"], row["attempts"]) for row in funil.log()] == [("unknown", 1)]


# Refusals -------------------------------------------------------------------------------------------------------------

SENT: tuple[str, dict[str, str]] = (mail(), {})
FAILED: tuple[str, dict[str, str]] = (mail(), {"client": "block"})
UNKNOWN: tuple[str, dict[str, str]] = (sms(), {"number": "+15005550007"})
QUEUED: tuple[str, dict[str, str]] = (mail(), {"client": "full"})
MOVED = ("deal", "move", "D1", "billing")


@pytest.mark.parametrize(
    ("ground", "before", "act", "sentence"),
    [
        (SENT, (), "cancel M1", "M1 has ended already: sent"),
        (FAILED, (), "cancel M1", "M1 has ended already: failed"),
        (UNKNOWN, (), "cancel M1", "may have gone out"),
        (QUEUED, ("outbound", "cancel", "M1"), "cancel M1", "M1 is cancelled already"),
        (SENT, (), "cancel R1", "R1 has ended already: done"),
        (QUEUED, (), "cancel R1", "R1 is acting already"),
        (SENT, (), "retry M1", "M1 has ended already: sent"),
        (UNKNOWN, (), "retry M1", "say first what became of it with “funil outbound resolve M1"),
        (QUEUED, ("outbound", "cancel", "M1"), "retry M1", "M1 was cancelled"),
        (FAILED, MOVED, "retry M1", "M1: deal D1 has left that stage"),
        (QUEUED, MOVED, "retry M1", "M1 was cancelled"),
        (SENT, (), "retry R1", "R1 has ended already: done"),
        (FAILED, (), "retry R1", "R1 has a message in the outbound log: M1"),
        ((LATER, {}), MOVED, "retry R1", "R1: deal D1 has left that stage"),
        (SENT, (), "resolve M1 sent", "M1 is sent: only of an “unknown” message"),
        (QUEUED, (), "resolve M1 failed", "M1 is queued: only of an “unknown” message"),
        (UNKNOWN, (), "resolve M1 maybe", "“maybe” is none of sent, failed"),
        (SENT, (), "retry M2", "there is no message “M2”"),
        (SENT, (), "cancel R2", "there is no run “R2”"),
        (SENT, (), "cancel D1", "there is no message “D1”"),
        (SENT, (), "resolve R1 sent", "there is no message “R1”"),
        (SENT, (), f"cancel M{'9' * 30}", "there is no message “M999"),
        (QUEUED, (), "cancel M1 --by nobody", "there is no user “nobody”"),
    ],
)
def test_refused(
    ground: tuple[str, dict[str, str]], before: Sequence[str], act: str, sentence: str, tmp_path: Path
) -> None:
    funil = house(tmp_path, ground[0], **ground[1])
    funil.idle()
    if before:
        funil(*before)
    seen = funil.json("outbound"), funil.json("explain"), funil.json("timeline", "D1")
    assert sentence in funil.refused("outbound", *act.split())
    assert (funil.json("outbound"), funil.json("explain"), funil.json("timeline", "D1")) == seen


@pytest.mark.parametrize("act", ["cancel", "retry"])
def test_what_is_on_the_wire_is_left_alone(act: str, tmp_path: Path) -> None:
    funil = house(tmp_path, mail())
    with_store(funil, running.run_due(Random(0)), leasing.claim("mail", "worker", 1, Random(0)))
    assert "M1 is being sent at this moment" in funil.refused("outbound", act, "M1")


def test_a_mover_that_is_wanted_now_moves_the_deal(tmp_path: Path) -> None:
    funil = house(tmp_path, mover("on", "delivery", "won", run="{after: 1d}"), LATER)
    funil("outbound", "retry", "R1")
    funil.idle()
    assert (funil.stage(), funil.states()["later"]) == ("won", "cancelled left_stage")


def with_store(funil: Funil, *jobs: Job[Any]) -> None:
    """Let an engine do one step of its work and die."""
    store = opening.open_store(funil.url, clock=RealClock())
    for job in jobs:
        store.write_now(job)
    store.close()
