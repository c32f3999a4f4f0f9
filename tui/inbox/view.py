"""The inbox on the screen, in the board's place: a head with what can be done, a line to filter in, the list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip

from core import inbox
from core.errors import FunilError
from core.i18n import gettext as _
from core.i18n import ngettext
from core.ports import Store
from core.safe_text import safe_text
from core.words import fill
from tui.actions import key_of
from tui.bars import Bar
from tui.inbox.rows import Rows, line
from tui.line import Part, spread
from tui.line_view import RIGHT, LineView
from tui.outbound_paint import Moments
from tui.words_line import WordsLine

STYLES: Final = "plain muted strong accent warn bad cursor".split()


class InboxHead(Bar):
    """Says how much waits, and what can be done with it."""

    def __init__(self, rows: Rows, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows = rows

    def parts(self, width: int) -> list[Part]:
        """Return the line for a width."""
        rows = self._rows
        left = [Part(" " + _("Inbox"), "accent"), Part(f"  {_count(rows)}", "strong" if rows.shown else "dim")]
        if rows.words:
            left += [Part("   "), Part("/ " + safe_text(rows.words), "warn", "inbox.filter")]
        right = [
            _button("inbox.next", "N", _("next"), 0),
            _button("inbox.done", "x", _("handled"), 1),
            _button("inbox.close", "esc", _("board"), 2),
        ]
        return spread(left, right, width)


def _button(action: str, key: str, words: str, rank: int) -> Part:
    return Part(
        f" {words} {key_of(action, key)} " if action != "inbox.close" else f" {words} esc ", "key", action, rank
    )


def _count(rows: Rows) -> str:
    if not rows.loaded:
        return _("reading…")
    more = "+" if rows.inbox.cut else ""
    count = len(rows.shown)
    return fill(ngettext("{n} thing waits", "{n} things wait", count), {"n": f"{count}{more}"})


class InboxFilter(WordsLine):
    """The line in which the list is narrowed."""

    class Words(WordsLine.Words):
        """The words to narrow the inbox by."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(_("words of the client, the text, the deal, whose it is, or “call”, “chat” …"), None, id=id)


class InboxList(LineView):
    """Draws the list and takes the mouse; keys come from the registry."""

    FAMILY = "inbox"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"inbox--{name}" for name in STYLES}

    class Asked(Message):
        """An action of the registry was asked for with the mouse."""

        def __init__(self, action: str, at: Offset | None = None) -> None:
            super().__init__()
            self.action = action
            self.at = at

    class CursorMoved(Message):
        """The cursor stands on something else."""

    def __init__(
        self,
        rows: Rows,
        moments: Callable[[], Moments],
        names: Callable[[], Mapping[str, str]],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._rows = rows
        self._moments = moments
        self._names = names

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        rows, width = self._rows, self.size.width
        at = rows.top + y
        if at < len(rows.shown):
            pieces = line(rows.shown[at], width, self._moments(), self._names())
            return self._strip(pieces, width, pointed=at == rows.cursor)
        told = _told(rows) if not rows.shown else []
        if y < len(told):
            return self._strip([(f" {told[y]}", "plain" if y == 0 else "muted")], width)
        return Strip.blank(width, self._style("plain"))

    def _strip(self, pieces: list[tuple[str, str]], width: int, *, pointed: bool = False) -> Strip:
        under = self._style("cursor") if pointed else None
        first, *rest = pieces
        bar = "▌" if pointed and self.has_focus else " "
        segments = [Segment(bar, self._over("accent", under)), Segment(first[0][1:], self._over(first[1], under))]
        segments += [Segment(text, self._over(name, under)) for text, name in rest]
        return Strip(segments).adjust_cell_length(width, self._over("plain", under))

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in view."""
        self._rows.height = max(1, event.size.height)
        self._rows.point(self._rows.cursor)
        self.refresh()

    def go(self, step: int) -> None:
        """Move the cursor."""
        self._rows.move(step)
        self.moved()

    def moved(self) -> None:
        """Draw the list, and say that the cursor stands on something else."""
        self.refresh()
        self.post_message(self.CursorMoved())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go on in the list."""
        event.stop()
        self._rows.scroll(3)
        self.refresh()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go back in the list."""
        event.stop()
        self._rows.scroll(-3)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Point at a thing; a second click opens it, the right button shows what can be done with it."""
        if self._rows.top + event.y >= len(self._rows.shown):
            return
        self._rows.point(self._rows.top + event.y)
        self.moved()
        if event.button == RIGHT:
            self.post_message(self.Asked("inbox.menu", event.screen_offset))
        elif event.chain > 1:
            self.post_message(self.Asked("inbox.open"))


def _told(rows: Rows) -> list[str]:
    """Return what an empty list says: that all is done, and what to do."""
    if not rows.loaded:
        return [_("reading…")]
    if rows.words:
        return [_("Nothing here fits the filter."), _("esc takes it away.")]
    return [
        _("Nothing waits for anybody."),
        _("Chats, missed calls, replies and tasks appear here by themselves."),
        _("esc goes back to the board."),
    ]


class InboxView(Vertical):
    """The whole inbox. It is read in a thread, again whenever something has changed while it is open."""

    def __init__(
        self,
        store: Store,
        moments: Callable[[], Moments],
        names: Callable[[], Mapping[str, str]],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.rows = Rows()
        self.taken: str | None = None
        """The thing that was opened last."""
        self.handled: list[str] = []
        """What was marked as handled here, in order, for taking it back."""
        self._store = store
        self._names = names
        self._reading = False
        self._again = False
        self.head = InboxHead(self.rows, id="inbox-head")
        self.filter = InboxFilter(id="inbox-filter")
        self.list = InboxList(self.rows, moments, names, id="inbox-list")
        self.display = self.open = False

    def compose(self) -> ComposeResult:
        """Put head, filter and list under one another."""
        yield self.head
        yield self.filter
        yield self.list

    def reload(self) -> None:
        """Read it again, if it is open: once more after a reading that goes on."""
        if not self.open:
            return
        self._again = True
        if not self._reading:
            self._reading = True
            self.run_worker(self.read(), group="inbox", exit_on_error=False)

    async def settled(self) -> None:
        """Wait until what is shown is what waits now."""
        while self._reading:
            await asyncio.sleep(0.01)

    async def read(self) -> None:
        """Read until nothing has changed meanwhile."""
        try:
            while self._again:
                self._again = False
                found = await asyncio.to_thread(self._store.read, inbox.read)
                self.rows.show(found, self._names())
                self.draw()
        except FunilError:  # the screen tells trouble with the store by itself
            self._again = False
        finally:
            self._reading = False

    def draw(self) -> None:
        """Draw it again."""
        self.head.refresh()
        self.list.moved()

    def narrow(self, words: str) -> None:
        """Show only what holds some words."""
        self.rows.narrow(words, self._names())
        self.draw()

    @on(InboxFilter.Words)
    def _words(self, event: InboxFilter.Words) -> None:
        event.stop()
        self.narrow(event.words)
        if event.done and self.screen.focused in (None, self.filter):
            self.list.focus()
