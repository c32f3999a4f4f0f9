"""What a filter comes to: terms that must all hold, each a field and one of four tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

from core.safe_text import fold

WORDS: Final = "words"
"""The field of bare words: title, client, company and id at once."""
CUSTOM: Final = "fields."
SCALE: Final = 4
"""Decimal places in which amounts are compared: as many as the currency with the most has."""


@dataclass(frozen=True, slots=True)
class Has:
    """The field contains this text, whatever case and accents."""

    text: str


@dataclass(frozen=True, slots=True)
class Among:
    """The field is one of these values."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The field lies between two values, both included; None leaves a side open."""

    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class Empty:
    """The field holds nothing."""


Test: TypeAlias = Has | Among | Within | Empty


@dataclass(frozen=True, slots=True)
class Term:
    """A test of a field, which must hold, or with ``negated`` must not.

    Values are in the form in which the database keeps them: amounts in units of 10⁻⁴ whatever the currency, moments in
    milliseconds, dates as ``YYYY-MM-DD``; ``age`` and ``idle`` are tested by the moment since which. Custom fields
    (``fields.<id>``) are tested by :func:`holds` on their JSON form.
    """

    field: str
    test: Test
    negated: bool = False

    @property
    def custom(self) -> str | None:
        """The id of the custom field, None for a built-in one."""
        return self.field.removeprefix(CUSTOM) if self.field.startswith(CUSTOM) else None


def holds(term: Term, value: Any) -> bool:
    """Judge a custom field's value in its JSON form; of several values one that fits is enough."""
    listed = value if isinstance(value, list | tuple) else [] if value is None or value == "" else [value]
    return _holds(term.test, listed) is not term.negated


def _holds(test: Test, values: Iterable[Any]) -> bool:
    match test:
        case Empty():
            return not any(True for _ in values)
        case Has(text):
            return any(fold(text) in fold(_text(value)) for value in values)
        case Among(wanted):
            return any(fold(_text(value)) in map(fold, wanted) for value in values)
        case Within(low, high):
            return any(_within(value, low, high) for value in values)


def _within(value: Any, low: Any, high: Any) -> bool:
    known: Any = low if low is not None else high
    try:
        seen: Any = Decimal(str(value)) if isinstance(known, Decimal) else str(value)[: len(str(known))]
    except InvalidOperation:
        return False
    return (low is None or seen >= low) and (high is None or seen <= high)


def _text(value: Any) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else str(value.get("name", "") if isinstance(value, dict) else value)
    )
