"""The question that stands before an engine's start: what became overdue while none ran, shall it still go out?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from core.i18n import gettext as _
from core.i18n import ngettext
from core.words import fill


class Answer(StrEnum):
    """What a person wants done with what is overdue."""

    SEND = "send"
    SKIP = "skip"
    LOOK = "look"


class OverdueScreen(ModalScreen[Answer | None]):
    """Asks; *look* unfolds the list below the question. None: the engine goes on waiting for an answer."""

    CSS_PATH = "../styles/overdue.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("s", "answer('send')", show=False),
        Binding("k", "answer('skip')", show=False),
        Binding("l", "answer('look')", show=False),
    ]

    def __init__(self, count: int, lines: Sequence[Content]) -> None:
        super().__init__()
        self._count = count
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Lay out question, answers and the folded list."""
        with Vertical(id="overdue"):
            yield Label(Content(question(self._count)), id="overdue-title")
            yield OptionList(*(_option(answer, *words) for answer, words in _answers().items()), id="overdue-answers")
            with VerticalScroll(id="overdue-list"):
                yield Static(Content("\n").join(self._listed()))
            yield Label(Content(_("esc decides later: until then nothing runs")), classes="quiet")

    def _listed(self) -> list[Content]:
        left = self._count - len(self._lines)
        more = [Content(fill(ngettext("… and {n} more", "… and {n} more", left), {"n": left}))] if left > 0 else []
        return [*self._lines, *more]

    def action_answer(self, answer: str) -> None:
        """Give an answer by its letter."""
        if Answer(answer) is Answer.LOOK:
            folded = self.query_one("#overdue-list")
            folded.set_class(not folded.has_class("open"), "open")
        else:
            self.dismiss(Answer(answer))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.action_answer(event.option_id or Answer.LOOK)


def question(count: int) -> str:
    """Return the question in words."""
    words = ngettext(
        "{n} message became due while nothing ran. What shall become of it?",
        "{n} messages became due while nothing ran. What shall become of them?",
        count,
    )
    return fill(words, {"n": count})


def _answers() -> dict[Answer, tuple[str, str]]:
    return {
        Answer.SEND: (_("Send"), _("all of them go out now, in their order")),
        Answer.SKIP: (_("Skip"), _("none goes out; the rules that wait for them go on")),
        Answer.LOOK: (_("Look"), _("show what it is")),
    }


def _option(answer: Answer, title: str, note: str) -> Option:
    letter = {Answer.SEND: "s", Answer.SKIP: "k", Answer.LOOK: "l"}[answer]
    return Option(
        Content.assemble((letter + " ", "bold $accent"), (title, "bold"), "  ", (note, "$foreground 55%")), id=answer
    )
