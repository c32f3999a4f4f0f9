"""The pages that the program writes say what the program says now; `make docs` writes them again."""

from __future__ import annotations

from docs import pages
from docs.files import FOLDER


def test_the_reference_of_verbs_is_up_to_date() -> None:
    assert (FOLDER / "CLI.md").read_text(encoding="utf-8") == pages.command_line()


def test_the_reference_of_keys_is_up_to_date() -> None:
    assert (FOLDER / "KEYS.md").read_text(encoding="utf-8") == pages.keys()


def test_the_picture_fetches_nothing() -> None:
    picture = (FOLDER / "screenshot.svg").read_text(encoding="utf-8")
    assert "url(" not in picture.replace("url(#", "")
    assert "Outbound" in picture
