"""What a text may name: the deal, its people, its house, as plain values under the names of the template reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from core import formats
from core.formats import Manner
from core.model import moment as moments
from core.model.deal import Deal
from core.model.house import FieldDef, FieldType, House
from core.model.moment import DAY, Moment
from core.model.people import Address, Company, Contact, User
from core.names import first_name
from core.views import Facts

MANNER: Final = "_manner"
"""The hidden name under which filters find the house's language, zone and currency."""


class Record(dict[str, Any]):
    """A group of values that templates reach with a dot.

    ``path`` is its name in texts, ``shown`` what the group itself is written as. A group of nothing (no company) is
    false; ``open`` groups have no fixed names: what they lack is empty instead of unknown.
    """

    __slots__ = ("open", "path", "shown", "there")

    def __init__(
        self, path: str, values: Mapping[str, Any], shown: str = "", *, there: bool = True, open: bool = False
    ) -> None:
        super().__init__(values)
        self.path = path
        self.shown = shown
        self.there = there
        self.open = open

    def __bool__(self) -> bool:
        return self.there

    def __eq__(self, other: object) -> bool:
        """Compare with a text by what is shown or by the id: ``{% if stage == "won" %}``."""
        return other in (self.shown, self.get("id")) if isinstance(other, str) else super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def __str__(self) -> str:
        return self.shown


class Context(Mapping[str, Any]):
    """The names of one deal at one moment; a group is built when a text first asks for it."""

    __slots__ = ("_builders", "_built")

    def __init__(self, builders: Mapping[str, Callable[[], Any]]) -> None:
        self._builders = builders
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            self._built[name] = self._builders[name]()
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._builders)

    def __len__(self) -> int:
        return len(self._builders)

    def __contains__(self, name: object) -> bool:
        return name in self._builders

    def with_names(self, **extra: Any) -> Context:
        """Return the context with more names, which a single kind of rule offers (``invite_link``)."""
        out = Context({**self._builders, **dict.fromkeys(extra, str)})
        out._built = {**self._built, **extra}
        return out


def of(facts: Facts) -> Context:
    """Return the names that a text about these facts may use."""
    manner = replace(formats.manner_of(facts.house), currency=facts.deal.currency)
    now = _local(facts.now, manner)
    return Context(
        {
            "deal": lambda: _deal(facts, manner),
            "contact": lambda: _contact(facts.contact),
            "company": lambda: _company(facts.company),
            "responsible": lambda: _user("responsible", facts.responsible),
            "event": lambda: Record("event", facts.event or {}, there=facts.event is not None, open=True),
            "constants": lambda: Record("constants", facts.house.constants),
            "pipeline": lambda: _pipeline(facts.house, facts.deal.pipeline),
            "stage": lambda: _stage(facts.house, facts.deal.pipeline, facts.deal.stage),
            "now": lambda: now,
            "today": now.date,
            MANNER: lambda: manner,
        }
    )


def sample(house: House) -> Context:
    """Return the names that texts of this house may use, with nothing in them: what an editor checks names against."""
    one = (Address("", ""),)
    fields = {name: [None] for name, field in house.fields.items() if field.multiple}
    deal = Deal(id="", title="", pipeline="", stage="", fields=fields)
    contact = Contact(id="", name="", emails=one, phones=one)
    return of(
        Facts(
            house=house,
            deal=deal,
            contacts=(contact,),
            company=Company(id="", name="", emails=one, phones=one),
            responsible=User(id="", name="", mailboxes=("",)),
            entry=None,
            now=Moment(0),
        )
    )


def _deal(facts: Facts, manner: Manner) -> Record:
    deal = facts.deal
    values = {
        "id": deal.id,
        "title": deal.title,
        "amount": deal.amount,
        "currency": deal.currency,
        "pipeline": deal.pipeline,
        "stage": deal.stage,
        "responsible": deal.responsible,
        "contacts": deal.contacts,
        "company": deal.company,
        "fields": _custom(facts, manner),
        "begin_date": _date(deal.begin_date, manner),
        "close_date": _date(deal.close_date, manner),
        "flags": deal.flags,
        "entered_stage_at": _local(deal.entered_at, manner),
        "created_at": _local(deal.created_at, manner),
        "closed": deal.closed,
        "version": deal.version,
        "age": max(0, (facts.now - deal.created_at) // DAY),
    }
    return Record("deal", values, deal.title)


def _contact(contact: Contact | None) -> Record:
    emails = _addresses("contact.emails", contact.emails if contact else ())
    phones = _addresses("contact.phones", contact.phones if contact else ())
    name = contact.name if contact else None
    values = {
        "id": contact.id if contact else None,
        "name": name,
        "first_name": first_name(name),
        "email": _first(emails),
        "phone": _first(phones),
        "emails": emails,
        "phones": phones,
    }
    return Record("contact", values, name or "", there=contact is not None)


def _company(company: Company | None) -> Record:
    values = {
        "id": company.id if company else None,
        "name": company.name if company else None,
        "email": _first(_addresses("company.emails", company.emails if company else ())),
        "phone": _first(_addresses("company.phones", company.phones if company else ())),
    }
    return Record("company", values, company.name if company else "", there=company is not None)


def _user(path: str, user: User | None) -> Record:
    name = user.name if user else None
    values = {
        "id": user.id if user else None,
        "name": name,
        "first_name": first_name(name),
        "email": user.mailboxes[0] if user and user.mailboxes else None,
        "phone": user.phone if user else None,
    }
    return Record(path, values, name or "", there=user is not None)


def _pipeline(house: House, pipeline: str) -> Record:
    found = house.pipelines.get(pipeline)
    name = found.name if found else pipeline
    return Record("pipeline", {"id": pipeline, "name": name}, name)


def _stage(house: House, pipeline: str, stage: str) -> Record:
    found = house.stage(pipeline, stage)
    name = found.name if found else stage
    return Record("stage", {"id": stage, "name": name}, name)


def _addresses(path: str, addresses: tuple[Address, ...]) -> tuple[Record, ...]:
    return tuple(Record(path, {"type": a.type, "value": a.value}, a.value) for a in addresses)


def _first(addresses: tuple[Record, ...]) -> str | None:
    return addresses[0].shown if addresses else None


def _custom(facts: Facts, manner: Manner) -> Record:
    held = facts.deal.fields
    values = {name: _typed(field, held.get(name), facts.house, manner) for name, field in facts.house.fields.items()}
    return Record("deal.fields", values)


def _typed(field: FieldDef, value: Any, house: House, manner: Manner) -> Any:
    if value is None or value == "":
        return () if field.multiple else _single(field, None, house, manner)
    if field.multiple:
        several = value if isinstance(value, list | tuple) else [value]
        return tuple(_single(field, one, house, manner) for one in several)
    return _single(field, value, house, manner)


def _single(field: FieldDef, value: Any, house: House, manner: Manner) -> Any:
    path = f"deal.fields.{field.id}"
    match field.type:
        case FieldType.USER:
            return _user(path, house.users.get(str(value)))
        case FieldType.FILE:
            name = str(value.get("name", "")) if isinstance(value, Mapping) else str(value or "")
            return Record(path, {"name": name or None}, name, there=bool(name))
        case FieldType.NUMBER | FieldType.MONEY:
            return None if value is None else _decimal(value)
        case FieldType.DATE | FieldType.DATETIME:
            return None if value is None else _date(value, manner)
    return value


def _decimal(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value


def _date(value: Any, manner: Manner) -> date | datetime | str | None:
    if value is None or value == "":
        return None
    if isinstance(value, int):
        return _local(Moment(value), manner)
    return read_date(str(value), manner) or str(value)


def read_date(text: str, manner: Manner) -> date | datetime | None:
    """Read a stored day (``2026-12-01``) or moment (ISO 8601, in the house's zone where it names none)."""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=manner.zone)).astimezone(manner.zone)


def _local(at: Moment, manner: Manner) -> datetime:
    return moments.to_datetime(at).astimezone(manner.zone)
