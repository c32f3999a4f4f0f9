"""Webhook rules from outside: board file, connection, log, what is said where one cannot go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.proof.ground import Funil, board, rules

URL = "https://erp.example/funil"


def hook(name: str = "tell", url: str = URL, **more: str) -> str:
    """Return a rule that calls an address."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return f"{{id: {name}, stage: delivery, kind: webhook, name: {name}{keys}, settings: {{url: '{url}'}}}}"


def with_way(text: str, adapter: str, settings: str = "{}") -> str:
    """Add a webhook connection to a board file."""
    line = f"  - {{id: hooks, channel: webhook, adapter: {adapter}, settings: {settings}}}\n"
    return text.replace("connections:\n", f"connections:\n{line}", 1)


def test_a_call_is_held_sent_and_logged(tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_way(board(rules(hook()), grace="5s"), "simulated"))
    funil("deal", "move", "D1", "delivery")
    assert [(row["status"], row["channel"], row["to"]) for row in funil.log()] == [("held", "webhook", URL)]
    funil.until("2026-12-01T12:01Z")
    (row,) = funil.log()
    assert (row["status"], row["connection"], row["rule"]) == ("sent", "hooks", "tell")
    told = json.loads(row["text"])
    assert told["data"]["deal"] == {**funil.json("deal", "show", "D1"), "version": told["data"]["deal"]["version"]}
    assert told["data"]["rule"]["id"] == "tell"
    assert funil.states() == {"tell": "done"}
    assert funil.json("deal", "undo", "D1")["gone_out"] == [f"webhook to {URL} has gone out"]


def test_the_event_that_moved_the_deal_goes_along(tmp_path: Path) -> None:
    paid = "    triggers:\n      - {id: t, stage: delivery, kind: webhook, name: t, settings: {code: paid}}\n"
    funil = Funil(tmp_path, with_way(board(rules(hook()), more=paid), "simulated"))
    funil("event", "webhook", "--deal", "D1", "code=paid")
    funil.idle()
    (row,) = funil.log()
    assert json.loads(row["text"])["data"]["event"]["code"] == "paid"


def test_without_a_connection_one_is_made(tmp_path: Path) -> None:
    given = board(rules(hook()))
    funil = Funil(tmp_path, given)
    assert json.loads(funil.apply(given, "--json"))["changes"] == []
    assert json.loads(funil.apply(given, "--json", "--prune"))["changes"] == []
    exported = funil("export")
    assert "id: webhook" in exported
    assert json.loads(funil.apply(exported, "--json"))["changes"] == []
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert [(row["connection"], row["status"]) for row in funil.log()] == [("webhook", "sent")]


def test_it_is_said_that_one_is_made(tmp_path: Path) -> None:
    funil = Funil(tmp_path)
    (made,) = (
        each for each in json.loads(funil.apply(board(rules(hook())), "--json"))["changes"] if each["id"] == "webhook"
    )
    assert (made["verb"], made["what"]) == ("add", "connection")
    assert "simulated" in made["note"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://10.0.0.5/x", "10.0.0.5 is no public address"),
        ("http://erp.example/x", "the address begins with https://"),
    ],
)
def test_private_addresses_are_refused_unless_the_connection_allows_them(
    url: str, sentence: str, tmp_path: Path
) -> None:
    given = board(rules(hook(url=url)))
    funil = Funil(tmp_path)
    funil.apply(with_way(given, "http"), status=1)
    assert sentence in funil.notices
    funil.apply(with_way(given, "http", "{allow: [10.0.0.5, erp.example]}"))
    found = funil.json("lint")
    assert ["FUNIL_SECRET_HOOKS_KEY" in each["problem"] for each in found] == [True]


def test_without_its_key_nothing_goes_and_the_log_says_which_is_missing(tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_way(board(rules(hook())), "http"))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (row,) = funil.log()
    assert (row["status"], row["reason"]) == ("queued", "misconfigured")
    assert "FUNIL_SECRET_HOOKS_KEY" in row["detail"]


def test_trying_sends_nothing(tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_way(board(rules(hook())), "simulated"))
    tried = funil.json("try", "tell", "--deal", "D1")
    assert (tried["would"], tried["to"], tried["connection"]) == ("done", URL, "hooks")
    assert json.loads(tried["text"])["data"]["deal"]["id"] == "D1"
    assert funil.log() == []


@pytest.mark.parametrize(
    ("last", "status", "reason"),
    [("block", "failed", "blocked"), ("full", "queued", None), ("limit", "queued", "limit_reached")],
)
def test_magic_addresses_decide_in_a_simulation(last: str, status: str, reason: str | None, tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_way(board(rules(hook(url=f"{URL}/{last}"))), "simulated"))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (row,) = funil.log()
    assert (row["status"], row["reason"]) == (status, reason)
