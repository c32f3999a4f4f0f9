"""What the outside answers, and what the log, the rule's state and the history make of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.clock import RealClock
from data import opening
from tests.proof.ground import Funil, board, mail, mover, rules, sms

# The client's mailbox → status, reason of the row; state of the rule.
MAILBOXES = {
    "maria": ("sent", None, "done"),
    "ooto": ("sent", None, "done"),
    "bounce": ("sent", None, "done"),
    "block": ("failed", "blocked", "failed blocked"),
    "full": ("queued", None, "sending"),
    "limit": ("queued", "limit_reached", "sending limit_reached"),
    "timeout": ("queued", "timeout", "sending timeout"),
}
NUMBERS = {
    "+5511987650001": ("sent", None, "done"),
    "+15005550001": ("failed", "bad_number", "failed bad_number"),
    "+15005550002": ("queued", None, "sending"),
    "+15005550003": ("failed", "not_allowed", "failed not_allowed"),
    "+15005550004": ("failed", "blocked", "failed blocked"),
    "+15005550007": ("unknown", "timeout", "done timeout"),
    "+15005550008": ("queued", "limit_reached", "sending limit_reached"),
    "+15005550009": ("failed", "bad_number", "failed bad_number"),
}


def sent_to(tmp_path: Path, rule: str, **client: str) -> Funil:
    text = board(rules(rule))
    for old, new in client.items():
        text = text.replace({"mailbox": "maria@cliente", "number": '"+5511987650001"'}[old], new)
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    return funil


def check(funil: Funil, rule: str, expected: tuple[str, str | None, str]) -> None:
    (row,) = funil.log()
    status, reason, state = expected
    assert (row["status"], row["reason"], funil.states()[rule]) == (status, reason, state)
    assert row["attempts"] == 1
    assert (row["due_at"] is not None) == (status == "queued")
    told = [line["data"]["status"] for line in funil.json("timeline", "D1") if line["kind"] == "delivery"]
    assert told == ([] if status == "queued" else [status])


@pytest.mark.parametrize("mailbox", MAILBOXES)
def test_an_e_mail_to(mailbox: str, tmp_path: Path) -> None:
    funil = sent_to(tmp_path, mail(), mailbox=f"{mailbox}@cliente")
    check(funil, "mail", MAILBOXES[mailbox])


@pytest.mark.parametrize("number", NUMBERS)
def test_an_sms_to(number: str, tmp_path: Path) -> None:
    funil = sent_to(tmp_path, sms(), number=f'"{number}"')
    check(funil, "sms", NUMBERS[number])


@pytest.mark.parametrize(
    ("rule", "client", "expected"),
    [
        (mail("r", unknown="hold"), {"mailbox": "timeout@cliente"}, ("unknown", "timeout", "done timeout")),
        (sms("r", unknown="resend"), {"number": '"+15005550007"'}, ("queued", "timeout", "sending timeout")),
    ],
    ids=["held mail", "resent sms"],
)
def test_what_is_done_when_nobody_knows_is_the_rules_choice(
    rule: str, client: dict[str, str], expected: tuple[str, str | None, str], tmp_path: Path
) -> None:
    check(sent_to(tmp_path, rule, **client), "r", expected)


def test_a_limit_is_obeyed_to_the_second(tmp_path: Path) -> None:
    funil = sent_to(tmp_path, mail(), mailbox="limit@cliente")
    assert funil.log()[0]["due_at"] == "2026-12-01T12:01:00Z"


def test_a_message_that_never_gets_through_is_given_up_and_its_run_fails(tmp_path: Path) -> None:
    funil = sent_to(tmp_path, mail(), mailbox="full@cliente")
    funil.until("2026-12-08T12:00Z")
    (row,) = funil.log()
    assert (row["status"], row["reason"], row["attempts"]) == ("failed", "dead", 12)
    assert funil.states() == {"mail": "failed dead"}
    kinds = [line["kind"] for line in funil.json("timeline", "D1")]
    assert kinds.count("delivery") == 1


def test_a_connection_that_cannot_work_is_paused_and_keeps_its_queue(tmp_path: Path) -> None:
    broken = "{id: mail, channel: email, adapter: smtp, settings: {host: 127.0.0.1, port: 9, user: loja}}"
    deals = "\n".join(f"  - {{id: D{n}, title: x, stage: new, responsible: ana, contacts: [maria]}}" for n in (1, 2))
    text = board(rules(mail()), deals=deals).replace("{id: mail, channel: email, adapter: simulated}", broken)
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "D2", "delivery")
    funil.idle()
    rows = [row for deal in ("D1", "D2") for row in funil.log(deal)]
    assert [(row["status"], row["reason"], row["attempts"]) for row in rows] == [
        ("queued", "misconfigured", 0),
        ("queued", "connection_paused", 0),
    ]
    assert "FUNIL_SECRET_MAIL_PASSWORD" in str(rows[0]["detail"])
    assert {tuple(funil.states(deal).values()) for deal in ("D1", "D2")} == {
        ("sending misconfigured",),
        ("sending connection_paused",),
    }
    funil.apply(text.replace(broken, "{id: mail, channel: email, adapter: simulated, settings: {}}"))
    funil("connection", "resume", "mail")
    funil.idle()
    assert [row["status"] for deal in ("D1", "D2") for row in funil.log(deal)] == ["sent", "sent"]


def test_a_message_behind_an_archived_connection_says_so(tmp_path: Path) -> None:
    deal = "  - {id: D1, title: x, stage: new, responsible: ana, contacts: [maria]}"
    funil = Funil(tmp_path, board(rules(sms()), deals=deal))
    funil("connection", "pause", "sms1")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert [(row["status"], row["reason"]) for row in funil.log()] == [("queued", "connection_paused")]
    store = opening.open_store(funil.url, clock=RealClock())
    store.write_now(lambda tx: tx.archive("connections", ["sms1"]))
    store.close()
    (row,) = funil.log()
    assert (row["status"], row["reason"]) == ("queued", "disabled")
    assert row["detail"] == "connection “sms1” is out of use: a board file that lists it brings it back"
    assert funil.states() == {"sms": "sending disabled"}


def test_a_held_message_that_cannot_go_says_why(tmp_path: Path) -> None:
    deal = "  - {id: D1, title: x, stage: new, responsible: ana, contacts: []}"
    funil = Funil(tmp_path, board(rules(mail(), sms()), deals=deal, grace="5s"))
    funil("deal", "move", "D1", "delivery")
    rows = funil.log()
    assert {(row["rule"], row["status"], row["reason"]) for row in rows} == {
        ("mail", "held", "no_recipient"),
        ("sms", "held", "no_recipient"),
    }
    assert all(row["detail"] for row in rows)
    assert "held (no_recipient)" in funil("outbound", "--deal", "D1")


def test_an_edited_connection_that_was_refused_is_tried_again(tmp_path: Path) -> None:
    deal = "  - {id: D1, title: x, stage: new, responsible: ana, contacts: [maria]}"
    broken = "{id: mail, channel: email, adapter: smtp, settings: {host: 127.0.0.1, port: 9, user: loja}}"
    text = board(rules(mail()), deals=deal).replace("{id: mail, channel: email, adapter: simulated}", broken)
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    funil("connection", "resume", "mail")
    funil.idle()
    assert [row["reason"] for row in funil.log()] == ["misconfigured"]


# Reasons why a rule cannot act ----------------------------------------------------------------------------------------

NO_MAILBOX = ("mailboxes: [ana@loja.example]", "mailboxes: []")
NOBODY = ("contacts: [maria]}", "contacts: []}")
NO_ADDRESS = ("    emails: [{type: WORK, value: maria@cliente.example}]\n", "")
NO_PHONE = ('    phones: [{type: MOBILE, value: "+5511987650001"}]\n', "")
REASONS = {
    "no_recipient, mail": (mail("r"), NOBODY, "failed no_recipient"),
    "no_recipient, sms": (sms("r"), NOBODY, "failed no_recipient"),
    "no_address, mail": (mail("r"), NO_ADDRESS, "failed no_address"),
    "no_address, sms": (sms("r"), NO_PHONE, "failed no_address"),
    "no_address of the chosen type": (
        "{id: r, stage: delivery, kind: email, name: r, settings: {subject: x, body: x, address: home}}",
        None,
        "failed no_address",
    ),
    "no_mailbox, auto": (mail("r"), NO_MAILBOX, "failed no_mailbox"),
    "no_mailbox, nobody responsible": (mail("r"), ("responsible: ana, ", ""), "failed no_mailbox"),
    "template_error": (mail("r", subject="{{ deal.nothing }}"), None, "failed template_error"),
    "text_too_long": (
        sms("r", text="{{ deal.title }}"),
        ("title: Order 1001", f"title: {'x' * 201}"),
        "failed text_too_long",
    ),
    "condition_false": (mail("r", when="{field: company.name, op: filled}"), None, "skipped condition_false"),
    "the rule that moves to where it stands": (mover("r", "delivery", "delivery"), None, "done"),
}


@pytest.mark.parametrize("case", REASONS)
def test_a_rule_that_cannot_act_says_why(case: str, tmp_path: Path) -> None:
    rule, change, expected = REASONS[case]
    text = board(rules(rule))
    if change:
        assert change[0] in text
        text = text.replace(*change)
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"r": expected}
    assert funil.log() == []
    if expected != "done":
        assert funil.runs()["r"]["detail"]
        assert funil.json("try", "r", "--deal", "D1")["reason"] == expected.split()[1]
