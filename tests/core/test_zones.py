"""Time zones: clocks that jump, compared with a plain search over every minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import zones
from core.errors import BadInput
from core.model.moment import DAY, MINUTE, Moment, iso, parse_iso

# Days on which clocks jump: forward at midnight, back at midnight, by half an hour, over a whole day.
JUMPS = [
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2018-02-17"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Pacific/Apia", "2011-12-30"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Asia/Kathmandu", "2026-05-05"),
]
near_a_jump = st.builds(
    lambda jump, minutes: (ZoneInfo(jump[0]), datetime.fromisoformat(jump[1]) + timedelta(minutes=minutes)),
    st.sampled_from(JUMPS),
    st.integers(-240, 1680),
)


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        ("America/Sao_Paulo", "2026-12-01T09:00", "2026-12-01T12:00:00Z"),
        ("America/Sao_Paulo", "2018-11-04T00:30", "2018-11-04T03:00:00Z"),  # skipped: the day begins at 01:00
        ("America/Sao_Paulo", "2018-02-17T23:30", "2018-02-18T01:30:00Z"),  # doubled: the first
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
        ("America/New_York", "2026-03-08T02:59:59", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01T01:00", "2026-11-01T05:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00Z"),
    ],
)
def test_skipped_clock_times_become_the_next_and_of_doubled_ones_the_first_counts(
    zone: str, wall: str, moment: str
) -> None:
    assert iso(zones.from_local(datetime.fromisoformat(wall), ZoneInfo(zone))) == moment


@given(near_a_jump)
def test_a_wall_clock_s_moment_is_the_first_at_which_it_shows_that_or_later(case: tuple[ZoneInfo, datetime]) -> None:
    where, wall = case
    found = zones.from_local(wall, where)
    guess = parse_iso(wall.isoformat()) - 2 * DAY
    searched = next(
        at
        for at in range(guess, guess + 4 * DAY, MINUTE)
        if zones.local(Moment(at), where).replace(tzinfo=None) >= wall
    )
    assert found == searched


@given(near_a_jump)
def test_an_offset_is_steady_until_it_says_so(case: tuple[ZoneInfo, datetime]) -> None:
    where, wall = case
    at = parse_iso(wall.isoformat())
    offset, until = zones.steady(at, where)
    offsets = {zones.offset(Moment(each), where) for each in range(at, until, 30 * MINUTE)}
    assert offsets == {offset} and at < until <= at + DAY
    assert until == at + DAY or zones.offset(until, where) != offset
    assert zones.offset(Moment(until - 1), where) == offset


@given(near_a_jump)
def test_the_clock_is_what_the_wall_shows(case: tuple[ZoneInfo, datetime]) -> None:
    where, wall = case
    at = parse_iso(wall.isoformat())
    shown = zones.local(at, where)
    assert zones.clock(at, where) == (shown.hour * 60 + shown.minute) * MINUTE
    assert zones.local_date(at, where) == shown.date().isoformat()


@pytest.mark.parametrize("name", ["America/Sao_Paulo", " UTC ", "Asia/Kathmandu"])
def test_a_zone_is_found_by_its_name(name: str) -> None:
    assert zones.zone(name).key == name.strip()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("America/SaoPaulo", "Did you mean America/Sao_Paulo?"),
        ("Brazil time", "not a time zone"),
        ("America", "not a time zone"),
        ("../../etc/passwd", "not a time zone"),
        ("/etc/passwd", "not a time zone"),
        ("", "not a time zone"),
        ("a\0b", "not a time zone"),
        (None, "not a time zone"),
        (-3, "not a time zone"),
    ],
)
def test_another_name_is_refused(name: object, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        zones.zone(name)
