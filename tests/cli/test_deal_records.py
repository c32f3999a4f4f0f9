"""Notes, and deals that are removed and restored, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.cli_ground import Shell, at_noon


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return at_noon(tmp_path)


def last(shell: Shell, deal: str = "D1") -> dict[str, object]:
    return {name: value for name, value in shell.json("timeline", deal)[0].items() if name != "at"}


def kinds(shell: Shell, deal: str = "D1") -> list[tuple[str, str]]:
    return [(line["kind"], line["text"]) for line in shell.json("timeline", deal)]


def test_a_note_stands_in_the_history_under_its_author(shell: Shell) -> None:
    shell.ok("deal", "add", "--title", "Order 2", "--id", "D2")
    assert shell.ok("deal", "note", "D1", "--text", "Called her.\nShe likes {tea}.") == "D1: noted\n"
    assert last(shell) == {"kind": "note", "by": "ana", "text": "Called her.\nShe likes {tea}.", "data": {}}
    assert shell.json("deal", "note", "D2", "--text", "x") == {
        "deal": "D2",
        "at": "2026-12-01T12:00:00Z",
        "kind": "note",
        "by": "system",
        "text": "x",
        "data": {},
    }


def test_a_note_may_come_from_stdin(shell: Shell) -> None:
    shell.ok("deal", "note", "D1", "--text", "-", "--by", "ana", stdin="from a pipe")
    assert last(shell)["text"] == "from a pipe"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["D1", "--text", ""], "a note cannot be empty"),
        (["D1", "--text", " \n"], "a note cannot be empty"),
        (["D1", "--text", "x" * 100_001], "100000 characters at most, not 100001"),
        (["D1", "--text", "a\0b"], "NUL"),
        (["D9", "--text", "x"], "there is no deal “D9”"),
        (["D1", "--text", "x", "--by", "nobody"], "there is no user “nobody”"),
    ],
)
def test_a_note_that_cannot_be_is_refused(shell: Shell, words: list[str], says: str) -> None:
    before = shell.cursor(), kinds(shell)
    assert says in shell.refused("deal", "note", *words)
    assert (shell.cursor(), kinds(shell)) == before


def waiting(shell: Shell) -> None:
    """Bring D1 into the stage whose mail rule is held, so that a run waits."""
    shell.ok("deal", "move", "D1", "delivery")


def test_a_removed_deal_is_nowhere_and_what_waits_is_cancelled_and_told(shell: Shell) -> None:
    waiting(shell)
    done = shell.json("deal", "remove", "D1", "--by", "ana")
    assert (done["removed"], done["unchanged"], done["messages"]) == (["D1"], [], [])
    assert len(done["runs"]) >= 1
    assert shell.json("deal", "list") == []
    assert shell.json("deal", "list", "--search", "Order") == []
    assert [deal["id"] for deal in shell.json("deal", "list", "--removed")] == ["D1"]
    runs = shell.json("explain", "--deal", "D1")["runs"]
    assert {(run["status"], run["reason"], run["detail"]) for run in runs} == {
        ("cancelled", "stopped", "the deal was removed")
    }
    lines = kinds(shell)
    assert lines[0] == ("note", "removed")
    assert [kind for kind, _ in lines[1 : 1 + len(done["runs"])]] == ["run"] * len(done["runs"])
    shell.ok("run", "--until", "2026-12-20T12:00Z")
    assert shell.json("outbound", "--status", "sent") == []
    assert "deals: []" in shell.ok("export") or "D1" not in shell.ok("export")


def test_what_waits_in_the_outbox_is_cancelled_too(shell: Shell) -> None:
    shell.ok("connection", "pause", "--all")
    waiting(shell)
    shell.ok("run", "--until", "2026-12-01T14:00Z")
    queued = shell.json("outbound", "--status", "queued")
    assert queued
    done = shell.json("deal", "remove", "D1")
    assert sorted(done["messages"]) == sorted(row["id"] for row in queued)
    rows = shell.json("outbound")
    assert {(row["status"], row["reason"], row["detail"]) for row in rows} == {
        ("cancelled", "stopped", "the deal was removed")
    }
    shell.ok("connection", "resume", "--all")
    shell.ok("run", "--until", "2026-12-02T14:00Z")
    assert shell.json("outbound", "--status", "sent") == []


@pytest.mark.parametrize(
    "words",
    [
        ["deal", "show", "D1"],
        ["deal", "move", "D1", "won"],
        ["deal", "set", "D1", "title=x"],
        ["deal", "stop", "D1"],
        ["deal", "note", "D1", "--text", "x"],
        ["deal", "undo", "D1"],
        ["deal", "undo"],
        ["deal", "redo", "D1"],
        ["try", "tracking-mail", "--deal", "D1"],
    ],
    ids=" ".join,
)
def test_a_removed_deal_refuses_every_other_act_in_words(shell: Shell, words: list[str]) -> None:
    waiting(shell)
    shell.ok("deal", "remove", "D1")
    said = shell.refused(*words)
    assert said == "deal “D1” was removed: “funil deal restore D1” brings it back"


def test_a_restored_deal_is_where_it_was_and_nothing_starts(shell: Shell) -> None:
    shell.ok("deal", "add", "--title", "above", "--id", "A1")
    shell.ok("deal", "add", "--title", "top", "--id", "A2")
    before = [deal["id"] for deal in shell.json("deal", "list")]
    shell.ok("deal", "remove", "A1", "D1")
    assert [deal["id"] for deal in shell.json("deal", "list")] == ["A2"]
    assert shell.ok("deal", "restore", "A1", "D1") == "A1: back in new\nD1: back in new\n"
    assert [deal["id"] for deal in shell.json("deal", "list")] == before
    assert kinds(shell)[0] == ("note", "restored")
    assert "D1: back" not in shell.ok("export")


def test_a_restored_deal_of_a_stage_with_rules_starts_none(shell: Shell) -> None:
    waiting(shell)
    before = shell.json("deal", "remove", "D1")["runs"]
    restored = shell.json("deal", "restore", "D1")
    assert (restored["restored"], restored["unchanged"]) == (["D1"], [])
    assert restored["deals"][0]["stage"] == "delivery"
    runs = shell.json("explain", "--deal", "D1")["runs"]
    assert [run["status"] for run in runs] == ["cancelled"] * len(before)
    shell.ok("deal", "move", "D1", "won")
    assert shell.json("deal", "show", "D1")["closed"] is True


def test_removing_and_restoring_again_changes_nothing(shell: Shell) -> None:
    said = shell("deal", "restore", "D1")
    assert (said.status, said.out, said.err) == (0, "", "D1: was not removed\n")
    shell.ok("deal", "remove", "D1")
    before = shell.cursor()
    said = shell("deal", "remove", "D1")
    assert (said.status, said.out, said.err) == (0, "", "D1: is removed already\n")
    assert shell.cursor() == before


def test_one_unknown_deal_leaves_all_of_them(shell: Shell) -> None:
    assert shell.refused("deal", "remove", "D1", "D9") == "there is no deal “D9”"
    assert [deal["id"] for deal in shell.json("deal", "list")] == ["D1"]


def test_a_deal_whose_stage_is_gone_stays_removed(shell: Shell, tmp_path: Path) -> None:
    shell.ok("deal", "add", "--title", "x", "--id", "X", "--stage", "lost")
    shell.ok("deal", "remove", "X")
    board = tmp_path / "b.yaml"
    board.write_text(
        "funil: 1\npipelines: [{id: sales, stages: [{id: new}, {id: delivery}, {id: won, kind: success},"
        " {id: gone, kind: failure}]}]\n"
    )
    shell.ok("apply", str(board))
    assert "its stage “lost” of pipeline “sales” is gone" in shell.refused("deal", "restore", "X")
