"""``funil task`` and ``funil deal paid``, as people and programs read them."""

from __future__ import annotations

from pathlib import Path

from tests.proof.ground import Funil, board


def test_a_task_from_first_to_last(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board())
    assert funil("task", "add", "D1", "--title", "Ring [b]Maria[/b]", "--due", "2h") == "T1\n"
    (task,) = funil.json("task", "list")
    assert task == {
        "id": "T1",
        "deal": "D1",
        "title": "Ring [b]Maria[/b]",
        "text": "",
        "assignee": "ana",
        "due_at": "2026-12-01T14:00:00Z",
        "created_at": "2026-12-01T12:00:00Z",
        "by": "ana",
        "done_at": None,
    }
    assert "2026-12-01 11:00" in funil("task", "list")
    assert funil("task", "done", "T1") == "T1: done\n"
    assert (funil.json("task", "list"), funil.json("task", "list", "--deal", "D1")[0]["done_at"]) == (
        [],
        "2026-12-01T12:00:00Z",
    )
    assert "done already" in funil.refused("task", "done", "T1")
    assert funil("task", "reopen", "T1") == "T1: open again\n"
    assert funil.json("task", "list", "--assignee", "rui") == []
    assert "zoe" in funil.refused("task", "list", "--assignee", "zoe")


def test_a_payment(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board())
    assert funil("deal", "paid", "D1", "--invoice", "77") == "D1: invoice 77 paid: 7500.00 BRL\n"
    said = funil.json("deal", "paid", "D1", "--amount", "1.5")
    assert (said["kind"], said["data"]["amount"], said["deal"]) == ("payment", "1.50", "D1")
    assert "not a number" in funil.refused("deal", "paid", "D1", "--amount", "lots")
