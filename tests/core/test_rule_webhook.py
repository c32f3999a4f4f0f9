"""The rule that calls another program: what it sends, where it may, what is found beforehand."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from core import hooks
from core.effects import Deliver
from core.model.house import Connection, House
from core.model.rule import Rule
from core.rules import catalogue
from core.rules.base import CannotAct, RuleKind
from core.rules.webhook import WebhookRule, WebhookSettings
from core.views import Facts
from tests.core.sample_house import HOUSE, NOW, facts

KIND: RuleKind[Any] = WebhookRule()
URL = "https://erp.example/funil"
RULE = Rule(id="tell", pipeline="sales", stage="delivery", kind="webhook", name="Tell the ERP", settings={"url": URL})


def with_ways(*ways: Connection) -> House:
    return replace(HOUSE, connections={**HOUSE.connections, **{way.id: way for way in ways}})


def way(name: str, **settings: Any) -> Connection:
    return Connection(id=name, channel="webhook", adapter="http", settings=settings)


ONE = with_ways(way("hooks", allow=["erp.intranet:8080", "10.0.0.5"]))


def about(where: House = ONE, event: dict[str, Any] | None = None) -> Facts:
    return replace(facts(where=where), rule=RULE, event=event)


def test_the_kind_is_in_the_catalogue() -> None:
    kind = catalogue.kinds()["webhook"]
    assert {channel.value for channel in kind.uses} == {"webhook"}
    assert kind.group == "in_house" and not kind.moves


def test_it_carries_deal_rule_and_event() -> None:
    event = {"kind": "webhook", "code": "paid", "text": "olá \x85 {{ 7*7 }}"}
    (sent,) = KIND.plan(about(event=event), WebhookSettings(url=URL), NOW, Random(0))
    assert isinstance(sent, Deliver)
    assert (sent.connection, sent.message.to, sent.message.subject) == ("hooks", URL, "Tell the ERP")
    told = json.loads(sent.message.text)
    assert (told["type"], told["timestamp"]) == ("deal.rule", "2026-12-01T12:00:00Z")
    assert told["data"]["rule"] == {"id": "tell", "name": "Tell the ERP", "stage": "delivery"}
    assert told["data"]["event"] == event
    deal = told["data"]["deal"]
    assert (deal["id"], deal["amount"], deal["contacts"], deal["closed"]) == ("D1", "7500.00", ["maria"], False)
    assert set(HOUSE.fields) <= set(deal["fields"]), "every field is there, as on the command line"


def test_without_an_event_there_is_none() -> None:
    (sent,) = KIND.plan(about(), WebhookSettings(url=URL), NOW, Random(0))
    assert isinstance(sent, Deliver)
    assert json.loads(sent.message.text)["data"]["event"] is None


@pytest.mark.parametrize(
    ("house", "settings", "reason"),
    [
        (HOUSE, {}, "misconfigured"),
        (ONE, {"connection": "other"}, "misconfigured"),
        (with_ways(way("a"), way("b")), {}, "misconfigured"),
        (ONE, {"url": "https://192.168.0.7/x"}, "not_allowed"),
        (ONE, {"url": "http://erp.example/x"}, "not_allowed"),
        (ONE, {"url": "https://erp.intranet/x"}, "not_allowed"),
        (ONE, {"url": "http://erp.intranet:8081/x"}, "not_allowed"),
        (ONE, {"url": "https://2130706433/x"}, "not_allowed"),
        (ONE, {"url": "https://[::ffff:127.0.0.1]/x"}, "not_allowed"),
    ],
)
def test_what_it_cannot_do(house: House, settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(CannotAct) as caught:
        KIND.plan(about(house), WebhookSettings(**{"url": URL, **settings}), NOW, Random(0))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "url",
    ["http://erp.intranet:8080/x", "https://ERP.intranet:8080/x", "http://10.0.0.5/", "http://10.0.0.5:99/y"],
)
def test_hosts_that_the_connection_allows(url: str) -> None:
    assert len(KIND.plan(about(), WebhookSettings(url=url), NOW, Random(0))) == 1
    assert list(KIND.lint(WebhookSettings(url=url), ONE)) == []


def test_a_deal_that_is_too_large_is_not_sent() -> None:
    full = about()
    full = replace(full, deal=replace(full.deal, fields={"tracking": "x" * 300_000}))
    with pytest.raises(CannotAct) as caught:
        KIND.plan(full, WebhookSettings(url=URL), NOW, Random(0))
    assert caught.value.reason == "text_too_long"


@pytest.mark.parametrize("url", ["", " ", "erp.example/x", "ftp://erp.example", "https://a b", "https://", "x" * 3000])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValidationError):
        WebhookSettings(url=url)


@pytest.mark.parametrize(
    ("house", "settings", "found"),
    [
        (ONE, {}, []),
        (HOUSE, {}, [("connection", False)]),
        (with_ways(way("a"), way("b")), {}, [("connection", True)]),
        (with_ways(way("a"), way("b")), {"connection": "b"}, []),
        (ONE, {"connection": "x"}, [("connection", True)]),
        (ONE, {"url": "https://127.0.0.1/x"}, [("url", True)]),
    ],
)
def test_what_would_not_work_is_found_before(house: House, settings: dict[str, Any], found: list[Any]) -> None:
    findings = KIND.lint(WebhookSettings(**{"url": URL, **settings}), house)
    assert [(each.field, each.error) for each in findings] == found


def test_its_sentence() -> None:
    assert KIND.sentence(WebhookSettings(url=URL)).english() == f"call {URL} with the deal as JSON"


@pytest.mark.parametrize(
    ("adapters", "chosen"),
    [
        ([], "http"),
        (["simulated"], "simulated"),
        (["simulated", "smtp"], "http"),
        (["simulated_telegram"], "simulated"),
    ],
)
def test_the_connection_that_is_made_is_as_real_as_the_others(adapters: list[str], chosen: str) -> None:
    ways = {f"c{n}": Connection(id=f"c{n}", channel="email", adapter=name) for n, name in enumerate(adapters)}
    made = hooks.missing_way(replace(HOUSE, connections=ways))
    assert made is not None and (made.id, made.adapter) == ("webhook", chosen)


def test_a_house_that_has_one_gets_no_other() -> None:
    assert hooks.missing_way(ONE) is None
