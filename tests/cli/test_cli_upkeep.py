"""``funil check`` and ``funil backup`` through the command line."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.cli.cli_ground import Shell, at_noon


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return at_noon(tmp_path)


def test_simulated_connections_are_well(shell: Shell) -> None:
    shell.ok("connection", "pause", "mail")
    before = shell.cursor()
    shown = {each.pop("id"): each for each in shell.json("check")}
    assert {each["ok"] for each in shown.values()} == {True}
    assert shown["mail"]["paused"] == "by_hand"
    assert list(shown["sms1"]) == ["channel", "adapter", "ok", "detail", "paused"]
    assert [each["id"] for each in shell.json("check", "mail")] == ["mail"]
    assert shell.json("outbound") == []
    assert shell.cursor() == before


def test_an_unwell_connection_is_said_and_ends_with_1(shell: Shell, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    board = tmp_path / "b.yaml"
    board.write_text(
        f"connections: [{{id: post, channel: email, adapter: smtp, settings: {{host: 127.0.0.1, port: {port},"
        " security: none}}]\n"
    )
    shell.ok("apply", str(board))
    said = shell("check")
    assert said.status == 1
    assert "post" in said.out
    assert said.err == "funil: 1 of 5 connections is unwell: post\n"
    assert shell("check", "mail").status == 0
    assert shell("check", "post", "--json").status == 1


def test_a_backup_is_a_database_of_its_own(shell: Shell, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    done = shell.json("backup", str(copy))
    assert done == {"file": str(copy), "size": copy.stat().st_size, "form": "sqlite", "verified": True}
    assert Shell(f"sqlite:///{copy}").ok("export") == shell.ok("export")
    assert shell.refused("backup", str(copy)) == f"{copy} is there already: a backup overwrites nothing"
    assert shell.ok("backup", str(tmp_path / "b.db")).endswith(" bytes, verified\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["backup", "/nowhere/at/all.db"], "No such file or directory"),
        (["backup", ""], "cannot be the name of a file"),
        (["backup", "a\0b"], "cannot be the name of a file"),
        (["check", "nope"], "there is no connection “nope”"),
        (["check", "--timeout", "0"], "“0” is not a whole number above 0"),
    ],
)
def test_what_cannot_be_is_refused(shell: Shell, words: list[str], sentence: str) -> None:
    assert sentence in shell.refused(*words)
