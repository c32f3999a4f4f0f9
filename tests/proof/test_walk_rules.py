"""Rules are switched from the command line, and applied to what is there already."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.cli.roof import Place
from adapters.clock import RealClock
from core import commands
from core.engine import disabling, reaching
from data import opening
from tests.proof.ground import Funil, board, mail, mover, rules, sms


def deals(count: int, stage: str = "delivery") -> str:
    """Return deals that stand in a stage since noon."""
    return "\n".join(
        f"  - {{id: D{n}, title: Order {n}, stage: {stage}, responsible: ana, contacts: [maria]}}"
        for n in range(1, count + 1)
    )


def moved(tmp_path: Path, *lines: str, grace: str = "0s") -> Funil:
    funil = Funil(tmp_path, board(rules(*lines), grace=grace))
    funil("deal", "move", "D1", "delivery")
    return funil


# On and off -----------------------------------------------------------------------------------------------------------


def test_switching_off_cancels_the_waiting_runs_and_tells_their_number_first(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(run="{after: 2h}"), sms(order="wait"))
    told = funil.json("rule", "off", "mail", "--dry-run")
    assert told == {"rule": "mail", "dry_run": True, "enabled": False, "changed": False, "cancelled": 1}
    assert funil("rule", "off", "mail", "--dry-run") == "cancels 1 waiting run\n"
    assert funil.states()["mail"] == "waiting time"
    assert funil("rule", "off", "mail") == "cancels 1 waiting run\nmail: off\n"
    funil.idle()
    assert funil.states() == {"mail": "cancelled disabled", "sms": "done"}, "the rule below has gone on"
    assert funil("rule", "off", "mail") == "mail: off already\n"
    assert funil.json("rule", "on", "mail") == {"rule": "mail", "enabled": True, "changed": True, "cancelled": 0}
    assert funil.states()["mail"] == "cancelled disabled", "what was cancelled stays so"
    funil("deal", "move", "D1", "new")
    funil("deal", "move", "D1", "delivery")
    assert funil.states()["mail"] == "waiting time"


@pytest.fixture
def half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Funil:
    """A house in which whoever switched a rule off died after the first of its three waiting runs."""
    monkeypatch.setattr(disabling, "PART", 1)
    funil = Funil(tmp_path, board(rules(mail(run="{after: 2h}"), sms(order="wait")), deals=deals(3, "new")))
    funil("deal", "move", "D1", "D2", "D3", "delivery")
    with funil.house().opened(Place(funil.url, funil.url)) as store:
        first = store.write_now(commands.switch_rule("mail", False))
    assert (first.changed, first.cancelled, first.more) == (True, 1, True)
    assert [funil.states(deal)["mail"] for deal in ("D1", "D2")] == ["cancelled disabled", "waiting time"]
    return funil


OFF = {"mail": "cancelled disabled", "sms": "done"}


def test_what_is_left_of_a_rule_that_is_off_is_cancelled_when_the_engine_starts(half: Funil) -> None:
    half.idle()
    assert [half.states(deal) for deal in ("D1", "D2", "D3")] == [OFF, OFF, OFF]


def test_no_run_of_a_rule_that_is_off_acts(half: Funil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disabling, "sweep", lambda tx: 0)
    half.idle()
    assert half.states("D2") == {"mail": "waiting time", "sms": "waiting rule"}
    half("clock", "advance", "3h")
    half.idle()
    assert [half.states(deal) for deal in ("D1", "D2", "D3")] == [OFF, OFF, OFF]
    assert {row["channel"] for row in half.json("outbound")} == {"sms"}


def test_switching_off_again_goes_on_where_it_was_broken_off(half: Funil) -> None:
    done = half.json("rule", "off", "mail")
    assert done == {"rule": "mail", "dry_run": False, "enabled": False, "changed": False, "cancelled": 2}
    assert half.states("D3")["mail"] == "cancelled disabled"


def test_switching_on_brings_nothing_back_that_was_left(half: Funil) -> None:
    half("rule", "on", "mail")
    assert [half.states(deal)["mail"] for deal in ("D2", "D3")] == ["cancelled disabled"] * 2


def test_a_board_file_that_switches_off_does_the_same(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(run="{after: 2h}"), sms(order="wait"))
    funil.apply(board(rules(mail(run="{after: 2h}", enabled="false"), sms(order="wait"))))
    funil.idle()
    assert funil.states() == {"mail": "cancelled disabled", "sms": "done"}


def test_a_rule_that_is_off_is_exported_so_and_does_not_start(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail())))
    funil("rule", "off", "mail")
    (rule,) = funil.json("export")["pipelines"][0]["rules"]
    assert rule["enabled"] is False
    funil("deal", "move", "D1", "delivery")
    assert funil.states() == {}


# To deals that are there ----------------------------------------------------------------------------------------------


def test_a_rule_added_later_does_not_act_until_it_is_applied(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(deals=deals(3), grace="5s"))
    funil.apply(board(rules(mail()), deals=deals(3), grace="5s"))
    funil("clock", "advance", "1h")
    funil.idle()
    assert funil.json("explain")["runs"] == []
    told = {"rule": "mail", "to": "present", "dry_run": True, "count": 3}
    assert funil.json("rule", "apply", "mail", "--present", "--dry-run") == told
    assert funil("rule", "apply", "mail", "--present", "--by", "rui") == "3 deals of its stage start it\n"
    assert {(run["reason"], run["due_at"]) for run in funil.json("explain")["runs"]} == {
        ("grace", "2026-12-01T13:00:05Z")
    }
    assert [row["status"] for row in funil.json("outbound")] == ["held"] * 3
    (line, *_) = funil.json("timeline", "D1")
    assert (line["kind"], line["by"]) == ("run", "rui")
    assert funil.json("rule", "apply", "mail", "--present")["count"] == 0, "again reaches none"
    funil("clock", "advance", "5s")
    funil.idle()
    assert [row["status"] for row in funil.json("outbound")] == ["sent"] * 3
    assert funil.json("rule", "apply", "mail", "--present")["count"] == 0


@pytest.mark.parametrize(
    ("time", "due"),
    [
        ("{after: 3h}", "2026-12-01T15:00:00Z"),
        ("{after: 30m}", "2026-12-01T13:00:00Z"),
        ("{before: 1d, of: close_date}", None),
        ("now", "2026-12-01T13:00:00Z"),
    ],
    ids=["ahead", "past", "no date", "now"],
)
def test_after_counts_from_the_stage_entry_and_a_past_moment_runs_at_once(
    time: str, due: str | None, tmp_path: Path
) -> None:
    funil = Funil(tmp_path, board(deals=deals(1)))
    funil("clock", "advance", "1h")
    funil.apply(board(rules(mail(run=time)), deals=deals(1)))
    funil("rule", "apply", "mail", "--present")
    assert funil.runs()["mail"]["due_at"] == due


def test_only_deals_of_its_stage_closed_ones_too_and_no_removed_ones(tmp_path: Path) -> None:
    placed = "\n".join(
        f"  - {{id: {id_}, title: x, stage: {stage}, responsible: ana, contacts: [maria]}}"
        for id_, stage in (("D1", "won"), ("D2", "new"), ("D3", "won"))
    )
    funil = Funil(tmp_path, board(deals=placed))
    funil.apply(board(rules(mail(stage="won")), deals=placed))
    assert funil.json("rule", "apply", "mail", "--present")["count"] == 2
    funil.idle()
    assert [funil.states(deal) for deal in ("D1", "D2", "D3")] == [{"mail": "done"}, {}, {"mail": "done"}]


def test_a_mover_applied_moves_them(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(deals=deals(2)))
    funil.apply(board(rules(mover("on", "delivery", "won")), deals=deals(2)))
    funil("rule", "apply", "on", "--present")
    funil.idle()
    assert [deal["stage"] for deal in funil.json("deal", "list")] == ["won", "won"]


A, B, C = mail("a", run="{after: 1h}"), sms("b", order="wait"), sms("c", order="wait")


@pytest.mark.parametrize(
    ("before", "new", "then", "order"),
    [
        ([A, C], [A, B, C], {"a": "waiting time", "b": "waiting rule", "c": "waiting rule"}, ["a", "b", "c"]),
        ([A], [A, B], {"a": "waiting time", "b": "waiting rule"}, ["a", "b"]),
        ([B, C], [A, B, C], {"a": "waiting time", "b": "done", "c": "waiting rule"}, ["b", "a", "c"]),
        ([A, C], [mail("z", run="{after: 2h}"), A, C], {"a": "waiting time", "c": "waiting rule"}, ["a", "z", "c"]),
        ([C], [C, mail("d")], {"c": "done", "d": "done"}, ["c", "d"]),
    ],
    ids=["between", "below what knew nobody below", "above the first", "on top", "at the end"],
)
def test_it_takes_its_place_among_what_waits(
    before: Sequence[str], new: Sequence[str], then: dict[str, str], order: Sequence[str], tmp_path: Path
) -> None:
    slow = [*before, mail("x", run="{after: 9h}")]
    funil = Funil(tmp_path, board(rules(*slow)))
    funil("deal", "move", "D1", "delivery")
    if before[0] is B:
        funil("outbound", "retry", "R1")
    funil.apply(board(rules(*new, mail("x", run="{after: 9h}"))))
    (added,) = {line.split("id: ")[1].split(",")[0] for line in new} - set(funil.states())
    assert funil.json("rule", "apply", added, "--present")["count"] == 1
    funil.idle()
    assert {rule: state for rule, state in funil.states().items() if rule in then} == then
    funil.until("2026-12-01T20:00Z")
    assert [row["rule"] for row in funil.log()] == order
    assert {state for rule, state in funil.states().items() if rule != "x"} == {"done"}


def test_below_a_chain_that_was_stopped_on_error_it_is_stopped_too(tmp_path: Path) -> None:
    first = mail("first", stop_on_error="true")
    funil = Funil(tmp_path, board(rules(first)).replace("contacts: [maria]", "contacts: [joao]"))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"first": "failed no_address"}
    funil.apply(board(rules(first, sms(order="wait"))))
    funil("rule", "apply", "sms", "--present")
    assert funil.states()["sms"] == "cancelled stopped"


def test_a_gate_that_opens_within_its_grace_opens_behind_it(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail("first", run="{after: 1h}"), grace="5s")
    funil("clock", "advance", "30m")
    funil.apply(board(rules(mail("first", run="{after: 1h}"), sms(order="wait")), grace="5s"))
    funil("rule", "apply", "sms", "--present")
    funil("outbound", "cancel", "R1")
    assert (funil.states()["sms"], funil.runs()["sms"]["due_at"]) == ("waiting grace", "2026-12-01T12:30:05Z")


def test_undo_and_redo_take_an_applied_rule_along(tmp_path: Path) -> None:
    funil = moved(tmp_path)
    funil.apply(board(rules(mail(run="{after: 1h}"))))
    funil("rule", "apply", "mail", "--present")
    funil("deal", "undo")
    assert funil.states() == {"mail": "cancelled undone"}
    funil("deal", "redo")
    assert funil.states() == {"mail": "waiting time"}


def test_many_deals_are_reached_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "CHUNK", 2)
    funil = Funil(tmp_path, board(deals=deals(5)))
    funil.apply(board(rules(mail(run="{after: 1h}")), deals=deals(5)))
    store = opening.open_store(funil.url, clock=RealClock())
    jobs = store.read(commands.apply_rule("mail", "present"))
    assert len(jobs) == 3
    store.write_now(jobs[0])
    funil("deal", "move", "D3", "won")
    assert sum(store.write_now(job) for job in jobs) == 2, "who has left, or has it already, is not reached"
    store.close()
    assert [len(funil.states(f"D{n}")) for n in range(1, 6)] == [1, 1, 0, 1, 1]


# To runs that wait ----------------------------------------------------------------------------------------------------


def test_a_waiting_run_keeps_its_version_until_the_newest_is_applied(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(subject="Old", run="{after: 2h}"), sms(order="wait"))
    funil.apply(board(rules(mail(subject="New", run="{after: 3h}"), sms(order="wait"))))
    assert funil.runs()["mail"]["due_at"] == "2026-12-01T14:00:00Z"
    assert funil.json("rule", "apply", "mail", "--waiting", "--dry-run")["count"] == 1
    assert funil("rule", "apply", "mail", "--waiting") == "1 waiting run takes its newest version\n"
    assert funil.runs()["mail"]["due_at"] == "2026-12-01T15:00:00Z"
    assert funil.json("rule", "apply", "mail", "--waiting")["count"] == 0
    funil.until("2026-12-01T16:00Z")
    assert [row["subject"] for row in funil.log()] == ["New", None]
    assert set(funil.states().values()) == {"done"}


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        ("{after: 2h}", "now", "done"),
        ("{after: 2h}", "{before: 1d, of: close_date}", "no_date"),
        ("{before: 1d, of: close_date}", "{after: 2h}", "waiting time"),
    ],
)
def test_the_new_version_gives_the_new_moment(old: str, new: str, state: str, tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(run=old))
    funil.apply(board(rules(mail(run=new))))
    funil("rule", "apply", "mail", "--waiting")
    funil.idle()
    assert funil.states() == {"mail": state}


def test_a_new_version_may_wait_for_the_rules_above_or_cease_to(tmp_path: Path) -> None:
    above = mail("above", run="{after: 1h}")
    funil = moved(tmp_path, above, sms("one", run="{after: 30m}"), sms("two", order="wait"))
    funil.apply(board(rules(above, sms("one", order="wait"), sms("two", order="parallel"))))
    for rule in ("one", "two"):
        funil("rule", "apply", rule, "--waiting")
    funil.idle()
    assert funil.states() == {"above": "waiting time", "one": "waiting rule", "two": "done"}
    funil.until("2026-12-01T13:00Z")
    assert set(funil.states().values()) == {"done"}


def test_what_a_person_wants_now_takes_the_new_text_and_goes_now(tmp_path: Path) -> None:
    funil = moved(tmp_path, mail(subject="Old", run="{after: 2h}"))
    funil("outbound", "retry", "R1")
    funil.apply(board(rules(mail(subject="New", run="{after: 3h}"))))
    funil("rule", "apply", "mail", "--waiting")
    funil.idle()
    assert [row["subject"] for row in funil.log()] == ["New"]


# Refusals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "status", "sentence"),
    [
        ("on none", 1, "there is no rule “none” (there are: mail)"),
        ("off none", 1, "there is no rule “none”"),
        ("apply none --present", 1, "there is no rule “none”"),
        ("off mail --by nobody", 1, "there is no user “nobody”"),
        ("apply mail --waiting --by nobody", 1, "there is no user “nobody”"),
        ("apply mail", 2, "one of the arguments --present --waiting is required"),
        ("apply mail --present --waiting", 2, "not allowed with argument"),
    ],
)
def test_refused(act: str, status: int, sentence: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail())))
    assert funil("rule", *act.split(), status=status) in ("", "cancels 0 waiting runs\n")
    assert sentence in funil.notices


@pytest.mark.parametrize("to", ["--present", "--waiting"])
def test_a_rule_that_is_off_is_not_applied(to: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail(enabled="false"))))
    assert "rule “mail” is off: switch it on first" in funil.refused("rule", "apply", "mail", to)
