"""Run times: the rule's own moment, and the first open one from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import calendar, timing, zones
from core.model.moment import DAY, HOUR, MINUTE, Duration, Moment, iso, parse_duration, parse_iso
from core.model.rule import Hours, RunTime, When
from tests.core.sample_house import ANA, DEAL, HOUSE, facts, house
from tests.core.test_zones import JUMPS

ENTERED = parse_iso("2026-12-01T12:00Z")
FACTS = facts(
    close_date="2026-12-10",
    fields={"due": "2026-12-05", "visit": "2026-12-05T17:45:00Z", "tracking": "BR1"},
)


def after(span: str, of: str | None = None) -> RunTime:
    return RunTime(When.AFTER, parse_duration(span), of)


def before(span: str, of: str) -> RunTime:
    return RunTime(When.BEFORE, parse_duration(span), of)


def at(hours: int, of: str | None) -> RunTime:
    return RunTime(When.AT, None, of, time(hours))


@pytest.mark.parametrize(
    ("run", "moment"),
    [
        (RunTime(), "2026-12-01T12:00:00Z"),
        (after("0m"), "2026-12-01T12:00:00Z"),
        (after("0d"), "2026-12-01T12:00:00Z"),
        (after("90s"), "2026-12-01T12:01:30Z"),
        (after("2h"), "2026-12-01T14:00:00Z"),
        (after("3d"), "2026-12-04T12:00:00Z"),
        (after("1w"), "2026-12-08T12:00:00Z"),
        (after("1d", "close_date"), "2026-12-11T03:00:00Z"),
        (after("1h", "deal.close_date"), "2026-12-10T04:00:00Z"),
        (after("1h", "visit"), "2026-12-05T18:45:00Z"),
        (after("1d", "deal.fields.visit"), "2026-12-06T17:45:00Z"),
        (before("1d", "close_date"), "2026-12-09T03:00:00Z"),
        (before("30m", "visit"), "2026-12-05T17:15:00Z"),
        (at(12, "close_date"), "2026-12-10T15:00:00Z"),
        (at(9, "visit"), "2026-12-05T12:00:00Z"),
        (at(18, None), "2026-12-01T21:00:00Z"),
        (after("1d", "created_at"), "2026-11-21T15:00:00Z"),
        (before("1d", "begin_date"), None),
        (after("1d", "gone"), None),
        (after("1d", "tracking"), None),
    ],
)
def test_a_rule_s_own_moment(run: RunTime, moment: str | None) -> None:
    found = timing.moment_of(run, FACTS, ENTERED, None)
    assert iso(found) == moment


def test_counting_from_the_rule_above_waits_for_its_end() -> None:
    run = after("1d", "previous")
    assert timing.moment_of(run, FACTS, ENTERED, None) is None
    assert iso(timing.moment_of(run, FACTS, ENTERED, parse_iso("2026-12-02T08:00Z"))) == "2026-12-03T08:00:00Z"


def test_a_day_s_clock_is_the_company_s_wherever_that_is() -> None:
    tokyo = facts(where=house(timezone="Asia/Tokyo"), close_date="2026-12-10")
    assert iso(timing.moment_of(at(9, "close_date"), tokyo, ENTERED, None)) == "2026-12-10T00:00:00Z"


@pytest.mark.parametrize(
    ("zone", "entered", "span", "moment"),
    [
        ("Europe/Berlin", "2026-03-28T11:00Z", "1d", "2026-03-29T10:00:00Z"),  # noon to noon is 23 hours
        ("Europe/Berlin", "2026-03-28T11:00Z", "24h", "2026-03-29T11:00:00Z"),
        ("Europe/Berlin", "2026-03-28T01:30Z", "1d", "2026-03-29T01:00:00Z"),  # 02:30 is skipped: 03:00
        ("Europe/Berlin", "2026-10-24T00:30Z", "1d", "2026-10-25T00:30:00Z"),  # 02:30 comes twice: the first
        ("America/Sao_Paulo", "2018-11-03T03:15Z", "1d", "2018-11-04T03:00:00Z"),  # midnight is skipped
        ("Australia/Lord_Howe", "2026-10-02T16:00Z", "1d", "2026-10-03T15:30:00Z"),
        ("America/New_York", "2026-11-01T06:30Z", "0d", "2026-11-01T06:30:00Z"),  # no days: the second 01:30 stays
    ],
)
def test_days_keep_the_clock_time_where_it_exists(zone: str, entered: str, span: str, moment: str) -> None:
    there = facts(where=house(timezone=zone))
    assert iso(timing.moment_of(after(span), there, parse_iso(entered), None)) == moment


@given(st.sampled_from(JUMPS), st.integers(-10_000, 10_000), st.integers(1, 40))
def test_days_are_calendar_days_and_hours_are_hours(jump: tuple[str, str], minutes: int, n: int) -> None:
    where = ZoneInfo(jump[0])
    start = Moment(parse_iso(jump[1]) + minutes * MINUTE)
    later = timing.shift(start, Duration(n, "d"), where)
    wanted = zones.local(start, where).replace(tzinfo=None) + timedelta(days=n)
    shown = zones.local(later, where).replace(tzinfo=None)
    assert shown >= wanted and later == zones.from_local(wanted, where)
    assert shown == wanted or zones.offset(later, where) != zones.offset(Moment(later - 1), where)
    assert timing.shift(start, Duration(n, "h"), where) - start == n * HOUR
    assert timing.shift(Moment(start + n * HOUR), Duration(n, "h"), where, back=True) == start


@pytest.mark.parametrize("span", ["999999w", "999999d", "999999h"])
@pytest.mark.parametrize("day", ["0001-01-01", "2026-12-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_error(span: str, day: str) -> None:
    far = facts(close_date=day)
    for run in (after(span, "close_date"), before(span, "close_date"), at(12, "close_date")):
        found = timing.moment_of(run, far, ENTERED, None)
        assert found is not None and iso(found)
        opens = timing.open_from(Hours.BUSINESS, facts(where=house(hours={"mon": "09:00-10:00"})), found)
        assert opens >= found and iso(opens)


BUSINESS = house(hours={"mon-fri": "09:00-18:00"})
LISBON = replace(ANA, timezone="Europe/Lisbon", hours={"mon-fri": "10:00-17:00"})


@pytest.mark.parametrize(
    ("hours", "wanted", "opens"),
    [
        (Hours.ANY, "2026-12-05T03:00Z", "2026-12-05T03:00:00Z"),
        (Hours.BUSINESS, "2026-12-05T03:00Z", "2026-12-07T12:00:00Z"),
        (Hours.RESPONSIBLE, "2026-12-05T03:00Z", "2026-12-07T10:00:00Z"),
        (Hours.BOTH, "2026-12-05T03:00Z", "2026-12-07T12:00:00Z"),
        (Hours.BOTH, "2026-12-07T17:00Z", "2026-12-08T12:00:00Z"),  # Lisbon has gone home
        (Hours.BUSINESS, "2026-12-07T17:00Z", "2026-12-07T17:00:00Z"),
    ],
)
def test_required_hours_move_a_run_to_the_next_open_moment(hours: Hours, wanted: str, opens: str) -> None:
    about = facts(where=BUSINESS, responsible=LISBON)
    assert iso(timing.open_from(hours, about, parse_iso(wanted))) == opens


def test_nobody_responsible_keeps_the_company_s_hours() -> None:
    about = facts(where=BUSINESS, responsible=None)
    assert iso(timing.open_from(Hours.RESPONSIBLE, about, parse_iso("2026-12-05T03:00Z"))) == "2026-12-07T12:00:00Z"


def test_hours_that_never_come_are_looked_at_again_after_three_years_and_found_beforehand() -> None:
    never = replace(ANA, hours={"sat": "10:00-12:00"})
    about = facts(where=BUSINESS, responsible=never)
    assert timing.open_from(Hours.BOTH, about, ENTERED) == ENTERED + calendar.HORIZON
    assert calendar.HORIZON > 3 * 365 * DAY
    (finding,) = timing.check_hours(Hours.BOTH, BUSINESS, never, ENTERED)
    assert finding.words.english() == "the company and Ana Souza are never at work at the same time"
    assert timing.check_hours(Hours.BOTH, BUSINESS, LISBON, ENTERED) == []
    assert timing.check_hours(Hours.ANY, BUSINESS, never, ENTERED) == []


@pytest.mark.parametrize(
    ("of", "says"),
    [
        ("close_dat", "Did you mean close_date?"),
        ("amount", "a date of the deal, and “amount” is none"),
        ("now", "a date of the deal"),
        ("event.at", "a date of the deal"),
    ],
)
def test_a_run_time_of_no_date_is_found(of: str, says: str) -> None:
    (finding,) = timing.check_run(after("1d", of), HOUSE)
    assert finding.field == "run" and says in finding.words.english()


@pytest.mark.parametrize("of", [None, "previous", "close_date", "deal.fields.due", "visit", "created_at"])
def test_a_run_time_of_a_date_is_sound(of: str | None) -> None:
    assert timing.check_run(after("1d", of), HOUSE) == []


def test_the_house_s_zone_is_its_company_s() -> None:
    assert timing.day_zone(HOUSE) == ZoneInfo("America/Sao_Paulo")
    assert DEAL.close_date is not None
