"""What each kind of trigger fires for, and what it does not fire for and why: one table, PRODUCT's traps included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from core.model.delivery import Channel, Delivery, DeliveryStatus, Message
from core.model.event import Event
from core.model.moment import Moment
from core.model.rule import Unknown
from core.triggers import catalogue
from core.triggers.base import MACHINE_EVENT, NOT_LISTENING, Heard
from tests.core.sample_house import NOW, facts

BUY = "https://loja.example/buy?deal=D1&step=2"
TRACKED = {"tracking": {"clicks": True, "opens": True, "gateway": None, "links": [BUY, "https://loja.example"]}}
MAIL = Message(channel=Channel.EMAIL, to="maria@cliente.example", text="…", data=TRACKED)
OF_RULE = Delivery(
    id=1,
    deal="D1",
    rule="welcome",
    run=1,
    entry=1,
    connection="mail",
    message=MAIL,
    status=DeliveryStatus.SENT,
    unknown=Unknown.RESEND,
    at=NOW,
    moment=NOW,
)
OF_ANA = replace(OF_RULE, rule=None, run=None, entry=None, by="ana")
UNTRACKED = replace(
    OF_RULE, message=replace(MAIL, data={"tracking": {**TRACKED["tracking"], "clicks": False, "links": []}})
)
FIRES = None
Missed = tuple[str, str] | None


def miss(kind: str, settings: Mapping[str, Any], data: Mapping[str, Any], **more: Any) -> Missed:
    """Return the reason and the sentence of a miss; None when the trigger fires."""
    delivery, connection = more.pop("delivery", None), more.pop("connection", None)
    event = Event(kind=kind, source="t", outside_id="1", at=NOW, data=data, connection=connection)
    heard = Heard(event=event, facts=facts(event={**data, "at": int(NOW)}, **more), delivery=delivery)
    found = catalogue.kinds()[kind]
    missed = found.matches(heard, found.Settings.model_validate(settings))
    return (missed.reason, missed.detail.english()) if missed else None


def silent(detail: str) -> Missed:
    return NOT_LISTENING, detail


def machine(detail: str) -> Missed:
    return MACHINE_EVENT, detail


SCANNER = machine("it was a machine, not the client")
AUTOMATIC = machine("it is an automatic reply, nobody has written it")
BOUNCE = machine("it is a report that an e-mail could not be delivered")
UNFOLLOWED = silent("clicks on this link were not tracked when the e-mail was sent")

MAILS: list[tuple[str, dict[str, Any], dict[str, Any], Delivery | None, Missed]] = [
    ("email_opened", {}, {}, OF_RULE, FIRES),
    ("email_opened", {}, {}, OF_ANA, FIRES),
    ("email_opened", {}, {"machine": False}, OF_RULE, FIRES),
    ("email_opened", {}, {"machine": "false"}, OF_RULE, FIRES),
    ("email_opened", {}, {"machine": True}, OF_RULE, SCANNER),
    ("email_opened", {}, {"machine": "true"}, OF_RULE, SCANNER),
    ("email_opened", {"machine": True}, {"machine": True}, OF_RULE, FIRES),
    ("link_clicked", {"link": BUY}, {"link": BUY}, OF_RULE, FIRES),
    ("link_clicked", {"link": BUY}, {"link": BUY}, OF_ANA, FIRES),
    ("link_clicked", {"link": "https://loja.example/buy?deal={{ deal.id }}&step=2"}, {"link": BUY}, OF_RULE, FIRES),
    ("link_clicked", {"link": BUY.replace("&", "&amp;")}, {"link": BUY}, OF_RULE, FIRES),
    ("link_clicked", {"link": f"  {BUY}\n"}, {"link": BUY.replace("&", "&amp;")}, OF_RULE, FIRES),
    ("link_clicked", {"link": "HTTPS://Loja.Example"}, {"link": "https://loja.example/"}, OF_RULE, FIRES),
    ("link_clicked", {"link": "{{ constants.site }}"}, {"link": "https://loja.example"}, OF_RULE, FIRES),
    ("link_clicked", {"link": BUY}, {"link": "https://loja.example"}, OF_RULE,
     silent(f"it was the link https://loja.example/, not {BUY}")),
    ("link_clicked", {"link": BUY}, {"link": BUY.replace("D1", "D2")}, OF_RULE,
     silent(f"it was the link {BUY.replace('D1', 'D2')}, not {BUY}")),
    ("link_clicked", {"link": BUY}, {"link": f"{BUY}#top"}, OF_RULE, silent(f"it was the link {BUY}#top, not {BUY}")),
    ("link_clicked", {"link": BUY}, {"link": BUY.replace("/buy", "/Buy")}, OF_RULE,
     silent(f"it was the link {BUY.replace('/buy', '/Buy')}, not {BUY}")),
    ("link_clicked", {"link": "https://[x"}, {"link": BUY}, OF_RULE, silent(f"it was the link {BUY}, not https://[x")),
    ("link_clicked", {"link": "{{ deal.nr }}"}, {"link": BUY}, OF_RULE, silent("“deal.nr” is unknown")),
    ("link_clicked", {"link": BUY}, {"link": BUY}, UNTRACKED, UNFOLLOWED),
    ("link_clicked", {"link": BUY}, {"link": BUY}, None, UNFOLLOWED),
    ("link_clicked", {"link": "https://x.example"}, {"link": "https://x.example"}, OF_RULE, UNFOLLOWED),
    ("link_clicked", {"link": BUY}, {"link": BUY, "machine": True}, OF_RULE, SCANNER),
    ("link_clicked", {"link": BUY, "machine": True}, {"link": BUY, "machine": True}, OF_RULE, FIRES),
    ("email_received", {}, {"from": "maria@cliente.example", "subject": "Oi"}, None, FIRES),
    ("email_received", {}, {"auto_submitted": "no"}, None, FIRES),
    ("email_received", {}, {"auto_submitted": "No ; x=y"}, None, FIRES),
    ("email_received", {}, {"precedence": "list"}, None, FIRES),
    ("email_received", {}, {"return_path": "<maria@cliente.example>"}, None, FIRES),
    ("email_received", {}, {"auto_submitted": "auto-replied"}, None, AUTOMATIC),
    ("email_received", {}, {"auto_submitted": "auto-generated; type=vacation"}, None, AUTOMATIC),
    ("email_received", {}, {"precedence": "Auto_Reply"}, None, AUTOMATIC),
    ("email_received", {}, {"precedence": "bulk"}, None, AUTOMATIC),
    ("email_received", {}, {"x_autoreply": "yes"}, None, AUTOMATIC),
    ("email_received", {}, {"autoresponded": True}, None, AUTOMATIC),
    ("email_received", {}, {"bounce": True}, None, BOUNCE),
    ("email_received", {}, {"return_path": "<>"}, None, BOUNCE),
    ("email_received", {}, {"content_type": "multipart/report; report-type=delivery-status"}, None, BOUNCE),
    ("email_sent", {}, {"by": "ana", "subject": "Oi"}, None, FIRES),
    ("email_sent", {}, {"by": "ana"}, OF_ANA, FIRES),
    ("email_sent", {}, {}, OF_RULE, silent("the rule “welcome” has sent it, not a manager")),
    ("email_sent", {}, {"rule": "r9"}, None, silent("the rule “r9” has sent it, not a manager")),
    ("call_made", {}, {"phone": "+5511987650001", "by": "ana"}, None, FIRES),
    ("call_made", {}, {"by": "ana", "answered": False}, None, FIRES),
    ("call_made", {}, {"phone": "+5511987650001"}, OF_RULE, silent("the rule “welcome” has called, not a manager")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "settings", "data", "delivery", "expected"), MAILS)
def test_mails_and_calls_of_ours(
    kind: str, settings: dict[str, Any], data: dict[str, Any], delivery: Delivery | None, expected: Missed
) -> None:
    assert miss(kind, settings, data, delivery=delivery) == expected


WHERE: list[tuple[str, dict[str, Any], dict[str, Any], Missed]] = [
    ("callback_form", {}, {"form": "f1", "type": "callback"}, FIRES),
    ("callback_form", {"form": "all"}, {"form": "f1"}, FIRES),
    ("callback_form", {"form": "f1"}, {"form": "f1"}, FIRES),
    ("callback_form", {"form": "f1"}, {"form": "f2"}, silent("it was the form “f2”, not “f1”")),
    ("crm_form", {}, {"form": "f1", "type": "callback"}, FIRES),
    ("crm_form", {"form": "f1"}, {"form": "f1", "type": "crm"}, FIRES),
    ("crm_form", {"form": "f1"}, {"form": "F1"}, silent("it was the form “F1”, not “f1”")),
    ("call_received", {}, {"phone": "+5511987650001", "line": "line1"}, FIRES),
    ("call_received", {"line": "line1"}, {"line": "line1"}, FIRES),
    ("call_received", {"line": "line1"}, {"line": "line2"}, silent("it was on the line “line2”, not “line1”")),
    ("call_missed", {"line": "all"}, {"line": "line2"}, FIRES),
    ("call_missed", {"line": "line1"}, {"line": "line2"}, silent("it was on the line “line2”, not “line1”")),
    ("chat_started", {}, {"channel": "tg", "first": True}, FIRES),
    ("chat_started", {"channel": "tg"}, {"channel": "tg"}, FIRES),
    ("chat_started", {"channel": "tg"}, {"channel": "web"}, silent("it was in the channel “web”, not “tg”")),
    ("chat_accepted", {"channel": ""}, {"channel": "tg", "by": "ana"}, FIRES),
    ("chat_accepted", {"channel": "tg"}, {"channel": "tg", "by": "ana"}, FIRES),
    ("chat_accepted", {"channel": "web"}, {"channel": "tg"}, silent("it was in the channel “tg”, not “web”")),
    ("chat_slow", {}, {"channel": "tg", "seconds": 600, "count_from": "acceptance"}, FIRES),
    ("chat_slow", {}, {"channel": "tg", "seconds": 300, "count_from": "acceptance"},
     silent("it tells of a wait of 300 seconds")),
    ("chat_slow", {"seconds": 300}, {"channel": "tg", "seconds": 300}, FIRES),
    ("chat_slow", {"count_from": "message"}, {"channel": "tg", "seconds": 600, "count_from": "acceptance"},
     silent("the wait was counted from the acceptance")),
    ("chat_slow", {}, {"channel": "tg", "seconds": 600, "count_from": "message"},
     silent("the wait was counted from the client's message")),
    ("chat_slow", {"count_from": "message"}, {"channel": "tg", "seconds": 600, "count_from": "message"}, FIRES),
    ("chat_slow", {"channel": "web"}, {"channel": "tg", "seconds": 600},
     silent("it was in the channel “tg”, not “web”")),
    ("payment", {}, {"amount": "10.00"}, FIRES),
    ("responsible_changed", {}, {"fields": ["responsible"], "kinds": ["responsible_changed", "field_changed"]}, FIRES),
    ("webhook", {"code": "paid"}, {"code": "paid"}, FIRES),
    ("webhook", {"code": "paid"}, {"code": "Paid"}, silent("it carried another code than “paid”")),
    ("webhook", {"code": "paid"}, {}, silent("it carried another code than “paid”")),
    ("task_done", {}, {"task": 1}, FIRES),
    ("stale", {"after": "5d"}, {"after": "5d"}, FIRES),
    ("stale", {"after": "5d"}, {"after": "5d", "since": "1970-01-01T00:00:00Z"}, FIRES),
    ("stale", {"after": "5d"}, {"after": "5d", "since": "2026-11-01T00:00:00Z"},
     silent("something has happened on the deal since then")),
    ("stale", {"after": "5d"}, {"after": "120h"}, silent("it tells of 120h without activity")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "settings", "data", "expected"), WHERE)
def test_forms_lines_channels_and_the_rest(
    kind: str, settings: dict[str, Any], data: dict[str, Any], expected: Missed
) -> None:
    assert miss(kind, settings, data) == expected


def test_a_line_or_channel_that_the_event_does_not_tell_is_its_connection() -> None:
    assert miss("call_received", {"line": "line1"}, {}, connection="line1") is FIRES
    assert miss("chat_started", {"channel": "web"}, {}, connection="tg") is not FIRES


def change(field: str, old: Any, new: Any) -> dict[str, Any]:
    return {"fields": [field], "changes": {field: {"old": old, "new": new}}}


CHANGES: list[tuple[dict[str, Any], dict[str, Any], Missed]] = [
    ({"fields": "amount"}, change("amount", None, "5.00"), FIRES),
    ({"fields": "deal.amount"}, change("amount", None, "5.00"), FIRES),
    ({"fields": ["title", "tracking"]}, change("tracking", "x", None), FIRES),
    ({"fields": "deal.fields.tracking"}, change("tracking", "x", "y"), FIRES),
    ({"fields": "tracking"}, change("deal.fields.tracking", "x", "y"), FIRES),
    ({"fields": "title"}, change("tracking", "x", "y"), silent("other fields changed: tracking")),
    ({"fields": "deal.fields.title"}, change("title", "a", "b"), silent("other fields changed: title")),
    ({"fields": "responsible"}, change("responsible", "ana", "bia"), FIRES),
    ({"fields": "gone"}, change("amount", None, "5.00"), silent("other fields changed: amount")),
    ({"fields": "tracking", "to": ""}, change("tracking", "x", None), FIRES),
    ({"fields": "tracking", "to": "x"}, change("tracking", None, "x"), FIRES),
    ({"fields": "tracking", "to": "e\u0301"}, change("tracking", None, "é"), FIRES),
    ({"fields": "tracking", "to": "X"}, change("tracking", None, "x"),
     silent("tracking changed between other values")),
    ({"fields": "tracking", "from": "x"}, change("tracking", "x", None), FIRES),
    ({"fields": "tracking", "from": "x", "to": "y"}, change("tracking", "x", "y"), FIRES),
    ({"fields": "tracking", "from": "x", "to": "y"}, change("tracking", "x", "z"),
     silent("tracking changed between other values")),
    ({"fields": "tracking", "from": "x", "to": "y"}, change("tracking", None, "y"),
     silent("tracking changed between other values")),
    ({"fields": "amount", "to": 5000}, change("amount", None, "5000.00"), FIRES),
    ({"fields": "amount", "to": "5000.0"}, change("amount", None, "5000.00"), FIRES),
    ({"fields": "amount", "to": 5000}, change("amount", None, "5000.01"),
     silent("amount changed between other values")),
    ({"fields": "qty", "from": 1, "to": 2.5}, change("qty", 1, 2.5), FIRES),
    ({"fields": "vip", "to": True}, change("vip", None, True), FIRES),
    ({"fields": "vip", "from": False}, change("vip", None, True), FIRES),
    ({"fields": "vip", "to": "yes"}, change("vip", None, True), silent("vip changed between other values")),
    ({"fields": "due", "to": "2026-12-24"}, change("due", None, "2026-12-24"), FIRES),
    ({"fields": "close_date", "from": "2026-12-10"}, change("close_date", "2026-12-10", None), FIRES),
    ({"fields": "visit", "to": "2026-12-24T10:00-03:00"}, change("visit", None, "2026-12-24T13:00:00Z"), FIRES),
    ({"fields": "size", "to": "large"}, change("size", "small", "large"), FIRES),
    ({"fields": "helper", "to": "bia"}, change("helper", "ana", "bia"), FIRES),
    ({"fields": "responsible", "to": "bia"}, change("responsible", "ana", "bia"), FIRES),
    ({"fields": "responsible", "to": "carla"}, change("responsible", "ana", "bia"),
     silent("responsible changed between other values")),
    ({"fields": "tags", "to": "b"}, change("tags", ["a"], ["a", "b"]), FIRES),
    ({"fields": "tags", "to": "a"}, change("tags", ["a"], ["a", "b"]), silent("tags changed between other values")),
    ({"fields": "tags", "from": "a"}, change("tags", ["a", "b"], ["b"]), FIRES),
    ({"fields": ["title", "tracking"], "to": "x"},
     {"fields": ["title", "tracking"], "changes": {"title": {"old": "a", "new": "x"}}}, FIRES),
    ({"fields": ["title", "tracking"], "from": "a", "to": "x"},
     {"fields": ["title", "tracking"],
      "changes": {"title": {"old": "a", "new": "b"}, "tracking": {"old": "c", "new": "x"}}},
     silent("title, tracking changed between other values")),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "data", "expected"), CHANGES)
def test_changes_of_fields(settings: dict[str, Any], data: dict[str, Any], expected: Missed) -> None:
    assert miss("field_changed", settings, data) == expected


SAID: list[tuple[dict[str, Any], str, bool]] = [
    ({}, "Oi", True),
    ({"text": "  "}, "Oi", True),
    ({"text": "amanhã"}, "Entregar o pedido amanhã!", True),
    ({"text": "Entregar o pedido amanhã"}, "entregar amanhã", False),
    ({"text": "entregar amanhã"}, "Entregar o pedido amanhã", False),
    ({"text": "pedido amanhã"}, "Entregar o pedido amanhã", True),
    ({"text": "amanhã pedido"}, "Entregar o pedido amanhã", False),
    ({"text": "Amanhã"}, "amanhã", False),
    ({"text": "amanha"}, "amanhã", False),
    ({"text": "aman"}, "amanhã", False),
    ({"text": "amanha\u0303"}, "até amanhã", True),
    ({"text": "Amanhã", "ignore_case": True}, "AMANHÃ", True),
    ({"text": "Amanhã", "ignore_case": True}, "AMANHA", False),
    ({"text": "amanhã", "ignore_accents": True}, "amanha", True),
    ({"text": "amanha", "ignore_accents": True}, "Amanhã", False),
    ({"text": "AMANHA", "ignore_accents": True, "ignore_case": True}, "é amanhã", True),
    ({"text": "sim", "any_of": ["claro", "pode ser"]}, "pode ser, sim?", True),
    ({"text": "", "any_of": ["claro", "pode ser"]}, "ser pode", False),
    ({"text": "👍"}, "ok👍", True),
    ({"text": "?"}, "quanto?", True),
    ({"text": "?"}, "quanto", False),
    ({"text": "订单"}, "我的订单呢", True),
    ({"text": r"pedido \d+", "regex": True}, "o pedido 1001 chegou", True),
    ({"text": r"^pedido", "regex": True}, "o pedido", False),
    ({"text": r"\bamanhã\b", "regex": True}, "até amanhã!", True),
    ({"text": r"\bAMANHA\b", "regex": True, "ignore_case": True, "ignore_accents": True}, "até amanhã!", True),
    ({"text": "amanha\u0303$", "regex": True}, "até amanhã", True),
    ({"text": "(", "any_of": ["sim"], "regex": True}, "sim", True),
    ({"text": "(", "regex": True}, "(", False),
    ({"text": "(a+)+$", "regex": True}, "a" * 9_999 + "b", False),
    ({"text": "(a+)+b$", "regex": True}, "a" * 9_999 + "b", True),
    ({"text": "a$", "regex": True}, "a" * 10_001, False),
]


@pytest.mark.parametrize(("settings", "text", "fires"), SAID)
def test_messages_of_clients(settings: dict[str, Any], text: str, fires: bool) -> None:
    missed = miss("chat_message", settings, {"channel": "tg", "text": text})
    assert (missed is None) is fires
    assert missed is None or (missed[0] == NOT_LISTENING and missed[1].startswith("the message does not contain “"))


def test_the_channel_is_compared_before_the_text() -> None:
    missed = miss("chat_message", {"channel": "web", "text": "x"}, {"channel": "tg", "text": "x"})
    assert missed == silent("it was in the channel “tg”, not “web”")


def test_a_miss_is_told_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    event = Event(kind="webhook", source="t", outside_id="1", at=Moment(0), data={"code": "b"})
    found = catalogue.kinds()["webhook"]
    missed = found.matches(Heard(event=event, facts=facts()), found.Settings.model_validate({"code": "a"}))
    assert missed is not None
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    assert missed.detail.local() == "trouxe um código diferente de “a”"


def test_every_kind_has_a_case_that_fires() -> None:
    fired = {row[0] for row in MAILS if row[-1] is FIRES} | {row[0] for row in WHERE if row[-1] is FIRES}
    assert fired | {"field_changed", "chat_message"} == set(catalogue.kinds())
