"""Filtering the board by words: the search runs in a thread, only the newest one counts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import FunilError
from tui.source import search

if TYPE_CHECKING:
    from tui.app import FunilApp


class Filter:
    """The words that filter the board, and what was found for them."""

    def __init__(self, app: FunilApp) -> None:
        self._app = app

    def set(self, words: str) -> None:
        """Filter by other words; none show everything."""
        self._app.desk.search = words.strip()
        self.again()

    def again(self) -> None:
        """Search again, because deals have changed or the pipeline is another one."""
        self._app.run_worker(self._search(), group="filter", exclusive=True)

    async def _search(self) -> None:
        app = self._app
        words, pipeline = app.desk.search, app.desk.pipeline
        found = None
        if words and pipeline is not None:
            try:
                found = await asyncio.to_thread(app.desk.store.read, lambda reader: search(reader, pipeline, words))
            except FunilError as error:
                app.say(str(error), trouble=True)
                return
        app.source.found = found
        app.board.show(pipeline)
        app.show_header()
