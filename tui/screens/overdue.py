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
    """Asks; *look* unfolds the list below the question. None: the engine goes on waiting for an answer.

    It comes up by itself, over whatever somebody is typing: so no letter answers, and enter at first only looks.
    """

    CSS_PATH = "../styles/overdue.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("j", "step('cursor_down')", show=False),
        Binding("k", "step('cursor_up')", show=False),
        Binding("l", "answer('look')", show=False),
        Binding("pagedown", "leaf('page_down')", show=False, priority=True),
        Binding("pageup", "leaf('page_up')", show=False, priority=True),
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

    def on_mount(self) -> None:
        """Begin at the answer that does nothing."""
        self.query_one(OptionList).highlighted = list(_answers()).index(Answer.LOOK)

    def tell(self, count: int) -> None:
        """Ask about another number: some of it has been settled meanwhile."""
        self._count = count
        for title in self.query("#overdue-title").results(Label):
            title.update(Content(question(count)))

    def action_step(self, way: str) -> None:
        """Go to the next or the former answer."""
        getattr(self.query_one(OptionList), f"action_{way}")()

    def action_leaf(self, way: str) -> None:
        """Leaf through the unfolded list."""
        getattr(self.query_one("#overdue-list"), f"action_{way}")()

    def action_answer(self, answer: str) -> None:
        """Do what an answer stands for."""
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
    return Option(Content.assemble((title, "bold"), "  ", (note, "$muted")), id=answer)
