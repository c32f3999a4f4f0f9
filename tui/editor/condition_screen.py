"""The condition builder over the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual import events, on
from textual.containers import VerticalScroll
from textual.widget import Widget

from tui.editor.conditions import ConditionEditor
from tui.editor.over import OverScreen
from tui.panels.values import Manner


@dataclass(frozen=True, slots=True)
class Taken:
    """The condition that was taken; None: always."""

    tree: dict[str, Any] | None


AROUND = 9
"""Rows of the screen that the condition does not get: frame, title, buttons, what lies behind."""


class ConditionScreen(OverScreen[Taken]):
    """Returns the condition as a board file has it, or None when it was left as it was."""

    def __init__(self, title: str, tree: Any, manner: Manner, event: tuple[str, ...] = ()) -> None:
        """``event``: the names of an event's data that is known here. Raises ``BadInput`` for what is no condition."""
        super().__init__(title)
        self.editor = ConditionEditor(tree, manner, event, id="condition")
        self._begun = self.editor.condition

    def inside(self) -> list[Widget]:
        """Return the builder; a long condition scrolls."""
        return [VerticalScroll(self.editor, id="condition-scroll", can_focus=False)]

    def on_mount(self) -> None:
        """Begin in the condition; where there is none, with its first comparison."""
        self._fit(self.app.size.height)
        self.editor.focus()
        self._hint()

    def on_resize(self, event: events.Resize) -> None:
        """Leave the buttons in view whatever the size."""
        self._fit(event.size.height)

    def _fit(self, rows: int) -> None:
        self.query_one("#condition-scroll").styles.max_height = max(3, rows - AROUND)

    def dirty(self) -> bool:
        """Return whether it is another condition."""
        return self.editor.condition != self._begun

    def taken(self) -> Taken | None:
        """Return the condition; one that is not finished stays here and says so."""
        if self.editor.wrong:
            self.tell(self.editor.wrong, wrong=True)
            self.app.bell()
            return None
        return Taken(self.editor.condition)

    @on(ConditionEditor.Changed)
    @on(ConditionEditor.Pointed)
    def _hint(self) -> None:
        self.tell(self.editor.hint)
