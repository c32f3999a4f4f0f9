"""A call that a person places: over a line, once, now; answered or not, triggers hear of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.cli_ground import NOON, Shell, shell_in

BOARD = """
funil: 1
company: {timezone: America/Sao_Paulo, grace: 0s}
users: [{id: ana, name: Ana Souza}]
connections:
  - {id: line1, channel: telephony, adapter: simulated, settings: {number: "+551140000000", price_per_minute: "0.30"}}
pipelines:
  - id: sales
    stages: [{id: new}, {id: called}, {id: won, kind: success}, {id: lost, kind: failure}]
    triggers: [{id: made, stage: called, kind: call_made}]
contacts:
  - {id: maria, name: Maria Lima, phones: [{value: "+5511987650001"}, {value: "+15005550010"}]}
  - {id: rita, name: Rita Sá, phones: [{value: "+5511987650002", opted_out: true}]}
  - {id: nemo, name: Nemo}
deals:
  - {id: D1, responsible: ana, contacts: [maria]}
  - {id: D2, responsible: ana, contacts: [rita]}
  - {id: D3, responsible: ana, contacts: [nemo]}
"""
SECOND = 'connections: [{id: line2, channel: telephony, adapter: simulated, settings: {number: "+551140000001"}}]'


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return a shell on a house with a telephone line."""
    found = shell_in(tmp_path)
    found.ok("clock", "set", NOON)
    found.ok("apply", "-", stdin=BOARD)
    return found


def call(shell: Shell, *more: str) -> dict[str, Any]:
    """Place a call and return its line of the log as the next run leaves it."""
    placed: str = shell.json("deal", "call", "D1", "--by", "ana", *more)["id"]
    shell.ok("run", "--until-idle")
    return next(row for row in shell.json("outbound") if row["id"] == placed)


@pytest.mark.parametrize(
    ("phone", "status", "reason", "told"),
    [
        ("+5511987650001", "sent", None, "ana has called +5511987650001: answered"),
        ("+15005550010", "failed", "busy", "ana has called +15005550010, not reached (busy): The line is busy"),
        ("+15005550011", "failed", "no_answer", "not reached (no_answer): Nobody answers"),
        ("+15005550005", "failed", "timeout", "not reached (timeout): The provider cannot be reached"),
        ("+15005550002", "failed", "rejected", "not reached (rejected): No route to this number at present"),
        ("+15005550001", "failed", "bad_number", "not reached (bad_number): The number does not exist"),
        ("+15005550007", "unknown", "timeout", "nobody knows what became of it"),
    ],
)
def test_a_call_is_made_once_and_told_with_what_became_of_it(
    shell: Shell, phone: str, status: str, reason: str | None, told: str
) -> None:
    row = call(shell, "--phone", phone)
    assert (row["status"], row["reason"], row["attempts"]) == (status, reason, 1)
    assert (row["by"], row["rule"], row["channel"], row["connection"]) == ("ana", None, "telephony", "line1")
    lines = shell.json("timeline", "D1")
    assert any(told in line["text"] and line["data"].get("delivery") == row["id"] for line in lines)
    assert any(line["kind"] == "call" and line["text"] == f"ana calls {phone}" for line in lines)
    assert shell.json("deal", "show", "D1")["stage"] == "called", "answered or not, the trigger moves the deal"


def test_by_itself_it_is_the_clients_first_number_and_costs_a_minute(shell: Shell) -> None:
    row = call(shell)
    assert (row["to"], row["cost"]) == ("+5511987650001", "0.30")


def test_the_same_name_again_calls_nobody(shell: Shell) -> None:
    first = call(shell, "--id", "c-1")
    said = shell("deal", "call", "D1", "--by", "ana", "--id", "c-1")
    assert (said.out, said.err) == (f"{first['id']}\n", f"{first['id']}: was placed before; nothing was done\n")
    assert len(shell.json("outbound")) == 1


def test_a_call_that_no_engine_has_made_in_two_minutes_is_not_made(shell: Shell) -> None:
    placed = shell.json("deal", "call", "D1", "--by", "ana")["id"]
    shell.ok("clock", "advance", "3m")
    shell.ok("run", "--until-idle")
    (row,) = shell.json("outbound")
    assert (row["id"], row["status"], row["reason"], row["attempts"]) == (placed, "cancelled", "too_late", 0)


def test_it_is_not_tried_again_later_but_called_again(shell: Shell) -> None:
    row = call(shell, "--phone", "+15005550010")
    assert f"{row['id']} was a person's call: call again" in shell.refused("outbound", "retry", row["id"])
    assert call(shell)["status"] == "sent"


@pytest.mark.parametrize(
    ("deal", "more", "says"),
    [
        ("D9", (), "there is no deal “D9”"),
        ("D1", ("--line", "line9"), "there is no telephone line “line9”"),
        ("D1", ("--phone", "12"), "“12”"),
        ("D2", (), "Rita Sá does not want messages at +5511987650002"),
        ("D3", (), "Nemo has no telephone number"),
    ],
)
def test_who_cannot_be_called_is_said_at_once_and_nothing_is_left(
    shell: Shell, deal: str, more: tuple[str, ...], says: str
) -> None:
    assert says in shell.refused("deal", "call", deal, "--by", "ana", *more)
    assert shell.json("outbound") == []


def test_a_line_in_doubt_is_named_and_a_paused_one_calls_nobody(shell: Shell) -> None:
    shell.ok("apply", "-", stdin=SECOND)
    assert "there are several telephone lines; name one of line1, line2" in (
        shell.refused("deal", "call", "D1", "--by", "ana")
    )
    assert call(shell, "--line", "line2")["connection"] == "line2"
    shell.ok("connection", "pause", "line2")
    assert "line line2 is paused" in shell.refused("deal", "call", "D1", "--by", "ana", "--line", "line2")
