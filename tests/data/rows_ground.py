"""A database with Funil's tables, and values to put into them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import psycopg
from psycopg.types.numeric import Int8Dumper
from sqlalchemy.schema import CreateIndex, CreateTable

from core.model.deal import Cause, CauseKind, Deal, Entry
from core.model.delivery import Channel, Delivery, DeliveryStatus, Message
from core.model.house import Connection, FieldDef, FieldType
from core.model.moment import HOUR, Moment
from core.model.people import Address, Company, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Rule, Unknown
from core.model.run import Run, RunStatus
from core.plan import NewEntry, Plan
from data.reader_base import Memory
from data.sql import Db, DialectName, dialect_of
from data.tables import metadata
from data.tables_staged import staged_metadata
from data.tx import SqlTx

NOON: Final = Moment(1_796_126_400_000)
"""2026-12-01T12:00Z."""
HOUSE: Final = "0123456789ab"


class FixedClock:
    """A clock that stands at noon."""

    def now(self) -> Moment:
        """Return noon."""
        return NOON


@dataclass(slots=True)
class Ground:
    """One connection to a database with tables, and what a process remembers of it."""

    db: Db
    memory: Memory = field(default_factory=Memory)

    def tx(self) -> SqlTx:
        """Return a transaction's view; make a new one wherever another job would have its own."""
        return SqlTx(self.db, self.memory, FixedClock())

    @contextmanager
    def undone(self) -> Iterator[SqlTx]:
        """Run in a transaction that leaves nothing behind."""
        self.db.text("BEGIN")
        try:
            yield self.tx()
        finally:
            self.db.text("ROLLBACK")
            self.memory.house = None


def connect(dialect: DialectName, url: str = "") -> Db:
    """Open a database: SQLite in memory, PostgreSQL at a socket's folder."""
    connection: Any
    if dialect == "sqlite":
        connection = sqlite3.connect(":memory:", isolation_level=None)
    else:
        connection = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
        connection.adapters.register_dumper(int, Int8Dumper)
    return Db(connection, dialect)


def make_tables(db: Db) -> None:
    """Make every table and index, those for rows set aside too, and the house's own row."""
    dialect = dialect_of(db.dialect)
    for table in metadata.sorted_tables:
        db.text(str(CreateTable(table).compile(dialect=dialect)))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            db.text(str(CreateIndex(index).compile(dialect=dialect)))
    for table in staged_metadata.sorted_tables:
        db.text(str(CreateTable(table).compile(dialect=dialect)))
    db.text(f"INSERT INTO meta (id, house) VALUES (1, '{HOUSE}')")


# Values ---------------------------------------------------------------------------------------------------------------

SALES: Final = Pipeline(
    id="sales",
    name="Sales",
    stages=(
        Stage(id="new", name="New", color="#39A8EF"),
        Stage(id="delivery", name="Order delivery", color="#47E4C2", position=1),
        Stage(id="won", name="Deal won", color="#7BD500", kind=StageKind.SUCCESS, position=2),
        Stage(id="lost", name="Deal lost", color="#FF5752", kind=StageKind.FAILURE, position=3),
    ),
)
ANA: Final = User(id="ana", name="Ana Souza", mailboxes=("ana@loja.example",), phone="+551133330001")
RUI: Final = User(id="rui", name="Rui Reis", role="admin")
MARIA: Final = Contact(
    id="maria",
    name="Maria Lima",
    emails=(Address("WORK", "maria@cliente.example"),),
    phones=(Address("MOBILE", "+5511987650001", True),),
)
JOAO: Final = Contact(id="joao", name="João Ávila")
ACME: Final = Company(id="acme", name="Acme Ltda", contacts=("maria",))
FIELDS: Final = (
    FieldDef(id="tracking", type=FieldType.TEXT, name="Tracking code"),
    FieldDef(id="papers", type=FieldType.FILE, multiple=True),
    FieldDef(id="contract", type=FieldType.FILE),
    FieldDef(id="visit", type=FieldType.DATE),
)


def furnish(tx: SqlTx) -> None:
    """Set up a house: a pipeline, people, fields, two connections."""
    tx.upsert_pipeline(SALES)
    for user in (ANA, RUI):
        tx.put_user(user)
    for contact in (MARIA, JOAO):
        tx.put_contact(contact)
    tx.put_company(ACME)
    for definition in FIELDS:
        tx.put_field(definition)
    for name, channel in (("mail", "email"), ("sms1", "sms")):
        tx.put_connection(Connection(id=name, channel=channel, adapter="simulated"))


def a_rule(rule_id: str, **more: Any) -> Rule:
    """Return an e-mail rule."""
    base = Rule(id=rule_id, pipeline="sales", stage="delivery", kind="email", name=rule_id, settings={"subject": "Hi"})
    return replace(base, **more)


def a_deal(deal_id: str = "D1", **more: Any) -> Deal:
    """Return a deal in the first stage."""
    base = Deal(
        id=deal_id,
        title="Order 1001",
        pipeline="sales",
        stage="new",
        responsible="ana",
        amount=Decimal("7500.00"),
        contacts=("maria",),
        rank=1_000,
        entered_at=NOON,
        created_at=NOON,
        active_at=NOON,
    )
    return replace(base, **more)


def an_entry(deal: Deal, **more: Any) -> Entry:
    """Return a stay of a deal where it stands, brought there by a person."""
    base = Entry(
        id=0, deal=deal.id, pipeline=deal.pipeline, stage=deal.stage, at=NOON, by="ana", cause=Cause(CauseKind.PERSON)
    )
    return replace(base, **more)


def a_run(deal: str = "D1", rule: str = "r1", **more: Any) -> Run:
    """Return a run that is due at noon."""
    base = Run(
        id=0,
        entry=0,
        deal=deal,
        rule=rule,
        revision=1,
        position=0,
        status=RunStatus.WAITING,
        moment=NOON,
        due_at=NOON,
        created_at=NOON,
    )
    return replace(base, **more)


def a_delivery(deal: str = "D1", **more: Any) -> Delivery:
    """Return a queued e-mail."""
    base = Delivery(
        id=0,
        deal=deal,
        rule="r1",
        run=None,
        entry=None,
        connection="mail",
        message=Message(channel=Channel.EMAIL, to="maria@cliente.example", text="Olá", subject="Oi"),
        status=DeliveryStatus.QUEUED,
        unknown=Unknown.RESEND,
        at=NOON,
        moment=NOON,
        due_at=NOON,
    )
    return replace(base, **more)


def create(tx: SqlTx, deal: Deal, runs: list[Run] | None = None) -> Deal:
    """Make a deal in its stage and return it as it is kept."""
    tx.apply(Plan(entered=[NewEntry(before=None, deal=deal, entry=an_entry(deal), runs=runs or [])]))
    return kept(tx, deal.id)


def kept(tx: SqlTx, deal_id: str) -> Deal:
    """Return a deal that must be there."""
    found = tx.deal(deal_id)
    assert found is not None
    return found


def move(deal: Deal, stage: str, entry: Entry | None, **more: Any) -> NewEntry:
    """Return a person's move of a deal into another stage."""
    stay = {name: more.pop(name) for name in ("at", "by", "cause", "batch") if name in more}
    after = replace(deal, stage=stage, version=deal.version + 1, entered_at=Moment(NOON + HOUR), rank=deal.rank + 1)
    new = an_entry(after, previous=entry and entry.id, left_rank=deal.rank, **{"at": NOON + HOUR, **stay})
    return NewEntry(before=deal, deal=after, entry=new, closes=entry, **{"runs": [], **more})
