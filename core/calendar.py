"""Working hours and holidays: when the house, or one of its people, is at work.

A moment is open when the zone's clock at that moment stands inside one of the day's periods (end exclusive) and the
day is no holiday. No hours at all means open around the clock.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from core import zones
from core.errors import BadInput
from core.i18n import N_
from core.model.house import House
from core.model.moment import DAY, MINUTE, Moment
from core.model.people import User

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON: Final = 3 * 366 * DAY
"""How far ahead an open moment is looked for, in milliseconds."""
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_PERIOD: Final = re.compile(r"([0-2]\d):([0-5]\d)\s*-\s*([0-2]\d):([0-5]\d)", re.ASCII)

Period = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WeekHours:
    """The open periods of each weekday, Monday first: milliseconds since midnight, end exclusive, in order."""

    days: tuple[tuple[Period, ...], ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Hours, holidays and the zone in which both are meant. ``hours`` None: every day around the clock."""

    zone: ZoneInfo
    hours: WeekHours | None = None
    holidays: tuple[str, ...] = ()

    def is_open(self, at: Moment) -> bool:
        """Return whether it is working time at a moment."""
        here = at + zones.offset(at, self.zone)
        return self._first(here, here + 1) is not None

    def next_open(self, at: Moment) -> Moment | None:
        """Return the first open moment that is not before ``at``; None when there is none within the horizon."""
        if self.hours is None and not self.holidays:
            return at
        limit = min(at + HORIZON, zones.LATEST)
        while at < limit:
            offset, until = zones.steady(at, self.zone)
            found = self._first(at + offset, until + offset)
            if found is not None:
                return Moment(found - offset)
            at = until
        return None

    def _first(self, start: int, end: int) -> int | None:
        """Find the first open local time in [start, end), both in local milliseconds."""
        for day in range(start // DAY, (end - 1) // DAY + 1):
            if self.holidays and self._holiday(day):
                continue
            for opens, closes in self._periods(day):
                found = max(day * DAY + opens, start)
                if found < min(day * DAY + closes, end):
                    return found
        return None

    def _periods(self, day: int) -> tuple[Period, ...]:
        return self.hours.days[(day + 3) % 7] if self.hours else ((0, DAY),)  # day 0 of the epoch was a Thursday

    def _holiday(self, day: int) -> bool:
        return day in _holidays(self.holidays, date.fromordinal(day + _EPOCH_ORDINAL).year)


def of_company(house: House) -> Calendar:
    """Return the house's own calendar."""
    company = house.company
    return _calendar(company.timezone, tuple(company.hours.items()), company.holidays)


def of_user(house: House, user: User | None) -> Calendar:
    """Return a user's working hours, in their own zone or else the company's.

    Nobody, or a user without hours, keeps the company's calendar; holidays belong to that calendar only.
    """
    if user is None or not user.hours:
        return of_company(house)
    return _calendar(user.timezone or house.company.timezone, tuple(user.hours.items()), ())


def next_open(calendars: Sequence[Calendar], at: Moment) -> Moment | None:
    """Return the first moment from ``at`` at which all calendars are open; None when there is none in the horizon."""
    together = tuple(calendars)
    first = _opens(together, zones.clamp(at // DAY * DAY))
    return first if first is None or first >= at else _search(together, at)


@lru_cache(maxsize=1024)
def _opens(calendars: tuple[Calendar, ...], midnight: Moment) -> Moment | None:
    """Search from a day's beginning, once a day: whoever comes while nobody is at work gets the same answer."""
    return _search(calendars, midnight)


def _search(calendars: Sequence[Calendar], at: Moment) -> Moment | None:
    limit, found = at + HORIZON, at
    while found < limit:
        start = found
        for calendar in calendars:
            later = calendar.next_open(found)
            if later is None:
                return None
            found = later
        if found == start:
            return found
    return None


@lru_cache(maxsize=256)
def _calendar(timezone: str, hours: tuple[tuple[str, str], ...], holidays: tuple[str, ...]) -> Calendar:
    return Calendar(zones.zone(timezone), parse_hours(dict(hours)), holidays)


def parse_hours(hours: Mapping[str, Any] | None) -> WeekHours | None:
    """Read ``{"mon-fri": "09:00-12:00,13:00-18:00", "sat": ""}``; nothing at all is None: always open.

    A day named alone wins over a range that covers it. Raises ``BadInput`` naming the day.
    """
    if not hours:
        return None
    if not isinstance(hours, Mapping):
        raise BadInput(N_('working hours are written as days and periods, like mon-fri: "09:00-18:00"'))
    ranges: dict[int, tuple[Period, ...]] = {}
    alone: dict[int, tuple[Period, ...]] = {}
    for key, text in hours.items():
        days, periods = _days(key), _periods(key, text)
        target = alone if len(days) == 1 else ranges
        for day in days:
            if day in target:
                raise BadInput(N_("working hours give {day} twice"), day=DAYS[day])
            target[day] = periods
    week = tuple((ranges | alone).get(day, ()) for day in range(7))
    if not any(week):
        raise BadInput(N_("working hours without any open period: leave them out to be always open"))
    return WeekHours(week)


def _days(key: object) -> list[int]:
    first, dash, last = str(key).strip().lower().partition("-")
    first, last = first.strip(), last.strip()
    if first not in DAYS or (dash and last not in DAYS):
        raise BadInput(
            N_("“{key}” is not a day or a range of days: mon tue wed thu fri sat sun, or like mon-fri"),
            key=str(key),
        )
    start, end = DAYS.index(first), DAYS.index(last) if dash else DAYS.index(first)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]


def _periods(day: object, text: Any) -> tuple[Period, ...]:
    if text is None or text == "":
        return ()
    found = sorted(_period(day, part.strip()) for part in str(text).split(","))
    for (_, closes), (opens, _) in pairwise(found):
        if opens < closes:
            raise BadInput(N_("working hours of {day}: two periods overlap in “{text}”"), day=str(day), text=str(text))
    return tuple(found)


def _period(day: object, text: str) -> Period:
    match = _PERIOD.fullmatch(text)
    if match:
        opens, closes = (_clock(match[1], match[2]), _clock(match[3], match[4]))
        if opens < closes <= DAY:
            return opens, closes
    raise BadInput(
        N_(
            "working hours of {day}: “{text}” is not a period like 09:00-18:00 that ends after it begins, "
            "at 24:00 at the latest"
        ),
        day=str(day),
        text=text,
    )


def _clock(hours: str, minutes: str) -> int:
    return (int(hours) * 60 + int(minutes)) * MINUTE


def check_holidays(codes: Any) -> tuple[str, ...]:
    """Return holidays as they are stored: ``BR``, ``BR-SP``, ``2026-12-24``, or a list of both. Raises ``BadInput``."""
    if codes is None or codes == "":
        return ()
    listed = codes if isinstance(codes, list | tuple) else [codes]
    return tuple(dict.fromkeys(_check_holiday(code) for code in listed))


def _check_holiday(code: object) -> str:
    if isinstance(code, date):
        return (code.date() if isinstance(code, datetime) else code).isoformat()
    text = str(code).strip()
    if text[:1].isdigit():
        return _iso_day(text)
    country, _, region = text.upper().partition("-")
    known = _countries()
    if country not in known:
        raise _unknown_holiday(text, known)
    if region and region not in known[country]:
        raise _unknown_holiday(text, [f"{country}-{each}" for each in known[country]])
    return f"{country}-{region}" if region else country


def _iso_day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInput(N_("holiday “{text}” is not a date like 2026-12-24"), text=text) from None


def _unknown_holiday(text: str, known: Iterable[str]) -> BadInput:
    near = difflib.get_close_matches(text.upper()[:20], list(known), n=1)
    if near:
        return BadInput(N_("no holidays are known of “{code}”. Did you mean {near}?"), code=text, near=near[0])
    return BadInput(N_("no holidays are known of “{code}”: a country like BR or a region like BR-SP"), code=text)


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, frozenset[str]]:
    import holidays

    return {code: frozenset(regions) for code, regions in holidays.list_supported_countries().items()}


@lru_cache(maxsize=64)
def _holidays(codes: tuple[str, ...], year: int) -> frozenset[int]:
    """Return a year's holidays as days since the epoch."""
    days: set[date] = set()
    for code in codes:
        if code[:1].isdigit():
            days.add(date.fromisoformat(code))
        else:
            days |= _public(code, year)
    return frozenset(day.toordinal() - _EPOCH_ORDINAL for day in days)


def _public(code: str, year: int) -> set[date]:
    import holidays

    country, _, region = code.partition("-")
    return set(holidays.country_holidays(country, subdiv=region or None, years=year))
