"""``funil keys``: the board's keys, the user's own file, and what is wrong with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.cli.cli_ground import Shell, shell_in
from tui import keymap

ROOT: Final = Path(__file__).resolve().parents[2]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell whose user keeps the configuration in a folder of the test's own."""
    monkeypatch.setattr(keymap, "default_path", lambda: tmp_path / "keys.toml")
    return shell_in(tmp_path)


def test_it_lists_ids_and_keys_and_names_the_file(shell: Shell, tmp_path: Path) -> None:
    shown = shell.ok("keys")
    assert any(line.split() == ["deal.move", "m", "Move", "to", "stage…", "Board"] for line in shown.splitlines())
    assert shown.endswith(f"Your own keys: {tmp_path / 'keys.toml'}\n")


def test_the_user_s_keys_stand_there(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('[keys]\n"deal.move" = ["?", "f9"]\n', encoding="utf-8")
    said = shell("keys", "--json")
    found = {each["id"]: each["keys"] for each in json.loads(said.out)["actions"]}
    assert (found["deal.move"], found["app.help"]) == (["?", "f9"], [])
    assert said.status == 0
    assert said.err == "keys.toml: “?” is “deal.move” now, and “app.help” has no key any more\n"


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ('[keys]\n"deal.move" = "M"\n', 0, ""),
        ('[keys]\n"deal.mov" = "M"\n', 1, "keys.toml: there is no action “deal.mov”: did you mean “deal.move”?\n"),
        ("[keys", 1, None),
    ],
)
def test_check_is_silent_or_a_failure(shell: Shell, tmp_path: Path, text: str, status: int, told: str | None) -> None:
    (tmp_path / "keys.toml").write_text(text, encoding="utf-8")
    said = shell("keys", "--check")
    assert (said.status, said.out) == (status, "")
    assert said.err == told if told is not None else said.err.startswith("keys.toml cannot be read")


def test_it_loads_no_screen_library() -> None:
    program = (
        "import sys; from funil import House; House().keys()\n"
        "sys.exit(any(name.partition('.')[0] == 'textual' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
