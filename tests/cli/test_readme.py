"""What the README tells a newcomer to type works, and says what the README shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from tests.cli.cli_ground import Shell

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str]]:
    """Return each command with what is shown under it."""
    parts = [part for block in blocks("console") for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]
    return [(first, rest) for first, _, rest in (part.partition("\n") for part in parts)]


def test_every_command_of_the_first_five_minutes_does_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    shell = Shell("sqlite:///try.db")
    for command, shown in steps():
        program, *words = shlex.split(command)
        if program == "export":
            assert words == ["FUNIL_DB=sqlite:///try.db"]
            continue
        assert program == "funil"
        said = shell(*words)
        both = (said.out + said.err).replace(f"{tmp_path}/", "…/")
        assert (said.status, sorted(both.splitlines())) == (0, sorted(shown.splitlines())), command


def test_the_board_file_shown_is_the_one_that_is_shipped() -> None:
    assert blocks("yaml")[0] == (ROOT / "docs" / "first.yaml").read_text(encoding="utf-8")


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
