"""PRODUCT §2, execution and life of the runs: who waits for whom, who goes last, what ends a run and what does not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import pytest

from adapters.clock import RealClock
from adapters.registry import Registry
from core.engine import leasing, loop, running
from core.model.moment import parse_iso
from data import opening
from tests.proof.ground import Funil, board, mail, mover, rules, sms, state
from tests.proof.time_ground import ENTERED, at, due, house, sent

NOBODY = '{field: amount, op: "<", value: 5}'


# "A waiting rule runs at the later of that moment and the end of all rules above it." ---------------------------------

CHAINS: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
    "it waits for all above, parallel ones too": (
        [mail("a", run="{after: 3h}"), mail("b"), sms("c", order="wait")],
        {"a": "15:00:00", "b": "12:00:00", "c": "15:00:00"},
    ),
    "its own moment is the later one": (
        [mail("a", run="{after: 1h}"), sms("b", order="wait", run="{after: 2h}")],
        {"a": "13:00:00", "b": "14:00:00"},
    ),
    "a delay on it holds back those after it": (
        [mail("a"), mail("b", order="wait", run="{after: 1h}"), mail("c", order="wait"), mail("d")],
        {"a": "12:00:00", "b": "13:00:00", "c": "13:00:00", "d": "12:00:00"},
    ),
    "the first rule has nothing to wait for": ([mail("a", order="wait", run="{after: 1m}")], {"a": "12:01:00"}),
    "after of previous counts from the end above": (
        [mail("a", run="{after: 1h}"), sms("b", run="{after: 10m, of: previous}")],
        {"a": "13:00:00", "b": "13:10:00"},
    ),
    "after of previous does not wait for those further up": (
        [mail("a", run="{after: 5h}"), mail("b", run="{after: 1h}"), sms("c", run="{after: 10m, of: previous}")],
        {"a": "17:00:00", "b": "13:00:00", "c": "13:10:00"},
    ),
    "after of previous on a waiting rule counts from the one above and waits for all": (
        [mail("a", run="{after: 3h}"), mail("b"), sms("c", order="wait", run="{after: 2h, of: previous}")],
        {"a": "15:00:00", "b": "12:00:00", "c": "15:00:00"},
    ),
    "and its span may end after all have ended": (
        [mail("a", run="{after: 1h}"), mail("b"), sms("c", order="wait", run="{after: 2h, of: previous}")],
        {"a": "13:00:00", "b": "12:00:00", "c": "14:00:00"},
    ),
    "spans add up along a chain": (
        [mail("a", run="{after: 1h}")] + [mail(r, run="{after: 1h, of: previous}") for r in "bc"],
        {"a": "13:00:00", "b": "14:00:00", "c": "15:00:00"},
    ),
    "a skipped rule has ended": (
        [mail("a", when=NOBODY, run="{after: 1h}"), sms("b", run="{after: 1h, of: previous}")],
        {"b": "14:00:00"},
    ),
    "a rule that is switched off is not above anybody": (
        [mail("a", run="{after: 5h}", enabled="false"), sms("b", order="wait")],
        {"b": "12:00:00"},
    ),
    "hours are looked at from the later moment on": (
        [mail("a", run="{after: 10h}"), sms("b", order="wait", hours="business")],
        {"a": "22:00:00", "b": "12:00:00"},
    ),
}


@pytest.mark.parametrize("what", CHAINS)
def test_a_waiting_rule(what: str, tmp_path: Path) -> None:
    lines, expected = CHAINS[what]
    funil = house(tmp_path, *lines)
    funil.until("2026-12-03T12:00Z")
    assert {rule: moment[11:19] for rule, moment in sent(funil).items()} == expected


# "Retries and no_date above hold a waiting rule back; an unknown outcome does not." ----------------------------------

HELD = [
    ("full", mail("a"), "sending", "waiting rule"),  # a retry
    ("maria", mail("a", run="{before: 1d, of: visit}"), "no_date", "waiting rule"),
    ("timeout", mail("a", unknown="hold"), "done timeout", "done"),  # nobody knows
    ("block", mail("a"), "failed blocked", "done"),
]


@pytest.mark.parametrize(("client", "above", "state", "below"), HELD)
def test_what_holds_a_waiting_rule_back(client: str, above: str, state: str, below: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(above, sms("b", order="wait"), sms("c"))).replace("maria@", f"{client}@"))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    states = funil.states()
    assert states["a"].startswith(state)
    assert (states["b"], states["c"]) == (below, "done")


# "stop chain on error is an option" ----------------------------------------------------------------------------------

STOPS: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
    "all that wait below": (
        [mail("a", stop_on_error="true"), sms("b", order="wait"), sms("c"), sms("d", order="wait", run="{after: 1d}")],
        {"a": "failed blocked", "b": "cancelled stopped", "c": "done", "d": "cancelled stopped"},
    ),
    "one that counts from it, and who counts from that": (
        [mail("a", stop_on_error="true"), *(sms(r, run="{after: 1h, of: previous}") for r in "bc")],
        {"a": "failed blocked", "b": "cancelled stopped", "c": "cancelled stopped"},
    ),
    "not one that counts from another": (
        [mail("a", stop_on_error="true"), sms("b"), sms("c", run="{after: 1m, of: previous}")],
        {"a": "failed blocked", "b": "done", "c": "done"},
    ),
    "one without a date": (
        [mail("a", stop_on_error="true"), sms("b", order="wait", run="{before: 1d, of: visit}")],
        {"a": "failed blocked", "b": "cancelled stopped"},
    ),
    "nobody, without the option": ([mail("a"), sms("b", order="wait")], {"a": "failed blocked", "b": "done"}),
}


@pytest.mark.parametrize("what", STOPS)
def test_a_failed_rule_stops(what: str, tmp_path: Path) -> None:
    lines, expected = STOPS[what]
    funil = Funil(tmp_path, board(rules(*lines)).replace("maria@", "block@"))
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T12:30Z")
    assert funil.states() == expected


# "Of one entry's runs due at the same moment, those that move the deal go last." --------------------------------------

NIGHT = "2026-12-01T23:00:00Z"
MOVERS: dict[str, tuple[Sequence[str], str, str, Mapping[str, str]]] = {
    "at once": (
        [mover("on", "delivery", "billing"), mail("a"), sms("b")],
        ENTERED,
        "12:00",
        {"a": "done", "b": "done"},
    ),
    "at a later moment": (
        [mover("on", "delivery", "billing", run="{after: 1h}"), mail("a", run="{after: 60m}")],
        ENTERED,
        "13:00",
        {"a": "done"},
    ),
    "at the opening": (
        [
            mover("on", "delivery", "billing", hours="business"),
            mail("a", hours="business"),
            mail("b", run="{after: 2h}", hours="business"),
        ],
        NIGHT,
        "12:00",
        {"a": "done", "b": "done"},
    ),
    "at once, for a past moment": (
        [mover("on", "delivery", "billing", run="{before: 9w, of: visit}"), mail("a")],
        ENTERED,
        "12:00",
        {"a": "done"},
    ),
    "but not behind a later one": (
        [mover("on", "delivery", "billing"), mail("a", run="{after: 1s}")],
        ENTERED,
        "12:00",
        {"a": "cancelled left_stage"},
    ),
}


@pytest.mark.parametrize("what", MOVERS)
def test_rules_that_move_go_last_among_those_due(what: str, tmp_path: Path) -> None:
    lines, clock, moved, states = MOVERS[what]
    funil = house(tmp_path, *lines, clock=clock, dates="fields: {visit: 2026-12-05}")
    funil.until("2026-12-03T12:00Z")
    assert funil.states() == {"on": "done", **states}
    assert funil.stage() == "billing"
    (last, *_) = [line["at"] for line in funil.json("timeline", "D1") if line["kind"] == "moved"]
    assert last[11:16] == moved


@pytest.mark.parametrize("found", ["0s", "1s", "2h"])
def test_a_rule_that_moves_lets_pass_what_its_moment_sets_free(found: str, tmp_path: Path) -> None:
    lines = [
        mail("a", when=NOBODY),
        sms("b", order="wait"),
        mover("on", "delivery", "billing"),
        mail("late", run="{after: 1h}"),
    ]
    many = [f"D{number}" for number in range(1, 31)]
    deals = "\n".join(f"  - {{id: {deal}, title: x, stage: new, responsible: ana, contacts: [maria]}}" for deal in many)
    funil = Funil(tmp_path, board(rules(*lines), deals=deals))
    funil("deal", "move", *many, "delivery")
    funil("clock", "advance", found)
    funil.idle()
    states = {f"{run['rule']} {state(run)}" for run in funil.json("explain")["runs"]}
    assert states == {"a skipped condition_false", "b done", "on done", "late cancelled left_stage"}


# "once per deal (an earlier run that is done counts, one done in an entry undone later too; skipped, failed and
# cancelled do not)" --------------------------------------------------------------------------------------------------

AWAY_AND_BACK = [("deal", "move", "D1", "new"), ("deal", "move", "D1", "delivery")]
UNDONE_AND_BACK = [("deal", "undo", "D1"), ("deal", "move", "D1", "delivery")]
ONCE: dict[str, tuple[dict[str, str], Sequence[Sequence[str]], Sequence[str]]] = {
    "done": ({}, AWAY_AND_BACK, ["mail done", "mail skipped once_only"]),
    "done in an undone entry": ({}, UNDONE_AND_BACK, ["mail done", "mail skipped once_only"]),
    "skipped": (
        {"when": NOBODY},
        [*AWAY_AND_BACK, ("deal", "set", "D1", "amount=1")],
        ["mail skipped condition_false", "mail done"],
    ),
    "cancelled": (
        {"run": "{after: 1h}"},
        [*AWAY_AND_BACK, ("clock", "advance", "1h")],
        ["mail cancelled left_stage", "mail done"],
    ),
    "undone before it happened": (
        {"run": "{after: 1h}"},
        [*UNDONE_AND_BACK, ("clock", "advance", "1h")],
        ["mail cancelled undone", "mail done"],
    ),
}


@pytest.mark.parametrize("what", ONCE)
def test_once_per_deal(what: str, tmp_path: Path) -> None:
    rule, then, expected = ONCE[what]
    funil = house(tmp_path, mail(once="true", **rule))
    funil.idle()
    for words in then:
        funil(*words)
    funil.idle()
    assert funil.history() == expected


def test_once_is_per_deal_and_per_rule(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", once="true"), mail("b", once="true"), mail("c", stage="billing", once="true"))
    funil(
        "deal", "add", "--id", "D2", "--title", "x", "--stage", "delivery", "--contact", "maria", "--responsible", "ana"
    )
    funil.idle()
    funil("deal", "move", "D1", "billing")
    funil.idle()
    assert (funil.states(), funil.states("D2")) == (dict.fromkeys("abc", "done"), dict.fromkeys("ab", "done"))


# "Leaving the stage cancels … every run of that entry that has not happened"; re-entry begins anew -------------------


def test_entering_again_begins_anew_from_the_new_entry(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", run="{after: 2h}"), sms("b", run="{after: 1h, of: previous}"))
    funil("clock", "advance", "90m")
    funil("deal", "move", "D1", "new")
    assert funil.states() == {"a": "cancelled left_stage", "b": "cancelled left_stage"}
    funil("deal", "move", "D1", "delivery")
    assert (at(funil), at(funil, "b")) == (("waiting time", "2026-12-01T15:30:00Z"), ("waiting rule", None))
    funil.until("2026-12-02T12:00Z")
    assert sent(funil) == {"a": "2026-12-01T15:30:00Z", "b": "2026-12-01T16:30:00Z"}
    assert len(funil.history()) == 4


def test_a_date_and_a_move_in_one_edit(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", run='{at: "12:00", of: visit}'), mail("n", "new", run='{at: "12:00", of: visit}'))
    funil("deal", "set", "D1", "visit=2026-12-05", "stage=new")
    assert funil.states() == {"a": "cancelled left_stage", "n": "waiting time"}
    assert due(funil, "n") == "2026-12-05T15:00:00Z"


# "A waiting run keeps the version of the rule that it started with"; "a rule added later does not act on deals already
# there" --------------------------------------------------------------------------------------------------------------


def test_a_waiting_run_keeps_time_order_and_hours_of_its_version(tmp_path: Path) -> None:
    old = [
        mail("a", run="{after: 1h}"),
        sms("b", order="wait", hours="business"),
        mail("c", run="{before: 1d, of: visit}"),
    ]
    new = [sms("b"), mail("a", run="{after: 9h}", late="1m"), mail("c", run="now"), mail("d")]
    funil = house(tmp_path, *old)
    before = {rule: at(funil, rule) for rule in "abc"}
    funil.apply(board(rules(*new), deals="  []"))
    assert {rule: at(funil, rule) for rule in funil.runs()} == before
    funil("deal", "set", "D1", "visit=2026-12-05")
    assert at(funil, "c") == ("waiting time", "2026-12-04T03:00:00Z")
    funil.until("2026-12-01T13:00Z")
    assert sent(funil) == {"a": "2026-12-01T13:00:00Z", "b": "2026-12-01T13:00:00Z"}


def test_a_rule_switched_off_lets_go_what_waited_for_it(tmp_path: Path) -> None:
    lines = [mail("a", run="{after: 5h}"), sms("b", order="wait"), sms("c", run="{after: 1h, of: previous}")]
    funil = house(tmp_path, *lines)
    lines[0] = mail("a", run="{after: 5h}", enabled="false")
    funil("clock", "advance", "1h")
    funil.apply(board(rules(*lines), deals="  []"))
    assert funil.states() == {"a": "cancelled disabled", "b": "waiting", "c": "waiting rule"}
    funil.until("2026-12-01T18:00Z")
    assert sent(funil) == {"b": "2026-12-01T13:00:00Z", "c": "2026-12-01T14:00:00Z"}


# "no run of the new entry, in-house ones neither, happens before entry + grace …; it never pushes a run past closing
# time" ----------------------------------------------------------------------------------------------------------------

LUNCH = 'hours: {mon-fri: "09:00-12:00,13:00-18:00"}'
GRACES: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "a run due at once is held": ({}, {}, "2026-12-01T12:00:05Z"),
    "one due within the grace is held": ({"run": "{after: 3s}"}, {}, "2026-12-01T12:00:05Z"),
    "one due at its end is not": ({"run": "{after: 5s}"}, {}, "2026-12-01T12:00:05Z"),
    "one due later is not": ({"run": "{after: 6s}"}, {}, "2026-12-01T12:00:06Z"),
    "a past date is held": (
        {"run": "{before: 1d, of: visit}"},
        {"dates": "fields: {visit: 2026-12-01}"},
        "2026-12-01T12:00:05Z",
    ),
    "not past closing time": ({"hours": "business"}, {"clock": "2026-12-01T20:59:56Z"}, "2026-12-01T20:59:56Z"),
    "nor to the very closing time": ({"hours": "business"}, {"clock": "2026-12-01T20:59:55Z"}, "2026-12-01T20:59:55Z"),
    "but up to it": ({"hours": "business"}, {"clock": "2026-12-01T20:59:54Z"}, "2026-12-01T20:59:59Z"),
    "nor into the lunch break": (
        {"hours": "business"},
        {"clock": "2026-12-01T14:59:58Z", "company": LUNCH},
        "2026-12-01T14:59:58Z",
    ),
    "a run that waits for the opening is held from there": (
        {"hours": "business"},
        {"clock": "2026-12-01T11:59:57Z"},
        "2026-12-01T12:00:02Z",
    ),
    "in closed hours the opening counts": ({"hours": "business"}, {"clock": NIGHT}, "2026-12-02T12:00:00Z"),
}


@pytest.mark.parametrize("what", GRACES)
def test_the_grace_after_an_act_of_a_person(what: str, tmp_path: Path) -> None:
    rule, about, moment = GRACES[what]
    funil = house(tmp_path, mail("a", **rule), grace="5s", **about)
    funil.until("2026-12-03T12:00Z")
    assert sent(funil) == {"a": moment}


# Working up to a moment -----------------------------------------------------------------------------------------------


def test_what_cannot_be_taken_up_now_hides_nothing_that_lies_ahead(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a"), mail("b"), sms("c", run="{after: 1h}"), sms("d", run="{after: 2h}"))
    other = "  - {id: D2, title: Two, stage: new, responsible: ana, contacts: [maria]}"
    funil.apply(
        board(rules(mail("a"), mail("b"), sms("c", run="{after: 1h}"), sms("d", run="{after: 2h}")), deals=other)
    )
    funil("deal", "move", "D2", "delivery")
    store = opening.open_store(funil.url, clock=RealClock())
    store.write_now(running.run_due(Random(0)))
    # Another engine has the first mail of D1 on the wire: its second one is due and cannot go.
    taken = store.write_now(leasing.claim("mail", "elsewhere", 1, Random(0))).deliveries
    store.write_now(leasing.mark([d.id for d in taken], "elsewhere"))
    engine = loop.Engine(store, Registry(), Random(0), "here")
    asyncio.run(engine.until(parse_iso("2026-12-01T15:00Z")))
    assert store.read(lambda reader: reader.now()) == parse_iso("2026-12-01T15:00Z")
    store.close()
    hours = {"c": "2026-12-01T13:00:00Z", "d": "2026-12-01T14:00:00Z"}
    sent_to = [{row["rule"]: row["sent_at"] for row in funil.log(deal) if row["sent_at"]} for deal in ("D2", "D1")]
    assert sent_to[0] == {"a": ENTERED, "b": ENTERED, **hours}
    assert [row["status"] for row in funil.log("D1")][:2] == ["sending", "queued"]
    assert {run["rule"]: run["status"] for run in funil.json("explain", "--deal", "D1")["runs"]}["c"] == "sending"
