"""``funil board --plain``: the board as text, what changes on it line by line, and a clean end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.cli import board, plain_board
from adapters.cli.plain_board import Snapshot
from core.ports import Store
from funil import House
from tests.cli.cli_ground import Shell, shell_in

ROOT: Final = Path(__file__).resolve().parents[2]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A house at noon with three deals in two stages."""
    shell = shell_in(tmp_path)
    shell.ok("clock", "set", "2026-12-01T12:00Z")
    shell.ok("contact", "add", "--id", "maria", "--name", "Maria Lima")
    for id, title, amount in (("A", "Order 1", "7500.50"), ("B", "Order 2", "100"), ("C", "Café do Zé", "")):
        given = ["--amount", amount] if amount else []
        shell.ok("deal", "add", "--id", id, "--title", title, "--contact", "maria", *given)
    shell.ok("deal", "move", "B", stages(shell)[1])
    shell.ok("clock", "advance", "3d")
    return shell


def stages(shell: Shell) -> list[str]:
    return [stage["id"] for stage in shell.json("board", "--plain")["stages"]]


def body(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                "3 deals, R$7,600.50",
                "2 deals, R$7,500.50",
                "1. Café do Zé; Maria Lima; 3 days in this stage (C)",
                "2. Order 1; R$7,500.50; Maria Lima; 3 days in this stage (A)",
                "1 deal, R$100.00",
                "1. Order 2; R$100.00; Maria Lima; 3 days in this stage (B)",
                "no deals",
            ],
        ),
        (
            "pt_BR",
            [
                "3 negócios, R$ 7.600,50",
                "2 negócios, R$ 7.500,50",
                "1. Café do Zé; Maria Lima; há 3 dias nesta etapa (C)",
                "2. Order 1; R$ 7.500,50; Maria Lima; há 3 dias nesta etapa (A)",
                "1 negócio, R$ 100,00",
                "1. Order 2; R$ 100,00; Maria Lima; há 3 dias nesta etapa (B)",
                "sem negócios",
            ],
        ),
    ],
)
def test_it_is_read_from_top_to_bottom(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, language: str, expected: list[str]
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    shown = body(shell.ok("board", "--plain"))
    assert [line.endswith(end) for line, end in zip(shown, expected, strict=False)] == [True] * len(expected), shown
    heads = [line for line in shown if line.startswith(("Stage ", "Etapa "))]
    count = len(heads)
    of = " of " if language == "en" else " de "
    assert [line.split(",")[0] for line in heads] == [
        f"{heads[0].split()[0]} {n}{of}{count}" for n in range(1, count + 1)
    ]


def test_the_filter_is_the_board_s(shell: Shell) -> None:
    shown = body(shell.ok("board", "--plain", "--search", "cafe"))
    assert shown[0].endswith(": 1 deal")
    assert shown[1] == "Only deals with “cafe”."
    assert [line for line in shown if line.startswith("1. ")] == ["1. Café do Zé; Maria Lima; 3 days in this stage (C)"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--search=amount>1000"], ["A"]),
        (["--search=-amount>1000"], ["C", "B"]),
        (["--search=responsible:me", "--as", "ana"], ["C"]),
        (["--search=responsible:me cafe", "--as", "rui"], []),
        (["--search=client:maria order"], ["A", "B"]),
    ],
)
def test_the_filter_takes_fields_and_knows_who_looks(shell: Shell, words: list[str], expected: list[str]) -> None:
    board = {"users": [{"id": "ana", "name": "Ana"}, {"id": "rui", "name": "Rui"}]}
    shell.ok("apply", "-", stdin=json.dumps(board))
    shell.ok("deal", "set", "C", "responsible=ana")
    shown = shell.json("board", "--plain", *words)
    assert [deal["id"] for stage in shown["stages"] for deal in stage["deals"]] == expected


def test_who_looks_may_stand_in_the_environment(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.ok("apply", "-", stdin=json.dumps({"users": [{"id": "ana", "name": "Ana"}]}))
    shell.ok("deal", "set", "C", "responsible=ana")
    monkeypatch.setenv("FUNIL_USER", "ana")
    assert ": 1 deal" in shell.ok("board", "--plain", "--search", "responsible:me")
    monkeypatch.setenv("FUNIL_USER", "nobody")
    assert "there is no user “nobody”" in shell.refused("board", "--plain")


def test_programs_get_one_document(shell: Shell) -> None:
    first, second, *others = shell.json("board", "--plain")["stages"]
    assert (first["count"], first["sums"]) == (2, {"BRL": "7500.50"})
    assert [deal["id"] for deal in (*first["deals"], *second["deals"])] == ["C", "A", "B"]
    assert first["deals"][0] == {
        "id": "C",
        "title": "Café do Zé",
        "client": "Maria Lima",
        "amount": None,
        "currency": "BRL",
        "responsible": None,
        "entered_stage_at": "2026-12-01T12:00:00Z",
        "waiting": 0,
        "failed": 0,
    }
    assert sum(stage["count"] for stage in others) == 0


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["--plain", "--pipeline", "nope"], 1, "there is no pipeline “nope”"),
        (["--plain", "--search", "responsible:me"], 1, "--search: nobody has said who “me” is"),
        (["--plain", "--search", "amout:3"], 1, "--search: no field “amout”: did you mean amount:?"),
        (["--plain", "--as", "nope"], 1, "there is no user “nope”"),
        (["--watch"], 2, "go with --plain"),
        (["--search", "x"], 2, "go with --plain"),
        (["--plain", "--watch", "--json"], 2, "one of the two"),
        ([], 1, "the board needs a terminal"),
    ],
)
def test_what_cannot_be_done_says_why(shell: Shell, words: list[str], status: int, told: str) -> None:
    said = shell("board", *words)
    assert (said.status, said.out) == (status, "")
    assert told in said.err


def test_what_customers_write_steers_no_terminal(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    roof = House()
    with roof.opened(roof.place(shell.url)) as store:
        pipeline = next(iter(store.read(lambda reader: reader.house()).pipelines))
        shown = store.read(lambda reader: plain_board.take(reader, pipeline, ""))
    evil = "Evil\x1b[2J\nStage 9 of 9, Fake: \u202ex"
    stages = {stage: [replace(card, title=evil) for card in cards] for stage, cards in shown.stages.items()}
    board._print(plain_board.text(replace(shown, stages=stages)))
    printed = capsys.readouterr().out
    assert "Evil" in printed
    assert not set(printed) & {"\x1b", "\u202e"}
    assert not any(line.startswith("Stage 9") for line in printed.splitlines())


def watched(store: Store, act: Callable[[], Any], words: str = "") -> list[str]:
    """Return what a watcher is told of what an act changes."""
    pipeline = next(iter(store.read(lambda reader: reader.house()).pipelines))
    before: Snapshot = store.read(lambda reader: plain_board.take(reader, pipeline, words))
    act()
    now = store.read(lambda reader: plain_board.again(reader, before))
    fresh = store.read(lambda reader: plain_board.take(reader, pipeline, words))
    assert now.stages == fresh.stages
    return list(plain_board.changes(before, now))


@pytest.mark.parametrize(
    ("act", "words", "expected"),
    [
        (["clock", "advance", "1h"], "", []),
        (["deal", "move", "A", "1"], "", ["Order 1 (A): moved from {0} to {1}"]),
        (["deal", "set", "A", "amount=20"], "", ["Order 1 (A): amount now R$20.00"]),
        (["deal", "set", "A", "amount="], "", ["Order 1 (A): amount now none"]),
        (["deal", "set", "A", "title=Order 9"], "", ["Order 1: now called Order 9 (A)"]),
        (["deal", "remove", "A"], "", ["Order 1 (A): not on this board any more"]),
        (["deal", "remove", "A"], "cafe", []),
        (
            ["deal", "set", "A", "title=Cafe"],
            "cafe",
            ["new in {0}: Cafe; R$7,500.50; Maria Lima; 3 days in this stage (A)"],
        ),
        (["deal", "add", "--id", "N", "--title", "New one"], "", ["new in {0}: New one; 0 minutes in this stage (N)"]),
    ],
)
def test_only_what_changes_is_told(shell: Shell, act: list[str], words: str, expected: list[str]) -> None:
    roof = House()
    ids = stages(shell)
    asked = [ids[int(word)] if word == "1" else word for word in act]
    with roof.opened(roof.place(shell.url)) as store:
        names = [s.name for s in next(iter(store.read(lambda r: r.house()).pipelines.values())).stages]
        told = watched(store, lambda: shell.ok(*asked), words)
    assert told == [f"12:00:00 {line.format(*names)}" for line in expected]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_watcher_tells_of_a_move_and_ends_cleanly(shell: Shell, number: signal.Signals, status: int) -> None:
    command = [sys.executable, str(ROOT / "funil.py"), "board", "--plain", "--watch"]
    env = {**os.environ, "FUNIL_DB": shell.url}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            last = f"Stage {len(stages(shell))} of "
            while not process.stdout.readline().startswith(last):
                assert process.poll() is None
            shell.ok("deal", "set", "A", "amount=20")
            assert process.stdout.readline() == "12:00:00 Order 1 (A): amount now R$20.00\n"
            process.send_signal(number)
            rest, trouble = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, rest, trouble) == (status, "", "")
