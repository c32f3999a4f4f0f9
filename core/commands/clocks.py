"""Turning the simulated clock."""

from __future__ import annotations

from typing import Final

from core.errors import BadInput, Refused
from core.i18n import N_
from core.model.moment import MINUTE, Moment, iso, parse_iso
from core.ports import Job, Reader, Tx

LATEST: Final = parse_iso("9000-01-01T00:00Z")
"""Where the simulated clock ends: what comes later in any zone, or a rule's wait after it, must still be a date."""

AHEAD: Final = MINUTE
"""How far the clock of who reports an event may go before ours."""


def set_clock(moment: Moment | None) -> Job[Moment]:
    """Set the simulated clock, or go back to the real one (None). Executes nothing.

    Once a run exists the clock only goes forward: raises ``Refused`` otherwise.
    """

    def job(tx: Tx) -> Moment:
        before = tx.now()
        if moment is not None:
            within(moment)
        tx.set_clock(moment)
        after = tx.now()
        if after < before and tx.has_runs():
            raise Refused(
                N_("the clock shows {now} and runs exist: it cannot go back to {wanted}"),
                now=iso(before),
                wanted=iso(after),
            )
        return after

    return job


def advance_clock(millis: int) -> Job[Moment]:
    """Turn the simulated clock forward. Raises ``Refused`` while the clock is real."""

    def job(tx: Tx) -> Moment:
        now = tx.simulated_now()
        if now is None:
            raise Refused(N_("the clock is real: “clock set” a moment first, then it can be advanced"))
        tx.set_clock(within(Moment(now + millis)))
        return Moment(now + millis)

    return job


def pass_time(millis: int) -> Job[int]:
    """Let simulated time pass up to the next moment at which something is due; returns the milliseconds left over.

    So a clock that runs fast shows each happening the moment it was planned for. Nothing while the clock is real.
    """

    def job(tx: Tx) -> int:
        now = tx.simulated_now()
        if now is None:
            return 0
        due = tx.next_due(after=now)
        passed = millis if due is None else min(millis, due - now)
        tx.set_clock(within(Moment(now + passed)))
        return millis - passed

    return job


def step_clock() -> Job[Moment | None]:
    """Turn the simulated clock to the next moment at which something is due; None when nothing is planned.

    Raises ``Refused`` while the clock is real.
    """

    def job(tx: Tx) -> Moment | None:
        now = tx.simulated_now()
        if now is None:
            raise Refused(N_("the clock is real: “clock set” a moment first, then it can be advanced"))
        due = tx.next_due(after=now)
        if due is not None:
            tx.set_clock(within(due))
        return due

    return job


def within(moment: Moment) -> Moment:
    """Return a moment that the clock can show. Raises ``BadInput`` for one after ``LATEST``."""
    if moment > LATEST:
        raise BadInput(N_("the clock ends at {latest}"), latest=iso(LATEST))
    return moment


def happened(reader: Reader, moment: Moment) -> Moment:
    """Return the moment of an event. Raises ``BadInput`` for one before 1970, and for one that the real clock has yet
    to show; who turns a simulated clock may tell beforehand what happens later."""
    if moment < 0:
        raise BadInput(N_("{moment} is before 1970: the clock begins there"), moment=iso(moment))
    now = reader.now()
    if reader.simulated_now() is None and moment > now + AHEAD:
        raise BadInput(
            N_("{moment} is in the future: an event has happened already, and the clock shows {now}"),
            moment=iso(moment),
            now=iso(now),
        )
    return within(moment)
