"""Where the pages lie, and writing one only when it says something else than before."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
README: Final = FOLDER.parent / "README.md"


def write(path: Path, text: str) -> None:
    """Write a page and say so; one that says the same already is left alone."""
    same = path.exists() and path.read_text(encoding="utf-8") == text
    if not same:
        path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {'as it was' if same else 'written'}")
