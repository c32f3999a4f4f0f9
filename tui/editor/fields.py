"""The controls of the form: one for each shape that a setting can have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from textual import on
from textual.widget import Widget
from textual.widgets import Label, TextArea

from core.i18n import gettext as _
from tui.editor import choices
from tui.editor.draft import Draft
from tui.editor.items import Item, Shape
from tui.form.fields import Field, Knob, Line, Several

LABEL: Final = 44
"""Cells for the names of settings, which may take two lines."""
TALLEST: Final = 8
"""Lines that a text shows at most; more scroll."""
SPAN: Final = re.compile(r"\s*(\d*)\s*([smhdw]?)\s*")
UNIT: Final = "|unit"
"""Ends the key of the knob that chooses a span's unit."""
USUAL: Final = "h"
"""The unit of a span that nobody has given one."""


class TextField(TextArea):
    """A text of several lines; it grows with what stands in it."""

    def __init__(self, key: str, text: str, *, shortest: int = 3) -> None:
        super().__init__(text, compact=True, highlight_cursor_line=False)
        self.key = key
        self._shortest = shortest

    def on_mount(self) -> None:
        """Have as many lines as the text."""
        self._grow()

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up a line, and from the first one to the field above."""
        if not select and self.get_cursor_up_location()[0] == self.cursor_location[0] == 0:
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down a line, and from the last one to the field below."""
        last = self.document.line_count - 1
        if not select and self.get_cursor_down_location()[0] == self.cursor_location[0] == last:
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)

    @on(TextArea.Changed)
    def _grow(self) -> None:
        lines = max(self._shortest, min(TALLEST, self.wrapped_document.height))
        if self.styles.height is None or self.styles.height.value != lines:
            self.styles.height = lines


def text_field(key: str, text: str, *, html: bool = False, template: bool = False, shortest: int = 3) -> TextField:
    """Return where a text is written: ``template`` says that names in it are filled in, ``html`` that it may be HTML.

    It posts ``TextArea.Changed`` and its ``key`` is the setting's.
    """
    return TextField(key, text, shortest=shortest)


def condition_field(key: str, sentence: str) -> Knob:
    """Return where a condition stands, read back as a sentence; a press asks for it to be built."""
    return Knob(key, sentence, sign="▾", classes="condition")


def make(draft: Draft, item: Item) -> Field:
    """Return an item's field with what stands in it now."""
    tall = item.shape in (Shape.TEXT, Shape.LINES)
    return Field(_(item.title), *_controls(draft, item), width=LABEL, classes="tall" if tall else "")


def _controls(draft: Draft, item: Item) -> tuple[Widget, ...]:
    key = item.key
    match item.shape:
        case Shape.LINE if item.unit:
            return Line(key, draft.text(key), classes="number"), Label(_(item.unit), classes="form-unit", markup=False)
        case Shape.LINE:
            return (Line(key, draft.text(key), hint=_(item.none) if item.none else ""),)
        case Shape.TEXT | Shape.LINES:
            return (text_field(key, draft.text(key), html=item.html, template=item.template),)
        case Shape.VALUE:
            return text_field(key, draft.text(key), template=item.template, shortest=1), _knob(draft, item)
        case Shape.SPAN:
            number, unit = split(draft.text(key))
            hint = _(item.none) if item.none else ""
            return Line(key, number, hint, "number wide" if hint else "number"), Knob(
                key + UNIT, choices.units()[unit], classes="unit"
            )
        case Shape.SEVERAL:
            return (Several(key, "+"),)
        case Shape.CONDITION:
            return (condition_field(key, draft.condition()),)
    return (_knob(draft, item),)


def more_words(item: Item, several: Sequence[str]) -> str:
    """Return what stands at the place for one more of several: what it means that there are none."""
    return f"{_(item.none)} +" if item.none and not several else "+"


def _knob(draft: Draft, item: Item) -> Knob:
    knob = Knob(item.key, sign="" if item.shape is Shape.TICK else "▾")
    show(draft, item, knob)
    return knob


def show(draft: Draft, item: Item, knob: Knob) -> None:
    """Show in a knob what is chosen."""
    value = draft.value(item.key)
    if item.shape is Shape.TICK:
        knob.put("[x]" if value else "[ ]", dim=not value)
    elif item.shape is Shape.CONDITION:
        knob.put(draft.condition(), dim=value is None)
    else:
        knob.put(choices.shown(draft, item, value), dim=value in (None, ""))


def split(span: str) -> tuple[str, str]:
    """Return number and unit of a span; what is none stands whole in the place of the number."""
    found = SPAN.fullmatch(span)
    return (found[1], found[2] or USUAL) if found else (span, USUAL)
