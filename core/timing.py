"""When a rule runs: its own moment, and the first open moment from then on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from core import calendar, fields, zones
from core.i18n import N_
from core.model.house import House
from core.model.moment import DAY, Duration, Moment
from core.model.people import User
from core.model.rule import Hours, Rule, RunTime, When
from core.rules.base import Finding
from core.views import Facts
from core.words import NO_WORDS, Words

PREVIOUS: Final = "previous"
_LONG: Final = 3_660 * DAY


def day_zone(house: House) -> ZoneInfo:
    """Return the zone in which the house's days begin and its clock times are meant."""
    return zones.zone(house.company.timezone)


def moment_of(run: RunTime, facts: Facts, entered_at: Moment, previous_end: Moment | None) -> Moment | None:
    """Return when a rule's own run time comes, which may lie in the past.

    None: its date field is empty, or it counts from the rule above and that has not ended. Minutes and hours are
    absolute; days are calendar days in the company's zone, where a date begins at its midnight.
    """
    base = _base(run.of, facts, entered_at, previous_end)
    if base is None:
        return None
    where = day_zone(facts.house)
    if isinstance(base, date):
        return _of_day(run, base, where)
    if run.when is When.AT:
        return _of_day(run, zones.local(base, where).date(), where)
    if run.span is None:
        return base
    return shift(base, run.span, where, back=run.when is When.BEFORE)


def _of_day(run: RunTime, day: date, where: ZoneInfo) -> Moment:
    """Count from a day of the calendar: its midnight need not exist for the days around it to have theirs."""
    if run.when is When.AT:
        return zones.from_local(datetime.combine(day, run.clock or time()), where)
    begins = datetime.combine(day, time())
    midnight = zones.from_local(begins, where)
    if run.span is None:
        return midnight
    back = run.when is When.BEFORE
    return shift(midnight, run.span, where, back=back, shown=begins)


def shift(at: Moment, span: Duration, where: ZoneInfo, *, back: bool = False, shown: datetime | None = None) -> Moment:
    """Return the moment a span later (or earlier): days keep the clock time, smaller units are exact.

    ``shown`` is the clock time that days keep where it is not what the clock shows at the moment: that of a midnight
    which the change to summer time has skipped.
    """
    sign = -1 if back else 1
    if span.days is None:
        return zones.clamp(at + sign * span.millis)
    if not span.days:
        return at
    far = zones.clamp(at + sign * span.millis)
    if far in (zones.EARLIEST, zones.LATEST):
        return far
    wall = (shown or zones.local(at, where).replace(tzinfo=None)) + sign * timedelta(days=span.days)
    return zones.from_local(wall, where)


def open_from(hours: Hours, facts: Facts, at: Moment) -> Moment:
    """Return the first moment from ``at`` inside the required hours.

    Hours that never come within three years give the end of those three years, to be looked at again then;
    :func:`never` says so.
    """
    found = calendar.next_open(_calendars(hours, facts.house, facts.responsible), at)
    return Moment(max(at, zones.clamp(at + calendar.HORIZON))) if found is None else found


def never(hours: Hours, facts: Facts, at: Moment) -> Words:
    """Say that the required hours do not come within three years of a moment; nothing when they do."""
    findings = check_hours(hours, facts.house, facts.responsible, at)
    return findings[0].words if findings else NO_WORDS


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
    """Find required hours that do not come within three years from now on."""
    if hours is Hours.ANY or calendar.next_open(_calendars(hours, house, user), now) is not None:
        return []
    if hours is Hours.BOTH and user is not None and user.hours and check_hours(Hours.BUSINESS, house, None, now) == []:
        words = Words(N_("the company and {user} are never at work at the same time"), {"user": user.name})
    else:
        words = Words(N_("the company is never at work: its hours fall on holidays only"))
    return [Finding("hours", words)]


def check_spans(rule: Rule) -> list[Finding]:
    """Find spans of time that nobody means: over ten years, and a lateness that forgives nothing."""
    found = [
        Finding(key, Words(N_("{span} is more than ten years: is the unit right?"), {"span": str(span)}), error=False)
        for key, span in (("run", rule.run.span), ("late", rule.late))
        if span is not None and span.millis > _LONG
    ]
    if rule.late is not None and not rule.late.millis:
        words = Words(N_("it is skipped whenever it is found a moment late: give some seconds at least"))
        found.append(Finding("late", words, error=False))
    return found


def _calendars(hours: Hours, house: House, user: User | None) -> list[calendar.Calendar]:
    needed = []
    if hours in (Hours.BUSINESS, Hours.BOTH):
        needed.append(calendar.of_company(house))
    if hours in (Hours.RESPONSIBLE, Hours.BOTH):
        needed.append(calendar.of_user(house, user))
    return needed


def _base(of: str | None, facts: Facts, entered_at: Moment, previous_end: Moment | None) -> Moment | date | None:
    """Return what a run time counts from: a moment, or a day of the company's calendar."""
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
    return date.fromisoformat(value) if spec.kind is fields.Kind.DATE else None
