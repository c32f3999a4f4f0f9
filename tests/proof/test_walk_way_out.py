"""The way out, walked from outside: rests, rates, hours, messages that go late, peers that are asked or report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.commands import receipts
from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.moment import Moment, parse_iso
from core.ports import Job, T
from data import opening
from tests import planting
from tests.proof.ground import Funil, board, mail, rules, sms
from tests.proof.scripted import ACCEPTED, GREYLISTED, LINE_DOWN, SILENT, Script, ScriptedFunil

NOON = "2026-12-01T12:00:00Z"


class Clock:
    """The clock under a simulated one, which nobody reads."""

    def now(self) -> Moment:
        """Return noon."""
        return parse_iso(NOON)


def scripted(text: str, **settings: str) -> str:
    """Put the scripted adapter behind both connections of a board."""
    for connection in ("mail", "sms1"):
        given = settings.get(connection, "{}")
        old = next(line for line in text.splitlines() if line.strip().startswith(f"- {{id: {connection}, channel"))
        text = text.replace(old, old.replace("adapter: simulated", f"adapter: scripted, settings: {given}"))
    return text


def many(count: int, stage: str = "new") -> str:
    return "\n".join(
        f"  - {{id: D{n}, title: Order {n}, stage: {stage}, responsible: ana, contacts: [maria]}}"
        for n in range(1, count + 1)
    )


def walk(tmp_path: Path, script: Script, *rule: str, deals: int = 1, grace: str = "0s", **settings: str) -> Funil:
    """Bring deals into the stage with the rules; nothing has been sent yet."""
    funil = ScriptedFunil(tmp_path, script, scripted(board(rules(*rule), deals=many(deals), grace=grace), **settings))
    funil("deal", "move", *(f"D{n}" for n in range(1, deals + 1)), "delivery")
    return funil


def write(funil: Funil, job: Job[T]) -> T:
    store = opening.open_store(funil.url, clock=Clock())
    try:
        return store.write_now(job)
    finally:
        store.close()


def read(funil: Funil, query: Callable[[Any], T]) -> T:
    store = opening.open_store(funil.url, clock=Clock())
    try:
        return store.read(query)
    finally:
        store.close()


def until(moment: str) -> Callable[[str, Message, Moment], Outcome]:
    """Answer that the line is down until a moment."""
    return lambda key, message, now: LINE_DOWN if now < parse_iso(moment) else ACCEPTED


# The breaker ----------------------------------------------------------------------------------------------------------


def test_a_line_that_fails_rests_and_burns_no_attempts(tmp_path: Path) -> None:
    script = Script(send=until("2026-12-01T12:03:00Z"))
    funil = walk(tmp_path, script, mail(), deals=8)
    funil.idle()
    assert script.at() == [NOON] * 5
    rows = [row for n in range(1, 9) for row in funil.log(f"D{n}")]
    assert {(row["status"], row["reason"], row["attempts"]) for row in rows} == {("queued", "connection_paused", 0)}
    assert all("2026-12-01T12:00:30Z" in row["detail"] and row["due_at"] >= "2026-12-01T12:00:30Z" for row in rows)
    assert funil.states()["mail"] == "sending connection_paused"
    funil.until("2026-12-01T12:05:00Z")
    probes = script.at()[5:8]
    assert probes[:3] == ["2026-12-01T12:00:30Z", "2026-12-01T12:01:30Z", "2026-12-01T12:03:30Z"]
    assert {(row["status"], row["attempts"]) for n in range(1, 9) for row in funil.log(f"D{n}")} == {("sent", 1)}
    assert len(script.at()) == 5 + 2 + 8


def test_one_message_alone_never_dies_of_a_line_that_is_down(tmp_path: Path) -> None:
    script = Script(send=lambda *_: LINE_DOWN)
    funil = walk(tmp_path, script, mail())
    funil.until("2026-12-03T12:00:00Z")
    (row,) = funil.log()
    assert (row["status"], row["reason"], row["attempts"]) == ("queued", "connection_paused", 0)
    # Five tries, then rests of 30 s to ten minutes: what two days of that come to.
    assert 280 < len(script.at()) < 300


def test_a_message_that_is_deferred_says_nothing_of_the_line(tmp_path: Path) -> None:
    script = Script(send=lambda *_: GREYLISTED)
    funil = walk(tmp_path, script, mail(), deals=8)
    funil.idle()
    assert len(script.at()) == 8
    assert {row["attempts"] for n in range(1, 9) for row in funil.log(f"D{n}")} == {1}


def test_a_resting_line_holds_back_no_other(tmp_path: Path) -> None:
    script = Script(send=lambda key, message, now: LINE_DOWN if message.channel == "email" else ACCEPTED)
    funil = walk(tmp_path, script, mail(), sms(), deals=6)
    funil.idle()
    assert [row["status"] for n in range(1, 7) for row in funil.log(f"D{n}")] == ["queued", "sent"] * 6


def test_resuming_or_mending_a_connection_ends_its_rest(tmp_path: Path) -> None:
    script = Script(send=until("2026-12-01T12:00:10Z"))
    funil = walk(tmp_path, script, mail(), deals=6)
    funil.idle()
    funil("clock", "advance", "20s")
    funil.idle()
    assert len(script.at()) == 5
    funil("connection", "resume", "mail")
    funil.idle()
    assert funil.log("D6")[0]["status"] == "sent"  # the others wait for their retries, half a minute at most
    funil.until("2026-12-01T12:00:31Z")
    assert [row["status"] for n in range(1, 7) for row in funil.log(f"D{n}")] == ["sent"] * 6


def test_leaving_the_stage_cancels_what_waits_behind_a_resting_line(tmp_path: Path) -> None:
    funil = walk(tmp_path, Script(send=lambda *_: LINE_DOWN), mail(), deals=6)
    funil.idle()
    funil("deal", "move", "D6", "billing")  # never tried: the line opened before
    funil("deal", "move", "D1", "billing")
    assert [funil.states(deal)["mail"] for deal in ("D1", "D6")] == ["cancelled left_stage"] * 2


def test_the_simulated_peers_know_a_line_that_is_down(tmp_path: Path) -> None:
    text = board(rules(mail(), sms())).replace("maria@cliente", "down@cliente")
    funil = Funil(tmp_path, text.replace("+5511987650001", "+15005550005"))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert [(row["status"], row["reason"], row["attempts"]) for row in funil.log()] == [("queued", "timeout", 0)] * 2


# The rate -------------------------------------------------------------------------------------------------------------


def test_messages_go_at_the_rate_of_their_connection(tmp_path: Path) -> None:
    script = Script()
    funil = walk(tmp_path, script, mail(), deals=5, mail="{per_minute: 30}")
    funil.idle()
    assert script.at() == [NOON]
    funil.until("2026-12-01T12:00:05Z")
    assert [at[-4:-1] for at in script.at()] == [":00", ":02", ":04"]
    funil.until("2026-12-01T12:10:00Z")
    assert [at[-4:-1] for at in script.at()] == [":00", ":02", ":04", ":06", ":08"]
    assert [message for _, _, message in script.sent] == ["1", "2", "3", "4", "5"]
    assert funil.json("outbound", "--status", "queued") == []


def test_what_waits_for_its_rate_holds_back_no_other_connection(tmp_path: Path) -> None:
    script = Script()
    funil = walk(tmp_path, script, mail(), sms(), deals=3, mail="{per_minute: 1}")
    funil.idle()
    assert len(script.at("mail")) == 1
    assert len(script.at("sms1")) == 3


@pytest.mark.parametrize("bad", ["0", "-1", "many", "60001"])
def test_a_rate_that_cannot_be_is_refused(bad: str, tmp_path: Path) -> None:
    text = board().replace(
        "channel: email, adapter: simulated}", f"channel: email, adapter: simulated, settings: {{per_minute: {bad}}}}}"
    )
    funil = Funil(tmp_path)
    funil.apply(text, status=1)
    assert "per_minute" in funil.notices


# Retries, rounds, what is left of them --------------------------------------------------------------------------------


def test_what_failed_is_noted_and_what_was_given_up_says_why(tmp_path: Path) -> None:
    script = Script(send=lambda *_: Outcome(kind=OutcomeKind.DEFERRED, detail=ACCEPTED.detail, reason="limit_reached"))
    funil = walk(tmp_path, script, mail())
    funil.until("2026-12-08T12:00Z")
    (row,) = funil.json("outbound", "--status", "failed")
    assert (row["reason"], row["attempts"]) == ("dead", 12)
    assert "limit_reached" in row["detail"]
    assert "12" in row["detail"]
    noted = read(funil, lambda r: r.attempts(1))
    assert [(a.round, a.number, a.outcome.value, a.reason) for a in noted] == [
        (1, n, "deferred", "limit_reached") for n in range(1, 13)
    ]
    assert set(script.keys) == {row["key"]}


def test_nothing_is_tried_before_the_peer_wants_it(tmp_path: Path) -> None:
    script = Script(send=lambda key, m, now: Outcome(kind=OutcomeKind.DEFERRED, retry_after=3_600_000))
    funil = walk(tmp_path, script, mail())
    funil.until("2026-12-01T14:30:00Z")
    assert script.at() == [NOON, "2026-12-01T13:00:00Z", "2026-12-01T14:00:00Z"]


def test_a_retry_waits_for_the_hours_too(tmp_path: Path) -> None:
    script = Script(send=lambda key, m, now: Outcome(kind=OutcomeKind.DEFERRED, retry_after=9 * 3_600_000))
    funil = walk(tmp_path, script, mail(hours="business"))
    funil.until("2026-12-02T13:00:00Z")
    assert script.at() == [NOON, "2026-12-02T12:00:00Z"]


# Late ones are judged again -------------------------------------------------------------------------------------------

LATER = "2026-12-01T12:30:00Z"
TITLE = '"{{ deal.title }}"'


def paused(tmp_path: Path, *rule: str, script: Script | None = None) -> Funil:
    """Have messages written while their connections are paused."""
    funil = ScriptedFunil(tmp_path, script or Script(), scripted(board(rules(*rule))))
    funil("connection", "pause", "--all")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    return funil


def resumed(funil: Funil, at: str = LATER) -> None:
    funil("clock", "set", at)
    funil("connection", "resume", "--all")
    funil.idle()


def mail_of(**more: str) -> str:
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return f"{{id: mail, stage: delivery, kind: email, name: mail{keys}, settings: {{subject: Hi, body: {TITLE}}}}}"


def test_a_late_message_says_what_is_true_now(tmp_path: Path) -> None:
    script = Script()
    funil = paused(tmp_path, mail_of(), script=script)
    funil("deal", "set", "D1", "title=Another")
    resumed(funil)
    (row,) = funil.log()
    assert row["status"] == "sent"
    assert "Another" in row["text"]
    assert script.texts[0] == row["text"]


def test_a_message_within_its_minute_stays_as_it_was_written(tmp_path: Path) -> None:
    funil = paused(tmp_path, mail_of())
    funil("deal", "set", "D1", "title=Another")
    resumed(funil, "2026-12-01T12:01:00Z")
    (row,) = funil.log()
    assert (row["status"], "Another" in row["text"]) == ("sent", False)


def test_a_retry_stays_as_it_was_written(tmp_path: Path) -> None:
    script = Script(send=lambda key, m, now: ACCEPTED if now > parse_iso(LATER) else GREYLISTED)
    funil = walk(tmp_path, script, mail_of())
    funil.idle()
    funil("deal", "set", "D1", "title=Another")
    funil.until("2026-12-02T12:00:00Z")
    assert len(script.texts) > 1
    assert len(set(script.texts)) == 1
    assert funil.log()[0]["status"] == "sent"


@pytest.mark.parametrize(
    ("rule", "change", "delivery", "run"),
    [
        (
            mail_of(when="{field: amount, op: '>', value: 5}"),
            "amount=1",
            "cancelled condition_false",
            "skipped condition_false",
        ),
        (mail_of(late="10m"), "title=x", "cancelled too_late", "skipped too_late"),
        (mail_of(), "contacts=", "failed no_recipient", "failed no_recipient"),
        (mail_of(), "responsible=", "failed no_mailbox", "failed no_mailbox"),
        (mail_of(when="{field: amount, op: '>', value: 5}"), "amount=9", "sent", "done"),
        (mail_of(once="true"), "title=x", "sent", "done"),
    ],
    ids=["condition", "late", "recipient", "mailbox", "still true", "once"],
)
def test_a_late_message_is_judged_again(rule: str, change: str, delivery: str, run: str, tmp_path: Path) -> None:
    funil = paused(tmp_path, rule)
    funil("deal", "set", "D1", change)
    resumed(funil)
    (row,) = funil.log()
    assert f"{row['status']} {row['reason'] or ''}".strip() == delivery
    assert funil.states() == {"mail": run}
    assert [line["data"]["status"] for line in funil.json("timeline", "D1") if line["kind"] == "delivery"] == [
        row["status"]
    ]


def test_a_rule_below_goes_on_when_a_late_message_is_skipped(tmp_path: Path) -> None:
    funil = paused(tmp_path, mail_of(late="10m"), sms(order="wait"))
    resumed(funil)
    assert funil.states() == {"mail": "skipped too_late", "sms": "done"}


def test_a_late_message_waits_for_opening_hours(tmp_path: Path) -> None:
    script = Script()
    funil = paused(tmp_path, mail_of(hours="business"), script=script)
    resumed(funil, "2026-12-01T23:00:00Z")
    (row,) = funil.log()
    assert (row["status"], row["due_at"], row["attempts"]) == ("queued", "2026-12-02T12:00:00Z", 0)
    assert "hours" in row["detail"]
    funil.until("2026-12-02T13:00:00Z")
    assert script.at() == ["2026-12-02T12:00:00Z"]
    assert "hours" not in (funil.log()[0]["detail"] or "")


def test_a_line_that_comes_back_at_night_sends_in_the_morning(tmp_path: Path) -> None:
    script = Script(send=until("2026-12-01T22:00:00Z"))
    funil = walk(tmp_path, script, mail(hours="business"), deals=6)
    funil.until("2026-12-02T12:10:00Z")
    assert not [at for at in script.at() if "2026-12-01T21:00:00Z" <= at < "2026-12-02T12:00:00Z"]
    assert [row["status"] for n in range(1, 7) for row in funil.log(f"D{n}")] == ["sent"] * 6


def test_a_late_message_takes_the_connection_that_its_rule_now_picks(tmp_path: Path) -> None:
    script = Script()
    post = "  - {id: post, channel: email, adapter: scripted, settings: {addresses: [%s]}}\n  - {id: sms1, channel"
    text = scripted(board(rules(mail_of())))
    text = text.replace("  - {id: sms1, channel", post % "rui@loja.example")
    funil = ScriptedFunil(tmp_path, script, text)
    funil("connection", "pause", "--all")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.log()[0]["connection"] == "mail"
    funil.apply(text.replace("addresses: [rui@loja.example]", "addresses: [ana@loja.example]"))
    resumed(funil)
    (row,) = funil.log()
    assert (row["status"], row["connection"], row["attempts"]) == ("sent", "post", 1)
    assert [where for _, where, _ in script.sent] == ["post"]


TWICE = '''
"""Writes once for each word of the deal's title."""

from core.effects import Deliver
from core.i18n import N_
from core.model.delivery import Channel, Message
from core.rules.base import RuleKind, Settings
from core.words import Words


class WordsRule(RuleKind[Settings]):
    id = "words"
    name = N_("Words")
    about = N_("Writes each word of the title.")
    Settings = Settings
    uses = frozenset({Channel.EMAIL})

    def plan(self, facts, settings, now, rng):
        to, data = "maria@cliente.example", {"from": "ana@loja.example"}
        return [
            Deliver(connection="mail", message=Message(channel=Channel.EMAIL, to=to, text=word, subject="x", data=data))
            for word in facts.deal.title.split()
        ]

    def sentence(self, settings):
        return Words("write")
'''


@pytest.mark.parametrize(
    ("title", "texts", "rows"),
    [
        ("one two", ["one", "two"], ["sent", "sent"]),
        ("three four five", ["three", "four"], ["sent", "sent"]),
        ("six", ["six"], ["sent", "cancelled"]),
    ],
)
def test_of_several_late_messages_each_is_written_anew_in_its_place(
    title: str, texts: list[str], rows: list[str], tmp_path: Path
) -> None:
    script = Script()
    with planting.rule_kind(tmp_path / "kinds", "words_kind", TWICE):
        funil = ScriptedFunil(tmp_path, script)
        rule = "{id: words, stage: delivery, kind: words, name: words, settings: {}}"
        funil.apply(scripted(board(rules(rule))))
        funil("connection", "pause", "--all")
        funil("deal", "set", "D1", "title=One Two")
        funil("deal", "move", "D1", "delivery")
        funil.idle()
        assert [row["text"] for row in funil.log()] == ["One", "Two"]
        funil("deal", "set", "D1", f"title={title}")
        resumed(funil)
    assert script.texts == texts
    assert [row["status"] for row in funil.log()] == rows
    assert funil.states() == {"words": "done"}


def test_what_a_person_wants_sent_anew_is_judged_on_what_is_true_now(tmp_path: Path) -> None:
    refuse = Outcome(kind=OutcomeKind.REJECTED, reason="bad_address")
    script = Script(send=lambda key, m, now: ACCEPTED if key.endswith("-r2") else refuse)
    funil = walk(tmp_path, script, mail_of(late="10m"))
    funil.idle()
    funil("deal", "set", "D1", "title=Another")
    funil("clock", "advance", "1h")
    funil("outbound", "retry", "M1")
    funil.idle()
    (row,) = funil.log()
    assert (row["status"], row["attempts"], row["key"]) == ("sent", 1, script.keys[-1])
    assert "Another" in script.texts[-1]
    assert [(a.round, a.outcome.value) for a in read(funil, lambda r: r.attempts(1))] == [(1, "rejected")]


# Nobody knows ---------------------------------------------------------------------------------------------------------


def unknown(tmp_path: Path, told: Callable[[str, Message, Moment], Outcome | None]) -> tuple[Funil, Script]:
    script = Script(send=lambda *_: SILENT, told=told, reconciles=True)
    funil = walk(tmp_path, script, mail(unknown="hold"), sms(order="wait", unknown="hold"))
    funil.idle()
    assert funil.states() == {"mail": "done timeout", "sms": "done timeout"}
    return funil, script


def test_a_peer_is_asked_with_patience_and_a_person_decides_in_the_end(tmp_path: Path) -> None:
    funil, script = unknown(tmp_path, lambda *_: None)
    funil.until("2026-12-05T12:00:00Z")
    minutes = [(parse_iso(at) - parse_iso(NOON)) // 60_000 for at in script.asked[::2]]
    assert minutes == [1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 1440]
    assert [(row["status"], row["due_at"]) for row in funil.log()] == [("unknown", None)] * 2


@pytest.mark.parametrize(
    ("kind", "row", "run"),
    [(OutcomeKind.ACCEPTED, "sent", "done"), (OutcomeKind.REJECTED, "failed", "failed blocked")],
)
def test_what_a_peer_says_when_asked_is_final(kind: OutcomeKind, row: str, run: str, tmp_path: Path) -> None:
    reason = "blocked" if kind is OutcomeKind.REJECTED else None
    answer = Outcome(kind=kind, provider_id="p9", reason=reason)
    funil, script = unknown(tmp_path, lambda key, m, now: answer if now >= parse_iso("2026-12-01T12:03:00Z") else None)
    funil.until("2026-12-02T12:00:00Z")
    assert script.asked == ["2026-12-01T12:01:00Z"] * 2 + ["2026-12-01T12:03:00Z"] * 2
    assert [(r["status"], r["reason"]) for r in funil.log()] == [(row, reason)] * 2
    assert [r["provider_id"] for r in funil.log()] == ["p9"] * 2
    assert funil.states() == {"mail": run, "sms": run}
    told = [line["data"]["status"] for line in funil.json("timeline", "D1") if line["kind"] == "delivery"]
    assert sorted(told) == sorted([row, row, "unknown", "unknown"])


def test_a_peer_that_cannot_tell_is_not_asked(tmp_path: Path) -> None:
    script = Script(send=lambda *_: SILENT, told=lambda *_: ACCEPTED)
    funil = walk(tmp_path, script, mail(unknown="hold"))
    funil.until("2026-12-03T12:00:00Z")
    assert script.asked == []
    assert [row["status"] for row in funil.log()] == ["unknown"]


def test_after_a_crash_the_peer_is_asked_at_once(tmp_path: Path) -> None:
    class Died(BaseException):
        pass

    def die(*_: object) -> Outcome:
        raise Died

    script = Script(send=die, told=lambda *_: ACCEPTED, reconciles=True)
    funil = walk(tmp_path, script, sms())
    with pytest.raises(Died):
        funil.ends("run", "--until-idle")
    funil.idle()
    assert script.asked == [NOON]
    assert [row["status"] for row in funil.log()] == ["sent"]
    assert funil.states() == {"sms": "done"}


def test_the_simulated_peers_know_what_became_of_a_message(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(sms())).replace("+5511987650001", "+15005550007"))
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-03T12:00:00Z")
    assert [row["status"] for row in funil.log()] == ["unknown"]


# Receipts -------------------------------------------------------------------------------------------------------------


def receipt(funil: Funil, number: int, status: str, provider_id: str = "p", reason: str | None = None) -> bool:
    at = Moment(parse_iso(NOON) + number)
    return write(funil, receipts.receive("sms1", f"e{number}", provider_id, status, at, reason))


def reporting(tmp_path: Path) -> Funil:
    return walk(tmp_path, Script(send=lambda *_: ACCEPTED, receipts=frozenset({"delivered"})), sms())


@pytest.mark.parametrize(
    ("reports", "ends"),
    [
        (["delivered"], ["delivered"]),
        (["sent", "delivered", "sent"], ["delivered"]),
        (["undelivered", "delivered"], ["undelivered", "delivered"]),
        (["delivered", "undelivered"], ["delivered"]),
        (["undelivered", "sent", "undelivered"], ["undelivered"]),
    ],
    ids=",".join,
)
@pytest.mark.parametrize("early", [True, False], ids=["early", "late"])
def test_receipts(reports: list[str], ends: list[str], early: bool, tmp_path: Path) -> None:
    funil = reporting(tmp_path)
    if not early:
        funil.idle()
    for number, status in enumerate(reports):
        assert receipt(funil, number, status, reason="rejected" if status == "undelivered" else None)
        assert not receipt(funil, number, "delivered")
    if early:
        assert [row["status"] for row in funil.log()] == []
        funil.idle()
    (row,) = funil.log()
    assert row["status"] == ends[-1]
    assert (row["delivered_at"] is not None) == (ends[-1] == "delivered")
    assert row["reason"] == ("rejected" if ends[-1] == "undelivered" else None)
    assert funil.states() == {"sms": "done"}
    told = [line["data"]["status"] for line in funil.json("timeline", "D1") if line["kind"] == "delivery"]
    assert told[::-1] == ["sent", *ends]


def test_a_receipt_of_another_message_changes_nothing(tmp_path: Path) -> None:
    funil = reporting(tmp_path)
    funil.idle()
    assert receipt(funil, 1, "delivered", "somebody else's")
    assert [row["status"] for row in funil.log()] == ["sent"]
