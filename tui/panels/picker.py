"""A list to choose from, narrowed by typing: stages, pipelines, the context menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from core.i18n import gettext as _
from core.safe_text import fold, safe_text
from tui.panels.chooser import Chooser


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a picker. ``words`` are searched and shown, ``mark`` is a colour (``#RRGGBB``) before them, ``note``
    stands behind; ``why_not`` makes it dim and says why it cannot be chosen."""

    id: str
    words: str
    note: str = ""
    mark: str | None = None
    why_not: str | None = None


class Picker(Chooser):
    """Returns the id of the choice, or None. Typing narrows the list, arrows move, enter chooses, esc goes back."""

    CSS_PATH = "../styles/picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("down,ctrl+n", "step(1)", show=False, priority=True),
        Binding("up,ctrl+p", "step(-1)", show=False, priority=True),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], *, at: str | None = None, hint: str = "") -> None:
        super().__init__()
        self._hint = hint or _("type to narrow")
        self._title = title
        self._choices = choices
        self._shown: list[Choice] = list(choices)
        self._at = at

    def compose(self) -> ComposeResult:
        """Lay out title, words and list."""
        with Vertical(id="picker"):
            yield Label(Content(safe_text(self._title)), id="picker-title")
            yield Input(placeholder=self._hint, id="picker-words")
            yield OptionList(id="picker-list")
            yield Label("", id="picker-note")

    def on_mount(self) -> None:
        """Show every choice, the present one under the cursor."""
        self.query_one(OptionList).can_focus = False
        self._fill()
        places = [n for n, choice in enumerate(self._shown) if choice.id == self._at]
        if places:
            self.query_one(OptionList).highlighted = places[0]

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.narrow(event.value)

    def narrow(self, typed: str) -> None:
        """Show the choices that have every word in them."""
        words = fold(typed).split()
        self.show([c for c in self._choices if all(word in fold(c.words) for word in words)])

    def show(self, choices: Sequence[Choice]) -> None:
        """Show these choices."""
        self._shown = list(choices)
        self._fill()

    def _fill(self) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_line(choice)) for choice in self._shown])
        options.highlighted = self._first()
        if not self._shown:
            self.query_one("#picker-note", Label).update(Content(_("Nothing is called that.")))

    def _first(self) -> int | None:
        """Return the place of the first choice that can be chosen; where there is none, of the first one."""
        can = (place for place, choice in enumerate(self._shown) if choice.why_not is None)
        return next(can, 0 if self._shown else None)

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        note = self._shown[event.option_index].why_not if event.option_index < len(self._shown) else None
        self.query_one("#picker-note", Label).update(Content(note or ""))

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.enter()

    def enter(self) -> None:
        """Choose what the cursor is on."""
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self._choose(place)

    def _choose(self, place: int) -> None:
        self.take(self._shown[place].id, self._shown[place].why_not)

    def on_click(self, event: events.Click) -> None:
        """Go back when the board behind is clicked."""
        if event.widget is self:
            self.dismiss(None)


def _line(choice: Choice) -> Content:
    tone = "$faint" if choice.why_not else "$foreground"
    mark = ("▌ ", choice.mark) if choice.mark else ("", "")
    note = ("   " + safe_text(choice.note), "$muted") if choice.note else ("", "")
    return Content.assemble(mark, (safe_text(choice.words), tone), note)
