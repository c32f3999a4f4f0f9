"""When nothing has happened on a deal for too long: which lengths the house asks for, and when to look. Pure.

A deal has one timer, set for the shortest length that a trigger of its pipeline asks for. It is not moved with every
act: when it is due the engine looks when something happened last, and sets it anew (:mod:`core.engine.timers`). Only
the first act after a silence that was told sets it again, for then it may have run out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core import timing, zones
from core.errors import BadInput
from core.model.deal import Deal
from core.model.event import Timer
from core.model.house import House
from core.model.moment import Duration, Moment, parse_duration

STALE: Final = "stale"
"""The kind of trigger, of its events, and of a deal's timer."""
SWEEP: Final = "stale_sweep"
"""The kind of the timer that walks through all deals, some at a time, and gives each its own."""
_HOUSES: Final = 8

Lengths = Mapping[str, tuple[Duration, ...]]
_known: list[tuple[House, Lengths]] = []


def lengths(house: House, pipeline: str) -> tuple[Duration, ...]:
    """Return the lengths of silence that triggers of a pipeline wait for, the shortest first."""
    found = next((each for of, each in _known if of is house), None)
    if found is None:
        found = _lengths(house)
        _known.insert(0, (house, found))
        del _known[_HOUSES:]
    return found.get(pipeline, ())


def _lengths(house: House) -> Lengths:
    made: dict[str, dict[str, Duration]] = {}
    for trigger in house.triggers.values():
        if trigger.kind == STALE and trigger.enabled:
            try:
                length = parse_duration(str(trigger.settings.get("after")))
            except BadInput:
                continue
            made.setdefault(trigger.pipeline, {})[str(length)] = length
    return {pipeline: tuple(sorted(each.values(), key=lambda one: one.millis)) for pipeline, each in made.items()}


def ends(house: House, since: Moment, length: Duration) -> Moment:
    """Return when a silence has lasted that long: days are the company's, smaller units exact."""
    return timing.shift(since, length, zones.zone(house.company.timezone))


def timer(house: House, deal: str, pipeline: str, active_at: Moment) -> Timer | None:
    """Return the timer of a deal on which something has just happened; None where no trigger waits for silence."""
    shortest = next(iter(lengths(house, pipeline)), None)
    if shortest is None:
        return None
    return Timer(key=f"{STALE}:{deal}", kind=STALE, deal=deal, at=ends(house, active_at, shortest))


def restarted(house: House, before: Deal | None, after: Deal) -> Timer | None:
    """Return the timer that a change of a deal starts: a new or reopened deal's, one that has come from another
    pipeline, and one on which nothing had happened for so long that its timer may have run out."""
    if after.closed or after.removed or not lengths(house, after.pipeline):
        return None
    runs = before is not None and not before.closed and not before.removed and before.pipeline == after.pipeline
    if before is not None and runs and not over(house, before.pipeline, before.active_at, after.active_at):
        return None
    return timer(house, after.id, after.pipeline, after.active_at)


def over(house: House, pipeline: str, since: Moment, now: Moment) -> bool:
    """Return whether what happens on a deal now ends a silence in which its timer may have run out."""
    if now <= since:
        return False
    shortest = next(iter(lengths(house, pipeline)), None)
    return shortest is not None and ends(house, since, shortest) <= now


def sweep(now: Moment, after: str = "") -> Timer:
    """Return the timer that gives all deals theirs, from the one behind ``after`` on."""
    return Timer(key=f"{SWEEP}:", kind=SWEEP, at=now, data={"after": after})


def sweeps(house: House) -> bool:
    """Return whether any trigger waits for silence."""
    return any(lengths(house, pipeline) for pipeline in house.pipelines)
