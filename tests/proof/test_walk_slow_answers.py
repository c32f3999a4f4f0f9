"""The agent who lets the client wait in a chat, from outside: strictly more than N seconds after taking it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.proof.ground import Funil

BOARD = """
funil: 1
company: {{timezone: UTC, grace: 0s}}
users:
  - {{id: ana, name: Ana Souza}}
connections:
  - {{id: tg, channel: open_channel, adapter: simulated_telegram, settings: {{bot: loja_bot}}}}
  - {{id: web, channel: open_channel, adapter: simulated}}
pipelines:
  - id: sales
    name: Sales
    stages:
      - {{id: new, name: New}}
      - {{id: late, name: Let wait}}
      - {{id: later, name: Let wait long}}
      - {{id: won, name: Won, kind: success}}
      - {{id: lost, name: Lost, kind: failure}}
    rules:
      - {{id: sorry, stage: new, kind: chat, name: Sorry, run: {{after: 2m}}, settings: {{text: "One moment!"}}}}
      - {{id: note, stage: new, kind: chat, name: Note, run: {{after: 1m}}, settings: {{text: "Hurry", hidden: true}}}}
    triggers:
{triggers}
contacts:
  - {{id: maria, name: Maria Lima, phones: [{{type: MOBILE, value: "+5511987650001"}}]}}
deals:
  - {{id: D1, title: "Order 1001", pipeline: sales, stage: new, responsible: ana, contacts: [maria]}}
"""
SLOW = "      - {id: slow, stage: late, kind: chat_slow}"
ACCEPT, ANSWER, CLOSE = ("chat", "accept"), ("chat", "answer"), ("chat", "close")
REPORTED = {"accept": "chat_accepted", "answer": "chat_answered", "close": "chat_closed"}


def house(folder: Path, *triggers: str) -> Funil:
    """Return a house in which Maria has written at noon."""
    funil = Funil(folder, BOARD.format(triggers="\n".join(triggers or (SLOW,))))
    funil("event", "chat_message", "channel=tg", "chat=c", "from=+5511987650001", "text=oi")
    funil.idle()
    return funil


def act(funil: Funil, what: str, reported: bool = False) -> None:
    """Let Ana do something in the chat: here, or on the channel itself."""
    text = ("text=olá",) if reported and what == "answer" else ("--text", "olá") if what == "answer" else ()
    if reported:
        by = () if what == "close" else ("by=ana",)
        funil("event", REPORTED[what], "chat=c", *by, *text)
    else:
        funil("chat", what, "c", "--by", "ana", *text)


def slow_events(funil: Funil) -> Sequence[Any]:
    return [event for event in funil.json("explain", "--deal", "D1")["events"] if event["kind"] == "chat_slow"]


@pytest.mark.parametrize("reported", [False, True])
def test_it_fires_at_the_first_moment_later_than_600_seconds_after_the_acceptance(
    tmp_path: Path, reported: bool
) -> None:
    funil = house(tmp_path)
    funil.until("2026-12-01T12:05:00Z")
    act(funil, "accept", reported)
    funil.until("2026-12-01T12:15:00Z")
    assert funil.stage() == "new"  # exactly 600 seconds is not more than 600 seconds; neither the note nor the rule's
    funil.until("2026-12-01T12:15:01Z")  # message was an answer
    assert funil.stage() == "late"
    (event,) = slow_events(funil)
    assert (event["at"], event["applied"]) == ("2026-12-01T12:15:00.001Z", "slow")


@pytest.mark.parametrize("reported", [False, True])
@pytest.mark.parametrize("what", ["answer", "close"])
def test_an_answer_and_closing_end_the_wait(tmp_path: Path, what: str, reported: bool) -> None:
    funil = house(tmp_path)
    act(funil, "accept", reported)
    funil.until("2026-12-01T12:10:00Z")
    act(funil, what, reported)
    funil("event", "chat_message", "chat=c", "text=and?")  # a later silence does not count
    funil.until("2026-12-02T12:00:00Z")
    assert (funil.stage(), slow_events(funil)) == ("new", [])


def test_a_chat_that_nobody_takes_never_fires_and_an_answer_before_taking_it_ends_nothing(tmp_path: Path) -> None:
    funil = house(tmp_path)
    funil.until("2026-12-01T18:00:00Z")
    act(funil, "answer")
    assert funil.stage() == "new"
    act(funil, "accept")
    funil.until("2026-12-01T18:11:00Z")
    assert funil.stage() == "late"


def test_each_acceptance_has_its_own_wait(tmp_path: Path) -> None:
    funil = house(tmp_path)
    act(funil, "accept")
    act(funil, "close")
    funil.until("2026-12-01T13:00:00Z")
    funil("event", "chat_message", "chat=c", "text=again")
    act(funil, "accept")
    funil.until("2026-12-01T14:00:00Z")
    assert [event["at"] for event in slow_events(funil)] == ["2026-12-01T13:10:00.001Z"]


def test_every_length_counts_and_channels_apart(tmp_path: Path) -> None:
    funil = house(
        tmp_path,
        "      - {id: web, stage: later, kind: chat_slow, settings: {seconds: 10, channel: web}}",
        "      - {id: short, stage: late, kind: chat_slow, settings: {seconds: 60, channel: tg}}",
        "      - {id: long, stage: later, kind: chat_slow, settings: {seconds: 90}}",
    )
    act(funil, "accept")
    funil.until("2026-12-01T12:01:00Z")
    assert funil.stage() == "new"
    funil.until("2026-12-01T12:01:20Z")
    assert funil.stage() == "late"
    funil.until("2026-12-01T12:02:00Z")
    assert funil.stage() == "later"
    assert [(event["at"][14:], event["applied"]) for event in slow_events(funil)] == [
        ("01:00.001Z", "short"),
        ("01:30.001Z", "long"),
    ]


def test_counted_from_the_clients_message(tmp_path: Path) -> None:
    funil = house(tmp_path, "      - {id: slow, stage: late, kind: chat_slow, settings: {count_from: message}}")
    funil.until("2026-12-01T12:09:00Z")
    act(funil, "accept")
    funil.until("2026-12-01T12:10:00Z")
    assert funil.stage() == "new"
    funil.until("2026-12-01T12:10:01Z")
    assert funil.stage() == "late"


def test_who_takes_a_chat_too_late_is_late_at_once(tmp_path: Path) -> None:
    funil = house(tmp_path, "      - {id: slow, stage: late, kind: chat_slow, settings: {count_from: message}}")
    funil.until("2026-12-01T12:30:00Z")
    assert funil.stage() == "new"
    act(funil, "accept")
    funil.idle()
    assert funil.stage() == "late"


def test_a_trigger_that_is_changed_later_counts_for_later_acceptances(tmp_path: Path) -> None:
    funil = house(tmp_path)
    act(funil, "accept")
    funil.apply(BOARD.format(triggers="      - {id: slow, stage: late, kind: chat_slow, settings: {seconds: 60}}"))
    funil.until("2026-12-01T12:20:00Z")
    (event,) = slow_events(funil)
    (candidate,) = event["candidates"]
    assert (funil.stage(), candidate["reason"], candidate["detail"]) == (
        "new",
        "not_listening",
        "it tells of a wait of 600 seconds",
    )
