"""The fields that a board can be filtered by, and what people call them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.filtering.terms import CUSTOM
from core.i18n import N_, gettext
from core.model.house import FieldDef, FieldType, House
from core.safe_text import fold


class Kind(StrEnum):
    """How a field's value is read."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    SPAN = "span"
    COUNT = "count"
    YES_NO = "yes_no"
    STAGE = "stage"
    USER = "user"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """A field: the name that is always understood (``id``), the name on the screen (``label``), what the Store calls
    it (``column``), and the values of a list."""

    id: str
    kind: Kind
    label: str
    column: str
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called in the language of the screen."""
        return self.label if self.column.startswith(CUSTOM) else gettext(self.label)


OVERDUE: Final = "overdue"
_BUILT_IN: Final = (
    Field("stage", Kind.STAGE, N_("stage"), "stage"),
    Field("responsible", Kind.USER, N_("responsible"), "responsible"),
    Field("client", Kind.TEXT, N_("client"), "client"),
    Field("company", Kind.TEXT, N_("company"), "company"),
    Field("title", Kind.TEXT, N_("title"), "title"),
    Field("id", Kind.TEXT, "id", "id"),
    Field("amount", Kind.MONEY, N_("amount"), "amount"),
    Field("currency", Kind.CHOICE, N_("currency"), "currency"),
    Field("close", Kind.DATE, N_("close"), "close_date"),
    Field("begin", Kind.DATE, N_("begin"), "begin_date"),
    Field("created", Kind.MOMENT, N_("created"), "created_at"),
    Field("age", Kind.SPAN, N_("age"), "entered_at"),
    Field("idle", Kind.SPAN, N_("idle"), "active_at"),
    Field(OVERDUE, Kind.YES_NO, N_("overdue"), OVERDUE),
    Field("failed", Kind.COUNT, N_("failed"), "failed"),
    Field("waiting", Kind.COUNT, N_("waiting"), "waiting"),
    Field("held", Kind.COUNT, N_("held"), "held"),
    Field("unread", Kind.COUNT, N_("unread"), "unread"),
    Field("tasks", Kind.COUNT, N_("tasks"), "tasks"),
)
_KINDS: Final[Mapping[FieldType, Kind]] = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.MONEY: Kind.NUMBER,
    FieldType.BOOL: Kind.YES_NO,
    FieldType.DATE: Kind.DATE,
    FieldType.DATETIME: Kind.DATE,
    FieldType.LIST: Kind.CHOICE,
    FieldType.USER: Kind.USER,
    FieldType.FILE: Kind.TEXT,
}
_SHORTEST: Final = 2


def fields_of(house: House) -> tuple[Field, ...]:
    """Return every field, the house's own ones last."""
    return (*_BUILT_IN, *(_own(definition) for definition in house.fields.values()))


def _own(definition: FieldDef) -> Field:
    label = definition.name or definition.id
    return Field(definition.id, _KINDS[definition.type], label, CUSTOM + definition.id, definition.options)


def spelled(name: str) -> str:
    """Return a name as it is typed: small letters without accents, ``_`` for blanks."""
    return "_".join(fold(name).split())


def find(name: str, fields: Iterable[Field]) -> Field | None:
    """Return the field of a name: its id, or what the screen calls it, whatever case and accents."""
    wanted, known = spelled(name), list(fields)
    by_id = next((field for field in known if spelled(field.id) == wanted), None)
    return by_id or next((field for field in known if spelled(field.name) == wanted), None)


def nearest(name: str, fields: Iterable[Field]) -> str | None:
    """Return the name, on the screen, of the field that an unknown name may have meant."""
    named = {spelled(each): spelled(field.name) for field in fields for each in (field.name, field.id)}
    wanted = spelled(name)[:60]
    near = difflib.get_close_matches(wanted, named, n=1, cutoff=0.6)
    if not near and len(wanted) >= _SHORTEST:
        near = [each for each in named if each.startswith(wanted)][:1]
    return named[near[0]] if near else None
