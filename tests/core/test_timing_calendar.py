"""Working hours and holidays, compared with a plain look at the clock every five minutes."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import calendar
from core.calendar import Calendar
from core.errors import BadInput
from core.model.moment import DAY, HOUR, MINUTE, Moment, iso, parse_iso
from tests.core.sample_house import ANA, house
from tests.core.test_zones import JUMPS

WORK = {"mon-fri": "09:00-12:00,13:00-18:00"}
STEP = 5 * MINUTE  # every period and every jump of a clock below begins and ends on one
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def cal(hours: dict[str, str], zone: str = "America/Sao_Paulo", holidays: tuple[str, ...] = ()) -> Calendar:
    return Calendar(ZoneInfo(zone), calendar.parse_hours(hours), holidays)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-12-01T12:00Z", "2026-12-01T12:00:00Z"),  # 09:00: open at once
        ("2026-12-01T11:59Z", "2026-12-01T12:00:00Z"),
        ("2026-12-01T14:59:59Z", "2026-12-01T14:59:59Z"),
        ("2026-12-01T15:00Z", "2026-12-01T16:00:00Z"),  # 12:00: lunch has begun
        ("2026-12-01T21:00Z", "2026-12-02T12:00:00Z"),  # 18:00: the end is closed
        ("2026-12-04T23:00Z", "2026-12-07T12:00:00Z"),  # Friday night
        ("2026-12-24T21:00Z", "2026-12-28T12:00:00Z"),  # Christmas is a Friday
    ],
)
def test_the_next_open_moment(at: str, opens: str) -> None:
    assert iso(cal(WORK, holidays=("BR",)).next_open(parse_iso(at))) == opens


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def plainly_open(hours: dict[str, str], zone: ZoneInfo, at: int) -> bool:
    """Look at the wall: its day's periods as they are written, its clock."""
    wall = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=at)).astimezone(zone)
    text = hours.get(("mon", "tue", "wed", "thu", "fri", "sat", "sun")[wall.weekday()], "")
    now = wall.hour * 60 + wall.minute
    return any(minutes(p[:5]) <= now < minutes(p[6:]) for p in text.split(",") if p)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, str]:
    days = draw(st.lists(st.sampled_from(calendar.DAYS), min_size=1, max_size=7, unique=True))
    week = {}
    for day in days:
        edges = sorted(draw(st.lists(st.integers(0, 288), min_size=2, max_size=6, unique=True)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        week[day] = ",".join(f"{clock(5 * start)}-{clock(5 * end)}" for start, end in pairs)
    return week


near_jumps = st.builds(
    lambda jump, minute: (jump[0], Moment(parse_iso(jump[1]) + minute * STEP)),
    st.sampled_from(JUMPS),
    st.integers(-3 * 288, 2 * 288),
)


@given(weeks(), near_jumps)
def test_hours_are_what_the_wall_clock_says(week: dict[str, str], case: tuple[str, Moment]) -> None:
    zone, at = case
    found = cal(week, zone).next_open(at)
    within = [m for m in range(at, at + 8 * DAY, STEP) if plainly_open(week, ZoneInfo(zone), m)][:1]
    if within:
        assert found == within[0]
    else:  # the whole day of a zone that jumped over it
        assert found is not None and found >= at + 8 * DAY


@given(weeks(), near_jumps)
def test_what_is_found_is_open_and_not_before(week: dict[str, str], case: tuple[str, Moment]) -> None:
    zone, at = case
    hours = cal(week, zone)
    found = hours.next_open(at)
    assert found is not None and found >= at
    assert hours.is_open(found)
    assert hours.next_open(found) == found
    assert hours.is_open(at) is (found == at)
    if found > at:
        assert not hours.is_open(Moment(found - 1))


@given(weeks(), weeks(), near_jumps, st.sampled_from(JUMPS))
def test_two_calendars_are_open_together_at_the_first_common_moment(
    one: dict[str, str], other: dict[str, str], case: tuple[str, Moment], elsewhere: tuple[str, str]
) -> None:
    (zone, at), away = case, elsewhere[0]
    both = [cal(one, zone), cal(other, away)]
    found = calendar.next_open(both, at)
    first = next(
        (
            m
            for m in range(at, at + 8 * DAY, STEP)
            if plainly_open(one, ZoneInfo(zone), m) and plainly_open(other, ZoneInfo(away), m)
        ),
        None,
    )
    if first is not None:
        assert found == first
    else:
        assert found is None or found >= at + 8 * DAY


def test_no_hours_at_all_are_always_open() -> None:
    at = parse_iso("2026-12-25T03:04:05Z")
    assert Calendar(SAO_PAULO).next_open(at) == at
    assert calendar.of_company(house()).is_open(at)


def test_holidays_close_a_house_without_hours_too() -> None:
    closed = Calendar(SAO_PAULO, None, ("2026-12-25",))
    assert iso(closed.next_open(parse_iso("2026-12-25T12:00Z"))) == "2026-12-26T03:00:00Z"


def test_hours_that_never_meet_have_no_next_moment() -> None:
    assert (
        calendar.next_open([cal({"mon": "09:00-12:00"}), cal({"tue": "09:00-12:00"})], parse_iso("2026-12-01")) is None
    )


def test_a_day_of_summer_time_begins_when_its_first_hour_exists() -> None:
    hours = cal({"sun": "00:00-24:00"})
    assert iso(hours.next_open(parse_iso("2018-11-03T12:00Z"))) == "2018-11-04T03:00:00Z"


def test_a_doubled_hour_opens_twice() -> None:
    hours = cal({"sun": "01:00-01:30"}, "America/New_York")
    assert iso(hours.next_open(parse_iso("2026-11-01T05:30Z"))) == "2026-11-01T06:00:00Z"


@pytest.mark.parametrize(
    ("hours", "monday", "saturday"),
    [
        ({"mon-fri": "09:00-18:00"}, [(9, 18)], []),
        ({"mon": "09:00-12:00, 13:00-18:00"}, [(9, 12), (13, 18)], []),
        ({"mon": "13:00-18:00,09:00-12:00"}, [(9, 12), (13, 18)], []),
        ({"mon-sun": "00:00-24:00"}, [(0, 24)], [(0, 24)]),
        ({"sat-mon": "10:00-11:00"}, [(10, 11)], [(10, 11)]),
        ({"Mon - Sat": "10:00-11:00", "sat": ""}, [(10, 11)], []),
        ({"sat": "08:00-09:00", "mon-sat": "10:00-11:00"}, [(10, 11)], [(8, 9)]),
    ],
)
def test_hours_are_read(hours: dict[str, str], monday: list[tuple[int, int]], saturday: list[tuple[int, int]]) -> None:
    week = calendar.parse_hours(hours)
    assert week is not None
    assert [(start // HOUR, end // HOUR) for start, end in week.days[0]] == monday
    assert [(start // HOUR, end // HOUR) for start, end in week.days[5]] == saturday


@pytest.mark.parametrize("nothing", [None, {}])
def test_nothing_reads_as_no_hours(nothing: Any) -> None:
    assert calendar.parse_hours(nothing) is None


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ({"monday": "09:00-18:00"}, "“monday” is not a day"),
        ({"mon-": "09:00-18:00"}, "“mon-” is not a day"),
        ({"mon-fri": "9-18"}, "working hours of mon-fri: “9-18” is not a period like 09:00-18:00"),
        ({"mon": "09:00-09:00"}, "ends after it begins"),
        ({"mon": "22:00-06:00"}, "ends after it begins, at 24:00 at the latest"),
        ({"mon": "09:00-24:30"}, "at 24:00 at the latest"),
        ({"mon": "09:60-10:00"}, "not a period"),
        ({"mon": "09:00-12:00,11:00-18:00"}, "two periods overlap"),
        ({"mon": "09:00-12:00,"}, "not a period"),
        ({"mon-wed": "09:00-12:00", "tue-fri": "09:00-12:00"}, "give tue twice"),
        ({"mon": ""}, "without any open period"),
        ("09:00-18:00", "days and periods"),
    ],
)
def test_hours_that_make_no_sense_are_refused(hours: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        calendar.parse_hours(hours)


@pytest.mark.parametrize(
    ("codes", "kept"),
    [
        (None, ()),
        ([], ()),
        ("BR", ("BR",)),
        (["br-sp", "2026-12-24"], ("BR-SP", "2026-12-24")),
        ([dt.date(2026, 12, 24), "BR", "BR"], ("2026-12-24", "BR")),
    ],
)
def test_holidays_are_countries_regions_and_days(codes: Any, kept: tuple[str, ...]) -> None:
    assert calendar.check_holidays(codes) == kept


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("XX", "no holidays are known of “XX”"),
        ("BR-XX", "Did you mean BR-"),
        ("Brasil", "no holidays are known of “Brasil”"),
        ("2026-13-01", "“2026-13-01” is not a date"),
        ("24/12/2026", "is not a date like 2026-12-24"),
        (7, "is not a date"),
    ],
)
def test_other_holidays_are_refused(code: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        calendar.check_holidays([code])


@pytest.mark.parametrize(
    ("codes", "day", "closed"),
    [
        (("BR",), "2026-09-07", True),
        (("BR",), "2026-07-09", False),
        (("BR-SP",), "2026-07-09", True),
        (("BR-SP",), "2026-09-07", True),
        (("2026-07-09",), "2026-07-09", True),
        (("2026-07-09",), "2027-07-09", False),
        (("DE", "BR"), "2026-10-03", True),
    ],
)
def test_on_holidays_nobody_works(codes: tuple[str, ...], day: str, closed: bool) -> None:
    noon = parse_iso(f"{day}T15:00Z")
    assert Calendar(SAO_PAULO, None, codes).is_open(noon) is not closed


def test_holidays_are_days_of_the_company_s_zone() -> None:
    closed = Calendar(SAO_PAULO, None, ("2026-12-25",))
    assert closed.is_open(parse_iso("2026-12-25T02:59Z"))
    assert not closed.is_open(parse_iso("2026-12-26T02:59Z"))


def test_a_user_without_hours_keeps_the_company_s_calendar() -> None:
    at_home = house(hours=WORK, holidays=("2026-12-01",))
    assert calendar.of_user(at_home, ANA) == calendar.of_company(at_home) == calendar.of_user(at_home, None)
