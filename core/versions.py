"""The versions of a rule: what each of them changed, in words, and what still waits with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core import conditions, exporting
from core.commands import lookup
from core.i18n import N_
from core.i18n import gettext as _
from core.model.house import House
from core.model.rule import Rule
from core.ports import Reader
from core.rule_ports import Version
from core.rules import catalogue

_NAMES: Final[Mapping[str, str]] = {
    "stage": N_("Stage"),
    "pipeline": N_("Pipeline"),
    "kind": N_("Kind"),
    "name": N_("Name"),
    "run": N_("Runs"),
    "order": N_("Order"),
    "hours": N_("Hours"),
    "when": N_("Condition"),
    "once": N_("Once per deal"),
    "stop_on_error": N_("Stop chain on error"),
    "late": N_("Skip when late"),
    "unknown": N_("When nobody knows whether it went out"),
}
_IGNORED: Final = frozenset({"id", "enabled"})
"""On and off make no version."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two versions have differently: its path as a board file has it, what people call it, and both
    values as people read them (empty: not set)."""

    field: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class History:
    """A rule's versions, newest first, and how many runs wait with each, by its number."""

    house: House
    rule: Rule
    versions: Sequence[Version]
    waiting: Mapping[int, int]

    def former(self, version: Version) -> Version | None:
        """Return the version before another one."""
        return next((each for each in self.versions if each.number < version.number), None)

    def changes(self, version: Version) -> Sequence[Difference]:
        """Return what a version changed; nothing for the first one."""
        former = self.former(version)
        return difference(former.rule, version.rule, self.house) if former else ()

    def until_now(self, version: Version) -> Sequence[Difference]:
        """Return what is different now from what a version said."""
        return difference(version.rule, self.rule, self.house)


def history(rule_id: str) -> Callable[[Reader], History]:
    """Return a query for the versions of a rule. ``UnknownThing``."""

    def query(reader: Reader) -> History:
        house = reader.house()
        rule = lookup.rule(house, rule_id)
        waiting = Counter(run.revision for run in reader.waiting_runs(rule_id))
        return History(house, rule, reader.versions(rule_id), waiting)

    return query


def difference(before: Rule, after: Rule, house: House) -> Sequence[Difference]:
    """Return the fields that two versions of a rule have differently, in the board file's order."""
    old, new = dict(_fields(before)), dict(_fields(after))
    return [
        Difference(key, _name(key, after), _value(key, old.get(key), house), _value(key, new.get(key), house))
        for key in dict.fromkeys([*new, *old])
        if old.get(key) != new.get(key)
    ]


def _fields(rule: Rule) -> Iterator[tuple[str, Any]]:
    """Yield what a version says, its settings one by one; what is not set is left out."""
    yield "pipeline", rule.pipeline
    for key, value in exporting.rule_part(rule).items():
        if key == "settings":
            yield from ((f"settings.{name}", each) for name, each in value.items())
        elif key not in _IGNORED and value is not None and value is not False:
            yield key, value


def _name(key: str, rule: Rule) -> str:
    """Return what people call a field: a setting by the title that its form has."""
    section, dot, setting = key.partition(".")
    if not dot:
        return _(_NAMES.get(section, section))
    kind = catalogue.kinds().get(rule.kind)
    fields = kind.Settings.model_fields if kind else {}
    found = next((info for name, info in fields.items() if setting in (name, info.alias)), None)
    return _(found.title) if found is not None and found.title else setting


def _value(key: str, value: Any, house: House) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if key == "when":
        return conditions.read_back(value, house)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_value('', each, house)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value("", each, house) for each in value)
    return str(value)
