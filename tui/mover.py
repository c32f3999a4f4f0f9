"""Moves of deals and their undoing: shown at once, written by the store, taken back on the screen when it refuses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from core import commands
from core.errors import FunilError, Refused
from core.i18n import gettext as _
from core.i18n import ngettext
from core.ports import Store
from core.safe_text import safe_text
from core.words import fill

_log = logging.getLogger(__name__)


class Surface(Protocol):
    """What the mover needs of the screen."""

    def put_back(self, deals: Sequence[str]) -> None:
        """Show deals where the store has them."""

    def say(self, sentence: str, *, trouble: bool = False) -> None:
        """Tell the person something."""

    def came_back(self, deals: Sequence[str]) -> None:
        """Look at deals that an undo has put back."""

    def written(self) -> None:
        """Take notice of a commit."""


class Mover:
    """The one path by which mouse, keys, picker and menu change where a deal stands."""

    def __init__(
        self, store: Store, surface: Surface, user: Callable[[], str | None], deal_name: Callable[[str], str]
    ) -> None:
        self._store = store
        self._surface = surface
        self._user = user
        self._deal_name = deal_name
        self._batches: list[str] = []
        self._undone: list[str] = []

    async def move(self, deals: Sequence[str], pipeline: str, stage: str, above: str | None = None) -> None:
        """Write a move; on failure the cards go back and the error's sentence is shown."""
        job = commands.move(deals, stage, by=self._user(), pipeline=pipeline, above=above, reorder=True)
        try:
            moved = await self._store.write(job)
        except Exception as error:
            self._surface.put_back(deals)
            self._surface.say(sentence_of(error), trouble=True)
            return
        if moved.batch is not None:
            self._batches.append(moved.batch)
            self._undone.clear()
        self._surface.written()

    async def undo(self) -> None:
        """Take back the newest move of this board, or else of anybody, and tell what cannot be called back."""
        batch = self._batches.pop() if self._batches else None
        try:
            undone = await self._store.write(commands.undo(batch=batch, by=self._user()))
        except Exception as error:
            if batch is not None and not isinstance(error, Refused):
                self._batches.append(batch)
            self._surface.say(sentence_of(error), trouble=True)
            return
        if batch is not None:
            self._undone.append(batch)
        self._surface.written()
        self._surface.came_back(undone.deals)
        self._surface.say("\n".join(self._told(undone)))

    async def redo(self) -> None:
        """Do the move again that this board has undone last, or else the newest that anybody has."""
        batch = self._undone.pop() if self._undone else None
        try:
            redone = await self._store.write(commands.redo(batch=batch, by=self._user()))
        except Exception as error:
            if batch is not None and not isinstance(error, Refused):
                self._undone.append(batch)
            self._surface.say(sentence_of(error), trouble=True)
            return
        if batch is not None:
            self._batches.append(batch)
        self._surface.written()
        self._surface.came_back(redone.deals)
        count = len(redone.deals)
        if count == 1:
            self._surface.say(fill(_("Moved again: {deal}."), {"deal": self._deal_name(redone.deals[0])}))
        else:
            moved = ngettext("Moved again: {n} deal.", "Moved again: {n} deals.", count)
            self._surface.say(fill(moved, {"n": count}))

    def _told(self, undone: commands.Undone) -> list[str]:
        count = len(undone.deals)
        if count == 1:
            lines = [fill(_("Undone: {deal} is back."), {"deal": self._deal_name(undone.deals[0])})]
        else:
            lines = [fill(ngettext("Undone: {n} deal is back.", "Undone: {n} deals are back.", count), {"n": count})]
        if undone.cancelled:
            stopped = ngettext("{n} waiting run was cancelled.", "{n} waiting runs were cancelled.", undone.cancelled)
            lines.append(fill(stopped, {"n": undone.cancelled}))
        for words in (*undone.gone_out, *undone.stays):
            lines.append(safe_text(words.local()))
        return lines


def sentence_of(error: Exception) -> str:
    """Return what to tell a person; an error that is no person's doing goes to the log with its trace."""
    if isinstance(error, FunilError):
        return safe_text(str(error))
    _log.error("a write failed", exc_info=error)
    return fill(_("Something went wrong and nothing was changed: {error}"), {"error": type(error).__name__})
