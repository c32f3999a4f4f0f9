"""The parts of a form: a name with something to fill in beside it, and below it what there is to say of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from core.safe_text import safe_text
from tui.board.texts import cut

LABEL: Final = 17
"""Cells for the names of fields; a longer one is cut."""
ON_SIGN: Final = 2
"""The last cell of a value that belongs to the sign before it."""


class Fields(VerticalScroll, can_focus=False):
    """Fields below one another; the arrows go from one to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]


class Field(Vertical):
    """One field: its name, its controls, and a line for what is wrong with it or how it is understood."""

    def __init__(self, name: str, *controls: Widget, width: int = LABEL, classes: str = "") -> None:
        """``width`` are the cells that the name may take."""
        super().__init__(classes=f"form-field {classes}")
        self._label = cut(safe_text(name), width)
        self.controls = controls
        self._note = Label("", classes="form-note")
        self._note.display = False

    def compose(self) -> ComposeResult:
        """Lay the name beside the controls, the note below them."""
        with Horizontal(classes="form-row"):
            yield Label(Content(self._label), classes="form-label")
            yield from self.controls
        yield self._note

    def tell(self, sentence: str, *, wrong: bool = False, doubt: bool = False) -> None:
        """Say something of the field; nothing takes it back."""
        self._note.display = bool(sentence)
        self._note.update(Content(safe_text(sentence)))
        self._note.set_class(wrong, "wrong")
        self._note.set_class(doubt and not wrong, "doubt")
        for control in self.controls:
            control.set_class(wrong, "wrong")


class Line(Input):
    """A value that is typed."""

    def __init__(self, key: str, text: str = "", hint: str = "", classes: str = "") -> None:
        super().__init__(text, placeholder=hint, select_on_focus=False, classes=classes)
        self.key = key


class Knob(Static, can_focus=True):
    """A value that is chosen elsewhere or ticked: enter, space or a click ask for that, delete empties it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "ask", show=False),
        Binding("delete,backspace", "empty", show=False),
    ]

    class Asked(Message):
        """Somebody wants to choose, or to tick."""

        def __init__(self, knob: Knob) -> None:
            super().__init__()
            self.knob = knob

    class Emptied(Message):
        """Somebody wants nothing to stand here."""

        def __init__(self, knob: Knob) -> None:
            super().__init__()
            self.knob = knob

    def __init__(
        self, key: str, text: str = "", *, sign: str = "▾", place: int | None = None, classes: str = ""
    ) -> None:
        """``sign`` stands behind the text. ``place`` is the number of one among several values: its sign stands before
        it, and a click on that takes it away."""
        super().__init__(classes=f"form-knob {classes}")
        self.key = key
        self.place = place
        self._sign = sign
        self._text = ""
        self.put(text)

    def put(self, text: str, *, dim: bool = False) -> None:
        """Show a value."""
        self._text = safe_text(text)
        words, sign = (self._text, "$muted" if dim else "$foreground"), (self._sign, "$muted")
        self.update(Content.assemble(*((words, " ", sign) if self.place is None else (sign, " ", words))))

    def action_ask(self) -> None:
        """Ask for a choice."""
        self.post_message(self.Asked(self))

    def action_empty(self) -> None:
        """Ask for nothing."""
        self.post_message(self.Emptied(self))

    def on_click(self, event: events.Click) -> None:
        """Take one of several away where its sign is clicked, else ask."""
        event.stop()
        if self.place is not None and event.x <= ON_SIGN:
            self.action_empty()
        else:
            self.action_ask()


class Several(Vertical):
    """Values below one another, each to be taken away again, and a place for one more."""

    def __init__(self, key: str, more: str) -> None:
        super().__init__(classes="form-several")
        self.key = key
        self._more = Knob(key, sign="", classes="more")
        self._more.put(more, dim=True)

    def compose(self) -> ComposeResult:
        """Begin without any."""
        yield self._more

    @property
    def more(self) -> Knob:
        """The place for one more."""
        return self._more

    def offer(self, more: str) -> None:
        """Show other words at the place for one more."""
        self._more.put(more, dim=True)

    def put(self, texts: Sequence[str], *, focus: bool = True) -> None:
        """Show these values. The focus goes to the place for one more, unless it is to stay where it is."""
        for knob in self.query(Knob):
            if knob.place is not None:
                knob.remove()
        knobs = [Knob(self.key, text, sign="✕", place=place) for place, text in enumerate(texts)]
        self.mount(*knobs, before=self._more)
        if focus:
            self._more.focus()
