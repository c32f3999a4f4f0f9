"""One rule or trigger as somebody is writing it: read as a board file reads it, with everything that is wrong by key.

A board file is refused at its first fault; who fills in a form is told of all of them, in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError

from core import linting
from core.applying import checking
from core.boardfile import Document, merging
from core.boardfile.merging import Faulty
from core.boardfile.places import Misplaced
from core.boardfile.shape import BoardFile, RulePart, TriggerPart
from core.boardfile.yaml12 import Map
from core.misfits import said
from core.model.house import House
from core.model.moment import Moment
from core.model.rule import Rule, Trigger
from core.rules.base import Finding
from core.words import Words

T = TypeVar("T", Rule, Trigger)
Values = Mapping[str, Any]
"""A rule or trigger as a board file has it: ``id``, ``stage``, ``kind``, and the keys that are given."""

_NOWHERE: Final = Document("", BoardFile(), Map(), {})
_NEEDED: Final = frozenset({"id", "stage", "kind"})


@dataclass(frozen=True, slots=True)
class Judged(Generic[T]):
    """What somebody's writing comes to. ``made`` is None where it cannot be read; ``refused`` says why ``apply`` would
    not take it. A finding's ``field`` is the key as a board file has it; those of ``made`` need not keep it from being
    stored."""

    made: T | None
    findings: tuple[Finding, ...]
    refused: Words | None = None


def rule(
    values: Values, before: Rule | None, place: tuple[str, int], house: House, now: Moment | None = None
) -> Judged[Rule]:
    """Judge a rule; ``place`` is its pipeline and position. An absent key stays as it is, in a new rule it takes the
    default; null sets it to the default."""
    made, faults = _read(values, RulePart, lambda part: merging.rule(part, before, *place))
    if made is None:
        return Judged(None, faults, faults[0].words)
    refused = _refused(lambda: checking.rule(made, house, _NOWHERE, ()))
    return Judged(made, tuple(linting.of_rule(made, house, now)), refused)


def trigger(values: Values, before: Trigger | None, place: tuple[str, int], house: House) -> Judged[Trigger]:
    """Judge a trigger likewise. Without a name it has its kind's."""
    name = checking.trigger_kind(str(values["kind"])).name
    made, faults = _read(values, TriggerPart, lambda part: merging.trigger(part, before, *place, name))
    if made is None:
        return Judged(None, faults, faults[0].words)
    refused = _refused(lambda: checking.trigger(made, house, _NOWHERE, ()))
    return Judged(made, tuple(linting.of_trigger(made, house)), refused)


def _read(values: Values, model: Any, merge: Callable[[Any], T]) -> tuple[T | None, tuple[Finding, ...]]:
    """Return what the values make, or what keeps them from being read: all of it, key by key."""
    faults: list[Finding] = []
    left = dict(values)
    while True:
        try:
            made = merge(model.model_validate(left))
            return (None, tuple(faults)) if faults else (made, ())
        except ValidationError as error:
            found = [Finding(str(each["loc"][0]), said(each, model)) for each in error.errors(include_url=False)]
        except Faulty as error:
            found = [Finding(error.key, error.words)]
        faults += found
        wrong = {str(finding.field) for finding in found}
        if wrong & _NEEDED or not wrong & left.keys():
            return None, tuple(faults)
        left = {key: value for key, value in left.items() if key not in wrong}


def _refused(check: Callable[[], object]) -> Words | None:
    try:
        check()
    except Misplaced as error:
        return error.problem
    return None
