"""Board files through the command line, on files and on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.clock import RealClock
from core import applying, exporting
from data import opening
from tests.cli.cli_ground import Shell, shell_in
from tests.core.board_ground import CONTRACT, FULL, HOUSE, documents


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return shell_in(tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00", "board.yaml:1:1: this is no text in UTF-8"),
        (b"SQLite format 3\x00", "board.yaml:1:16: the character U+0000 cannot stand in a YAML file"),
        ("title: ação".encode("latin-1"), "board.yaml:1:9: this is no text in UTF-8"),
        (b"funil: 2", "board.yaml:1:8: funil: this Funil reads board files of version 1"),
        (b"deals:\r\n  - {id: D1,\r\n     stage: x}", "board.yaml:3:13: "),
        (b"\xef\xbb\xbfdeal: []", "board.yaml:1:1: unknown key “deal”: did you mean “deals”?"),
        (b'deals:\n  - {id: D1, title: "a\\e[31m"}', "board.yaml:2:21: field “title” is one line"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line_with_its_place(
    shell: Shell, tmp_path: Path, content: bytes, says: str
) -> None:
    before = shell.ok("export")
    file = tmp_path / "board.yaml"
    file.write_bytes(content)
    said = shell.refused("apply", str(file))
    assert says in said
    assert said.isprintable()
    assert shell.ok("export") == before


def test_files_of_other_manners_are_applied(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "board.yaml"
    for content in (CONTRACT.encode("utf-8-sig"), CONTRACT.replace("\n", "\r\n").encode(), CONTRACT.encode("utf-16")):
        file.write_bytes(content)
        shell.ok("apply", str(file))
    assert shell.json("apply", str(file))["changes"] == []


def test_several_files_are_applied_as_one_or_not_at_all(shell: Shell, tmp_path: Path) -> None:
    people, deals = tmp_path / "people.yaml", tmp_path / "deals.yaml"
    people.write_text("contacts: [{id: maria}]\nusers: [{id: ana}]", encoding="utf-8")
    deals.write_text("deals: [{id: D1, contacts: [maria], responsible: anna}]", encoding="utf-8")
    before = shell.ok("export")
    assert "deals.yaml:1:50: field “responsible”: there is no user “anna”" in shell.refused(
        "apply", str(deals), str(people)
    )
    assert shell.ok("export") == before
    deals.write_text("deals: [{id: D1, contacts: [maria], responsible: ana}]", encoding="utf-8")
    shell.ok("apply", str(deals), str(people))
    assert shell.json("apply", str(people), str(deals))["changes"] == []


def test_lint_lists_all_that_would_not_work(shell: Shell) -> None:
    rules = """
    rules:
      - {id: a, stage: new, kind: sms, settings: {text: "{{ deal.titel }}", provider: sms9}}
      - {id: b, stage: delivery, kind: move, settings: {stage: new}}
      - {id: c, stage: new, kind: move, settings: {stage: delivery}}
"""
    said = shell("lint", "-", "--json", stdin=HOUSE + rules)
    assert said.status == 1
    found = json.loads(said.out)
    line = (HOUSE + rules)[: (HOUSE + rules).index("{id: a,")].count("\n") + 1
    assert [(each["place"].split(" ")[0], each["error"]) for each in found] == [
        (f"stdin:{line}:57", True),
        (f"stdin:{line}:87", True),
        (f"stdin:{line + 1}:9", False),
    ]
    assert [word for word in ("did you mean “deal.title”", "sms9", "circle") if word not in str(found)] == []
    circle = HOUSE + rules.replace('{{ deal.titel }}", provider: sms9', 'x", provider: sms1')
    assert shell("lint", "-", stdin=circle).status == 0
    assert "warning" in shell("lint", "-", stdin=circle).out


def test_a_file_that_lint_cannot_read_is_refused(shell: Shell) -> None:
    assert "stdin:1:8: deals: a list stands here" in shell.refused("lint", "-", stdin="deals: x")


@pytest.mark.parametrize("text", [CONTRACT, FULL], ids=["contract", "full"])
def test_both_databases_make_the_same_of_a_file(text: str, tmp_path: Path, fresh_postgres: str) -> None:
    exports = []
    for url in (f"sqlite:///{tmp_path / 'funil.db'}", fresh_postgres):
        opening.init_database(url)
        store = opening.open_store(url, clock=RealClock())
        try:
            store.write_now(applying.apply(documents(text)))
            exported = store.read(exporting.export)
            assert store.write_now(applying.apply(documents(exported), prune=True)) == []
            store.write_now(applying.apply(documents("deals:\npipelines: [{id: sales, rules: }]"), prune=True))
            assert store.write_now(applying.apply(documents(exported)))
            assert store.read(exporting.export) == exported
            exports.append(exported)
        finally:
            store.close()
    assert exports[0] == exports[1]
