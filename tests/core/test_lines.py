"""The laws of lines: how often a message may go, and how long a line that fails is left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine import lines
from core.engine.lines import FAILURES, LONGEST_REST, REST
from core.model.house import Connection
from core.model.line import Line
from core.model.moment import MINUTE, SECOND, Moment

NOON = Moment(1_796_126_400_000)
LINE = Line(connection="mail")
RATES = st.one_of(st.integers(1, 59), st.integers(60, 600), st.sampled_from((7, 30, 1_000, 59_999, 60_000)))
WAITS = st.lists(st.one_of(st.integers(0, 50), st.integers(0, 5_000), st.just(MINUTE)), min_size=1, max_size=60)


def burst(per_minute: int) -> int:
    return max(1, per_minute // 60)


def gone(per_minute: int, waits: list[int], limit: int) -> list[Moment]:
    """Take as much as may go at each moment, and return the moments of all messages."""
    now, line = NOON, LINE
    sent: list[Moment] = []
    for wait in waits:
        now = Moment(now + wait)
        count = lines.room(line, per_minute, now, limit)
        line = lines.taken(line, per_minute, now, count)
        sent += [now] * count
    return sent


@given(per_minute=RATES, waits=WAITS, limit=st.integers(1, 2_000))
def test_no_minute_ever_has_more_than_the_rate_and_one_burst(per_minute: int, waits: list[int], limit: int) -> None:
    sent = gone(per_minute, waits, limit)
    for first in sorted(set(sent)):
        assert sum(first <= at < first + MINUTE for at in sent) <= per_minute + burst(per_minute)


@given(per_minute=RATES, waits=WAITS)
def test_no_moment_has_more_than_a_second_is_worth(per_minute: int, waits: list[int]) -> None:
    sent = gone(per_minute, waits, 10_000)
    assert max(map(sent.count, set(sent)), default=0) <= burst(per_minute)
    assert lines.room(LINE, per_minute, NOON, 10_000) == burst(per_minute)


@given(per_minute=RATES, waits=WAITS)
def test_the_next_message_may_go_when_the_line_says_and_not_before(per_minute: int, waits: list[int]) -> None:
    now, line = NOON, LINE
    for wait in waits:
        now = Moment(now + wait)
        room = lines.room(line, per_minute, now, 1)
        free = line.free_at
        assert room == (1 if free is None or free <= now else 0)
        if free is not None and free > now:
            assert lines.room(line, per_minute, Moment(free - 1), 1) == 0
            assert lines.room(line, per_minute, free, 1) == 1
        line = lines.taken(line, per_minute, now, room)


@pytest.mark.parametrize(("per_minute", "gap"), [(1, MINUTE), (30, 2 * SECOND), (59, 1_017), (60, SECOND)])
def test_waiting_for_the_line_spreads_messages_evenly(per_minute: int, gap: int) -> None:
    line, now, sent = LINE, NOON, []
    for _ in range(10):
        assert lines.room(line, per_minute, now, 25) == 1
        line = lines.taken(line, per_minute, now, 1)
        sent.append(now)
        assert line.free_at is not None
        now = line.free_at
    assert {b - a for a, b in pairwise(sent)} == {gap}


def test_a_fast_line_catches_up_with_a_second_and_then_keeps_its_pace() -> None:
    line = lines.taken(LINE, 600, NOON, lines.room(LINE, 600, NOON, 25))
    assert line.free_at == NOON + 100
    assert lines.room(line, 600, Moment(NOON + 350), 25) == 3


@pytest.mark.parametrize(
    ("settings", "rate"),
    [
        ({}, None),
        ({"per_minute": None}, None),
        ({"per_minute": 30}, 30),
        ({"per_minute": "30"}, 30),
        ({"per_minute": "many"}, None),
        ({"per_minute": []}, None),
        ({"per_minute": 0}, None),
    ],
)
def test_the_rate_is_a_setting_of_the_connection(settings: dict[str, object], rate: int | None) -> None:
    assert lines.rate_of(Connection(id="mail", channel="email", adapter="x", settings=settings)) == rate
    assert lines.rate_of(None) is None


# The breaker ----------------------------------------------------------------------------------------------------------


def test_five_failures_in_a_row_open_it_and_each_failed_probe_doubles_the_rest() -> None:
    line, now, rests = LINE, NOON, []
    for _ in range(FAILURES - 1):
        line = lines.after(line, [True], now, probe=False)
        assert lines.room(line, None, now, 25) == 25
    line = lines.after(line, [True], now, probe=False)
    for _ in range(8):
        assert line.open_until is not None
        rests.append((line.open_until - now) // SECOND)
        assert lines.room(line, None, Moment(line.open_until - 1), 25) == 0
        now = line.open_until
        assert lines.room(line, None, now, 25) == 1
        line = lines.after(lines.taken(line, None, now, 1), [True], now, probe=True)
    assert rests == [30, 60, 120, 240, 480, 600, 600, 600]


def test_a_probe_keeps_others_off_and_its_success_closes_the_breaker() -> None:
    open_ = lines.after(LINE, [True] * FAILURES, NOON, probe=False)
    now = Moment(NOON + REST)
    probing = lines.taken(open_, None, now, 1)
    assert lines.room(probing, None, now, 25) == 0
    assert lines.after(probing, [False], now, probe=True) == LINE


def test_what_reaches_the_peer_begins_the_count_anew() -> None:
    line = lines.after(LINE, [True] * 4 + [False] + [True] * 4, NOON, probe=False)
    assert (line.failures, line.opens) == (4, 0)


def test_what_was_under_way_when_it_opened_does_not_open_it_again() -> None:
    line = lines.after(LINE, [True] * 25, NOON, probe=False)
    assert (line.opens, line.open_until) == (1, NOON + REST)
    assert lines.after(line, [True] * 25, Moment(NOON + 1), probe=False).open_until == NOON + REST


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2 * LONGEST_REST)), max_size=60))
def test_a_line_rests_exactly_while_it_is_broken(steps: list[tuple[bool, int]]) -> None:
    line, now, in_a_row = LINE, NOON, 0
    for failed, wait in steps:
        now = Moment(now + wait)
        room = lines.room(line, None, now, 1)
        if not room:
            assert in_a_row >= FAILURES
            assert line.open_until is not None
            assert line.open_until - now <= LONGEST_REST
            continue
        taken = lines.taken(line, None, now, 1)
        line = lines.after(taken, [failed], now, probe=bool(line.opens))
        in_a_row = in_a_row + 1 if failed else 0
        assert line.rests(now) == (in_a_row >= FAILURES)
        assert line.clean == (in_a_row == 0)
