"""What a field holds, read from the facts about a deal.

Values come in the form that they are compared in: text, ``Decimal`` (money; numbers are ``int`` or ``Decimal``),
``bool``, a date as ``YYYY-MM-DD``, a moment as ``Moment``, several as a tuple. Nothing, blank text and an empty list
are all None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from core import calendar, zones
from core.errors import BadInput
from core.fields.paths import CONSTANT, CUSTOM, EVENT, WEEKDAYS, Kind, Spec, find
from core.model.house import House
from core.model.moment import DAY, Moment, iso, parse_iso
from core.model.people import Address, Company, Contact, User
from core.names import first_name
from core.views import Facts

Read: TypeAlias = Callable[[Facts], Any]


def value_of(name: str, facts: Facts) -> Any:
    """Return a field's value in its JSON form (money as text, moments as ISO 8601 in UTC); None when it is empty.

    An unknown field has no value.
    """
    spec = find(name, facts.house)
    return jsonable(spec, reader(spec, facts.house)(facts)) if spec else None


def jsonable(spec: Spec, value: Any) -> Any:
    """Return the JSON form of a value as :func:`reader` gives it."""
    if isinstance(value, tuple):
        return [_json(spec.kind, each) for each in value]
    return _json(spec.kind, value)


def _json(kind: Kind, value: Any) -> Any:
    if isinstance(value, Decimal):
        if kind is Kind.MONEY:
            return f"{value:f}"
        return int(value) if value == value.to_integral_value() else float(value)
    if kind is Kind.DATETIME and isinstance(value, int):
        return iso(Moment(value))
    return value


def reader(spec: Spec, house: House) -> Read:
    """Return a function that reads the field from facts of this house, in the form in which values are compared."""
    if spec.path.startswith(CUSTOM):
        return _custom(spec)
    if spec.path.startswith(CONSTANT):
        return _constant(spec, house)
    where = zones.zone(house.company.timezone)
    special = _special(where).get(spec.path)
    if special:
        return special
    if spec.path.startswith(EVENT):
        return _event(spec.path.removeprefix(EVENT))
    return _PLAIN[spec.path]


def _deal(name: str) -> Read:
    whole = attrgetter(f"deal.{name}")

    def of_deal(facts: Facts) -> str | None:
        value = whole(facts)
        return value if value and not value.isspace() else None

    return of_deal


def _contact(read: Callable[[Contact], str | None]) -> Read:
    def of_contact(facts: Facts) -> str | None:
        value = read(facts.contacts[0]) if facts.contacts else None
        return value if value and not value.isspace() else None

    return of_contact


def _company(read: Callable[[Company], str | None]) -> Read:
    return lambda facts: _text(read(facts.company)) if facts.company else None


def _responsible(read: Callable[[User], str | None]) -> Read:
    return lambda facts: _text(read(facts.responsible)) if facts.responsible else None


def _addresses(facts: Facts, which: str) -> tuple[str, ...] | None:
    listed = getattr(facts.contacts[0], which) if facts.contacts else ()
    return tuple(address.value for address in listed) or None


def _first(addresses: Iterable[Address]) -> str | None:
    return next((a.value for a in addresses), None)


_PLAIN: Final[Mapping[str, Read]] = {
    "deal.id": _deal("id"),
    "deal.title": _deal("title"),
    "deal.amount": attrgetter("deal.amount"),
    "deal.currency": _deal("currency"),
    "deal.pipeline": attrgetter("deal.pipeline"),
    "deal.stage": attrgetter("deal.stage"),
    "deal.responsible": attrgetter("deal.responsible"),
    "deal.contacts": lambda facts: facts.deal.contacts or None,
    "deal.company": _deal("company"),
    "deal.begin_date": attrgetter("deal.begin_date"),
    "deal.close_date": attrgetter("deal.close_date"),
    "deal.age": lambda facts: max(0, facts.now - facts.deal.created_at) // DAY,
    "deal.created_at": attrgetter("deal.created_at"),
    "deal.entered_stage_at": attrgetter("deal.entered_at"),
    "deal.closed": attrgetter("deal.closed"),
    "deal.flags": lambda facts: facts.deal.flags or None,
    "contact.id": _contact(attrgetter("id")),
    "contact.name": _contact(attrgetter("name")),
    "contact.first_name": _contact(lambda c: first_name(c.name)),
    "contact.email": _contact(lambda c: _first(c.emails)),
    "contact.phone": _contact(lambda c: _first(c.phones)),
    "contact.emails": lambda facts: _addresses(facts, "emails"),
    "contact.phones": lambda facts: _addresses(facts, "phones"),
    "company.id": _company(attrgetter("id")),
    "company.name": _company(attrgetter("name")),
    "company.email": _company(lambda c: _first(c.emails)),
    "company.phone": _company(lambda c: _first(c.phones)),
    "company.open": lambda facts: calendar.of_company(facts.house).is_open(facts.now),
    "responsible.id": _responsible(attrgetter("id")),
    "responsible.name": _responsible(attrgetter("name")),
    "responsible.first_name": _responsible(lambda u: first_name(u.name)),
    "responsible.email": _responsible(lambda u: next(iter(u.mailboxes), None)),
    "responsible.phone": _responsible(attrgetter("phone")),
    "now": attrgetter("now"),
}


def _special(where: ZoneInfo) -> Mapping[str, Read]:
    return {
        "today": lambda facts: zones.local_date(facts.now, where),
        "weekday": lambda facts: WEEKDAYS[zones.local(facts.now, where).weekday()],
        "event.at": event_at,
        "event.in_business_hours": _event_in_hours,
    }


def event_at(facts: Facts) -> Moment | None:
    """Return when the event that brought the deal here happened; None when none did."""
    at = (facts.event or {}).get("at")
    if isinstance(at, str):
        return _moment(at)
    return Moment(at) if isinstance(at, int) else None


def _event_in_hours(facts: Facts) -> bool | None:
    at = event_at(facts)
    return None if at is None else calendar.of_company(facts.house).is_open(at)


def _event(name: str) -> Read:
    def read(facts: Facts) -> Any:
        return _present((facts.event or {}).get(name))

    return read


def _constant(spec: Spec, house: House) -> Read:
    value = house.constants.get(spec.path.removeprefix(CONSTANT))
    whole = _several(value, spec.kind) if spec.multiple else _WORKING[spec.kind](value)
    return lambda facts: whole


def _custom(spec: Spec) -> Read:
    name, working = spec.id, _WORKING[spec.kind]
    if spec.multiple:
        return lambda facts: _several(facts.deal.fields.get(name), spec.kind)
    if spec.kind is Kind.BOOL:  # a box that nobody has ticked is not ticked
        return lambda facts: facts.deal.fields.get(name) is True
    return lambda facts: working(facts.deal.fields.get(name))


def _several(value: Any, kind: Kind) -> tuple[Any, ...] | None:
    listed = value if isinstance(value, list | tuple) else (value,)
    return tuple([each for each in map(_WORKING[kind], listed) if each is not None]) or None


# A stored JSON value becomes what is compared; one left from another type of the field reads as nothing.


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    return str(value) if isinstance(value, int | float) else None


def _number(value: Any) -> int | Decimal | None:
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    if value is None or value == "":
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (ArithmeticError, TypeError, ValueError):
        return None
    return number if number.is_finite() else None


def _date(value: Any) -> str | None:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return None


def _moment(value: Any) -> Moment | None:
    try:
        return parse_iso(value) if isinstance(value, str) and value else None
    except BadInput:
        return None


def _bool(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _present(value: Any) -> Any:
    """Return an event's value as it is; blank text and empty lists count as nothing, a list becomes a tuple."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, list | tuple):
        return tuple(each for each in map(_present, value) if each is not None) or None
    return value


_WORKING: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    Kind.TEXT: _text,
    Kind.LIST: _text,
    Kind.USER: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
    Kind.BOOL: _bool,
    Kind.DATE: _date,
    Kind.DATETIME: _moment,
    Kind.FILE: lambda value: value or None,
    Kind.ANY: _present,
}
