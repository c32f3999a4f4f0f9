"""Run times, hours and holidays, each against a library that knows nothing of ours: whenever, opening-hours-py (the
OpenStreetMap evaluator) and the answers of holidays itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from opening_hours import OpeningHours
from whenever import Instant, PlainDateTime, RepeatedTime, SkippedTime, ZonedDateTime

from core import calendar, timing, zones
from core.calendar import Calendar
from core.model.moment import HOUR, MINUTE, Duration, Moment, iso, parse_iso
from core.model.rule import Hours, RunTime, When
from core.views import Facts
from tests.core.sample_house import ANA, facts, house
from tests.core.test_timing_calendar import weeks
from tests.core.test_zones import JUMPS

# Clocks that jump, and the zones whose midnight is skipped when summer time begins.
MIDNIGHTS = [
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Santiago", "2026-09-06"),
    ("America/Asuncion", "2023-10-01"),
    ("America/Havana", "2026-03-08"),
    ("Asia/Beirut", "2026-03-29"),
    ("Africa/Cairo", "2026-04-24"),
    ("Pacific/Apia", "2011-12-30"),
]
near_jumps = st.builds(
    lambda jump, minutes: (jump[0], Moment(parse_iso(jump[1]) + minutes * MINUTE)),
    st.sampled_from([*JUMPS, *MIDNIGHTS]),
    st.integers(-4_000, 4_000),
)


# Clocks ---------------------------------------------------------------------------------------------------------------


def shown(at: Moment, zone: str) -> ZonedDateTime:
    return Instant.from_timestamp(at, unit="millisecond").to_tz(zone)


def meant(shows: PlainDateTime, zone: str) -> Moment:
    """Return what a clock time means: of a doubled one the first, of a skipped one the next valid one (§2)."""
    try:
        found = shows.assume_tz(zone, disambiguation="raise")
    except RepeatedTime:
        found = shows.assume_tz(zone, disambiguation="earlier")
    except SkippedTime:
        change = shows.assume_tz(zone, disambiguation="earlier").next_transition()
        assert change is not None
        found = change
    return Moment(found.timestamp(unit="millisecond"))


def plain(wall: datetime) -> PlainDateTime:
    return PlainDateTime(wall)


@given(near_jumps)
def test_a_clock_time_is_the_moment_that_another_library_finds(case: tuple[str, Moment]) -> None:
    zone, at = case
    shows = wall(at).replace(tzinfo=None)
    assert zones.from_local(shows, ZoneInfo(zone)) == meant(plain(shows), zone)
    assert zones.local(at, ZoneInfo(zone)).replace(tzinfo=None) == shown(at, zone).to_plain().to_stdlib()


SPANS = st.builds(Duration, st.integers(0, 400), st.sampled_from("smhdw"))
FORMS = st.sampled_from(["entry", "visit", "due", "previous"])


def counted(base: ZonedDateTime, span: Duration, sign: int) -> Moment:
    """Count as §2 says: minutes and hours are absolute, days are calendar days of the zone."""
    if span.days is None:
        return Moment(base.add(milliseconds=sign * span.millis).timestamp(unit="millisecond"))
    if not span.days:
        return Moment(base.timestamp(unit="millisecond"))
    return meant(base.to_plain().add(days=sign * span.days), base.tz_id or "")


@given(near_jumps, FORMS, SPANS, st.booleans())
@example(("America/Santiago", parse_iso("2026-09-06T15:00Z")), "due", Duration(1, "d"), False)
@example(("America/Sao_Paulo", parse_iso("2018-11-04T15:00Z")), "due", Duration(1, "d"), True)
@example(("Pacific/Apia", parse_iso("2011-12-30T12:00Z")), "due", Duration(1, "d"), False)
def test_after_and_before_are_what_another_library_counts(
    case: tuple[str, Moment], form: str, span: Duration, back: bool
) -> None:
    zone, at = case
    when = When.BEFORE if back and form in ("visit", "due") else When.AFTER
    sign = -1 if when is When.BEFORE else 1
    day = date(1970, 1, 1) + timedelta(milliseconds=at)
    about = facts(where=house(timezone=zone), fields={"visit": iso(at), "due": day.isoformat()})
    of = None if form == "entry" else form
    found = timing.moment_of(RunTime(when, span, of), about, at, at)
    if form != "due":
        assert found == counted(shown(at, zone), span, sign)
        return
    begins = plain(datetime.combine(day, time()))
    midnight = meant(begins, zone)
    if span.days:  # days from a day: the midnight of another day, whether or not this one has a midnight
        assert found == meant(begins.add(days=sign * span.days), zone)
    else:
        assert found == counted(shown(midnight, zone), span, sign)


@given(near_jumps, st.times().map(lambda t: t.replace(second=0, microsecond=0)), st.booleans())
@example(("Pacific/Apia", parse_iso("2011-12-30T12:00Z")), time(12), True)
def test_at_is_a_clock_time_on_the_day_that_another_library_shows(
    case: tuple[str, Moment], clock: time, dated: bool
) -> None:
    zone, at = case
    day = date(1970, 1, 1) + timedelta(milliseconds=at)
    about = facts(where=house(timezone=zone), fields={"visit": iso(at), "due": day.isoformat()})
    wanted = day if dated else shown(at, zone).date().to_stdlib()
    found = timing.moment_of(RunTime(When.AT, None, "due" if dated else "visit", clock), about, at, None)
    assert found == meant(plain(datetime.combine(wanted, clock)), zone)


# Hours ----------------------------------------------------------------------------------------------------------------

OSM_DAYS = dict(zip(calendar.DAYS, ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), strict=True))
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
STEADY = ("UTC", "Asia/Tokyo", "Asia/Kathmandu", "America/Sao_Paulo")  # no clock has jumped there since 2020
HOLIDAYS = st.sampled_from(["", "BR", "BR-SP", "US", "US-CA", "DE-BY", "JP", "GB-SCT", "2026-12-24", "2026-12-25"])
HERE = st.integers(parse_iso("2026-11-20") // MINUTE, parse_iso("2027-01-20") // MINUTE).map(
    lambda minute: Moment(minute * MINUTE)
)


@cache
def days_off(codes: tuple[str, ...]) -> list[date]:
    """Return the days off around the days that are asked about, as the library says one by one."""
    around = [date(2026, 11, 1) + timedelta(days=n) for n in range(150)]
    return [day for day in around if any(is_off(code, day) for code in codes)]


def is_off(code: str, day: date) -> bool:
    if code[0].isdigit():
        return day.isoformat() == code
    return day in asked_of(code)


@cache
def asked_of(code: str) -> holidays.HolidayBase:
    """Return what the library knows of a country or a part of it; it works each year out once."""
    country, _, region = code.partition("-")
    return holidays.country_holidays(country, subdiv=region or None)


def osm(week: dict[str, str], zone: str, codes: tuple[str, ...] = ()) -> OpeningHours:
    """Write hours and holidays the way OpenStreetMap does."""
    rules = [f"{OSM_DAYS[day]} {periods}" for day, periods in week.items()]
    rules += [f"{day.year} {MONTHS[day.month - 1]} {day.day:02} off" for day in days_off(codes)]
    return OpeningHours("; ".join(rules), timezone=ZoneInfo(zone))


def wall(at: int, zone: str = "UTC") -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))


def moment(at: datetime) -> Moment:
    return Moment(int(at.timestamp() * 1000))


def change(hours: OpeningHours, now: datetime) -> datetime:
    """Return when hours next open or close: for hours that always hold, long after anybody asks."""
    return hours.next_change(now) or now + timedelta(days=4_000)


def first_open(hours: OpeningHours, at: Moment) -> Moment:
    """Return the first open moment as OpenStreetMap's evaluator finds it."""
    now = wall(at)
    return at if hours.is_open(now) else moment(change(hours, now))


@given(weeks(), st.sampled_from(STEADY), HOLIDAYS, HERE)
def test_hours_open_when_another_library_says_so(week: dict[str, str], zone: str, code: str, at: Moment) -> None:
    codes = (code,) if code else ()
    ours = Calendar(ZoneInfo(zone), calendar.parse_hours(week), codes)
    theirs = osm(week, zone, codes)
    assert ours.is_open(at) is theirs.is_open(wall(at))
    assert calendar.next_open([ours], at) == first_open(theirs, at)


@given(weeks(), near_jumps)
def test_where_clocks_jump_the_clock_on_the_wall_decides(week: dict[str, str], case: tuple[str, Moment]) -> None:
    zone, at = case
    ours, theirs = Calendar(ZoneInfo(zone), calendar.parse_hours(week)), osm(week, zone)
    found = ours.next_open(at)
    assert found is not None
    assert ours.is_open(at) is theirs.is_open(wall(at, zone))
    assert theirs.is_open(wall(found, zone))
    assert found == at or not theirs.is_open(wall(found - 1, zone))


def both_facts(company: dict[str, str], own: dict[str, str], zones_: tuple[str, str], codes: tuple[str, ...]) -> Facts:
    user = replace(ANA, timezone=zones_[1], hours=own)
    return facts(where=house(timezone=zones_[0], hours=company, holidays=codes), responsible=user)


def first_common(one: OpeningHours, other: OpeningHours, at: Moment, weeks_ahead: int = 12) -> Moment | None:
    """Return the first moment at which both are open: it is the start, or one at which one of them opens."""
    limit = wall(at) + timedelta(weeks=weeks_ahead)
    now = wall(at)
    while now < limit:
        if one.is_open(now) and other.is_open(now):
            return moment(now)
        now = min(change(one, now), change(other, now))
    return None


PAIRS = st.tuples(st.sampled_from(STEADY), st.sampled_from(STEADY))


@given(weeks(), weeks(), PAIRS, HOLIDAYS, HERE)
def test_both_boxes_open_at_the_first_moment_common_to_both(
    company: dict[str, str], own: dict[str, str], pair: tuple[str, str], code: str, at: Moment
) -> None:
    codes = (code,) if code else ()
    about = both_facts(company, own, pair, codes)
    first = first_common(osm(company, pair[0], codes), osm(own, pair[1]), at)
    found = timing.open_from(Hours.BOTH, about, at)
    if first is None:  # never within a quarter: then at an open moment later on, or never
        assert found >= at + 11 * 7 * 24 * HOUR
    else:
        assert found == first
    assert timing.open_from(Hours.BUSINESS, about, at) == first_open(osm(company, pair[0], codes), at)
    assert timing.open_from(Hours.RESPONSIBLE, about, at) == first_open(osm(own, pair[1]), at)


@given(
    weeks(),
    weeks(),
    st.tuples(near_jumps, near_jumps),
    st.sampled_from(list(Hours)),
    HOLIDAYS,
    st.integers(0, 20_000),
)
def test_the_laws_of_open_moments(
    company: dict[str, str],
    own: dict[str, str],
    places: tuple[tuple[str, Moment], tuple[str, Moment]],
    hours: Hours,
    code: str,
    later: int,
) -> None:
    (zone, at), (away, _) = places
    about = both_facts(company, own, (zone, away), (code,) if code else ())
    found = timing.open_from(hours, about, at)
    assume(found < at + calendar.HORIZON - 24 * HOUR)
    assert found >= at
    assert timing.open_from(hours, about, found) == found
    after = timing.open_from(hours, about, Moment(at + later * MINUTE))
    assert after >= found
    if at + later * MINUTE <= found:
        assert after == found


# Holidays -------------------------------------------------------------------------------------------------------------

CODES = [
    "BR",
    "BR-SP",
    "BR-RJ",
    "US",
    "US-CA",
    "GB",
    "GB-SCT",
    "DE-BY",
    "PT",
    "ES-MD",
    "JP",
    "IN",
    "IL",
    "SE",
    "AU-NSW",
]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("year", [2011, 2021, 2026, 2028, 2033])
def test_a_holiday_is_what_the_library_says_of_each_day(code: str, year: int) -> None:
    asked = asked_of(code)
    closed = Calendar(ZoneInfo("UTC"), None, (code,))
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    wrong = [day for day in days if closed.is_open(moment(datetime.combine(day, time(12), UTC))) is (day in asked)]
    assert wrong == []


@given(
    st.lists(st.sampled_from(CODES), max_size=3), st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=3)
)
def test_a_list_of_holidays_is_the_sum_of_its_parts(codes: list[str], days: list[date]) -> None:
    kept = calendar.check_holidays([*codes, *days])
    closed = Calendar(ZoneInfo("UTC"), None, kept)
    asked = [asked_of(code) for code in codes]
    for day in [*days, date(2026, 12, 25), date(2026, 7, 9), date(2027, 3, 17)]:
        off = day in days or any(day in each for each in asked)
        assert closed.is_open(moment(datetime.combine(day, time(12), UTC))) is not off
