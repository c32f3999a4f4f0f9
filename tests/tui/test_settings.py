"""What a person has chosen outlives the program, and no file can keep the board from opening."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.settings import Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file in a folder that is not there yet."""
    return tmp_path / "funil" / "settings.json"


def test_a_choice_is_there_at_the_next_start(file: Path) -> None:
    settings = Settings(file)
    assert settings.text("density", "normal") == "normal"
    settings.keep("density", "roomy")
    settings.keep("views", {"h1": [{"name": "Meus", "filter": "responsável:ana"}]})
    again = Settings(file)
    assert (again.text("density"), again.trouble) == ("roomy", None)
    assert again.value("views") == {"h1": [{"name": "Meus", "filter": "responsável:ana"}]}
    assert list(file.parent.iterdir()) == [file]


def test_what_another_board_has_kept_meanwhile_stays(file: Path) -> None:
    one, other = Settings(file), Settings(file)
    one.keep("theme", "funil-light")
    other.keep("density", "compact")
    assert json.loads(file.read_text()) == {"theme": "funil-light", "density": "compact"}
    assert other.text("theme") == "funil-light"


def test_a_choice_can_be_forgotten(file: Path) -> None:
    settings = Settings(file)
    settings.keep("theme", "funil-light")
    settings.keep("theme", None)
    assert json.loads(file.read_text()) == {}
    assert settings.text("theme", "dark") == "dark"


@pytest.mark.parametrize("text", ["{half", "[1, 2]", "\x00", "[" * 100_000, '"density"'])
def test_a_bad_file_is_told_and_put_aside(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    settings = Settings(file)
    assert settings.trouble is not None and str(file) in settings.trouble.english()
    assert settings.text("density", "normal") == "normal"
    settings.keep("density", "roomy")
    assert Settings(file).text("density") == "roomy"
    assert (file.parent / "settings.json.bad").read_text() == text


def test_bytes_that_are_no_text_are_told(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe{}")
    assert Settings(file).trouble is not None


def test_a_value_of_another_type_counts_as_none(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('{"density": 3}')
    assert Settings(file).text("density", "normal") == "normal"


def test_a_folder_that_cannot_be_written_is_told_and_the_choice_holds(tmp_path: Path) -> None:
    (tmp_path / "funil").write_text("a file where the folder should be")
    settings = Settings(tmp_path / "funil" / "settings.json")
    settings.keep("density", "roomy")
    assert settings.trouble is not None and "cannot be kept" in settings.trouble.english()
    assert settings.text("density") == "roomy"


def test_without_a_file_a_choice_lasts_as_long_as_the_screen() -> None:
    settings = Settings()
    settings.keep("density", "roomy")
    assert (settings.text("density"), settings.trouble) == ("roomy", None)
