"""The value of a comparison, read by the type of its field."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from core import fields, money, zones
from core.errors import BadInput
from core.fields import Kind, Spec
from core.i18n import N_
from core.model.house import House
from core.model.moment import HOUR, MINUTE, SECOND, Moment, from_datetime

View = Callable[[Any], Any]
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_WEEKDAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value ready to be compared. ``view`` turns the field's value into what compares with it; None: as it is.

    ``clock``: a time of day, whose ranges may cross midnight.
    """

    value: Any
    view: View | None = None
    clock: bool = False


def literal(spec: Spec, raw: Any, house: House) -> Literal:
    """Read one value for a field. Raises ``BadInput`` when it is of the wrong type or names nothing there is."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        raise BadInput(
            N_("the comparison with “{field}” needs a value; for nothing there is op empty"), field=spec.path
        )
    if isinstance(raw, list | tuple | dict):
        raise _wrong(spec, raw, N_("“{value}” is not one value to compare “{field}” with"))
    where = zones.zone(house.company.timezone)
    match spec.kind:
        case Kind.NUMBER | Kind.MONEY:
            return Literal(_number(spec, raw))
        case Kind.BOOL:
            return Literal(_bool(spec, raw))
        case Kind.DATE:
            return _for_date(spec, raw, where)
        case Kind.DATETIME:
            return _for_moment(spec, raw, where)
        case Kind.ANY:
            return _for_any(raw)
        case Kind.TEXT:
            return Literal(_text(spec, raw), nfc)
        case _:
            return Literal(_choice(spec, raw, house))


def nfc(value: str) -> str:
    """Return text with its accents composed, so that two ways of writing the same letter are equal."""
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _text(spec: Spec, raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise _wrong(spec, raw, N_("“{field}” is compared with text; put “{value}” in quotes"))
    return nfc(str(raw))


def _number(spec: Spec, raw: Any) -> Decimal:
    try:
        return money.read(raw)
    except BadInput:
        raise _wrong(spec, raw, N_("“{field}” is compared with a number like 1250.50, not with “{value}”")) from None


def _bool(spec: Spec, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw in ("true", "false"):
        return bool(raw == "true")
    raise _wrong(spec, raw, N_("“{field}” is compared with true or false, not with “{value}”"))


def _for_date(spec: Spec, raw: Any, where: ZoneInfo) -> Literal:
    day = _day(raw)
    if day is not None:
        return Literal(day)
    at = _moment(raw, where)
    if at is None:
        raise _wrong(spec, raw, N_("“{field}” is compared with a date like 2026-12-01, not with “{value}”"))
    return Literal(at, lambda text: zones.midnight(text, where))


def _for_moment(spec: Spec, raw: Any, where: ZoneInfo) -> Literal:
    day = _day(raw)
    if day is not None:
        return Literal(day, lambda at: zones.local_date(at, where))
    clock = _clock(raw)
    if clock is not None:
        unit, value = clock
        return Literal(value, lambda at: zones.clock(at, where) // unit * unit, clock=True)
    at = _moment(raw, where)
    if at is None:
        raise _wrong(
            spec,
            raw,
            N_("“{field}” is compared with a moment like 2026-12-01T14:30, a day or a time 09:00, not with “{value}”"),
        )
    return Literal(at)


def _for_any(raw: Any) -> Literal:
    """Data of events has no declared type: it is read as whatever the value to compare it with is."""
    if isinstance(raw, bool):
        return Literal(raw, _seen_bool)
    if isinstance(raw, int | float | Decimal):
        return Literal(money.read(raw), _seen_number)
    return Literal(nfc(str(raw)), _seen_text)


def ordered(raw: Any, house: House) -> Literal:
    """Read a value that data of an event is ordered by: a number, else a day or a moment. Raises ``BadInput``."""
    try:
        return Literal(money.read(raw), _seen_number)
    except BadInput:
        where = zones.zone(house.company.timezone)
        if (at := _moment(raw, where)) is not None:
            return Literal(at, lambda seen: _moment(seen, where))
    raise BadInput(N_("“{value}” is neither a number nor a date, so nothing is more or less than it"), value=str(raw))


def _seen_bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).strip().lower())


def _seen_number(value: Any) -> Decimal | None:
    try:
        return money.read(value)
    except BadInput:
        return None


def _seen_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else nfc(str(value))


def _day(raw: Any) -> str | None:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw.isoformat()
    try:
        return date.fromisoformat(raw.strip()).isoformat() if isinstance(raw, str) else None
    except ValueError:
        return None


def _clock(raw: Any) -> tuple[int, int] | None:
    """Return a clock time as the unit that it is exact to and its milliseconds since 00:00; None: it is none."""
    text = raw.isoformat("seconds") if isinstance(raw, time) else raw.strip() if isinstance(raw, str) else ""
    if not _CLOCK.fullmatch(text):
        return None
    hours, minutes, seconds = (int(part) for part in (text + ":00")[:8].split(":"))
    return MINUTE if len(text) == 5 else SECOND, hours * HOUR + minutes * MINUTE + seconds * SECOND


def _moment(raw: Any, where: ZoneInfo) -> Moment | None:
    if not isinstance(raw, str | datetime):
        return None
    try:
        value = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw.strip())
        return from_datetime(value.astimezone(UTC)) if value.tzinfo else zones.from_local(value, where)
    except (ValueError, OverflowError):
        return None


def _choice(spec: Spec, raw: Any, house: House) -> str:
    text = nfc(str(raw).strip())
    if spec.path == "weekday":
        text = _weekday(text)
    known = list(_choices(spec, house))
    if text in known:
        return text
    near = ", ".join(difflib.get_close_matches(text[:60], known, n=1) or known[:8])
    message = {
        Kind.STAGE: N_("there is no stage “{value}”. There are: {known}"),
        Kind.PIPELINE: N_("there is no pipeline “{value}”. There are: {known}"),
        Kind.USER: N_("there is no user “{value}”. There are: {known}"),
    }.get(spec.kind, N_("“{value}” is none of the options of “{field}”: {known}"))
    raise BadInput(message, field=spec.path, value=str(raw), known=near)


def _choices(spec: Spec, house: House) -> Iterable[str]:
    if spec.kind is Kind.STAGE:
        return dict.fromkeys(stage.id for pipeline in house.pipelines.values() for stage in pipeline.stages)
    if spec.kind is Kind.PIPELINE:
        return house.pipelines
    return house.users if spec.kind is Kind.USER else spec.options


def _weekday(text: str) -> str:
    lower = text.lower()
    if lower in _WEEKDAY_NAMES:
        return lower[:3]
    if len(text) == 1 and text in "1234567":
        return fields.WEEKDAYS[int(text) - 1]
    return lower


def _wrong(spec: Spec, raw: Any, problem: str) -> BadInput:
    return BadInput(problem, field=spec.path, value=str(raw))
