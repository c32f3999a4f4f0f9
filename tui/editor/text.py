"""A text with its preview: what the client of a real deal would get, renewed when the typing rests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Label, Static, TextArea

from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.house import House
from core.safe_text import safe_text
from core.sms_text import LIMIT
from core.text_preview import Empties, Shown, Writing, show, used
from core.views import Facts
from core.words import fill
from tui.actions import key_of
from tui.bars import Bar
from tui.editor.over import OverScreen
from tui.editor.samples import Samples
from tui.editor.settling import PAUSE, Settling
from tui.editor.template_area import TemplateArea
from tui.line import Part, spread

WIDE = 100
"""Cells from which on the preview stands beside the text."""
LATER = 0.4
"""Seconds for which the typing rests before the stage's deals are looked through."""
_KEYS = {"next": "f5", "previous": "f6", "browser": "f7", "convert": "f8", "field": "f9"}


class DealBar(Bar):
    """The line above the preview: on which deal, and the way to the next."""

    def __init__(self) -> None:
        super().__init__(id="text-deal")
        self.words = ""
        self.place = ""

    def parts(self, width: int) -> list[Part]:
        """Return the deal's name, and the signs that lead to others."""
        if not self.words:
            return []
        left = [Part(" ◂ ", "key", "text.previous"), Part(self.words, "strong"), Part(" ▸ ", "key", "text.next")]
        return spread(left, [Part(f"{self.place} ", "dim", None, 1)], width)

    def show(self, words: str, place: str) -> None:
        """Show another deal."""
        self.words, self.place = words, place
        self.refresh()


class TextEditor(Widget):
    """Text and preview. ``value`` is the text as it stands."""

    class Changed(Message):
        """The text is another one."""

    def __init__(
        self,
        text: str,
        writing: Writing,
        house: House,
        samples: Samples,
        event: Sequence[str] = (),
        *,
        pause: float = PAUSE,
    ) -> None:
        """``event``: the bare names of an event's data that is known here."""
        super().__init__(id="text-editor")
        self._writing = writing
        self.samples = samples
        self.area = TemplateArea(text, writing, house, event, id="text-area")
        self.note = Label("", id="text-note")
        self.bar = DealBar()
        self.preview = Static("", id="text-preview")
        self.warning = Label("", id="text-warning")
        self.rendering = Settling(self, self._preview_now, pause)
        self.counting = Settling(self, self._count, max(pause, LATER) if pause else 0)
        self.shown = Shown()
        self._facts: Facts | None = None
        self._counted: tuple[str, ...] | None = None
        self._gone = False
        self._empties: Empties | None = None

    def compose(self) -> ComposeResult:
        """Put the text above what it comes to, or beside it."""
        with Vertical(id="text-writing"):
            yield self.area
            yield self.note
        with Vertical(id="text-result"):
            yield self.bar
            with VerticalScroll(id="text-scroll", can_focus=False):
                yield self.preview
            yield self.warning

    async def on_mount(self) -> None:
        """Read the deals, then show the text on the first of them."""
        self.note.display = self.warning.display = False
        self.run_worker(self._load())

    def on_unmount(self) -> None:
        """Give up what is still being read."""
        self._gone = True

    def on_resize(self, event: Resize) -> None:
        """Put the preview where there is room for it."""
        self.set_class(event.size.width >= WIDE, "wide")

    @property
    def value(self) -> str:
        """The text as it stands."""
        return self.area.text

    @property
    def settled(self) -> bool:
        """Whether everything shown is about the text as it stands."""
        return self.area.settled and self.rendering.settled and self.counting.settled and self._facts is not None

    async def _load(self) -> None:
        await asyncio.to_thread(self.samples.load)
        await self._read_deal()
        self.counting.again()

    async def go(self, step: int) -> None:
        """Show the text on the next deal, or the one before."""
        self.samples.step(step)
        await self._read_deal()

    async def _read_deal(self) -> None:
        self._facts = await asyncio.to_thread(self.samples.facts)
        if not self._gone:
            self.bar.show(*self._deal_words())
            self.rendering.again()

    def _deal_words(self) -> tuple[str, str]:
        if self._facts is None:
            return "", ""
        deal, house = self._facts.deal, self._facts.house
        stage = house.stage(deal.pipeline, deal.stage)
        place = fill(_("{n} of {all}"), {"n": self.samples.at + 1, "all": len(self.samples.deals)})
        elsewhere = fill(_("(no deal in this stage; from {stage})"), {"stage": stage.name if stage else deal.stage})
        return safe_text(deal.title), f"{safe_text(elsewhere)} {place}" if self.samples.elsewhere else place

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self.rendering.again()
        self.counting.again()
        self.post_message(self.Changed())

    @on(TemplateArea.Judged)
    @on(TextArea.SelectionChanged)
    def _complain(self) -> None:
        said = self.area.complaint
        self.note.display = bool(said)
        self.note.update(Content(said))

    # What it comes to -------------------------------------------------------------------------------------------------

    async def _preview_now(self) -> None:
        facts = self._facts
        if facts is None:
            words = _("There is no deal yet to show the text on.")
            self.preview.update(Content.styled(words, "$muted"))
            return
        self.shown = await asyncio.to_thread(show, self._writing, self.value, facts)
        if not self._gone:
            self._paint()

    def _paint(self) -> None:
        shown = self.shown
        parts = [Content(safe_text(shown.text, lines=True))]
        if shown.measured is not None:
            parts.append(Content.styled(_sms_words(shown), "$error" if shown.measured.characters > LIMIT else "$muted"))
        if shown.trouble:
            parts.append(Content.styled(safe_text(shown.trouble.local()), "$error"))
        self.preview.update(Content("\n\n").join(part for part in parts if str(part)))
        self._warn()

    def _warn(self) -> None:
        """Say which names are empty: here, and on how many deals of the stage."""
        said = []
        if self.shown.empty:
            said.append(fill(_("Empty here: {names}"), {"names": ", ".join(self.shown.empty)}))
        found = self._empties
        if found is not None and found.counts:
            told = ", ".join(f"{name} ({n})" for name, n in found.counts.items())
            words = ngettext("Empty on the stage's only deal: {names}", "Empty among {n} deals: {names}", found.of)
            said.append(fill(words, {"n": f"{found.of}+" if found.more else found.of, "names": told}))
        self.warning.display = bool(said)
        self.warning.update(Content(safe_text("\n".join(said), lines=True)))

    async def _count(self) -> None:
        """Count empty values over the stage's deals; only where the text names other things than before."""
        source = self.value
        names = await asyncio.to_thread(used, self._writing, source, self.area.house)
        if names == self._counted:
            return
        asked = self.counting.asked
        found = await asyncio.to_thread(self.samples.empties, names, lambda: self._gone or asked != self.counting.asked)
        if found is not None and not self._gone:
            self._counted, self._empties = names, found
            self._warn()


def _sms_words(shown: Shown) -> str:
    measured = shown.measured
    assert measured is not None
    segments = ngettext("{n} SMS", "{n} SMS", measured.segments)
    words = _("{encoding} · {segments} · {length} of {most} characters")
    counted = {"length": measured.characters, "most": LIMIT}
    return fill(words, {"encoding": measured.encoding, "segments": fill(segments, {"n": measured.segments}), **counted})


class TextScreen(OverScreen[str]):
    """The text over the whole screen; returns it as it was taken, or None when it was left as it was."""

    def __init__(self, title: str, editor: TextEditor) -> None:
        super().__init__(title)
        self.add_class("full")
        self.editor = editor
        self._begun = editor.value

    def inside(self) -> list[Widget]:
        """Return text and preview."""
        return [self.editor]

    def on_mount(self) -> None:
        """Begin at the end of the text."""
        self.editor.area.focus()
        self.editor.area.move_cursor(self.editor.area.document.end)
        keys = {name: key_of(f"text.{name}", key) for name, key in _KEYS.items()}
        self.tell(fill(_("{next} {previous} deal · {browser} browser · {convert} convert · {field} fields"), keys))

    def dirty(self) -> bool:
        """Return whether it is another text."""
        return self.editor.value != self._begun

    def taken(self) -> str:
        """Return the text; one with mistakes too: the form says them, and nothing that was written is lost."""
        return self.editor.value
