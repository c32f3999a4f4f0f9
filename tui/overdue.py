"""Before the engine starts: if much became due while none ran, a person decides first what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import set_cell_size
from textual.content import Content

from core import commands
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.moment import Moment
from core.ports import Reader
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui.mover import sentence_of

if TYPE_CHECKING:
    from tui.app import FunilApp
    from tui.screens.overdue import OverdueScreen

LIMIT: Final = 20
"""So much may go out late without a question."""
LOOK: Final = 0.2
"""Seconds between looks whether an open question has been answered."""
SHOWN: Final = 200
"""Lines that *look* shows."""


@dataclass(frozen=True, slots=True)
class Late:
    """One line of what is overdue: when it was due, of which deal, which rule or message."""

    due: Moment
    deal: str
    what: str


class Overdue:
    """Asks when there is reason to, and remembers that it has not been answered."""

    def __init__(self, app: FunilApp) -> None:
        self._app = app
        self._answered = asyncio.Event()
        self._asking: OverdueScreen | None = None
        self.before = Moment(0)
        self.count = 0

    @property
    def open(self) -> bool:
        """Whether the engine waits for an answer."""
        return self.count > 0

    async def settled(self) -> None:
        """Return when the engine may work: at once, or when a person has said what becomes of what is overdue."""
        self.before, self.count = await asyncio.to_thread(self._app.desk.store.read, _count)
        if self.count <= LIMIT:
            self.count = 0
            return
        self._answered.clear()
        self._app.show_header()
        while self._app.screen.is_modal:  # a question never covers another
            await asyncio.sleep(LOOK)
        if self.open:
            self._app.perform("engine.overdue")
        await self._answered.wait()

    async def ask(self) -> None:
        """Ask, and do what is answered; no answer leaves the engine waiting."""
        from tui.screens.overdue import Answer, OverdueScreen

        found = await asyncio.to_thread(self._app.desk.store.read, lambda reader: _late(reader, self.before))
        self._asking = OverdueScreen(self.count, [self._line(late) for late in found])
        answer = await self._app.push_screen_wait(self._asking)
        self._asking = None
        if answer is Answer.SKIP and not await self._skip():
            return
        if answer is Answer.SEND:
            goes = ngettext("{n} message goes out.", "{n} messages go out.", self.count)
            self._app.say(fill(goes, {"n": self.count}))
        if answer is not None:
            self._settle()

    def count_again(self) -> None:
        """Take in what has been undone, stopped or sent elsewhere; when nothing is left there is nothing to answer."""
        if not self.open:
            return
        self.count = self._app.desk.store.read(lambda reader: reader.overdue(self.before).count)
        if not self.open:
            self._settle()
            if self._asking is not None and self._asking.is_current:
                self._asking.dismiss(None)
        elif self._asking is not None:
            self._asking.tell(self.count)

    def _settle(self) -> None:
        self.count = 0
        self._answered.set()
        self._app.show_header()

    async def _skip(self) -> bool:
        try:
            skipped = await self._app.desk.store.write(commands.skip_overdue(self.before))
        except Exception as error:
            self._app.say(sentence_of(error), trouble=True)
            return False
        self._app.written()
        self._app.say(fill(ngettext("{n} message skipped.", "{n} messages skipped.", skipped), {"n": skipped}))
        return True

    def _line(self, late: Late) -> Content:
        when = fmt.short_time(late.due, self._app.desk.zone, self._app.desk.moments().today)
        deal = set_cell_size(safe_text(late.deal), 28)
        return Content.assemble((when.ljust(14), "$muted"), deal + "  ", safe_text(late.what))


def _count(reader: Reader) -> tuple[Moment, int]:
    now = reader.now()
    return now, reader.overdue(now).count


def _late(reader: Reader, before: Moment) -> Sequence[Late]:
    runs, messages = reader.overdue_runs(before, SHOWN), reader.overdue_messages(before, SHOWN)
    deals = reader.deals_by_id({r.deal for r in runs} | {m.deal for m in messages})
    titles = {deal.id: deal.title for deal in deals.values()}
    lines = [Late(r.due_at or before, titles.get(r.deal, r.deal), reader.revision(r.revision).name) for r in runs]
    lines += [
        Late(m.due_at or before, titles.get(m.deal, m.deal), fill(_("to {to}"), {"to": m.message.to})) for m in messages
    ]
    return sorted(lines, key=lambda late: late.due)[:SHOWN]
