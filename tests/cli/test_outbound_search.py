"""``funil outbound`` finds by words and fields, and prints CSV that no spreadsheet computes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from core import outbound_export
from tests.cli.cli_ground import NOON, Shell, shell_in

BOARD = """
funil: 1
company: {timezone: America/Sao_Paulo, grace: 0s}
users: [{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}]
connections: [{id: mail, channel: email, adapter: simulated}, {id: sms1, channel: sms, adapter: simulated}]
pipelines:
  - id: sales
    stages: [{id: new}, {id: delivery}, {id: won, kind: success}, {id: lost, kind: failure}]
    rules:
      - {id: hello, stage: delivery, kind: email, settings: {subject: "=Olá, José", body: "a\\nb"}}
      - {id: short, stage: delivery, kind: sms, settings: {text: a caminho, provider: sms1}}
contacts:
  - {id: maria, name: Maria, emails: [{value: maria@cliente.example}], phones: [{value: "+5511987650001"}]}
deals: [{id: D1, responsible: ana, contacts: [maria]}, {id: D2, responsible: ana, contacts: [maria]}]
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell on a house whose two deals have had a mail and an SMS each."""
    monkeypatch.chdir(tmp_path)
    found = shell_in(tmp_path)
    found.ok("clock", "set", NOON)
    found.ok("apply", "-", stdin=BOARD)
    for deal in ("D1", "D2"):
        found.ok("deal", "move", deal, "delivery")
    found.ok("run", "--until-idle")
    return found


def test_words_and_fields_narrow_what_is_printed_and_options_go_before_them(shell: Shell) -> None:
    def found(*args: str) -> list[str]:
        return sorted(f"{row['deal']}-{row['channel']}" for row in shell.json("outbound", *args))

    assert found("--search", "JOSE") == ["D1-email", "D2-email"]
    assert found("--search", "channel:sms deal:D2 caminho") == ["D2-sms"]
    assert found("--search", "deal:D2 98765-0001") == ["D2-sms"]
    assert found("--search", "channel:sms", "--channel", "email", "--deal", "D1") == ["D1-email"]
    assert found("--search", "status:failed") == []
    assert len(found("--search", "a", "--limit", "3")) == 3
    assert "status: “x” is none of" in shell.refused("outbound", "--search", "status:x")
    assert "D9" in shell.refused("outbound", "--search", "deal:D9")


def test_csv_has_the_fields_of_the_json_and_nothing_that_a_spreadsheet_computes(shell: Shell) -> None:
    rows = list(csv.reader(io.StringIO(shell.ok("outbound", "--search", "channel:email deal:D1", "--csv"), newline="")))
    assert rows[0] == outbound_export.COLUMNS
    line = dict(zip(*rows, strict=True))
    (shown,) = json.loads(shell.ok("outbound", "--channel", "email", "--deal", "D1", "--json"))
    assert line["subject"] == "'=Olá, José"
    assert {name: line[name] for name in ("id", "to", "text", "status")} == {
        name: shown[name] for name in ("id", "to", "text", "status")
    }
