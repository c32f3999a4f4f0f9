"""Days and moments as rules write them: ``today``, ``now + 2h``, ``close_date - 1d``, ``2026-12-01``, or ``3d`` alone.

Days and weeks are calendar days in the company's zone; minutes and hours are exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from core import fields, timing, zones
from core.errors import BadInput, FunilError
from core.i18n import N_
from core.model.deal import Deal
from core.model.house import House
from core.model.moment import Duration, Moment, parse_duration
from core.rules.base import Finding
from core.views import Facts

_FORM: Final = re.compile(r"(?P<base>.*?)\s*(?:(?P<sign>[+-])\s*(?P<span>\d{1,6}[smhdw]))?", re.DOTALL)
_BARE: Final = re.compile(r"\d{1,6}[smhdw]")
_ENDS: Final = time(23, 59)
"""The clock time of a deadline that is only a day."""


def read(text: str, facts: Facts) -> date | Moment | None:
    """Return the day or moment meant; None when the field that it counts from is empty. Raises ``BadInput``."""
    text = text.strip()
    if _BARE.fullmatch(text):
        text = f"now + {text}"
    form = _FORM.fullmatch(text)
    assert form is not None  # any text is a base
    base = _base(form["base"].strip(), facts)
    if base is None or form["span"] is None:
        return base
    return _shifted(base, parse_duration(form["span"]), facts.house, back=form["sign"] == "-")


def moment(text: str, facts: Facts) -> Moment | None:
    """Return the moment meant, of a day its last minute; None when the field is empty. Raises ``BadInput``."""
    found = read(text, facts)
    if not isinstance(found, date):
        return found
    return zones.from_local(datetime.combine(found, _ENDS), timing.day_zone(facts.house))


def findings(text: str, house: House, field: str) -> Iterable[Finding]:
    """Find what keeps a text from meaning a day or a moment in this house."""
    blank = Facts(
        house=house,
        deal=Deal(id="", title="", pipeline="", stage=""),
        contacts=(),
        company=None,
        responsible=None,
        entry=None,
        now=Moment(0),
    )
    try:
        read(text, blank)
    except FunilError as error:
        yield Finding(field, error.words)


def _base(text: str, facts: Facts) -> date | Moment | None:
    where = timing.day_zone(facts.house)
    if text in ("", "now"):
        return facts.now
    if text == "today":
        return zones.local(facts.now, where).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    spec = fields.find(text, facts.house)
    if spec is None or not spec.path.startswith("deal."):
        return _written(text, facts.house)
    if spec.kind not in (fields.Kind.DATE, fields.Kind.DATETIME):
        raise BadInput(N_("field “{field}” holds no date"), field=text)
    value = fields.reader(spec, facts.house)(facts)
    value = min(value) if isinstance(value, tuple) else value
    return date.fromisoformat(value) if isinstance(value, str) else value


def _written(text: str, house: House) -> Moment:
    try:
        return zones.read_moment(text, timing.day_zone(house))
    except BadInput:
        words = N_("“{text}” is no date: write 3d, now + 2h, today, a date field like close_date - 1d, or 2026-12-01")
        raise BadInput(words, text=text[:60]) from None


def _shifted(base: date | Moment, span: Duration, house: House, *, back: bool) -> date | Moment:
    where = timing.day_zone(house)
    if not isinstance(base, date):
        return timing.shift(base, span, where, back=back)
    if span.days is None:
        return timing.shift(zones.midnight(base.isoformat(), where), span, where, back=back)
    try:
        return base + timedelta(days=-span.days if back else span.days)
    except OverflowError:
        raise BadInput(N_("“{text}” lies beyond every calendar"), text=str(span)) from None
