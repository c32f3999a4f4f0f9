"""Rows and core's values, both ways: the one place that knows how a value lies in its columns.

``*_params`` return a row by column name, ``*_of`` read a row whose columns stand in the order of the table. JSON, words
and lists are NULL when there is nothing in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from core.model.deal import Cause, CauseKind, Deal, Entry, Link
from core.model.people import Address, Company, Contact
from core.money import from_minor, to_minor
from core.safe_text import fold, storable
from core.stored_json import decode, encode
from core.words import Words
from data.building import builder

Params: TypeAlias = dict[str, Any]
Row: TypeAlias = Sequence[Any]

_deal: Final = builder(Deal)
_entry: Final = builder(Entry)
_KINDS: Final = {kind.value: kind for kind in CauseKind}


def kept(text: str) -> str:
    """Return a text as both databases can hold it."""
    return text if text.isascii() and "\0" not in text else storable(text)


def dump(value: Any) -> str | None:
    """Return JSON text; None for nothing and for an empty mapping or list."""
    return kept(encode(value)) if value else None


def dump_exact(value: Any) -> str:
    """Return JSON text of any value, empty ones and None included."""
    return kept(encode(value))


def load_dict(stored: str | None) -> Mapping[str, Any]:
    """Read a mapping that :func:`dump` wrote."""
    return decode(stored) if stored else {}


def load_texts(stored: str | None) -> tuple[str, ...]:
    """Read a list of texts that :func:`dump` wrote."""
    return tuple(decode(stored)) if stored else ()


def dump_words(value: Words) -> str | None:
    """Return a sentence's stored form, None for no words."""
    return kept(value.dump()) if value.msg or value.args else None


# People ---------------------------------------------------------------------------------------------------------------


def _dump_addresses(addresses: Sequence[Address]) -> str | None:
    return dump([[a.type, a.value, True] if a.opted_out else [a.type, a.value] for a in addresses])


def _load_addresses(stored: str | None) -> tuple[Address, ...]:
    return tuple(Address(*parts) for parts in decode(stored)) if stored else ()


def contact_params(contact: Contact) -> Params:
    """Return a contact's row."""
    return {
        "id": contact.id,
        "name": kept(contact.name),
        "name_folded": fold(contact.name),
        "emails": _dump_addresses(contact.emails),
        "phones": _dump_addresses(contact.phones),
        "removed": contact.removed,
    }


def contact_of(row: Row) -> Contact:
    """Read a contact."""
    id_, name, _, emails, phones, removed = row
    return Contact(
        id=id_, name=name, emails=_load_addresses(emails), phones=_load_addresses(phones), removed=bool(removed)
    )


def company_params(company: Company) -> Params:
    """Return a client company's row."""
    return {
        "id": company.id,
        "name": kept(company.name),
        "name_folded": fold(company.name),
        "emails": _dump_addresses(company.emails),
        "phones": _dump_addresses(company.phones),
        "contacts": dump(company.contacts),
        "removed": company.removed,
    }


def company_of(row: Row) -> Company:
    """Read a client company."""
    id_, name, _, emails, phones, contacts, removed = row
    return Company(
        id=id_,
        name=name,
        emails=_load_addresses(emails),
        phones=_load_addresses(phones),
        contacts=load_texts(contacts),
        removed=bool(removed),
    )


# Deals and their stays ------------------------------------------------------------------------------------------------


def deal_params(deal: Deal) -> Params:
    """Return a deal's row. Raises ``BadInput`` for an amount finer than its currency."""
    return {
        "id": deal.id,
        "title": kept(deal.title),
        "title_folded": fold(deal.title),
        "responsible": deal.responsible,
        "amount": minor(deal),
        "currency": deal.currency,
        "company": deal.company,
        "contact": deal.contacts[0] if deal.contacts else None,
        "fields": dump(deal.fields),
        "begin_date": deal.begin_date,
        "close_date": deal.close_date,
        "flags": dump(deal.flags),
        "removed": deal.removed,
        "created_at": deal.created_at,
        **placement_params(deal),
    }


def placement_params(deal: Deal) -> Params:
    """Return the columns of a deal that a move changes."""
    return {
        "id": deal.id,
        "pipeline": deal.pipeline,
        "stage": deal.stage,
        "closed": deal.closed,
        "rank": deal.rank,
        "entry": deal.entry,
        "entered_at": deal.entered_at,
        "active_at": deal.active_at,
        "version": deal.version,
    }


def minor(deal: Deal) -> int | None:
    """Return a deal's amount in minor units of its currency."""
    return None if deal.amount is None else to_minor(deal.amount, deal.currency)


def deal_of(row: Row, contacts: tuple[str, ...]) -> Deal:
    """Read a deal; its contacts come from rows of their own, which may stand behind it in the row."""
    id_, title, _, pipeline, stage, responsible, amount, currency, company, _, fields, *rest = row
    begin_date, close_date, flags, closed, removed, *place = rest
    return _deal(
        id_,
        title,
        pipeline,
        stage,
        responsible,
        None if amount is None else from_minor(amount, currency),
        currency,
        contacts,
        company,
        decode(fields) if fields else {},
        begin_date,
        close_date,
        tuple(decode(flags)) if flags else (),
        bool(closed),
        bool(removed),
        *place[:6],
    )


def entry_params(entry: Entry) -> Params:
    """Return a stay's row, without the id that the database gives."""
    cause = entry.cause
    return {
        "deal": entry.deal,
        "pipeline": entry.pipeline,
        "stage": entry.stage,
        "at": entry.at,
        "by": entry.by,
        "cause": cause.kind.value,
        "cause_id": cause.id,
        "chain": dump_chain(cause.chain),
        "ended_at": entry.ended_at,
        "undone_at": entry.undone_at,
        "previous": entry.previous,
        "left_rank": entry.left_rank,
        "batch": entry.batch,
        "unflagged": entry.unflagged,
        "grace_until": entry.grace_until,
        "undone_no": entry.undone_no,
    }


def entry_of(row: Row) -> Entry:
    """Read a stay."""
    id_, deal, pipeline, stage, at, by, kind, cause_id, chain, *rest = row
    cause = Cause(_KINDS[kind], cause_id, load_chain(chain))
    *stay, unflagged, grace_until, undone_no = rest
    return _entry(id_, deal, pipeline, stage, at, by, cause, *stay, bool(unflagged), grace_until, undone_no)


def dump_chain(chain: tuple[Link, ...]) -> str | None:
    """Return the stored form of a chain of automatic moves, None for none."""
    return dump([[link.kind, link.id, link.pipeline, link.stage] for link in chain])


def load_chain(stored: str | None) -> tuple[Link, ...]:
    """Read what :func:`dump_chain` wrote."""
    return tuple(Link(CauseKind(kind), *rest) for kind, *rest in decode(stored)) if stored else ()
