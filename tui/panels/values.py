"""Values of a deal's fields: as the panel shows them, as a person types them, and what is wrong with what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from core import fields, zones
from core.errors import BadInput
from core.fields import Kind, Spec
from core.i18n import N_, language
from core.i18n import gettext as _
from core.model.house import House
from core.model.moment import Moment, iso, parse_iso
from core.words import fill
from tui import format as fmt

DAY_OF: Final[Mapping[str, str]] = {"en": "%Y-%m-%d", "pt_BR": "%d/%m/%Y"}
"""How a day is typed, by language; the first is understood in every language."""
_AHEAD: Final = re.compile(r"\+(\d{1,4})", re.ASCII)
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}", re.ASCII)
_BRAZILIAN: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_WORDS: Final[Mapping[str, int]] = {"today": 0, "hoje": 0, "tomorrow": 1, "amanhã": 1, "amanha": 1}
_EDITABLE: Final = frozenset({Kind.TEXT, Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.DATETIME, Kind.FILE})


@dataclass(frozen=True, slots=True)
class Manner:
    """What a value is written by: the house, the deal's currency, the reader's zone and day."""

    house: House
    currency: str
    zone: ZoneInfo
    today: date


def typed_in_line(spec: Spec) -> bool:
    """Return whether a field's values are typed into a line, and not chosen from a list or ticked."""
    return spec.kind in _EDITABLE


# Shown ----------------------------------------------------------------------------------------------------------------


def shown(manner: Manner, kind: Kind | None, value: Any) -> str:
    """Return a stored value as people of the screen's language read it; one left from another type as it stands."""
    if isinstance(value, list | tuple):
        return ", ".join(shown(manner, kind, each) for each in value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    if kind is Kind.USER and str(value) in manner.house.users:
        return manner.house.users[str(value)].name
    try:
        return _SHOWN[kind](manner, value) if kind in _SHOWN else str(value)
    except (ValueError, TypeError, InvalidOperation, BadInput):
        return str(value)


def _money(manner: Manner, value: Any) -> str:
    return fmt.money(Decimal(str(value)), manner.currency)


def _number(_manner: Manner, value: Any) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(Decimal(str(value)), "#,##0.###############", locale=language()))


def _day(manner: Manner, value: Any) -> str:
    day = date.fromisoformat(value)
    return fmt.day(day) if day.year == manner.today.year else f"{fmt.day(day)} {day.year}"


def _moment(manner: Manner, value: Any) -> str:
    return fmt.full_time(_parsed(value), manner.zone)


def _parsed(value: str) -> Moment:
    return parse_iso(value)


_SHOWN: Final[Mapping[Kind | None, Callable[[Manner, Any], str]]] = {
    Kind.MONEY: _money,
    Kind.NUMBER: _number,
    Kind.DATE: _day,
    Kind.DATETIME: _moment,
}


# Typed ----------------------------------------------------------------------------------------------------------------


def text_of(manner: Manner, kind: Kind, value: Any) -> str:
    """Return what stands in the line when somebody begins to edit a value."""
    if value is None:
        return ""
    try:
        match kind:
            case Kind.MONEY | Kind.NUMBER:
                return _plain_number(value)
            case Kind.DATE:
                return date.fromisoformat(value).strftime(DAY_OF[language()])
            case Kind.DATETIME:
                return fmt.local(_parsed(value), manner.zone).strftime(f"{DAY_OF[language()]} %H:%M")
            case Kind.FILE:
                return ""
    except (ValueError, TypeError, InvalidOperation, BadInput):
        pass
    return str(value)


def _plain_number(value: Any) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(Decimal(str(value)), "0.###############", locale=language()))


def read(manner: Manner, spec: Spec, text: str) -> Any:
    """Return what was typed in the form in which a deal keeps it, nothing as None. Raises ``FunilError`` that says in
    words what is wrong."""
    one = Spec(spec.path, spec.kind, spec.name, False, spec.options, spec.settable, spec.required)
    if not text.strip():
        return fields.parse(one, None, manner.house, manner.currency)
    return fields.parse(one, _raw(manner, spec.kind, text.strip()), manner.house, manner.currency)


def _raw(manner: Manner, kind: Kind, text: str) -> Any:
    match kind:
        case Kind.MONEY:
            return _amount(text)
        case Kind.NUMBER:
            return _decimal(text)
        case Kind.DATE:
            return _a_day(manner, text)
        case Kind.DATETIME:
            return _a_moment(manner, text)
    return text


def _amount(text: str) -> Decimal:
    try:
        return fmt.parse_money(text)
    except ValueError:
        raise BadInput(N_("Not an amount like {example}."), example=fmt.number(Decimal("1250.50"))) from None


def _decimal(text: str) -> Decimal:
    try:
        return fmt.parse_money(text)
    except ValueError:
        raise BadInput(N_("Not a number like {example}."), example=fmt.number(Decimal("1250.50"))) from None


def _a_day(manner: Manner, text: str) -> str:
    word = text.casefold()
    if word in _WORDS:
        return (manner.today + timedelta(days=_WORDS[word])).isoformat()
    try:
        ahead, brazilian = _AHEAD.fullmatch(word), _BRAZILIAN.fullmatch(word)
        if ahead:
            return (manner.today + timedelta(days=int(ahead[1]))).isoformat()
        if brazilian:
            if language() != "pt_BR":  # elsewhere nobody knows which of the two is the month
                raise ValueError
            return date(int(brazilian[3]), int(brazilian[2]), int(brazilian[1])).isoformat()
        return date.fromisoformat(text).isoformat()
    except (ValueError, OverflowError):
        example = date(2026, 12, 8).strftime(DAY_OF[language()])
        raise BadInput(N_("Not a day like {example}, “today”, or “+7”."), example=example) from None


def _a_moment(manner: Manner, text: str) -> str | None:
    """Read a day and a clock time of the reader's zone."""
    day, _blank, clock = text.replace("T", " ").rpartition(" ")
    try:
        if not _CLOCK.fullmatch(clock):
            raise ValueError
        hours = time.fromisoformat(clock.rjust(5, "0"))
        at = zones.from_local(datetime.combine(date.fromisoformat(_a_day(manner, day.strip())), hours), manner.zone)
    except (ValueError, OverflowError, BadInput):
        example = date(2026, 12, 8).strftime(f"{DAY_OF[language()]} 14:30")
        raise BadInput(N_("Not a day and a time like {example}."), example=example) from None
    return iso(at)


def hint(manner: Manner, spec: Spec, value: Any) -> str:
    """Say how a value that was typed will be read, where that is not plain to see."""
    if value is None or spec.kind not in (Kind.MONEY, Kind.NUMBER, Kind.DATE, Kind.DATETIME):
        return ""
    told = shown(manner, spec.kind, value)
    if spec.kind is Kind.DATE:
        from babel.dates import format_date

        told = format_date(date.fromisoformat(value), "EEEE, d MMM y", locale=language()).replace(".", "")
    return fill(_("= {value}"), {"value": told})
