"""What the nineteen trigger kinds declare: names, settings, what they listen to, what would keep them from firing."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from core.model.house import Connection
from core.triggers import catalogue
from tests.core.sample_house import HOUSE

# PRODUCT's table: id, English name, kinds of events (the contract's), reaches won and lost deals.
TABLE: list[tuple[str, str, AbstractSet[str], bool]] = [
    ("email_opened", "Track e-mail view", {"email_opened"}, False),
    ("link_clicked", "Track link clicks", {"link_clicked"}, False),
    ("email_received", "Track incoming e-mail", {"email_received"}, False),
    ("email_sent", "Track e-mail to client", {"email_sent"}, False),
    ("callback_form", "Track callback form", {"callback_form"}, False),
    ("crm_form", "Track CRM form", {"crm_form"}, False),
    ("call_made", "Track outgoing call", {"call_made"}, False),
    ("call_received", "Track incoming call", {"call_received"}, False),
    ("call_missed", "Track missed call", {"call_missed"}, False),
    ("chat_started", "Track initial message", {"chat_started"}, False),
    ("chat_accepted", "Track chat acceptance", {"chat_accepted"}, False),
    ("chat_slow", "Track chat response time", {"chat_slow"}, False),
    ("chat_message", "Track client messages", {"chat_message"}, False),
    ("payment", "Track payment", {"payment"}, True),
    ("field_changed", "Track field change", {"field_changed"}, True),
    ("responsible_changed", "Track responsible change", {"responsible_changed"}, True),
    ("webhook", "Track incoming webhook", {"webhook"}, True),
    ("task_done", "Track task status", {"task_done"}, True),
    ("stale", "No activity", {"stale"}, False),
]
LINE = Connection(id="line1", channel="telephony", adapter="simulated")
CHAT = Connection(id="tg", channel="open_channel", adapter="simulated_telegram")
READY = replace(HOUSE, connections={"line1": LINE, "tg": CHAT})

LEAST: dict[str, dict[str, Any]] = {
    "link_clicked": {"link": "https://loja.example/x"},
    "field_changed": {"fields": ["amount"]},
    "webhook": {"code": "paid"},
    "stale": {"after": "5d"},
}


def settings_of(kind: str, **more: Any) -> Any:
    """Return a kind's settings: the least that it needs, and more."""
    return catalogue.kinds()[kind].Settings.model_validate({**LEAST.get(kind, {}), **more})


def test_there_are_nineteen_kinds() -> None:
    assert set(catalogue.kinds()) == {row[0] for row in TABLE} and len(TABLE) == 19


@pytest.mark.parametrize(("id_", "name", "listens", "closed"), TABLE)
def test_each_kind_declares_what_the_product_says(id_: str, name: str, listens: AbstractSet[str], closed: bool) -> None:
    kind = catalogue.kinds()[id_]
    assert (kind.name, kind.listens, kind.closed_deals) == (name, listens, closed)
    assert kind.about.startswith("Fires ")
    assert kind.group == ("communication" if TABLE.index((id_, name, listens, closed)) < 13 else "deal")


@pytest.mark.parametrize("id_", [row[0] for row in TABLE])
def test_the_least_settings_make_a_sentence_and_no_finding(id_: str) -> None:
    kind, settings = catalogue.kinds()[id_], settings_of(id_)
    assert kind.sentence(settings).english()
    assert list(kind.lint(settings, READY)) == []
    assert kind.Settings.model_json_schema()["additionalProperties"] is False


@pytest.mark.parametrize(
    ("kind", "settings", "sentence"),
    [
        ("email_opened", {}, "the client opens an e-mail"),
        ("email_opened", {"machine": True}, "an e-mail is opened, by the client or a machine"),
        ("link_clicked", {}, "the client clicks https://loja.example/x"),
        ("callback_form", {"form": "f1"}, "the client submits the callback form “f1”"),
        ("crm_form", {"form": "all"}, "the client submits a form"),
        ("call_received", {"line": "line1"}, "the client calls the line “line1”"),
        ("call_missed", {"line": ""}, "nobody answers the client's call"),
        ("chat_started", {"channel": "tg"}, "the client starts a chat in “tg”"),
        ("chat_slow", {}, "the client waits in a chat for more than 600 seconds"),
        ("chat_message", {}, "the client writes in a chat"),
        ("chat_message", {"text": "a {b}", "any_of": ["c", " "]}, "a message of the client contains “a {b}”, “c”"),
        ("chat_message", {"text": "^a", "regex": True}, "a message of the client matches ^a"),
        ("field_changed", {}, "amount changes"),
        ("field_changed", {"fields": "tracking", "to": "x"}, "tracking becomes “x”"),
        ("field_changed", {"fields": ["amount", "title"], "from": 5}, "amount, title is no longer “5”"),
        ("webhook", {}, "a webhook calls with the code “paid”"),
        ("stale", {"after": "36h"}, "nothing happens on the deal for 36h"),
    ],
)
def test_sentences(kind: str, settings: dict[str, Any], sentence: str) -> None:
    assert catalogue.kinds()[kind].sentence(settings_of(kind, **settings)).english() == sentence


@pytest.mark.parametrize(
    ("kind", "settings", "problem"),
    [
        ("email_opened", {"link": "x"}, "Extra inputs are not permitted"),
        ("email_received", {"x": 1}, "Extra inputs are not permitted"),
        ("link_clicked", {"link": ""}, "at least 1 character"),
        ("chat_slow", {"seconds": 0}, "greater than or equal to 1"),
        ("chat_slow", {"seconds": "soon"}, "valid integer"),
        ("chat_slow", {"count_from": "now"}, "Input should be"),
        ("field_changed", {"fields": []}, "at least 1 item"),
        ("webhook", {"code": ""}, "at least 1 character"),
        ("stale", {"after": "soon"}, "“soon” is not a duration: a whole number and one of s m h d w, like 2h"),
        ("stale", {"after": "10s"}, "the shortest time without activity is a minute"),
    ],
)
def test_settings_that_mean_nothing_are_refused(kind: str, settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        settings_of(kind, **settings)


@pytest.mark.parametrize("kind", ["link_clicked", "field_changed", "webhook", "stale"])
def test_what_a_kind_needs_has_no_default(kind: str) -> None:
    with pytest.raises(ValidationError, match="Field required"):
        catalogue.kinds()[kind].Settings.model_validate({})


@pytest.mark.parametrize(
    ("kind", "settings", "field", "finding", "error"),
    [
        ("call_received", {"line": "line9"}, "line", "there is no telephone line “line9”; there are: line1", True),
        ("call_missed", {"line": "tg"}, "line", "there is no telephone line “tg”; there are: line1", True),
        ("chat_started", {"channel": "x"}, "channel", "there is no open channel “x”; there are: tg", True),
        ("chat_accepted", {"channel": "line1"}, "channel", "there is no open channel “line1”; there are: tg", True),
        ("chat_slow", {"channel": "x"}, "channel", "there is no open channel “x”; there are: tg", True),
        ("chat_message", {"text": "(", "regex": True}, "text", "“(” is not a regular expression: ", True),
        ("chat_message", {"any_of": ["ok", "["], "regex": True}, "any_of", "“[” is not a regular expression: ", True),
        ("field_changed", {"fields": ["amout"]}, "fields", "there is no field “amout”. Did you mean amount?", True),
        ("field_changed", {"fields": ["stage"]}, "fields", "“stage” is no field of the deal that can be edited", True),
        ("field_changed", {"fields": ["contact.name"]}, "fields", "“contact.name” is no field of the deal", True),
        ("field_changed", {"fields": ["age", "contacts", "company"]}, "fields", "“age” is no field of the deal", True),
        ("link_clicked", {"link": "loja"}, "link", "“loja” is not the address of a link", False),
        ("link_clicked", {"link": "https://x.example/{{ deal.nr }}"}, "link", "line 1: “deal.nr” is unknown", True),
    ],
)  # fmt: skip
def test_what_would_keep_it_from_firing_is_found(
    kind: str, settings: dict[str, Any], field: str, finding: str, error: bool
) -> None:
    findings = list(catalogue.kinds()[kind].lint(settings_of(kind, **settings), READY))
    assert [(each.field, each.error) for each in findings] == [(field, error)]
    assert findings[0].words.english().startswith(finding)


@pytest.mark.parametrize(
    "kind", ["call_made", "call_received", "call_missed", "chat_started", "chat_accepted", "chat_slow", "chat_message"]
)
def test_a_kind_whose_channel_is_not_connected_says_so(kind: str) -> None:
    (finding,) = catalogue.kinds()[kind].lint(settings_of(kind), HOUSE)
    assert not finding.error and "it would never fire" in finding.words.english()


def test_names_in_a_link_are_filled_in() -> None:
    assert (
        list(
            catalogue.kinds()["link_clicked"].lint(
                settings_of("link_clicked", link="https://x.example/{{ deal.id }}"), READY
            )
        )
        == []
    )
