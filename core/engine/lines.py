"""When a connection's line may be used: a circuit breaker and a rate. Pure; the state is a row (``core.model.line``).

The breaker: after five failures of the line in a row it rests for 30 seconds, then one message probes it; each probe
that fails doubles the rest, up to ten minutes, and the first message that reaches the peer ends it. What counts is only
that the line itself failed (``Outcome.line_failed``): a peer that defers or refuses a message has been reached.

The rate is a generic cell rate algorithm (ITU-T I.371): messages are spread evenly, and a line that was idle may catch
up with what a second is worth, one message at least.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.model.frozen import replace
from core.model.house import Connection
from core.model.line import Line
from core.model.moment import MINUTE, SECOND, Moment

FAILURES: Final = 5
"""Failures in a row after which a line rests."""
REST: Final = 30 * SECOND
LONGEST_REST: Final = 10 * MINUTE


def rate_of(connection: Connection | None) -> int | None:
    """Return how many messages a minute a connection may send; None: as many as there are."""
    wanted = connection.settings.get("per_minute") if connection is not None else None
    try:
        return max(1, int(wanted)) if wanted else None
    except (TypeError, ValueError):
        return None


def room(line: Line, per_minute: int | None, now: Moment, limit: int) -> int:
    """Return how many messages may go now, ``limit`` at most."""
    if line.rests(now):
        return 0
    if line.opens:
        limit = min(limit, 1)
    if per_minute is None:
        return limit
    # free_at lies a burst before the theoretical arrival time of the algorithm, so that it is itself what to wait for.
    ahead = max(line.free_at or now - _slack(per_minute), now - _slack(per_minute)) - now
    return 0 if ahead > 0 else min(limit, -ahead * per_minute // MINUTE + 1)


def taken(line: Line, per_minute: int | None, now: Moment, count: int) -> Line:
    """Return the line after ``count`` messages were taken for it. A probe keeps others off until its end is known: a
    process that dies with it has only prolonged the rest."""
    if not count:
        return line
    if line.opens:
        line = replace(line, open_until=Moment(now + rest(line.opens)))
    if per_minute is None:
        return line
    base = max(line.free_at or 0, now - _slack(per_minute))
    return replace(line, free_at=Moment(base + -(-count * MINUTE // per_minute)))


def after(line: Line, failed: Iterable[bool], now: Moment, *, probe: bool) -> Line:
    """Return the line after attempts, each of which either failed on the line or reached the peer. ``probe``: they
    were made to see whether a line that rested works again."""
    for one in failed:
        if not one:
            line = replace(line, failures=0, opens=0, open_until=None)
            continue
        line = replace(line, failures=line.failures + 1)
        # What was under way when the line opened, and fails after it, is no probe: it prolongs nothing.
        if probe or (not line.opens and line.failures >= FAILURES):
            probe, opens = False, line.opens + 1
            line = replace(line, opens=opens, open_until=Moment(now + rest(opens)))
    return line


def rest(opens: int) -> int:
    """Return how long a line rests when it has opened for the n-th time, in milliseconds."""
    return min(LONGEST_REST, REST << min(opens - 1, 10))


def _slack(per_minute: int) -> int:
    """Return how far behind its even pace a line may be and still catch up, in milliseconds."""
    burst = max(1, per_minute // 60)
    return -((1 - burst) * MINUTE // per_minute)
