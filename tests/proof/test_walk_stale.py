"""Deals on which nothing happens, from outside: told once a silence, open deals only, whatever the engine was doing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.proof.ground import Funil

BOARD = """
funil: 1
company: {{timezone: America/Sao_Paulo, grace: 0s}}
users:
  - {{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}}
connections:
  - {{id: mail, channel: email, adapter: simulated}}
  - {{id: sms1, channel: sms, adapter: simulated}}
  - {{id: tg, channel: open_channel, adapter: simulated_telegram, settings: {{bot: loja_bot}}}}
fields:
  - {{id: tracking, type: text}}
pipelines:
  - id: sales
    name: Sales
    stages:
      - {{id: new, name: New}}
      - {{id: cold, name: Cold}}
      - {{id: frozen, name: Frozen}}
      - {{id: won, name: Won, kind: success}}
      - {{id: lost, name: Lost, kind: failure}}
    rules:
      - {{id: reminder, stage: new, kind: sms, name: Hi, run: {{after: 30h}}, settings: {{text: Oi, provider: sms1}}}}
    triggers:
{triggers}
contacts:
  - {{id: maria, name: Maria Lima, phones: [{{type: MOBILE, value: "+5511987650001"}}],
     emails: [{{type: WORK, value: maria@cliente.example}}]}}
deals:
  - {{id: D1, title: "Order 1001", pipeline: sales, stage: new, responsible: ana, contacts: [maria]}}
  - {{id: D2, title: "Order 1002", pipeline: sales, stage: won, responsible: ana, contacts: [maria]}}
"""
TWO_DAYS = "      - {id: quiet, stage: cold, kind: stale, settings: {after: 2d}}"
FIVE_DAYS = "      - {id: silent, stage: frozen, kind: stale, settings: {after: 5d}}"


def house(folder: Path, *triggers: str) -> Funil:
    return Funil(folder, BOARD.format(triggers="\n".join(triggers)))


def stale(funil: Funil, deal: str = "D1") -> list[tuple[Any, ...]]:
    events = funil.json("explain", "--deal", deal)["events"]
    return [(event["at"][:16], event["applied"]) for event in events if event["kind"] == "stale"]


def test_a_rules_own_message_is_no_activity_and_a_move_is(tmp_path: Path) -> None:
    funil = house(tmp_path, TWO_DAYS, FIVE_DAYS)
    funil("deal", "move", "D1", "new")
    funil.until("2026-12-03T11:59:00Z")
    assert funil.stage() == "new"
    funil.until("2026-12-03T12:00:00Z")
    assert funil.stage() == "cold"
    funil.until("2026-12-08T11:59:00Z")
    assert funil.stage() == "cold"  # five days are counted from the move
    funil.until("2026-12-08T12:00:00Z")
    assert funil.stage() == "frozen"
    funil.until("2027-02-01T12:00:00Z")
    assert stale(funil) == [
        ("2026-12-03T12:00", "quiet"),
        ("2026-12-05T12:00", None),
        ("2026-12-08T12:00", "silent"),
        ("2026-12-10T12:00", None),
        ("2026-12-13T12:00", None),
    ]
    assert stale(funil, "D2") == []


@pytest.mark.parametrize(
    "act",
    [
        ("deal", "set", "D1", "tracking=BR1"),
        ("deal", "note", "D1", "--text", "called"),
        ("event", "chat_message", "channel=tg", "chat=c", "from=+5511987650001", "text=oi"),
        ("event", "email_received", "from=maria@cliente.example", "subject=oi"),
    ],
)
def test_what_people_do_ends_a_silence(tmp_path: Path, act: tuple[str, ...]) -> None:
    funil = house(tmp_path, TWO_DAYS)
    funil.until("2026-12-02T12:00:00Z")
    funil(*act)
    funil.until("2026-12-04T11:59:59Z")
    assert funil.stage() == "new"
    funil.until("2026-12-04T12:00:00Z")
    assert funil.stage() == "cold"


def test_an_automatic_reply_ends_none(tmp_path: Path) -> None:
    funil = house(tmp_path, TWO_DAYS)
    funil.until("2026-12-02T12:00:00Z")
    funil("event", "email_received", "from=maria@cliente.example", "auto_submitted=auto-replied")
    funil.until("2026-12-03T12:00:00Z")
    assert funil.stage() == "cold"


def test_an_act_before_the_engine_has_looked_ends_the_silence(tmp_path: Path) -> None:
    funil = house(tmp_path, TWO_DAYS)
    funil.idle()
    funil("clock", "set", "2026-12-09T12:00:00Z")
    funil("event", "chat_message", "channel=tg", "chat=c", "from=+5511987650001", "text=oi")
    funil.idle()
    assert (funil.stage(), stale(funil)) == ("new", [])
    funil.until("2026-12-11T12:00:00Z")
    assert (funil.stage(), stale(funil)) == ("cold", [("2026-12-11T12:00", "quiet")])


def test_a_silence_is_told_once_and_the_next_one_again(tmp_path: Path) -> None:
    funil = house(tmp_path, "      - {id: quiet, stage: cold, kind: stale, back: true, settings: {after: 36h}}")
    funil.until("2026-12-20T12:00:00Z")
    assert stale(funil)[0] == ("2026-12-03T00:00", "quiet")
    told = len(stale(funil))
    funil("deal", "move", "D1", "new")
    funil.until("2026-12-31T12:00:00Z")
    assert stale(funil)[told] == ("2026-12-22T00:00", "quiet")
    assert len(stale(funil)) == 2 * told


def test_closed_deals_are_left_alone(tmp_path: Path) -> None:
    funil = house(tmp_path, TWO_DAYS)
    funil("deal", "move", "D1", "lost")
    funil.until("2027-01-01T12:00:00Z")
    assert (funil.stage(), stale(funil)) == ("lost", [])
    funil("deal", "move", "D1", "new")
    funil.until("2027-01-03T12:00:00Z")
    assert funil.stage() == "cold"


def test_a_trigger_that_comes_later_finds_the_deals_that_are_there(tmp_path: Path) -> None:
    funil = house(tmp_path, "")
    funil("deal", "add", "--title", "Another", "--pipeline", "sales", "--stage", "new", "--id", "D9")
    funil.until("2026-12-20T12:00:00Z")
    funil.apply(BOARD.format(triggers=TWO_DAYS))
    funil.idle()
    assert (funil.stage("D1"), funil.stage("D9"), funil.stage("D2")) == ("cold", "cold", "won")


def test_imported_deals_get_their_timers(tmp_path: Path) -> None:
    funil = house(tmp_path, TWO_DAYS)
    table = tmp_path / "deals.csv"
    table.write_text("title,pipeline,stage,contact\nA,sales,new,maria\n", encoding="utf-8")
    funil("deal", "import", str(table))
    funil.until("2026-12-03T12:00:00Z")
    assert {deal["title"]: deal["stage"] for deal in funil.json("deal", "list")}["A"] == "cold"


def test_a_trigger_switched_off_tells_nothing(tmp_path: Path) -> None:
    funil = house(tmp_path, TWO_DAYS)
    funil.apply(BOARD.format(triggers=TWO_DAYS.replace("kind", "enabled: false, kind")))
    funil.until("2026-12-20T12:00:00Z")
    assert (funil.stage(), stale(funil)) == ("new", [])
