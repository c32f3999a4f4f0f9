"""Tables that live on one connection while it sets rows aside; they are in no migration and end with the connection."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, MetaData, Table, Text

from data.columns import BIG, KEY

staged_metadata: Final = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, staged_metadata, *columns, prefixes=["TEMPORARY"])


def _key(name: str) -> Column[Any]:
    return Column(name, BIG, primary_key=True, autoincrement=False)


staged: Final = _table(
    "staged_deals",
    _key("seq"),
    Column("line", BIG, nullable=False),
    Column("fresh", BIG, nullable=False),
    Column("arrival", BIG, nullable=False),
    Column("place", BIG, nullable=False),
    Column("by", Text, nullable=False),
    Column("deal", KEY, unique=True),
    *(Column(name, KEY) for name in ("title_folded", "responsible", "company", "contact")),
    *(Column(name, Text) for name in ("title", "currency", "fields", "begin_date", "close_date")),
    Column("amount", BIG),
    Column("entry", BIG),
)
"""Deals in the order of adding (``seq`` from 1). ``fresh`` counts those without an id so far; ``entry`` is the number
of the stay, where the database gives it beforehand."""

staged_contacts: Final = _table(
    "staged_contacts", _key("seq"), _key("position"), Column("contact", KEY, nullable=False)
)
"""Contacts of staged deals."""

staged_clients: Final = _table(
    "staged_clients",
    _key("seq"),
    Column("line", BIG, nullable=False),
    Column("fresh", BIG, nullable=False),
    Column("client", KEY, unique=True),
    Column("name_folded", KEY),
    *(Column(name, Text) for name in ("name", "emails", "phones", "contacts")),
)
"""Contacts, or client companies, in the order of adding; ``fresh`` counts those without an id so far."""

arrivals: Final = _table(
    "staged_arrivals",
    _key("id"),
    Column("pipeline", KEY, nullable=False),
    Column("stage", KEY, nullable=False),
    Column("closed", BIG, nullable=False),
    Column("ceiling", BIG, nullable=False),
    Column("gap", BIG, nullable=False),
    Column("text", Text),
    Column("data", Text),
)
"""The stages that staged deals come into."""

NUMBERED: Final = "ALTER TABLE staged_deals ALTER entry SET DEFAULT nextval(pg_get_serial_sequence('entries', 'id'))"
"""On PostgreSQL stays are numbered while deals are set aside: numbers cannot be had in one piece."""
