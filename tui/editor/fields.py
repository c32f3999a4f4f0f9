"""The controls of the form: one for each shape that a setting can have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label

from core.i18n import gettext as _
from tui.editor import choices
from tui.editor.draft import Draft
from tui.editor.growing import TextField
from tui.editor.items import Item, Shape
from tui.editor.writing import TemplateField
from tui.form.fields import Field, Knob, Line, Several

LABEL: Final = 44
"""Cells for the names of settings, which may take two lines."""
SPAN: Final = re.compile(r"\s*(\d*)\s*([smhdw]?)\s*")
UNIT: Final = "|unit"
"""Ends the key of the knob that chooses a span's unit."""
USUAL: Final = "h"
"""The unit of a span that nobody has given one."""


def text_field(draft: Draft, item: Item, *, shortest: int = 3) -> TextField:
    """Return where a text is written; one in which names are filled in has colours, completion and a preview.

    It posts ``TextArea.Changed`` and its ``key`` is the setting's.
    """
    if item.template:
        return TemplateField(draft, item, shortest=shortest)
    return TextField(item.key, draft.text(item.key), shortest=shortest)


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
            return Line(key, draft.text(key), classes="number"), Label(Content(_(item.unit)), classes="form-unit")
        case Shape.LINE:
            return (Line(key, draft.text(key), hint=_(item.none) if item.none else ""),)
        case Shape.TEXT | Shape.LINES:
            return (text_field(draft, item),)
        case Shape.VALUE:
            return text_field(draft, item, shortest=1), _knob(draft, item)
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
