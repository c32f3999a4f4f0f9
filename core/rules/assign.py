"""The rule that gives the deal to somebody: always the same user, by turns, or whoever has least to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, Literal

from pydantic import Field, field_validator

from core.effects import Assign, Effect
from core.i18n import N_
from core.model.house import House
from core.model.moment import Moment
from core.ports import Facts, Random
from core.rules import people
from core.rules.base import Finding, RuleKind, Settings
from core.words import Words

FIXED: Final = "fixed"
ROUND_ROBIN: Final = "round_robin"
LEAST_LOADED: Final = "least_loaded"


class AssignSettings(Settings):
    """Who may get the deal, and how one of them is chosen."""

    to: tuple[str, ...] = Field(
        min_length=1,
        title=N_("To"),
        description=N_("The users who may become responsible, in order."),
        json_schema_extra={"picker": "users"},
    )
    how: Literal["fixed", "round_robin", "least_loaded"] = Field(
        default=FIXED,
        title=N_("How"),
        description=N_("Always the first of them, by turns, or who is responsible for the fewest open deals."),
        json_schema_extra={
            "labels": {
                FIXED: N_("always the first"),
                ROUND_ROBIN: N_("by turns"),
                LEAST_LOADED: N_("who has the fewest open deals"),
            }
        },
    )

    @field_validator("to", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("to")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))


class AssignRule(RuleKind[AssignSettings]):
    """Make somebody responsible for the deal."""

    id = "assign"
    name = N_("Change responsible")
    about = N_("Gives the deal to a user: one, several by turns, or whoever has the fewest open deals.")
    icon = "☺"
    Settings: ClassVar[type[AssignSettings]] = AssignSettings
    needs = frozenset({"turns"})
    emits = frozenset({"responsible_changed", "field_changed"})

    def plan(self, facts: Facts, settings: AssignSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return who becomes responsible. Raises ``CannotAct("not_allowed")`` when all of them are gone."""
        there = [user for user in settings.to if user in facts.house.users]
        if not there:
            people.user(facts.house, settings.to[0])
        if settings.how == FIXED:
            if there[0] != settings.to[0]:
                people.user(facts.house, settings.to[0])
            return (Assign(user=there[0]),)
        if settings.how == LEAST_LOADED:
            return (Assign(user=_least(there, facts.loads)),)
        return (Assign(user=_least(there, facts.turns), turn=True),)

    def changes(self, settings: AssignSettings) -> frozenset[str]:
        """Return the one field that it writes."""
        return frozenset({"deal.responsible"})

    def sentence(self, settings: AssignSettings) -> Words:
        """Say who becomes responsible."""
        return Words(_SENTENCES[settings.how], {"user": settings.to[0], "users": ", ".join(settings.to)})

    def lint(self, settings: AssignSettings, house: House) -> Iterable[Finding]:
        """Find users who do not exist, and users who never get a deal."""
        yield from people.findings(settings.to, house, "to")
        if settings.how == FIXED and len(settings.to) > 1:
            words = N_("only {user} ever gets a deal: choose “round_robin” or “least_loaded” for the others")
            yield Finding("to", Words(words, {"user": settings.to[0]}), error=False)


_SENTENCES: Final = {
    FIXED: N_("make {user} responsible"),
    ROUND_ROBIN: N_("make {users} responsible by turns"),
    LEAST_LOADED: N_("make responsible who of {users} has the fewest open deals"),
}


def _least(users: Sequence[str], counted: Mapping[str, int]) -> str:
    """Return who has the smallest number, of several the first in the admin's order."""
    return min(users, key=lambda user: counted.get(user, 0))
