"""The rule that writes a value into a field of the deal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar, Final, TypeAlias

from pydantic import Field

from core import context, fields, templates, zones
from core.effects import Effect, SetField
from core.errors import BadInput, FunilError
from core.fields import Kind, Spec
from core.i18n import N_
from core.model.house import House
from core.model.moment import Moment, iso
from core.ports import Facts, Random
from core.rules import dating
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.timing import day_zone
from core.words import Words

Plain: TypeAlias = str | int | float | bool
_DATED: Final = (Kind.DATE, Kind.DATETIME)


class SetFieldSettings(Settings):
    """Which field, and what it gets."""

    field: str = Field(
        min_length=1,
        title=N_("Field"),
        description=N_("The field of the deal that is written."),
        json_schema_extra={"picker": "field"},
    )
    value: Plain | tuple[Plain, ...] | None = Field(
        default=None,
        title=N_("Value"),
        description=N_("What it gets; nothing clears it. Dates may be today, now + 2h or close_date - 1d."),
        json_schema_extra={"template": "text", "picker": "value", "of": "field", "none": N_("empty it")},
    )


class SetFieldRule(RuleKind[SetFieldSettings]):
    """Write a value into a field of the deal; what waits for that field goes on, and triggers see the change."""

    id = "set_field"
    name = N_("Change field")
    about = N_("Writes a value into a field of the deal; triggers that watch the field fire.")
    icon = "✎"
    Settings: ClassVar[type[SetFieldSettings]] = SetFieldSettings
    needs = frozenset({"contacts", "company", "responsible"})
    emits = frozenset({"field_changed", "responsible_changed"})

    def plan(self, facts: Facts, settings: SetFieldSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the change. Raises ``CannotAct``: ``template_error``, ``misconfigured`` for a value that does not
        fit the field."""
        try:
            spec = fields.require(settings.field, facts.house)
            value = _meant(spec, _rendered(settings.value, facts), facts)
            value = fields.parse(spec, value, facts.house, facts.deal.currency)
        except FunilError as error:
            raise CannotAct("misconfigured", error.words) from None
        return (SetField(field=spec.path, value=value),)

    def changes(self, settings: SetFieldSettings) -> frozenset[str]:
        """Return the one field that it writes."""
        return frozenset({fields.resolve(settings.field)})

    def sentence(self, settings: SetFieldSettings) -> Words:
        """Say which field becomes what."""
        if _nothing(settings.value):
            return Words(N_("empty the field “{field}”"), {"field": settings.field})
        return Words(N_("set “{field}” to “{value}”"), {"field": settings.field, "value": _shown(settings.value)})

    def lint(self, settings: SetFieldSettings, house: House) -> Iterable[Finding]:
        """Find a field that does not exist or that nobody sets, mistakes in the text, a value that does not fit."""
        spec = fields.find(settings.field, house)
        if spec is None:
            yield Finding("field", fields.unknown(settings.field, house))
            return
        faults = [fault for text in _texts(settings.value) for fault in templates.check(text, house, field="value")]
        yield from faults
        if not faults and not any(map(_is_template, _texts(settings.value))):
            yield from _misfit(spec, settings.value, house)


def _misfit(spec: Spec, value: Any, house: House) -> Iterable[Finding]:
    """Find why a value that no deal changes cannot be written."""
    if spec.kind in _DATED and isinstance(value, str) and value.strip():
        yield from dating.findings(value, house, "value")
        return
    if spec.kind is Kind.USER and isinstance(value, str):
        value = _user(value, house)
    try:
        fields.parse(spec, value, house)
    except BadInput as error:
        yield Finding("value" if spec.settable else "field", error.words)


def _rendered(value: Any, facts: Facts) -> Any:
    """Return a value with the names in its texts filled in."""
    if isinstance(value, tuple):
        return [_rendered(each, facts) for each in value]
    return templates.render(value, context.of(facts)) if isinstance(value, str) else value


def _meant(spec: Spec, value: Any, facts: Facts) -> Any:
    """Return what a text means where its field's type says more than the text: a relative date, somebody's name."""
    if isinstance(value, list):
        return [_meant(spec, each, facts) for each in value]
    if not isinstance(value, str) or not value.strip() or spec.kind not in (*_DATED, Kind.USER):
        return value
    return _user(value, facts.house) if spec.kind is Kind.USER else _dated(spec, value, facts)


def _dated(spec: Spec, text: str, facts: Facts) -> str | None:
    found = dating.read(text, facts)
    where = day_zone(facts.house)
    if isinstance(found, date):
        return found.isoformat() if spec.kind is Kind.DATE else iso(zones.midnight(found.isoformat(), where))
    if found is None:
        return None
    return zones.local_date(found, where) if spec.kind is Kind.DATE else iso(found)


def _user(text: str, house: House) -> str:
    """Return the id of the user whose name a text is (texts show users by name); anything else stays as it is."""
    text = text.strip()
    named = [user.id for user in house.users.values() if user.name == text]
    return named[0] if text not in house.users and len(named) == 1 else text


def _texts(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, str)]


def _is_template(text: str) -> bool:
    return "{{" in text or "{%" in text or "{#" in text


def _nothing(value: Any) -> bool:
    return value is None or value == () or (isinstance(value, str) and not value.strip())


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
