"""Time zones: between moments and the clocks on people's walls."""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from core.errors import BadInput
from core.i18n import N_
from core.model.moment import DAY, Moment, from_datetime, parse_iso, to_datetime

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def zone(name: object) -> ZoneInfo:
    """Return a zone of the IANA database by its name. Raises ``BadInput``, with the nearest name there is."""
    text = name.strip() if isinstance(name, str) else str(name)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(text[:60], available_timezones(), n=1)
    if near:
        raise BadInput(N_("“{name}” is not a time zone. Did you mean {near}?"), name=text, near=near[0])
    raise BadInput(N_("“{name}” is not a time zone like America/Sao_Paulo"), name=text)


def local(at: Moment, where: ZoneInfo) -> datetime:
    """Return what calendar and clock show at a moment, as an aware datetime."""
    return to_datetime(at).astimezone(where)


def local_date(at: Moment, where: ZoneInfo) -> str:
    """Return the day that the calendar shows at a moment, as ``YYYY-MM-DD``."""
    return local(at, where).date().isoformat()


def from_local(wall: datetime, where: ZoneInfo) -> Moment:
    """Return the moment at which calendar and clock show a naive datetime.

    A time that the change to summer time skips becomes the next one there is; of a doubled one the first counts.
    """
    first = from_datetime(wall.replace(tzinfo=where, fold=0))
    if local(first, where).replace(tzinfo=None) == wall.replace(microsecond=wall.microsecond // 1000 * 1000):
        return first
    before = from_datetime(wall.replace(tzinfo=where, fold=1))
    return _change(before, first, where)


def midnight(day: str, where: ZoneInfo) -> Moment:
    """Return the moment at which a day ``YYYY-MM-DD`` begins."""
    return from_local(datetime.combine(date.fromisoformat(day), time()), where)


def offset(at: Moment, where: ZoneInfo) -> int:
    """Return how far the zone's clocks are ahead of UTC at a moment, in milliseconds."""
    ahead = (_EPOCH + timedelta(0, at // 1000)).astimezone(where).utcoffset()
    assert ahead is not None
    return (ahead.days * 86_400 + ahead.seconds) * 1000


def clock(at: Moment, where: ZoneInfo) -> int:
    """Return what the clock shows at a moment, in milliseconds since 00:00."""
    return (at + offset(at, where)) % DAY


def steady(at: Moment, where: ZoneInfo) -> tuple[int, Moment]:
    """Return the zone's offset at a moment and a later moment, at most a day away, until which it does not change."""
    here, tomorrow = offset(at, where), Moment(at + DAY)
    return here, tomorrow if offset(tomorrow, where) == here else _change(at, tomorrow, where)


def _change(before: Moment, after: Moment, where: ZoneInfo) -> Moment:
    """Find the one change of offset between two moments: the first millisecond of the new offset."""
    low, high, new = before, after, offset(after, where)
    while high - low > 1:
        middle = Moment((low + high) // 2)
        if offset(middle, where) == new:
            high = middle
        else:
            low = middle
    return high


EARLIEST: Final = from_datetime(datetime(1, 1, 3, tzinfo=UTC))
LATEST: Final = from_datetime(datetime(9999, 12, 29, tzinfo=UTC))


def clamp(at: int) -> Moment:
    """Return the nearest moment that every calendar can show."""
    return Moment(min(max(at, EARLIEST), LATEST))


def read_moment(text: str, where: ZoneInfo) -> Moment:
    """Read an ISO 8601 date or date-time; one without an offset is what the zone's calendar and clock show.

    Raises ``BadInput``.
    """
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        return parse_iso(text)
    return parse_iso(text) if value.tzinfo else from_local(value, where)
