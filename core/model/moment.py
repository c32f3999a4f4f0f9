"""Moments and spans of time: integers of milliseconds, UTC, as the database keeps them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NewType

from core.errors import BadInput
from core.i18n import N_

Moment = NewType("Moment", int)
"""A point in time: milliseconds since 1970-01-01T00:00Z."""

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_UNITS: Final = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def from_datetime(value: datetime) -> Moment:
    """Return the moment of an aware datetime; a naive one is a ``ValueError``."""
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return Moment((value - _EPOCH) // timedelta(milliseconds=1))


def to_datetime(value: Moment) -> datetime:
    """Return the moment as an aware UTC datetime."""
    return _EPOCH + timedelta(milliseconds=value)


def iso(value: Moment | None) -> str | None:
    """Return ISO 8601 in UTC, with milliseconds only where there are any; None stays None."""
    if value is None:
        return None
    text = to_datetime(value).isoformat(timespec="milliseconds" if value % 1000 else "seconds")
    return text.replace("+00:00", "Z")


def parse_iso(text: str) -> Moment:
    """Read an ISO 8601 date-time; one without a zone is UTC. Raises ``BadInput``."""
    try:
        value = datetime.fromisoformat(text.strip())
        return from_datetime(value if value.tzinfo else value.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise BadInput(N_("“{text}” is not a date and time like 2026-12-01T12:00Z"), text=text) from None


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of one unit (``s m h d w``). Days and weeks are calendar days where a zone is at hand."""

    n: int
    unit: str

    @property
    def millis(self) -> int:
        """Absolute length in milliseconds, a day counted as 24 hours."""
        return self.n * _UNITS[self.unit]

    @property
    def days(self) -> int | None:
        """The number of calendar days, or None when the span is absolute (seconds, minutes, hours)."""
        return {"d": self.n, "w": 7 * self.n}.get(self.unit)

    def __str__(self) -> str:
        return f"{self.n}{self.unit}"


def parse_duration(text: str) -> Duration:
    """Read ``90s``, ``10m``, ``2h``, ``1d`` or ``1w``. Raises ``BadInput``."""
    match = re.fullmatch(r"(\d{1,6})([smhdw])", str(text).strip())
    if not match:
        raise BadInput(N_("“{text}” is not a duration: a whole number and one of s m h d w, like 2h"), text=str(text))
    return Duration(int(match[1]), match[2])
