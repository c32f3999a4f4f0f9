"""The houses that seeds are played in: four dozen sets of rules, made once."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from core import commands
from core.model.house import CompanySettings, Connection, FieldDef, FieldType, House
from core.model.moment import Duration
from core.model.people import Address, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Hours, Order, Rule, RunTime, Unknown, When
from core.ports import Tx
from data.reader_base import Memory
from tests.simulator.database import Tables, contents, copy_of, inline_store
from tests.simulator.world import START, WallClock

HOUSES: Final = 48
STAGES: Final = ("a", "b", "c", "won", "lost")
_KINDS: Final = {"won": StageKind.SUCCESS, "lost": StageKind.FAILURE}
_TIMES: Final = (
    RunTime(),
    RunTime(),
    RunTime(),
    RunTime(When.AFTER, Duration(3, "s")),
    RunTime(When.AFTER, Duration(12, "m")),
    RunTime(When.AFTER, Duration(1, "h"), "previous"),
    RunTime(When.AFTER, Duration(1, "h"), "due"),
)
_HOURS: Final = (*[Hours.ANY] * 8, Hours.BUSINESS, Hours.RESPONSIBLE, Hours.BOTH)
_WHEN: Final = {"all": [{"field": "amount", "op": ">", "value": 4}]}


@dataclass(frozen=True)
class Made:
    """A database with one of the houses, three deals in it, and what a process remembers that has read it."""

    tables: Tables
    known: House
    revisions: dict[int, tuple[str, Rule]]

    def memory(self, house: str) -> Memory:
        """Return what a process remembers that has read this house under another id."""
        return Memory(house=replace(self.known, id=house), revisions=dict(self.revisions))


@cache
def house(variant: int) -> Made:
    """Make one of the houses."""
    rng = random.Random(variant * 7919)
    connection = copy_of(None)
    memory = Memory()
    store = inline_store(connection, WallClock(), memory=memory)
    store.write_now(lambda tx: _set_up(tx, rng))
    for number in range(3):
        new = commands.NewDeal(
            id=f"D{number}", title=f"Deal {number}", stage="a", responsible="ana", contacts=("maria",), amount="5"
        )
        store.write_now(commands.add_deal(new, rules=number == 0))
    made = Made(contents(connection), store.read(lambda r: r.house()), memory.revisions)
    connection.close()
    return made


def _set_up(tx: Tx, rng: random.Random) -> None:
    hours = {"mon-fri": "09:00-18:00"}
    tx.put_company_settings(CompanySettings(grace=rng.choice((0, 0, 5_000)), timezone="America/Sao_Paulo", hours=hours))
    tx.put_user(User(id="ana", name="Ana", mailboxes=("ana@loja.example",), hours={"mon-fri": "09:00-12:00"}))
    pace = rng.choice(({}, {}, {"per_minute": 2}, {"per_minute": 12}))
    tx.put_connection(Connection(id="mail", channel="email", adapter="simulated", settings=pace))
    tx.put_connection(Connection(id="sms1", channel="sms", adapter="simulated"))
    tx.put_field(FieldDef(id="due", type=FieldType.DATE))
    emails = (Address("WORK", "maria@cliente.example"),)
    tx.put_contact(Contact(id="maria", name="Maria", emails=emails, phones=(Address("MOBILE", "+5511987650001"),)))
    stages = tuple(
        Stage(id=s, name=s, color="#39A8EF", kind=_KINDS.get(s, StageKind.PROCESS), position=i)
        for i, s in enumerate(STAGES)
    )
    tx.upsert_pipeline(Pipeline(id="sales", name="Sales", stages=stages))
    number = 0
    for stage in STAGES:
        for _ in range(rng.choice((1, 2, 3, 4))):
            number += 1
            tx.put_rule(_rule(rng, number, stage), "system", START)


def _rule(rng: random.Random, number: int, stage: str) -> Rule:
    kind = rng.choice(("email", "email", "sms", "sms", "move"))
    settings: dict[str, Any] = {
        "email": {"subject": "Hello", "body": "Dear {{ contact.first_name }}: {{ deal.amount }}"},
        "sms": {"text": "Hi {{ deal.title }} {{ deal.amount }}", "provider": "sms1"},
        "move": {"stage": rng.choice(STAGES)},
    }[kind]
    return Rule(
        id=f"r{number}",
        pipeline="sales",
        stage=stage,
        kind=kind,
        name=f"r{number}",
        position=number,
        run=rng.choice(_TIMES),
        order=rng.choice((Order.PARALLEL, Order.PARALLEL, Order.WAIT)),
        hours=rng.choice(_HOURS),
        when=rng.choice((None, None, None, _WHEN)),
        once=rng.random() < 0.15,
        stop_on_error=rng.random() < 0.3,
        unknown=rng.choice((None, None, Unknown.HOLD, Unknown.RESEND)),
        settings=settings,
    )
