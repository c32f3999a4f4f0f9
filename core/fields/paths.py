"""Which fields exist, and of which type."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from core.errors import UnknownThing
from core.i18n import N_, gettext
from core.model.house import FieldDef, House
from core.words import Words

CUSTOM: Final = "deal.fields."
CONSTANT: Final = "constants."
EVENT: Final = "event."
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Kind(StrEnum):
    """Types of fields: those of custom fields, and what only built-in fields are."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    USER = "user"
    FILE = "file"
    STAGE = "stage"
    PIPELINE = "pipeline"
    ANY = "any"
    """Of no fixed type: data of an event."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One field. ``name`` is a msgid for built-in fields and the admin's own word for custom ones.

    ``settable``: a person may set it by hand; a stage is changed by moving, and what follows from elsewhere not at all.
    """

    path: str
    kind: Kind
    name: str
    multiple: bool = False
    options: tuple[str, ...] = ()
    settable: bool = False
    required: bool = False

    @property
    def custom(self) -> bool:
        """Whether the admin defined it."""
        return self.path.startswith(CUSTOM)

    @property
    def id(self) -> str:
        """The bare id: the last part of the path."""
        return self.path.removeprefix(CUSTOM) if self.custom else self.path.rpartition(".")[2]

    def label(self) -> str:
        """Return the field's name in the language of the screen."""
        return gettext(self.name) if self.path in BUILTIN else self.name


def _table() -> Iterator[Spec]:
    deal: tuple[tuple[str, Kind, str, dict[str, Any]], ...] = (
        ("id", Kind.TEXT, N_("Deal id"), {}),
        ("title", Kind.TEXT, N_("Title"), {"settable": True, "required": True}),
        ("amount", Kind.MONEY, N_("Amount"), {"settable": True}),
        ("currency", Kind.TEXT, N_("Currency"), {"settable": True, "required": True}),
        ("pipeline", Kind.PIPELINE, N_("Pipeline"), {}),
        ("stage", Kind.STAGE, N_("Stage"), {}),
        ("responsible", Kind.USER, N_("Responsible"), {"settable": True}),
        ("contacts", Kind.TEXT, N_("Contacts"), {"multiple": True}),
        ("company", Kind.TEXT, N_("Company"), {}),
        ("begin_date", Kind.DATE, N_("Begin date"), {"settable": True}),
        ("close_date", Kind.DATE, N_("Close date"), {"settable": True}),
        ("age", Kind.NUMBER, N_("Age in days"), {}),
        ("created_at", Kind.DATETIME, N_("Created at"), {}),
        ("entered_stage_at", Kind.DATETIME, N_("In the stage since"), {}),
        ("closed", Kind.BOOL, N_("Closed"), {}),
        ("flags", Kind.TEXT, N_("Flags"), {"multiple": True}),
    )
    for name, kind, label, more in deal:
        yield Spec(f"deal.{name}", kind, label, **more)
    yield Spec("contact.id", Kind.TEXT, N_("Contact's id"))
    yield Spec("contact.name", Kind.TEXT, N_("Contact's name"))
    yield Spec("contact.first_name", Kind.TEXT, N_("Contact's first name"))
    yield Spec("contact.email", Kind.TEXT, N_("Contact's e-mail"))
    yield Spec("contact.phone", Kind.TEXT, N_("Contact's phone"))
    yield Spec("contact.emails", Kind.TEXT, N_("Contact's e-mails"), multiple=True)
    yield Spec("contact.phones", Kind.TEXT, N_("Contact's phones"), multiple=True)
    yield Spec("company.id", Kind.TEXT, N_("Company's id"))
    yield Spec("company.name", Kind.TEXT, N_("Company's name"))
    yield Spec("company.email", Kind.TEXT, N_("Company's e-mail"))
    yield Spec("company.phone", Kind.TEXT, N_("Company's phone"))
    yield Spec("company.open", Kind.BOOL, N_("Within the house's business hours"))
    yield Spec("responsible.id", Kind.USER, N_("Responsible's id"))
    yield Spec("responsible.name", Kind.TEXT, N_("Responsible's name"))
    yield Spec("responsible.first_name", Kind.TEXT, N_("Responsible's first name"))
    yield Spec("responsible.email", Kind.TEXT, N_("Responsible's mailbox"))
    yield Spec("responsible.phone", Kind.TEXT, N_("Responsible's phone"))
    yield Spec("event.at", Kind.DATETIME, N_("When the event happened"))
    yield Spec("event.in_business_hours", Kind.BOOL, N_("Event within the house's business hours"))
    yield Spec("now", Kind.DATETIME, N_("Now"))
    yield Spec("today", Kind.DATE, N_("Today"))
    yield Spec("weekday", Kind.LIST, N_("Day of the week"), options=WEEKDAYS)


BUILTIN: Final[Mapping[str, Spec]] = {spec.path: spec for spec in _table()}
_BARE: Final = {path.removeprefix("deal."): path for path in BUILTIN if path.startswith("deal.")}


def resolve(name: str) -> str:
    """Return the path that a name means, whether or not such a custom field exists: ``amount`` is ``deal.amount``."""
    name = name.strip()
    if name in BUILTIN or name.startswith((CUSTOM, CONSTANT, EVENT)):
        return name
    if name in _BARE:
        return _BARE[name]
    return name if "." in name else CUSTOM + name


def find(name: str, house: House) -> Spec | None:
    """Return the field that a bare id or a path names; None when there is none."""
    path = resolve(name)
    built_in = BUILTIN.get(path)
    if built_in:
        return built_in
    if path.startswith(CUSTOM):
        definition = house.fields.get(path.removeprefix(CUSTOM))
        return of_definition(definition) if definition else None
    if path.startswith(CONSTANT):
        return _constant(path, house)
    return Spec(path, Kind.ANY, path) if len(path) > len(EVENT) and path.startswith(EVENT) else None


type_of = find


def of_definition(definition: FieldDef) -> Spec:
    """Return a custom field's entry in the list of fields."""
    return Spec(
        CUSTOM + definition.id,
        Kind(definition.type.value),
        definition.name or definition.id,
        multiple=definition.multiple,
        options=definition.options,
        settable=True,
    )


def require(name: str, house: House) -> Spec:
    """Return the field that a name means. Raises ``UnknownThing`` with the nearest name there is."""
    spec = find(name, house)
    if spec is None:
        words = unknown(name, house)
        raise UnknownThing(words.msg, **words.args)
    return spec


def unknown(name: str, house: House) -> Words:
    """Say that there is no such field, and which one may have been meant."""
    near = suggest(name, house)
    if near:
        return Words(N_("there is no field “{field}”. Did you mean {near}?"), {"field": name, "near": near}).short()
    return Words(N_("there is no field “{field}”"), {"field": name}).short()


def suggest(name: str, house: House) -> str | None:
    """Return the known field nearest to an unknown name, written the way the name is (bare or as a path)."""
    paths = [*BUILTIN, *(CUSTOM + each for each in house.fields), *(CONSTANT + each for each in house.constants)]
    bare = [*_BARE, *house.fields, "now", "today", "weekday"]
    for known in (paths, bare) if "." in name else (bare, paths):
        near = difflib.get_close_matches(name[:60], known, n=1, cutoff=0.6)
        if near:
            return near[0]
    tail = name[:60].rpartition(".")[2]
    near = difflib.get_close_matches(tail, bare, n=1, cutoff=0.6)
    return resolve(near[0]) if near else None


def _constant(path: str, house: House) -> Spec | None:
    name = path.removeprefix(CONSTANT)
    if name not in house.constants:
        return None
    value = house.constants[name]
    multiple = isinstance(value, list | tuple)
    sample = (value[0] if value else "") if multiple else value
    return Spec(path, _kind_of(sample), path, multiple=multiple)


def _kind_of(value: Any) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOL
    if isinstance(value, int | float):
        return Kind.NUMBER
    return Kind.TEXT if isinstance(value, str) else Kind.ANY
