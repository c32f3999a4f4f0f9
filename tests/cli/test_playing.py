"""The test run: a copy of the house plays a stage to its end, and the real one knows nothing of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.simulated.only import OnlySimulated
from core import playing
from core.errors import BadInput
from core.model.house import Connection
from tests.cli.cli_ground import Shell, at_noon

RULES: Final = """
funil: 1
connections:
  - {id: real, channel: email, adapter: smtp, settings: {host: mail.loja.example, addresses: [ana@loja.example]}}
pipelines:
  - id: sales
    rules:
      - {id: mail, stage: delivery, kind: email, settings: {subject: S, body: "Code {{ deal.fields.tracking }}"}}
      - id: later
        stage: delivery
        kind: sms
        run: {after: 2d}
        settings: {text: "Olá {{ contact.first_name }}", provider: sms1}
      - {id: on, stage: delivery, kind: move, order: wait, settings: {stage: won}}
      - {id: thanks, stage: won, kind: comment, run: {after: 1d}, settings: {text: Thanks}}
      - {id: never, stage: won, kind: comment, run: {before: 1d, of: close_date}, settings: {text: Never}}
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A house with a real way out, that a test run may not touch."""
    made = at_noon(tmp_path)
    made.ok("apply", "-", stdin=RULES)
    return made


def test_a_stage_is_played_to_its_end_and_the_house_stays_as_it_was(shell: Shell) -> None:
    before, state = shell.cursor(), shell.ok("export")
    told = json.loads(shell.ok("try", "--stage", "delivery", "--deal", "D1", "--play", "--json"))
    assert set(told) == {"deal", "happened", "waiting", "stands"}
    happened: list[dict[str, Any]] = told["happened"]
    said = [(each["at"], each["rule"], each["to"], each["said"]) for each in happened if each["said"]]
    assert said == [
        ("2026-12-01T12:00:05Z", "mail", "maria@cliente.example", "Code BR123"),
        ("2026-12-03T12:00:00Z", "later", "+5511987650001", "Olá Maria"),
    ]
    acts = [(each["at"], each["kind"]) for each in happened if each["kind"] not in ("run", "delivery")]
    assert acts[0] == ("2026-12-01T12:00:00Z", "created")
    assert acts[1:] == [("2026-12-03T12:00:00Z", "moved"), ("2026-12-04T12:00:00Z", "note")]
    assert told["waiting"] == [{"rule": "never", "status": "no_date", "due_at": None}]
    assert told["stands"] == "sales/won"
    text = shell.ok("try", "--stage", "delivery", "--deal", "D1", "--play")
    assert "│ Olá Maria" in text
    assert (shell.cursor(), shell.ok("export")) == (before, state)
    assert shell.json("outbound") == []
    assert shell("try", "mail", "--deal", "D1", "--play").status == 2


def test_every_connection_of_the_copy_leads_nowhere_and_no_other_is_opened() -> None:
    real = [
        Connection(id="m", channel="email", adapter="smtp", settings={"host": "h", "addresses": ["a@b.example"]}),
        Connection(id="t", channel="open_channel", adapter="telegram", settings={"bot": "loja_bot", "poll": 3}),
        Connection(id="w", channel="webhook", adapter="http", settings={"allow": ["10.0.0.1"]}, paused="by_hand"),
        Connection(id="p", channel="telephony", adapter="x", settings={"number": "+551140000000"}),
        Connection(id="f", channel="form", adapter="x", new_deal={"on": True}),
    ]
    adapters = OnlySimulated()
    for connection in real:
        copy = playing.simulated(connection)
        adapters.validate(copy)
        assert (adapters.simulated(copy), copy.paused, copy.new_deal) == (True, None, None)
    assert playing.simulated(real[0]).settings == {"addresses": ["a@b.example"]}
    assert playing.simulated(real[1]).settings == {"bot": "loja_bot"}
    with pytest.raises(BadInput, match="leads nowhere"):
        adapters.open(real[0], None, "h", None)  # type: ignore[arg-type]
