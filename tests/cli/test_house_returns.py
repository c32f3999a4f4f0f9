"""A whole house listed as tables, or exported as a board file, and taken in elsewhere, is the same to the byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import returning
from tests.cli.cli_ground import Shell

ROWS = 40


def empty(path: Path) -> Shell:
    """Return a new house with the default pipeline."""
    shell = Shell(f"sqlite:///{path}")
    shell.ok("init")
    return shell


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Shell]:
    """A house of people and deals with names, texts and values that are easily lost on the way."""
    returning.write(tmp_path, ROWS)
    shell = empty(tmp_path / "first.db")
    shell.ok("apply", "-", stdin=returning.SETUP)
    for kind in returning.KINDS:
        shell.ok(kind, "import", str(tmp_path / f"{kind}.csv"))
    yield shell


def test_tables_that_were_listed_are_taken_in_elsewhere_as_they_were(house: Shell, tmp_path: Path) -> None:
    other = empty(tmp_path / "second.db")
    other.ok("apply", "-", stdin=returning.SETUP)
    for kind in returning.KINDS:
        listed = house.ok(kind, "list", "--csv")
        (tmp_path / "listed.csv").write_text(listed, encoding="utf-8", newline="")
        other.ok(kind, "import", str(tmp_path / "listed.csv"))
        assert other.ok(kind, "list", "--csv") == listed
        assert listed.count("\n") > ROWS // 10


def test_a_board_file_that_was_exported_makes_the_same_house_elsewhere(house: Shell, tmp_path: Path) -> None:
    other = empty(tmp_path / "second.db")
    exported = house.ok("export")
    other.ok("apply", "-", stdin=exported)
    assert other.ok("export") == exported
    assert exported.count("  - id: ") > 2 * ROWS
