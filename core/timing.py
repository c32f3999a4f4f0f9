"""When a rule runs: its own moment, and the first open moment from then on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from core import calendar, fields, zones
from core.i18n import N_
from core.model.house import House
from core.model.moment import Duration, Moment
from core.model.people import User
from core.model.rule import Hours, RunTime, When
from core.rules.base import Finding
from core.views import Facts
from core.words import Words

PREVIOUS: Final = "previous"


def day_zone(house: House) -> ZoneInfo:
    """Return the zone in which the house's days begin and its clock times are meant."""
    return zones.zone(house.company.timezone)


def moment_of(run: RunTime, facts: Facts, entered_at: Moment, previous_end: Moment | None) -> Moment | None:
    """Return when a rule's own run time comes, which may lie in the past.

    None: its date field is empty, or it counts from the rule above and that has not ended. Minutes and hours are
    absolute; days are calendar days in the company's zone, where a date begins at its midnight.
    """
    base = _base(run.of, facts, entered_at, previous_end)
    if base is None or run.when is When.NOW:
        return base
    where = day_zone(facts.house)
    if run.when is When.AT:
        day = zones.local(base, where).date()
        return zones.from_local(datetime.combine(day, run.clock or time()), where)
    if run.span is None:
        return base
    return shift(base, run.span, where, back=run.when is When.BEFORE)


def shift(at: Moment, span: Duration, where: ZoneInfo, *, back: bool = False) -> Moment:
    """Return the moment a span later (or earlier): days keep the clock time, smaller units are exact."""
    sign = -1 if back else 1
    if span.days is None:
        return zones.clamp(at + sign * span.millis)
    if not span.days:
        return at
    far = zones.clamp(at + sign * span.millis)
    if far in (zones.EARLIEST, zones.LATEST):
        return far
    wall = zones.local(at, where).replace(tzinfo=None) + sign * timedelta(days=span.days)
    return zones.from_local(wall, where)


def open_from(hours: Hours, facts: Facts, at: Moment) -> Moment:
    """Return the first moment from ``at`` inside the required hours.

    Hours that never come within three years give the end of those three years, to be looked at again then;
    :func:`check_hours` finds them beforehand.
    """
    found = calendar.next_open(_calendars(hours, facts.house, facts.responsible), at)
    return Moment(max(at, zones.clamp(at + calendar.HORIZON))) if found is None else found


def check_run(run: RunTime, house: House) -> list[Finding]:
    """Find what would keep a run time from ever coming: an ``of`` that is no date of the deal."""
    if run.of is None or run.of == PREVIOUS:
        return []
    spec = fields.find(run.of, house)
    if spec is None:
        return [Finding("run", fields.unknown(run.of, house))]
    if spec.kind not in (fields.Kind.DATE, fields.Kind.DATETIME) or not spec.path.startswith("deal."):
        words = Words(N_("a run time counts from a date of the deal, and “{field}” is none"), {"field": run.of})
        return [Finding("run", words)]
    return []


def check_hours(hours: Hours, house: House, user: User | None, now: Moment) -> list[Finding]:
    """Find required hours that never come: the company's and the user's have no moment in common."""
    if calendar.next_open(_calendars(hours, house, user), now) is not None:
        return []
    name = user.name if user else ""
    return [Finding("hours", Words(N_("the company and {user} are never at work at the same time"), {"user": name}))]


def _calendars(hours: Hours, house: House, user: User | None) -> list[calendar.Calendar]:
    needed = []
    if hours in (Hours.BUSINESS, Hours.BOTH):
        needed.append(calendar.of_company(house))
    if hours in (Hours.RESPONSIBLE, Hours.BOTH):
        needed.append(calendar.of_user(house, user))
    return needed


def _base(of: str | None, facts: Facts, entered_at: Moment, previous_end: Moment | None) -> Moment | None:
    if of is None:
        return entered_at
    if of == PREVIOUS:
        return previous_end
    spec = fields.find(of, facts.house)
    if spec is None:
        return None
    value: Any = fields.reader(spec, facts.house)(facts)
    if spec.multiple:
        value = min(value) if value else None
    if value is None or spec.kind is fields.Kind.DATETIME:
        return value  # type: ignore[no-any-return]
    if spec.kind is not fields.Kind.DATE:
        return None
    return zones.from_local(datetime.combine(date.fromisoformat(value), time()), day_zone(facts.house))
