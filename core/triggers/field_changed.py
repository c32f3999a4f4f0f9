"""A chosen field of the deal changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from pydantic import ConfigDict, Field, field_validator

from core import fields
from core.conditions.operators import test_for
from core.errors import BadInput, FunilError
from core.fields import Spec
from core.i18n import N_
from core.model.frozen import replace
from core.model.house import House
from core.rules.base import Finding, Settings
from core.triggers.base import Heard, Miss, TriggerKind
from core.views import Facts
from core.words import Words

_LINKS: Final = frozenset({"deal.contacts", "deal.company"})
"""What is not set like a field, but linked and unlinked by hand: a change like any other, compared by ids."""


class FieldSettings(Settings):
    """Which fields, and optionally which value they had or get."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    fields: tuple[str, ...] = Field(
        min_length=1,
        title=N_("Fields"),
        description=N_("The fields of the deal that are watched; a change of any of them counts."),
        json_schema_extra={"picker": "field"},
    )
    from_: str | int | float | bool | None = Field(
        default=None,
        alias="from",
        title=N_("From"),
        description=N_("Only when it had this value."),
        json_schema_extra={"picker": "value", "of": "fields", "none": N_("whatever it is")},
    )
    to: str | int | float | bool | None = Field(
        default=None,
        title=N_("To"),
        description=N_("Only when it gets this value."),
        json_schema_extra={"picker": "value", "of": "fields", "none": N_("whatever it is")},
    )

    @field_validator("fields", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _blank_is_any(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value


class FieldChanged(TriggerKind[FieldSettings]):
    """A chosen field of the deal changes."""

    id = "field_changed"
    name = N_("Track field change")
    about = N_("Fires when one of the chosen fields of the deal changes.")
    group = "deal"
    icon = "✎"
    Settings: ClassVar[type[FieldSettings]] = FieldSettings
    listens = frozenset({"field_changed"})
    closed_deals = True

    def sentence(self, settings: FieldSettings) -> Words:
        """Say when it fires."""
        args: dict[str, str | int | None] = {"fields": ", ".join(settings.fields)}
        if settings.to is not None:
            return Words(N_("{fields} becomes “{to}”"), {**args, "to": str(settings.to)})
        if settings.from_ is not None:
            return Words(N_("{fields} is no longer “{from}”"), {**args, "from": str(settings.from_)})
        return Words(N_("{fields} changes"), args)

    def matches(self, heard: Heard, settings: FieldSettings) -> Miss | None:
        """Miss other fields, and a chosen one that had or got another value."""
        house = heard.facts.house
        chosen = {spec.path for spec in _specs(settings.fields, house)}
        changed = [(s, name) for name in _names(heard) for s in _specs([name], house) if s.path in chosen]
        if not changed:
            return Miss(Words(N_("other fields changed: {fields}"), {"fields": ", ".join(_names(heard))}))
        changes = heard.event.data.get("changes") or {}
        if any(_as_wanted(spec, changes.get(name) or {}, heard.facts, settings) for spec, name in changed):
            return None
        return Miss(Words(N_("{fields} changed between other values"), {"fields": ", ".join(n for _, n in changed)}))

    def lint(self, settings: FieldSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        for name in settings.fields:
            spec = fields.find(name, house)
            if spec is None:
                yield Finding("fields", fields.unknown(name, house))
            elif not (spec.settable or spec.path in _LINKS):
                words = Words(
                    N_("“{field}” is no field of the deal that can be edited: it would never fire"), {"field": name}
                )
                yield Finding("fields", words)
            else:
                yield from _unlike(spec, settings, house)


def _specs(names: Iterable[str], house: House) -> list[Spec]:
    return [spec for spec in (fields.find(name, house) for name in names) if spec is not None]


def _names(heard: Heard) -> list[str]:
    return [str(name) for name in heard.event.data.get("fields") or ()]


def _as_wanted(spec: Spec, change: Mapping[str, Any], facts: Facts, settings: FieldSettings) -> bool:
    """Return whether a field had the one value and has it no longer, and got the other, which it had not."""

    def stood(wanted: Any) -> tuple[bool, bool]:
        return _equal(spec, wanted, change.get("old"), facts), _equal(spec, wanted, change.get("new"), facts)

    return (settings.from_ is None or stood(settings.from_) == (True, False)) and (
        settings.to is None or stood(settings.to) == (False, True)
    )


def _equal(spec: Spec, wanted: Any, value: Any, facts: Facts) -> bool:
    """Return whether a stored value is the wanted one; never where either is of another type than the field now."""
    try:
        return bool(test_for(spec, "=", wanted, facts.house)(_seen(spec, value, facts)))
    except FunilError:
        return False


def _seen(spec: Spec, value: Any, facts: Facts) -> Any:
    """Return a stored value in the form in which conditions compare it."""
    if spec.path in _LINKS:
        linked = tuple(value or ()) if spec.multiple else value
        deal = replace(facts.deal, **{spec.id: linked})
    else:
        deal = fields.put(facts.deal, spec.path, value, facts.house)
    return fields.reader(spec, facts.house)(replace(facts, deal=deal))


def _unlike(spec: Spec, settings: FieldSettings, house: House) -> Iterable[Finding]:
    """Find a value that a chosen field can never have."""
    for key, wanted in (("from", settings.from_), ("to", settings.to)):
        try:
            if wanted is not None:
                test_for(spec, "=", wanted, house)
        except BadInput as error:
            yield Finding(key, error.words, error=len(settings.fields) == 1)
