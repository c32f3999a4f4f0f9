"""Asking for the pieces of a comparison: field, operator and value, each by what fits its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from textual.app import App

from core.conditions import offering
from core.conditions.editing import Row
from core.conditions.offering import LISTED, NO_VALUE, PRESENCE, RANGE
from core.conditions.operators import operators_for
from core.fields import Spec
from core.fields.paths import EVENT
from core.i18n import gettext as _
from core.safe_text import fold, safe_text
from core.words import fill
from tui.editor import condition_values as values
from tui.editor.ticks import DONE, Ticks
from tui.panels.ask import Ask
from tui.panels.picker import Choice, Picker
from tui.panels.values import Manner


class FieldPicker(Picker):
    """A list of fields, found by name or path; any other data of an event can be typed by its path."""

    def narrow(self, typed: str) -> None:
        """Show the fields that have every word in name or path."""
        words, text = fold(typed).split(), typed.strip()
        found = [each for each in self._choices if all(word in fold(f"{each.words} {each.id}") for word in words)]
        if text.startswith(EVENT) and len(text) > len(EVENT) and all(each.id != text for each in found):
            found.append(Choice(text, text, _("data of the event")))
        self.show(found)


class Asker:
    """Asks on an app's screen. Every question returns None where somebody gives it up."""

    def __init__(self, app: App[Any], manner: Manner, event: tuple[str, ...] = ()) -> None:
        self._app = app
        self._manner = manner
        self._event = event

    async def field(self, at: str) -> str | None:
        """Ask which field is compared."""
        choices = values.field_choices(self._manner.house, self._event)
        spec = values.known(at, self._manner.house)
        picker = FieldPicker(_("Which field?"), choices, at=spec.path if spec else None)
        return await self._chosen(picker)

    async def piece(self, row: Row, piece: str) -> Row | None:
        """Ask for a piece of a comparison anew; the rest of it stays where it can."""
        house = self._manner.house
        spec = values.known(row.field, house)
        if piece == "field" or spec is None:
            field = await self.field(row.field)
            if field is None or (spec is not None and field == spec.path):
                return None if field is None else row
            return offering.with_field(row, field, house)
        if piece == "op":
            op = await self._op(spec, row.op)
            return None if op is None else offering.with_op(row, op, house)
        if row.op in PRESENCE:
            return row
        value = await self._value(spec, row, end=piece == "end")
        return None if value is NO_VALUE else offering.with_value(row, value)

    async def _op(self, spec: Spec, at: str) -> str | None:
        choices = [Choice(op, _(offering.op_words(op, spec.kind)), op) for op in operators_for(spec)]
        if len(choices) == 1:
            return choices[0].id
        return await self._chosen(Picker(_title(spec), choices, at=at))

    async def _value(self, spec: Spec, row: Row, *, end: bool) -> Any:
        value = offering.value_of(row)
        if row.op == RANGE:
            return await self._range(spec, value, end=end)
        if values.chosen(spec):
            return await self._choice(spec, row, value)
        return await self._typed(spec, row.op, value, _title(spec, row.op))

    async def _choice(self, spec: Spec, row: Row, value: Any) -> Any:
        choices = values.choices(spec, self._manner.house)
        title = _title(spec, row.op)
        if row.op in LISTED:
            listed: Sequence[Any] = value if isinstance(value, list | tuple) else ()
            ticks = Ticks(title, choices, [str(each) for each in listed])
            taken = await self._chosen(ticks)
            return [values.of_choice(spec, id) for id in ticks.ticked] if taken == DONE else NO_VALUE
        at = str(value).lower() if isinstance(value, bool) else str(value)
        id = await self._chosen(Picker(title, choices, at=at))
        return NO_VALUE if id is None else values.of_choice(spec, id)

    async def _typed(self, spec: Spec, op: str, value: Any, title: str) -> Any:
        text = await self._answer(
            title, values.typed(self._manner, spec, value), values.why_not(self._manner, spec, op)
        )
        return NO_VALUE if text is None else values.read(self._manner, spec, op, text)

    async def _range(self, spec: Spec, value: Any, *, end: bool) -> Any:
        """Ask for both ends, or for the end alone."""
        both = value if isinstance(value, list | tuple) and len(value) == 2 else None
        low = both[0] if both else NO_VALUE
        if not end or both is None:
            title = fill(_("{field} is between … and …: from"), {"field": _title(spec)})
            low = await self._typed(spec, RANGE, low, title)
        if low is NO_VALUE:
            return NO_VALUE
        title = fill(_("{field} is between {from} and …: to"), {"field": _title(spec), "from": self._shown(spec, low)})
        begun = values.typed(self._manner, spec, both[1]) if both else ""
        text = await self._answer(title, begun, values.why_no_range(self._manner, spec, low))
        return NO_VALUE if text is None else [low, values.read(self._manner, spec, RANGE, text)]

    def _shown(self, spec: Spec, value: Any) -> str:
        return values.shown(self._manner, spec, value)

    async def _chosen(self, picker: Picker) -> str | None:
        return cast("str | None", await self._app.push_screen_wait(picker))

    async def _answer(self, title: str, begun: str, why_not: Any) -> str | None:
        return cast("str | None", await self._app.push_screen_wait(Ask(title, begun, why_not)))


def _title(spec: Spec, op: str = "") -> str:
    words = _(offering.op_words(op, spec.kind)) if op else ""
    hint = values.hint(spec, op) if op else ""
    return safe_text(f"{spec.label()} {words}".strip()) + (f"  ({hint})" if hint else "")
