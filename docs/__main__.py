"""Makes again the pages and pictures that the program itself draws: ``python -m docs``, or ``make docs``."""

from __future__ import annotations

import os

from docs import pages, picture, session
from docs.files import FOLDER, README, write


def main() -> None:
    """Write every page."""
    os.environ["FUNIL_LANG"] = "en"
    write(FOLDER / "KEYS.md", pages.keys())
    write(FOLDER / "CLI.md", pages.command_line())
    write(README, session.rerun(README.read_text(encoding="utf-8")))
    write(FOLDER / "screenshot.svg", picture.board())


if __name__ == "__main__":
    main()
