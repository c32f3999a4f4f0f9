"""Filtering the board: the search runs in a thread, one at a time, and the board shows the newest answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from core import filtering
from core.errors import FunilError
from tui.source import Found, search

if TYPE_CHECKING:
    from tui.app import FunilApp


class Judged(NamedTuple):
    """What is said of a filter while it is typed: what is wrong with it, what may be typed, how it may go on."""

    wrong: str
    hint: str
    further: tuple[str, ...]


class Filter:
    """The words that filter the board, and what was found for them."""

    def __init__(self, app: FunilApp) -> None:
        self._app = app
        self._asked = False
        self._busy = False

    def judge(self, text: str) -> Judged:
        """Say what there is to say of a filter that is being typed, whose end is the part in work."""
        asked = self._app.desk.asked()
        problems = filtering.parse(text, asked).problems
        told = [each.words.local() for each in problems]
        unfinished = bool(problems) and problems[-1].end == len(text.rstrip()) and text[-1:] in ":,=<>."
        if unfinished:
            del told[-1]
        return Judged(" · ".join(told), filtering.hint(text, asked), tuple(filtering.complete(text, asked)))

    def set(self, words: str) -> None:
        """Filter by other words; none show everything."""
        self._app.desk.search = words.strip()
        self.again()

    def again(self) -> None:
        """Search again, because deals have changed or the pipeline is another one."""
        self._asked = True
        if not self._busy:
            self._busy = True
            self._app.run_worker(self._search())

    async def _search(self) -> None:
        """Search until nothing newer has been asked: a search that runs is not thrown away."""
        try:
            while self._asked:
                self._asked = False
                await self._once()
        finally:
            self._busy = False

    async def _once(self) -> None:
        app = self._app
        words, pipeline = app.desk.search, app.desk.pipeline
        found, parsed = None, filtering.parse(words, app.desk.asked())
        if words and pipeline is not None:
            terms, name = parsed.terms, pipeline.id
            try:
                found = await asyncio.to_thread(app.desk.store.read, lambda reader: search(reader, name, terms))
            except FunilError as error:
                app.say(str(error), trouble=True)
                return
        if (words, pipeline) == (app.desk.search, app.desk.pipeline):
            app.desk.doubtful = bool(parsed.problems)
            self._show(found)

    def _show(self, found: Found | None) -> None:
        """Show what was found. The same question's answer comes in without a jump, and without a drag's end."""
        app, before = self._app, self._app.source.found
        if found != before:
            app.source.found = found
            if found and before and (found.terms, found.pipeline) == (before.terms, before.pipeline):
                app.board.reload()
            else:
                app.board.show(app.desk.pipeline)
        app.show_header()
