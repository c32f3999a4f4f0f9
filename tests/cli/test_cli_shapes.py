"""The JSON of every verb, field by field as the contract lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.cli_ground import Shell, at_noon

SMS_RULE: Final = """
funil: 1
pipelines:
  - id: sales
    rules:
      - {id: r-mail, stage: delivery, kind: email, settings: {body: "<p>Code {{ deal.fields.tracking }}</p>"}}
      - {id: r-sms, stage: delivery, kind: sms, settings: {text: "Olá {{ contact.first_name }}", provider: sms1}}
      - {id: r-late, stage: delivery, kind: move, run: {after: 2d}, order: wait, settings: {stage: won}}
"""

DEAL: Final = (
    "id title amount currency pipeline stage responsible contacts company fields begin_date close_date flags "
    "entered_stage_at created_at closed version"
)
OUTBOUND: Final = (
    "id at deal rule channel connection to subject text status reason detail attempts due_at provider_id sent_at "
    "delivered_at cost cost_currency key by"
)
RUN: Final = "id deal rule stage status reason detail due_at waits_for condition"
TIMELINE: Final = "at kind by text data"
TRY: Final = "rule deal would reason condition recipient to connection subject text"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """One deal whose mail and SMS have gone out and whose move waits, another whose messages are held."""
    shell = at_noon(tmp_path_factory.mktemp("shapes"))
    shell.ok("apply", "-", stdin=SMS_RULE)
    shell.ok("deal", "move", "D1", "delivery")
    shell.ok("run", "--until", "2026-12-01T12:01Z")
    shell.ok("deal", "add", "--title", "Held", "--id", "D2", "--stage", "delivery", "--contact", "maria")
    return shell


def fields_of(text: str) -> set[str]:
    return set(text.split())


def test_a_deal(shell: Shell) -> None:
    deal = shell.json("deal", "show", "D1")
    assert set(deal) == fields_of(DEAL)
    assert deal | {"version": 0, "created_at": "", "entered_stage_at": ""} == {
        "id": "D1",
        "title": "Order 1001",
        "amount": "7500.00",
        "currency": "BRL",
        "pipeline": "sales",
        "stage": "delivery",
        "responsible": "ana",
        "contacts": ["maria"],
        "company": "acme",
        "fields": {"tracking": "BR123"},
        "begin_date": None,
        "close_date": None,
        "flags": [],
        "entered_stage_at": "",
        "created_at": "",
        "closed": False,
        "version": 0,
    }
    assert shell.json("deal", "list", "--search", "order") == [deal]


TRACKING = {"links", "track_clicks", "track_opens", "attachments", "empty_fields"}


def test_outbound_rows(shell: Shell) -> None:
    rows = shell.json("outbound", "--deal", "D1")
    assert [row["id"] for row in rows] == ["M2", "M1"], "newest first"
    sms, mail = rows
    assert set(mail) == fields_of(OUTBOUND) | TRACKING
    assert (mail["links"], mail["track_clicks"], mail["track_opens"]) == ([], True, True)
    assert set(sms) == fields_of(OUTBOUND) | {"encoding", "segments"}
    assert (sms["encoding"], sms["segments"], sms["to"], sms["subject"]) == ("UCS-2", 1, "+5511987650001", None)
    assert (mail["channel"], mail["connection"], mail["rule"]) == ("email", "mail", "r-mail")
    assert (mail["text"], mail["attempts"], mail["due_at"]) == ("Code BR123", 1, None)
    assert (mail["sent_at"], mail["delivered_at"], mail["cost"]) == ("2026-12-01T12:00:05Z", None, None)
    assert mail["provider_id"].startswith("sim-")
    assert mail["key"].endswith("-M1")


def test_held_rows_have_the_same_fields_and_the_runs_id(shell: Shell) -> None:
    rows = {row["rule"]: row for row in shell.json("outbound", "--status", "held")}
    runs = {run["rule"]: run["id"] for run in shell.json("explain", "--deal", "D2")["runs"]}
    assert {rule: row["id"] for rule, row in rows.items()} == {"r-sms": runs["r-sms"], "r-mail": runs["r-mail"]}
    assert set(rows["r-sms"]) == fields_of(OUTBOUND) | {"encoding", "segments"}
    assert (rows["r-sms"]["segments"], rows["r-sms"]["sent_at"], rows["r-sms"]["attempts"]) == (1, None, 0)
    # Nobody is responsible for the deal, so that its mail could not be sent as things are now.
    assert set(rows["r-mail"]) == fields_of(OUTBOUND) | TRACKING
    assert (rows["r-mail"]["reason"], rows["r-mail"]["to"], rows["r-mail"]["connection"]) == ("no_mailbox", None, None)


def test_explain(shell: Shell) -> None:
    found = shell.json("explain", "--deal", "D1")
    assert set(found) == {"runs", "events"}
    assert found["events"] == []
    assert [run["rule"] for run in found["runs"]] == ["r-mail", "r-sms", "r-late"], "oldest first"
    assert all(set(run) == fields_of(RUN) for run in found["runs"])
    late = found["runs"][2]
    assert (late["status"], late["reason"], late["due_at"]) == ("waiting", "time", "2026-12-03T12:00:00Z")
    assert late["condition"] is None


def test_timeline(shell: Shell) -> None:
    rows = shell.json("timeline", "D1")
    assert [row["kind"] for row in rows] == ["delivery", "delivery", "moved", "created"]
    assert all(set(row) == fields_of(TIMELINE) for row in rows)
    assert (rows[2]["by"], rows[2]["text"], rows[2]["data"]["to"]) == ("ana", "New → Order delivery", "delivery")
    assert shell.json("timeline", "D1", "--limit", "1") == rows[:1]


def test_try(shell: Shell) -> None:
    tried = shell.json("try", "r-sms", "--deal", "D1")
    assert set(tried) >= fields_of(TRY)
    wanted: dict[str, Any] = {
        "would": "done",
        "reason": None,
        "condition": None,
        "recipient": "maria",
        "to": "+5511987650001",
        "connection": "sms1",
        "subject": None,
        "text": "Olá Maria",
    }
    assert {name: tried[name] for name in wanted} == wanted


def test_try_of_a_stage(shell: Shell) -> None:
    tried = shell.json("try", "--stage", "delivery", "--deal", "D1")
    assert set(tried) == fields_of("pipeline stage deal at rules")
    assert all(set(each) >= fields_of(TRY) | {"name", "kind", "at", "waits_for", "then"} for each in tried["rules"])
    found = [(each["rule"], each["would"], each["at"], each["to"]) for each in tried["rules"]]
    assert found == [
        ("r-mail", "done", "2026-12-01T12:01:05Z", "maria@cliente.example"),
        ("r-sms", "done", "2026-12-01T12:01:05Z", "+5511987650001"),
        ("r-late", "done", "2026-12-03T12:01:00Z", "sales/won"),
    ]
    assert "r-late" in shell.ok("try", "--stage", "delivery", "--deal", "D1")
    assert [
        shell(*words).status for words in (("try", "--deal", "D1"), ("try", "r-sms", "--stage", "new", "--deal", "D1"))
    ] == [2, 2]


def test_backtest(shell: Shell) -> None:
    found = shell.json("backtest", "r-sms", "--days", "7")
    assert set(found) == fields_of("rule trigger since until judged counts reasons rows")
    assert (found["rule"], found["trigger"], found["counts"]) == ("r-sms", None, {"done": 1, "waiting": 1})
    row, held = found["rows"]
    assert set(row) == fields_of("deal title at due would reason detail to text today event")
    assert (row["deal"], row["to"], row["text"], row["today"]) == ("D1", "+5511987650001", "Olá Maria", ["contact"])
    assert (held["deal"], held["would"], held["reason"]) == ("D2", "waiting", "grace")
    table = shell.ok("backtest", "r-late").splitlines()
    assert "waiting (time)" in table[1]
    assert table[-1] == "In the last 30 days: waiting: 2"
    assert (
        shell.ok("backtest", "r-sms", "--csv").splitlines()[0]
        == "deal,title,at,due,would,reason,detail,to,text,today,event"
    )
    assert "no rule" in shell.refused("backtest", "nothing")
    assert "whole number" in shell.refused("backtest", "r-sms", "--days", "0")
    assert shell("backtest", "r-sms", "--csv", "--json").status == 2


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--channel", "sms"], {"r-sms"}),
        (["--channel", "email"], {"r-mail"}),
        (["--channel", "telephony"], set()),
        (["--status", "sent"], {"r-mail", "r-sms"}),
        (["--status", "failed"], set()),
    ],
)
def test_the_log_is_filtered(shell: Shell, words: list[str], found: set[str]) -> None:
    assert {row["rule"] for row in shell.json("outbound", "--deal", "D1", *words)} == found


def test_the_schema_is_a_json_schema_that_knows_every_kind(shell: Shell) -> None:
    schema = shell.json("schema")
    assert schema["$schema"].endswith("2020-12/schema")
    assert set(schema["$defs"]["RulePart"]["properties"]["kind"]["enum"]) >= {"email", "sms", "move"}


def test_an_export_as_json_is_the_board_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "house.json"
    file.write_text(shell.ok("export", "--json"), encoding="utf-8")
    assert shell.json("apply", str(file))["changes"] == []


def test_json_never_depends_on_the_language(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        ["deal", "list"],
        ["outbound"],
        ["explain"],
        ["timeline", "D1"],
        ["try", "r-sms", "--deal", "D1"],
        ["lint"],
    ]
    english = [shell.ok(*words, "--json") for words in lines]
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    assert [shell.ok(*words, "--json") for words in lines] == english


@pytest.mark.parametrize(
    "words", [["deal", "list"], ["outbound"], ["explain"], ["timeline", "D1"], ["deal", "show", "D1"]]
)
def test_people_get_a_plain_text_of_the_same(shell: Shell, words: list[str]) -> None:
    shown = shell.ok(*words)
    assert "D1" in shown or words[0] == "timeline"
    assert "\x1b" not in shown
    assert not any(line != line.rstrip() for line in shown.splitlines())


def test_what_cannot_go_says_why_in_words(tmp_path: Path) -> None:
    shell = at_noon(tmp_path)
    rules = SMS_RULE.replace("{after: 2d}, order: wait", "{after: 2d, of: close_date}")
    shell.ok("apply", "-", stdin=rules)
    shell.ok("connection", "pause", "sms1")
    shell.ok("deal", "move", "D1", "delivery")
    shell.ok("run", "--until", "2026-12-01T12:01Z")
    runs = {run["rule"]: run for run in shell.json("explain")["runs"]}
    assert (runs["r-late"]["status"], runs["r-late"]["detail"]) == ("no_date", "close_date is empty")
    (row,) = shell.json("outbound", "--channel", "sms")
    assert (row["reason"], row["detail"]) == (
        "connection_paused",
        "connection “sms1” is paused; “funil connection resume sms1” lets it send",
    )
    assert runs["r-sms"]["detail"] == row["detail"]
