"""An album of the screen: every state as it looked when somebody found it right, in each size, language and look.

A file of ``golden/states`` holds one state, in it a section for each size and language: the text, then for each row
the looks of its cells as runs (a sign and how many cells; ``=`` is the row above once more), then what the signs mean,
in the dark look and in the light one. The text is the same in both.

After a change of the screen: ``UPDATE_GOLDEN=1 pytest -n 0 tests/tui/test_frames_*.py`` writes them anew, with the
screen given time to come to rest; look at the difference, it belongs into the review.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import groupby, zip_longest
from pathlib import Path
from time import monotonic
from typing import Any, Final

from rich.cells import cell_len
from rich.style import Style
from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input, TextArea

from tests.tui.app_world import World
from tui.theme import DARK, LIGHT

FOLDER: Final = Path(__file__).parent / "golden" / "states"
_EVERY: Final = tuple((size, language) for size in ((80, 24), (160, 50)) for language in ("en", "pt_BR"))
VARIANTS: Final = _EVERY if {"FUNIL_CI", "UPDATE_GOLDEN"} & os.environ.keys() else _EVERY[1:3]
"""Sizes and languages to look at: all of them where the suite runs for good, else each size and each language once."""
PATIENCE: Final = 30.0
"""Seconds within which the screen has to come to look as it should."""
REST: Final = 0.25
"""Seconds without a change after which the screen is taken to be at rest, where nothing is known of how it should
look."""
_SIGNS: Final = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&*+-/:;<>?@^_~|(){}[]" + "".join(
    map(chr, range(0xC0, 0x180))
)
Rows = Sequence[Strip]
UNSETTLED: Final = "--- a look changes the text"


def section(frames: Sequence[Rows]) -> str:
    """Write down one frame in several looks; of frames that do not differ in colours only, say so."""
    texts = [[row.text.rstrip() for row in frame] for frame in frames]
    if any(text != texts[0] for text in texts):
        return "\n".join([UNSETTLED, *texts[0], UNSETTLED, *texts[-1]])
    signs: dict[tuple[str, ...], str] = {}
    runs = list(_runs(zip(*frames, strict=True), signs))
    legend = [f"{sign} {' | '.join(looks)}" for looks, sign in signs.items()]
    return "\n".join([*texts[0], "---", *runs, "---", *legend])


def _runs(rows: Iterable[Sequence[Strip]], signs: dict[tuple[str, ...], str]) -> Iterator[str]:
    before = None
    for row in rows:
        cells = list(zip_longest(*map(_looks, row), fillvalue="none"))
        for look in cells:
            signs.setdefault(look, _SIGNS[len(signs) % len(_SIGNS)])
        written = "".join(
            f"{signs[look]}{count if count > 1 else ''}"
            for look, count in ((k, len(list(g))) for k, g in groupby(cells))
        )
        yield "=" if written == before else written
        before = written


def _looks(row: Strip) -> Iterator[str]:
    for text, look, _ in row:
        yield from [_name(look)] * cell_len(text)


def _name(look: Style | None) -> str:
    return str(look) if look else "none"


@dataclass(slots=True)
class Page:
    """One state's file."""

    name: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return FOLDER / f"{self.name}.txt"

    def sections(self) -> dict[str, str]:
        """Return what it holds, by size and language."""
        if not self.path.exists():
            return {}
        parts = self.path.read_text(encoding="utf-8").split("== ")[1:]
        return {title: body.rstrip("\n") for title, _, body in (part.partition("\n") for part in parts)}

    def keep(self, title: str, shown: str) -> None:
        """Write a section."""
        found = {**self.sections(), title: shown}
        FOLDER.mkdir(exist_ok=True)
        text = "".join(f"== {each}\n{found[each]}\n\n" for each in sorted(found, key=_by_size))
        self.path.write_text(text, encoding="utf-8")


def _by_size(title: str) -> tuple[int, str]:
    return int(title.partition("x")[0]), title


class Album:
    """Compares what is on the screen with the album, in one size and language and in both looks."""

    def __init__(self, size: tuple[int, int], language: str) -> None:
        self.size, self.language = size, language
        self.title = f"{size[0]}x{size[1]} {language}"
        self.pilot: Pilot[Any] | None = None
        self._both = True

    @asynccontextmanager
    async def open(self, world: World, **more: Any) -> AsyncIterator[Pilot[Any]]:
        """Open a board in this size."""
        async with world.board(size=self.size, **more) as pilot:
            self.at(pilot)
            yield pilot

    def at(self, pilot: Pilot[Any]) -> None:
        """Look at an app from now on."""
        self.pilot = pilot
        pilot.app.animation_level = "none"
        for look in (DARK, LIGHT):
            pilot.app.register_theme(look)

    async def keep(self, name: str, *, both: bool = True) -> None:
        """Wait until the screen looks as the album has it. With ``UPDATE_GOLDEN`` take it over as it is at rest.

        ``both``: in both looks; else as it is, for what keeps the look that it was opened in (Textual's palette).
        """
        self._both = both
        assert self.pilot is not None
        page = Page(name)
        if os.environ.get("UPDATE_GOLDEN"):
            page.keep(self.title, await self._at_rest())
            return
        agreed = page.sections().get(self.title)
        shown = await self._shown()
        assert agreed is not None, f"{name}, {self.title}: never kept; look at it, then UPDATE_GOLDEN=1\n{shown}"
        limit = monotonic() + PATIENCE
        while shown != agreed and monotonic() < limit:
            await self.pilot.pause(0.05)
            shown = await self._shown()
        assert shown == agreed, f"{name}, {self.title}"

    async def _at_rest(self) -> str:
        assert self.pilot is not None
        before, since = "", monotonic()
        while monotonic() - since < REST:
            shown = await self._shown()
            if shown != before:
                before, since = shown, monotonic()
            await self.pilot.pause(0.02)
        return before

    async def _shown(self) -> str:
        """Take the frame in the look that there is, then in the other one: to change it costs most of the time."""
        assert self.pilot is not None
        app = self.pilot.app
        _still(app)
        await self.pilot.pause()
        if not self._both:
            return section([rows(app)])
        frames = {app.theme: rows(app)}
        other = LIGHT if app.theme == DARK.name else DARK
        app.theme = other.name
        await self.pilot.pause()
        frames[other.name] = rows(app)
        return section([frames[DARK.name], frames[LIGHT.name]])


def _still(app: App[Any]) -> None:
    """Take away what is on the screen for a moment only: notices, and the blinking of cursors."""
    app.clear_notifications()
    for screen in app.screen_stack:
        for line in screen.query("*").results(Input | TextArea):  # type: ignore[arg-type]
            line.cursor_blink = False


def rows(app: App[Any]) -> Rows:
    """Return what the terminal shows."""
    return [row.crop(0, app.size.width) for row in app.screen._compositor.render_strips(app.size)]
