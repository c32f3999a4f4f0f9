"""The deal panel: one deal with everything that is known of it, beside the board, edited in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from core.errors import FunilError
from core.i18n import gettext as _
from core.ports import Store
from core.safe_text import safe_text
from core.words import fill
from tui.bars import Bar
from tui.line import Part, squeeze
from tui.outbound_paint import Moments
from tui.panels.answer import AnswerBox, AnswerText
from tui.panels.editor import FieldEditor
from tui.panels.sheet import Editing, Item, Sheet
from tui.panels.sheet_view import GUTTER, SheetView
from tui.panels.spots import ChatSpot, OlderSpot, PastSpot, RunSpot

if TYPE_CHECKING:
    from core.model.talk import Chat
    from tui.panels import edits, values
    from tui.panels.deal_sheet import DealView

HEAD = 2
"""Lines above the sheet."""


class PanelLine(Bar):
    """One of the lines above the sheet."""

    def __init__(self, read: Callable[[], list[Part]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._read = read

    def parts(self, width: int) -> list[Part]:
        """Return the line for a width."""
        return squeeze([Part(" "), *self._read()], width)


@dataclass(slots=True)
class Edit:
    """An edit that has begun: where, what stood there, and whether esc was pressed once already."""

    key: str
    spot: edits.Editable
    begun: str
    asked: bool = False


class DealPanel(Vertical):
    """Shows one deal, kept up to date while it is open; a value that is being typed stays as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.do('panel.next')", show=False),
        Binding("shift+tab", "app.do('panel.previous')", show=False),
    ]

    class Typed(Message):
        """A value was typed to its end and shall be written."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class CursorMoved(Message):
        """The cursor stands on something else."""

    def __init__(self, store: Store, moments: Callable[[], Moments], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._store = store
        self._moments = moments
        self.deal: str | None = None
        self.view: DealView | None = None
        self.edit: Edit | None = None
        self._unfolded: dict[str, str | None] = {}
        self.body = SheetView(id="deal-sheet")
        self.editor = FieldEditor(compact=True, id="deal-editor")
        self.talk = AnswerBox(id="deal-answer")
        self.display = False

    @property
    def sheet(self) -> Sheet:
        """Where the reader is in it."""
        return self.body.sheet

    @property
    def spot(self) -> object:
        """What the cursor stands on."""
        return self.sheet.current.spot if self.sheet.current else None

    @property
    def manner(self) -> values.Manner | None:
        """What the deal's values are written by."""
        from tui.panels import items

        return items.manner(self.view, self._moments()) if self.view else None

    def compose(self) -> ComposeResult:
        """Put title, parts and sheet under one another, the line to type into over them."""
        yield PanelLine(self._title, id="deal-title")
        yield PanelLine(self._tabs, id="deal-tabs")
        yield self.body
        yield self.talk
        yield self.editor

    def _title(self) -> list[Part]:
        from tui.panels import items

        return items.head(self.view) if self.view else []

    def _tabs(self) -> list[Part]:
        from tui.panels import items

        return items.tabs(self.view, self.sheet.section) if self.view else []

    def focus_body(self) -> None:
        """Give the keys to the sheet, or to the line that is being typed into."""
        (self.editor if self.edit else self.body).focus()

    # What is shown ----------------------------------------------------------------------------------------------------

    def show(self, deal: str) -> None:
        """Open the panel for a deal, or show another one in it; an edit that has begun keeps its deal."""
        if self.edit is not None and deal != self.deal:
            return
        if deal != self.deal:
            self.deal = deal
            self._unfolded.clear()
            self.talk.close()
            self.sheet.show(())
            self.sheet.top = 0
        self.reload()
        self.display = True

    def follow(self, deal: str | None) -> None:
        """Show the deal that the board's cursor has come to."""
        if deal is not None and deal != self.deal:
            self.show(deal)

    def reload(self) -> None:
        """Read the deal again, if one is shown; cursor, view and what is being typed stay."""
        if self.deal is None:
            return
        from tui.panels import deal_sheet, items

        deal_id, wanted = self.deal, frozenset(each for each in self._unfolded.values() if each)
        before = self._end_of_talk()
        self.view = self._store.read(lambda reader: deal_sheet.read(reader, deal_id, wanted))
        if self.view is None:
            self._end_edit()
            self.sheet.show([items.gone()])
        else:
            self.sheet.show(items.build(self.view, self._moments(), frozenset(self._unfolded)))
            self._follow_edit()
            self._follow_talk(before)
        self._drawn()

    def _drawn(self) -> None:
        for line in self.query(PanelLine):
            line.refresh()
        self._place_editor()
        self.body.refresh()

    def hide(self) -> None:
        """Close the panel."""
        self._end_edit()
        self.talk.close()
        self.deal = self.view = None
        self.display = False

    @on(SheetView.Moved)
    def _moved(self) -> None:
        self._drawn()
        self.post_message(self.CursorMoved())

    def go(self, step: Callable[[Sheet], None]) -> None:
        """Move cursor or view."""
        step(self.sheet)
        self.body.moved()

    def go_to(self, key: str) -> bool:
        """Put the cursor on an item and unfold it; False where there is none of that key."""
        place = self.sheet.place(key)
        if place is None:
            return False
        self.sheet.point(place)
        if key not in self._unfolded:
            self.fold()
        self.go(Sheet.show_cursor)
        return True

    def fold(self) -> None:
        """Unfold what the cursor stands on, or fold it again."""
        item = self.sheet.current
        if item is None:
            return
        if item.key in self._unfolded:
            del self._unfolded[item.key]
        else:
            self._unfolded[item.key] = _subject(item)
        self.reload()
        self.go(Sheet.show_cursor)

    # Talking ----------------------------------------------------------------------------------------------------------

    def answer(self, channel: str, chat: str) -> None:
        """Open the box in which a chat is answered, what was said above it."""
        address = f"{channel}:{chat}"
        self._unfolded.setdefault(f"chat:{address}", address)
        self.talk.open(channel, chat)
        self.sheet.show_cursor()
        self.reload()
        self._to_end_of_talk()
        self.talk.text.focus()

    def _end_of_talk(self) -> str | None:
        """Return the key of what was said last in the chat that is being answered."""
        from tui.panels import chat_items

        chat = self._talked
        return chat_items.last_key(self.view, chat) if chat is not None and self.view is not None else None

    @property
    def _talked(self) -> Chat | None:
        chats = self.view.chats if self.view is not None else ()
        return next((chat for chat in chats if (chat.channel, chat.chat) == self.talk.chat), None)

    def _follow_talk(self, before: str | None) -> None:
        """Show how it stands with the chat that is being answered, and what has just been said in it."""
        from tui.panels import chat_items

        chat = self._talked
        if chat is None or self.view is None:
            self.talk.close()
            return
        self.talk.show(chat_items.heading(self.view, chat))
        if before is not None and self._end_of_talk() != before:
            self._to_end_of_talk()

    def _to_end_of_talk(self) -> None:
        place = self.sheet.place(self._end_of_talk())
        if place is not None:
            self.sheet.cursor = place
            self.sheet.show_cursor()
            self.body.moved()

    @on(AnswerText.Left)
    def _left_talk(self) -> None:
        """Go back to the sheet; the box stays, and what was typed."""
        if not self.talk.kept:
            self.talk.close()
        self.body.focus()

    # Typing -----------------------------------------------------------------------------------------------------------

    def begin(self, spot: edits.Editable) -> None:
        """Let the value under the cursor be typed."""
        from tui.panels import edits

        item, manner = self.sheet.current, self.manner
        if item is None or manner is None:
            return
        text = edits.text_of(manner, spot)
        self.edit = Edit(item.key, spot, text)
        self._note(edits.placeholder(spot) if not text else "")
        self.editor.value = text
        self.editor.display = True
        self.editor.focus()
        self.body.moved()

    def complain(self, sentence: str, tone: str = "bad") -> None:
        """Say below the line what is wrong with what stands in it."""
        self._note(safe_text(sentence), tone)

    def _note(self, note: str, tone: str = "muted") -> None:
        if self.edit is not None:
            editing = Editing(self.edit.key, note, tone)
            if editing != self.sheet.editing:
                self.sheet.edit(editing)
                self._drawn()

    @on(Input.Changed)
    def _changed(self) -> None:
        """Say how it will be read; take a complaint back as soon as it no longer holds."""
        from tui.panels import edits

        edit, manner = self.edit, self.manner
        if edit is None or manner is None or self.view is None:
            return
        edit.asked = False
        text = self.editor.value
        if text == edit.begun:
            self._note(edits.placeholder(edit.spot) if not text else "")
            return
        try:
            self._note(edits.check(self.view, manner, edit.spot, text), "hint")
        except FunilError as error:
            self._note(safe_text(str(error)), "warn")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self.edit is not None:
            self.post_message(self.Typed(self.editor.value))

    @on(FieldEditor.GivenUp)
    def _given_up(self) -> None:
        """Give up what was typed; where it differs from what stood there, ask for a second esc."""
        if not self.asks():
            self.end_edit()

    def asks(self) -> bool:
        """Say that something has been typed and not been kept, the first time; False when there is nothing to ask."""
        edit = self.edit
        if edit is None or self.editor.value == edit.begun or edit.asked:
            return False
        edit.asked = True
        self.complain(_("Not saved: enter keeps it, esc again gives it up."), "warn")
        self.editor.focus()
        return True

    def end_edit(self) -> None:
        """Close the line and give the keys back to the sheet."""
        self._end_edit()
        self.body.focus()
        self.body.moved()

    def _end_edit(self) -> None:
        if self.edit is not None:
            self.edit = None
            self.sheet.edit(None)
            self.editor.display = False

    def _follow_edit(self) -> None:
        """Keep an edit at its item; say so when somebody else has changed the value meanwhile."""
        from tui.panels import edits

        edit, manner = self.edit, self.manner
        if edit is None or manner is None:
            return
        place = self.sheet.place(edit.key)
        if place is None:  # what was edited is no more
            text = self.editor.value
            self._end_edit()
            self.body.focus()
            self.notify(safe_text(fill(_("It is gone; not saved: {text}"), {"text": text})), markup=False)
            return
        self.sheet.cursor = place
        spot = self.sheet.items[place].spot
        if spot != edit.spot:
            edit.spot, now = spot, edits.text_of(manner, spot)
            told = _("Meanwhile it has become {value}: enter writes yours in its place, esc twice keeps theirs.")
            self.complain(fill(told, {"value": f"“{now}”"}), "warn")

    def _place_editor(self) -> None:
        place = self.sheet.place(self.edit.key) if self.edit else None
        if place is None or self.edit is None:
            return
        item = self.sheet.items[place]
        self.editor.styles.offset = (GUTTER + item.at, HEAD + self.sheet.starts[place] - self.sheet.top)
        self.editor.styles.width = max(8, self.sheet.width - item.at)


def _subject(item: Item) -> str | None:
    """Return what more is to be read of an item that is unfolded: a message, a chat, or all of a chat."""
    match item.spot:
        case OlderSpot():
            return f"{item.spot.channel}:{item.spot.chat} *"
        case RunSpot() | PastSpot():
            return item.spot.message
        case ChatSpot():
            return f"{item.spot.channel}:{item.spot.chat}"
    return None
