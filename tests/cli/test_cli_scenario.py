"""The walk of issue and contract: a board file, a move, its rules, the log, why, the history, and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.cli_ground import BOARD, NOON, Shell, at_noon, shell_in


@pytest.fixture
def noon(tmp_path: Path) -> Shell:
    return at_noon(tmp_path)


def test_init_gives_the_default_pipeline_once(tmp_path: Path) -> None:
    shell = Shell(f"sqlite:///{tmp_path / 'new' / 'funil.db'}")
    assert shell.json("init")["state"] == "created"
    assert shell.json("init") == {
        "database": str(tmp_path / "new" / "funil.db"),
        "state": "unchanged",
        "pipeline": None,
    }
    (pipeline,) = shell.json("export")["pipelines"]
    assert [(stage["id"], stage["color"]) for stage in pipeline["stages"]][:2] == [
        ("new", "#39A8EF"),
        ("preparation", "#2FC6F6"),
    ]
    assert [stage.get("kind", "process") for stage in pipeline["stages"]] == [
        *["process"] * 5,
        "success",
        "failure",
        "failure",
    ]


def test_a_dry_run_tells_what_apply_then_does(tmp_path: Path) -> None:
    shell = shell_in(tmp_path)
    told = shell.json("apply", str(BOARD), "--dry-run")
    assert shell.json("deal", "list") == []
    done = shell.json("apply", str(BOARD))
    assert (told["dry_run"], done["dry_run"]) == (True, False)
    assert told["changes"] == done["changes"]
    assert {"verb": "add", "what": "rule", "id": "tracking-mail", "note": None} in done["changes"]


def test_applying_again_changes_nothing(noon: Shell) -> None:
    assert noon.json("apply", str(BOARD)) == {"dry_run": False, "changes": []}
    assert "Nothing changes" in noon.ok("apply", str(BOARD))


@pytest.mark.parametrize("only", [[], ["--only", "rules"]])
def test_applying_an_export_changes_nothing(noon: Shell, only: list[str]) -> None:
    exported = noon.ok("export", *only)
    rehearsed = noon.ok("apply", "-", "--dry-run", "--json", stdin=exported)
    assert json.loads(rehearsed) == {"dry_run": True, "changes": []}
    assert "Nothing changes" in noon.ok("apply", "-", stdin=exported)


def test_a_file_without_a_version_is_taken_and_told_what_is_missing(noon: Shell) -> None:
    said = noon("apply", "-", stdin="constants: {site: x}\n")
    assert (said.status, said.err) == (0, "1 change\nstdin has no “funil: 1”: read as version 1; write it on top\n")
    assert "version" not in noon("apply", "-", stdin="funil: 1\nconstants: {site: x}\n").err


def test_an_import_starts_no_rules(noon: Shell) -> None:
    assert noon.json("explain")["runs"] == []
    assert noon.json("deal", "show", "D1")["entered_stage_at"] == "2026-12-01T12:00:00Z"


def test_a_move_is_held_then_goes_out(noon: Shell) -> None:
    noon.ok("deal", "move", "D1", "delivery", "--by", "ana")
    idle = noon("run", "--until-idle")
    assert idle.err == "held until 2026-12-01T12:00:05Z: rule tracking-mail on deal D1 (R1)\n"
    assert noon.json("clock", "show") == {"clock": "simulated", "now": "2026-12-01T12:00:00Z"}
    (held,) = noon.json("outbound", "--status", "held")
    assert (held["id"], held["status"], held["due_at"], held["text"]) == (
        "R1",
        "held",
        "2026-12-01T12:00:05Z",
        "Code BR123",
    )

    noon.ok("clock", "advance", "5s")
    assert [row["status"] for row in noon.json("outbound")] == ["held"], "advancing executes nothing"
    noon.ok("run", "--once")
    (sent,) = noon.json("outbound")
    assert (sent["id"], sent["status"], sent["to"], sent["subject"]) == (
        "M1",
        "sent",
        "maria@cliente.example",
        "Your order",
    )
    (run,) = noon.json("explain", "--deal", "D1", "--rule", "tracking-mail")["runs"]
    assert (run["status"], run["stage"], run["condition"][0]["holds"]) == ("done", "delivery", True)
    assert [row["kind"] for row in noon.json("timeline", "D1")] == ["delivery", "moved", "created"]


def test_undo_in_the_grace_stops_the_message(noon: Shell) -> None:
    noon.ok("deal", "move", "D1", "delivery")
    assert noon.json("deal", "undo", "D1") == {"deals": ["D1"], "cancelled": 1, "gone_out": [], "stays": []}
    noon.ok("run", "--until", "2026-12-01T13:00Z")
    assert noon.json("outbound") == []
    assert noon.json("deal", "show", "D1")["stage"] == "new"
    assert noon.json("timeline", "D1")[0]["kind"] == "undone"


def test_undo_after_the_grace_names_what_has_gone_out(noon: Shell) -> None:
    noon.ok("deal", "move", "D1", "delivery")
    noon.ok("run", "--until", "2026-12-01T12:01Z")
    said = noon("deal", "undo")
    assert (said.status, said.out) == (0, "D1: back in new\n")
    assert said.err == "email to maria@cliente.example has gone out\n"


def test_a_bulk_move_is_one_undo(noon: Shell) -> None:
    noon.ok("deal", "add", "--title", "Second", "--id", "D2")
    moved = noon.json("deal", "move", "D1", "D2", "won")
    assert (moved["moved"], moved["unchanged"]) == (["D1", "D2"], [])
    assert sorted(noon.json("deal", "undo", "D2")["deals"]) == ["D1", "D2"]
    assert [deal["stage"] for deal in noon.json("deal", "list")] == ["new", "new"]


def test_no_rules_means_none(noon: Shell) -> None:
    noon.ok("deal", "move", "D1", "delivery", "--no-rules")
    assert noon.json("explain")["runs"] == []


def test_a_move_to_the_same_stage_says_so_and_starts_nothing(noon: Shell) -> None:
    said = noon("deal", "move", "D1", "new")
    assert (said.status, said.out, said.err) == (0, "", "D1: stands in new already\n")
    assert noon.json("deal", "move", "D1", "new")["batch"] is None


def test_run_until_jumps_and_leaves_the_clock_there(noon: Shell) -> None:
    noon.ok("deal", "move", "D1", "delivery")
    ran = noon.json("run", "--until", "2026-12-01T18:00Z")
    assert (ran["clock"], ran["held"]) == ("2026-12-01T18:00:00Z", [])
    assert noon.json("outbound")[0]["sent_at"] == "2026-12-01T12:00:05Z"


def test_a_rule_is_tried_without_a_trace(noon: Shell) -> None:
    before = noon.ok("export")
    tried = noon.json("try", "tracking-mail", "--deal", "D1")
    assert (tried["would"], tried["to"], tried["text"]) == ("done", "maria@cliente.example", "Code BR123")
    assert noon.json("outbound") == noon.json("explain")["runs"] == []
    assert noon.ok("export") == before


def test_a_condition_that_does_not_hold_is_told_with_its_values(noon: Shell) -> None:
    noon.ok("deal", "set", "D1", "amount=10")
    tried = noon.json("try", "tracking-mail", "--deal", "D1")
    assert (tried["would"], tried["reason"]) == ("skipped", "condition_false")
    assert tried["condition"][0] == {
        "field": "deal.amount",
        "op": ">",
        "value": 5000,
        "actual": "10.00",
        "holds": False,
    }


def test_set_takes_bare_ids_and_paths_and_an_empty_value_clears(noon: Shell) -> None:
    deal = noon.json("deal", "set", "D1", "amount=12.5", "deal.fields.tracking=", "close_date=2026-12-24")
    assert (deal["amount"], deal["fields"], deal["close_date"]) == ("12.50", {"tracking": None}, "2026-12-24")
    assert noon.ok("deal", "set", "D1", "tracking=") == "D1: is so already\n"
    assert noon.ok("deal", "set", "D1", "title=a=b") == "D1: changed\n"
    assert noon.json("deal", "show", "D1")["title"] == "a=b"


def test_a_new_deal_takes_its_companys_contacts_and_starts_the_rules_of_its_stage(noon: Shell) -> None:
    words = ["--title", "New", "--company", "acme", "--amount", "9000", "--field", "tracking=X", "--stage", "delivery"]
    deal_id = noon.ok("deal", "add", *words, "--responsible", "ana").strip()
    deal = noon.json("deal", "show", deal_id)
    assert (deal["contacts"], deal["currency"], deal["responsible"]) == (["maria"], "BRL", "ana")
    assert [run["reason"] for run in noon.json("explain", "--deal", deal_id)["runs"]] == ["grace"]


def test_a_paused_connection_holds_its_messages_until_it_is_resumed(noon: Shell) -> None:
    assert noon.json("connection", "pause", "mail") == [{"id": "mail", "paused": "by_hand"}]
    noon.ok("deal", "move", "D1", "delivery")
    noon.ok("run", "--until", "2026-12-01T12:01Z")
    (row,) = noon.json("outbound")
    assert (row["status"], row["reason"]) == ("queued", "connection_paused")
    assert {each["id"] for each in noon.json("connection", "resume", "--all")} == {"mail", "sms1", "line1", "tg"}
    noon.ok("run", "--until-idle")
    assert noon.json("outbound")[0]["status"] == "sent"


def test_lint_is_quiet_about_a_good_board_and_status_1_about_a_bad_one(noon: Shell, tmp_path: Path) -> None:
    assert noon.json("lint") == []
    bad = BOARD.read_text().replace("{{ deal.fields.tracking }}", "{{ deal.fields.trakking }}")
    said = noon("lint", "-", "--json", stdin=bad)
    assert said.status == 1
    assert "trakking" in said.out
    assert noon.json("lint") == [], "linting a file leaves no trace"
    missing = Shell(f"sqlite:///{tmp_path / 'none.db'}")
    assert missing("lint", "-", stdin=bad).status == 1
    assert not (tmp_path / "none.db").exists()


def test_the_clock_goes_where_it_is_told_until_a_run_exists(noon: Shell) -> None:
    noon.ok("clock", "set", "2020-01-01T00:00Z")
    assert noon.json("clock", "set", NOON) == {"clock": "simulated", "now": "2026-12-01T12:00:00Z"}
    noon.ok("deal", "move", "D1", "delivery")
    assert "cannot go back" in noon.refused("clock", "set", "2020-01-01T00:00Z")
    assert noon.json("clock", "advance", "1d")["now"] == "2026-12-02T12:00:00Z"


def test_the_same_walk_on_postgresql(fresh_postgres: str) -> None:
    shell = Shell(fresh_postgres)
    assert "“funil init” makes one" in shell.refused("deal", "list")
    assert shell.json("init")["state"] == "created"
    shell.ok("clock", "set", NOON)
    shell.ok("apply", str(BOARD))
    shell.ok("deal", "move", "D1", "delivery")
    shell.ok("run", "--until", "2026-12-01T12:01Z")
    assert [row["status"] for row in shell.json("outbound")] == ["sent"]
    assert shell.json("deal", "undo", "D1")["deals"] == ["D1"]
