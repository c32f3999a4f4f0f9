"""Where a text with names in it is written: coloured, what is wrong underlined, names completed while one types."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar, Final

from rich.text import Text
from textual import events, on
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import TextArea

from core import completing, text_marks
from core.completing import Offer, Wanted
from core.i18n import gettext as _
from core.model.house import House
from core.placeholders import convert_placeholders
from core.safe_text import safe_text
from core.text_marks import Trouble
from core.text_preview import Writing, check
from tui.actions import Scope
from tui.editor.completions import Completions
from tui.editor.growing import TextField
from tui.editor.keys import Acts
from tui.editor.settling import Settling

LOOKS: Final = "brace name keyword string number operator filter comment tag wrong doubt".split()
QUICK: Final = 8_000
"""Characters that are coloured at every key; a longer text when the typing rests."""


class TemplateArea(TextField, Acts):
    """Several lines of a text. ``troubles`` is what is wrong with it, found when the typing rests."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"template--{name}" for name in LOOKS}

    class Judged(Message):
        """It is known anew what is wrong with the text."""

        def __init__(self, area: TemplateArea) -> None:
            super().__init__()
            self.area = area

    def __init__(
        self,
        text: str,
        writing: Writing,
        house: House,
        event: Sequence[str] = (),
        *,
        key: str = "",
        shortest: int = 3,
        grows: bool = False,
        id: str | None = None,
    ) -> None:
        """``event``: the bare names of an event's data that is known here; ``grows``: it is a part of a form."""
        self._marks: dict[int, list[tuple[int, int, str]]] = {}
        self._lines_of: dict[int, list[tuple[int, int, str]]] = {}
        self._judging: Settling | None = None
        super().__init__(key, text.replace("\r\n", "\n"), shortest=shortest, grows=grows, id=id)
        self.writing = writing
        self.house = house
        self.troubles: Sequence[Trouble] = ()
        self._known = completing.names(house, writing.extra, event)
        self._wish: Wanted | None = None
        self._completions = Completions()
        self._judging = Settling(self, self._judge)

    def on_mount(self) -> None:
        """Take the keys of this user, and look at what stands here already."""
        self.take_keys(Scope.TEXT)
        self.screen.mount(self._completions)
        self._colour()
        self._judging_now.again()

    def on_unmount(self) -> None:
        """Take the list along."""
        self._completions.remove()

    @property
    def _judging_now(self) -> Settling:
        assert self._judging is not None
        return self._judging

    @property
    def settled(self) -> bool:
        """Whether what is known of the text is about the text as it stands."""
        return self._judging_now.settled

    # Colours ----------------------------------------------------------------------------------------------------------

    def _build_highlight_map(self) -> None:
        """Colour the text anew after each change of it."""
        super()._build_highlight_map()
        if self._judging is not None and len(self.text) <= QUICK:
            self._colour()

    def _colour(self) -> None:
        source = self.text
        found = [(mark.start, mark.end, mark.look) for mark in text_marks.marks(source, html=self.writing.html)]
        self._marks = _by_line(source, found)
        self._line_cache.clear()

    def get_line(self, line_index: int) -> Text:
        """Return a line in its colours, without what would steer the terminal."""
        text = self.document.get_line(line_index)
        line = Text(text if text.isprintable() else _harmless(text), end="", no_wrap=True)
        for start, end, look in (*self._marks.get(line_index, ()), *self._lines_of.get(line_index, ())):
            line.stylize(self.get_component_rich_style(f"template--{look}", partial=True), start, end)
        return line

    # What is wrong ----------------------------------------------------------------------------------------------------

    async def _judge(self) -> None:
        source = self.text
        if len(source) > QUICK:
            self._colour()
        self.troubles = await asyncio.to_thread(_troubles, self.writing, source, self.house)
        places = [(each.start, each.end, "wrong" if each.finding.error else "doubt") for each in self.troubles]
        self._lines_of = _by_line(source, places)
        self._line_cache.clear()
        self.refresh()
        self.post_message(self.Judged(self))

    @property
    def complaint(self) -> str:
        """What is wrong where the cursor stands, else first in the text; nothing where all is well."""
        if not self.troubles:
            return ""
        at = self._offset(self.cursor_location)
        here = [each for each in self.troubles if each.start <= at <= each.end]
        return safe_text((here or self.troubles)[0].finding.words.local())

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._judging_now.again()
        self._complete()

    # Completion -------------------------------------------------------------------------------------------------------

    def _offset(self, location: tuple[int, int]) -> int:
        row, column = location
        return sum(len(line) + 1 for line in self.document.lines[:row]) + column

    def _around(self) -> tuple[str, str]:
        """Return what stands before and behind the cursor in its line."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        return line[:column], line[column:]

    def _complete(self) -> None:
        """Offer what the text may go on with, where something is being written between braces."""
        wish = completing.wanted(*self._around()) if self.has_focus and self.selection.is_empty else None
        offers = completing.offers(wish, self._known) if wish is not None else []
        if wish is None or not offers or [each.text for each in offers] == [wish.typed]:
            self._completions.close()
            return
        self._wish = wish
        self._completions.open(offers, self.cursor_screen_offset - Offset(len(wish.typed), 0))

    async def _on_key(self, event: events.Key) -> None:
        """Choose from the list while it is open; anything else is typed."""
        if self._completions.is_open and event.key in ("up", "down", "enter", "tab", "escape"):
            event.stop()
            event.prevent_default()
            match event.key:
                case "up" | "down":
                    self._completions.step(1 if event.key == "down" else -1)
                case "escape":
                    self._completions.close()
                case _:
                    self.take(self._completions.chosen)
            return
        await super()._on_key(event)

    def on_blur(self) -> None:
        """Put the list away."""
        self._completions.close()

    def take(self, offer: Offer) -> None:
        """Write what was chosen in place of what was typed of it."""
        wish = self._wish
        self._completions.close()
        if wish is not None:
            row, column = self.cursor_location
            self.replace(completing.rest(offer, wish), (row, column - len(wish.typed)), (row, column))
            self._completions.close()

    def write_name(self, name: str) -> None:
        """Write the name of a field where the cursor stands."""
        before, after = self._around()
        wish = completing.wanted(before, after)
        row, column = self.cursor_location
        start = (row, column - len(wish.typed)) if wish is not None and wish.what == "name" else (row, column)
        self.replace(completing.inserted(name, before, after), start, (row, column))
        self._completions.close()

    @property
    def known(self) -> Sequence[Offer]:
        """The names that may be written here."""
        return self._known

    # Placeholders -----------------------------------------------------------------------------------------------------

    def why_not_convert(self) -> str | None:
        """Say that there is nothing to convert; None where there is."""
        converted = convert_placeholders(self.text)
        return None if converted != self.text else _("No placeholder of Bitrix24 stands in the text.")

    def convert(self) -> None:
        """Write placeholders of Bitrix24 in our form; the text's own undo takes it back."""
        self.replace(convert_placeholders(self.text), (0, 0), self.document.end)


def _harmless(text: str) -> str:
    """Return a line of as many characters, of which none is a control."""
    return "".join(char if char.isprintable() or char == "\t" else "�" for char in text)


def _troubles(writing: Writing, source: str, house: House) -> list[Trouble]:
    return text_marks.placed(source, check(writing, source, house))


def _by_line(source: str, pieces: Sequence[tuple[int, int, str]]) -> dict[int, list[tuple[int, int, str]]]:
    """Return pieces by the line that they stand on, counted within it; one over several lines is on each of them."""
    found: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    row = 0
    for start, end, look in sorted(pieces):
        while starts[row + 1] <= start and row < len(starts) - 2:
            row += 1
        at = row
        while at < len(starts) - 1 and starts[at] < max(end, start + 1):
            found[at].append((max(0, start - starts[at]), end - starts[at], look))
            at += 1
    return found
