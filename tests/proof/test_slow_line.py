"""A connection that hangs holds back nothing but its own messages."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from core import commands
from core.engine import loop
from core.engine.loop import Engine
from core.model.delivery import DeliveryStatus, Message, Outcome, OutcomeKind
from core.model.house import CompanySettings, Connection
from core.model.moment import Moment
from core.model.people import Address, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Rule
from core.peers import Backing, Capabilities, Health
from core.ports import Clock, Tx
from core.views import DeliveryFilter
from data import fresh
from tests.proof.life import PATIENCE

NOW = Moment(1_796_126_400_000)


class Still:
    """A clock that stands still."""

    def now(self) -> Moment:
        """Return the one moment there is."""
        return NOW


class Line:
    """A peer that answers when it is told to."""

    Settings: ClassVar[type[BaseModel]] = BaseModel

    def __init__(self, channel: str, answers: asyncio.Event, sent: asyncio.Event) -> None:
        self.capabilities = Capabilities(channel=channel)
        self._answers, self._sent = answers, sent

    async def check(self) -> Health:
        """Say that all is well."""
        return Health(True)

    async def send(self, message: Message, key: str) -> Outcome:
        """Wait to be told, then accept."""
        await self._answers.wait()
        self._sent.set()
        return Outcome(kind=OutcomeKind.ACCEPTED)

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Know nothing."""
        return None

    async def close(self) -> None:
        """Do nothing."""


class Lines:
    """Mail hangs until it is told otherwise; SMS answers at once."""

    def __init__(self) -> None:
        self.mail_answers, self.mail_sent, self.sms_sent = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.mail_line: type[Line] = Line
        self.at_once = asyncio.Event()
        self.at_once.set()

    def settings_model(self, adapter: str) -> type[BaseModel] | None:
        """Return no settings."""
        return BaseModel

    def names(self, channel: str) -> Sequence[str]:
        """Return the one there is."""
        return ("simulated",)

    def capabilities(self, connection: Connection) -> Capabilities | None:
        """Return nothing."""
        return None

    def validate(self, connection: Connection) -> None:
        """Find nothing wrong."""

    def open(self, connection: Connection, clock: Clock, house_id: str, backing: Backing) -> Line:
        """Open a line."""
        if connection.channel == "email":
            return self.mail_line("email", self.mail_answers, self.mail_sent)
        return Line("sms", self.at_once, self.sms_sent)


def _set_up(tx: Tx) -> None:
    tx.put_company_settings(CompanySettings(grace=0))
    tx.put_user(User(id="ana", name="Ana", mailboxes=("ana@loja.example",)))
    tx.put_connection(Connection(id="mail", channel="email", adapter="simulated"))
    tx.put_connection(Connection(id="sms1", channel="sms", adapter="simulated"))
    tx.put_contact(
        Contact(
            id="maria",
            name="Maria",
            emails=(Address("WORK", "maria@cliente.example"),),
            phones=(Address("MOBILE", "+5511987650001"),),
        )
    )
    kinds = {"won": StageKind.SUCCESS, "lost": StageKind.FAILURE}
    names = ("new", "mail", "sms", "won", "lost")
    stages = [Stage(id=s, name=s, color="#39A8EF", kind=kinds.get(s, StageKind.PROCESS)) for s in names]
    tx.upsert_pipeline(Pipeline(id="sales", name="Sales", stages=tuple(stages)))
    mail, sms = {"subject": "Hello", "body": "Hello"}, {"text": "Hello", "provider": "sms1"}
    for stage, kind, settings in (("mail", "email", mail), ("sms", "sms", sms)):
        _put(tx, stage, kind, settings)
    for deal in ("D1", "D2"):
        new = commands.NewDeal(id=deal, title=deal, stage="new", responsible="ana", contacts=("maria",))
        commands.add_deal(new)(tx)


def _put(tx: Tx, stage: str, kind: str, settings: Mapping[str, Any]) -> None:
    rule = Rule(id=f"{stage}-{kind}", pipeline="sales", stage=stage, kind=kind, name=stage, settings=settings)
    tx.put_rule(rule, "system", NOW)


async def test_what_waits_for_a_message_that_hangs_is_not_asked_for_over_and_over() -> None:
    commits = 0

    def count() -> None:
        nonlocal commits
        commits += 1

    store = fresh.inline_store(fresh.memory_db(), Still(), before_commit=count)
    store.write_now(_set_up)
    store.write_now(lambda tx: _put(tx, "mail", "sms", {"text": "Hello", "provider": "sms1"}))
    lines, stop = Lines(), asyncio.Event()
    engine = Engine(store, lines, random.Random(1), "w1")
    serving = asyncio.create_task(engine.serve(stop))
    store.write_now(commands.move(["D1"], "mail"))
    engine.wake()
    for _ in range(100):  # the mail is on the wire by now, and the deal's SMS is due and waits for it
        await asyncio.sleep(0)
    before = commits
    for _ in range(200):
        await asyncio.sleep(0)
    asked, early = commits - before, lines.sms_sent.is_set()
    lines.mail_answers.set()
    await asyncio.wait_for(lines.sms_sent.wait(), 20)
    stop.set()
    await asyncio.wait_for(serving, 20)
    assert (asked, early) == (0, False)


class OneHangs(Line):
    """A peer that takes several at once, answers none before the second has come, and the first one never."""

    def __init__(self, channel: str, answers: asyncio.Event, sent: asyncio.Event) -> None:
        super().__init__(channel, answers, sent)
        self.capabilities = Capabilities(channel=channel, concurrency=4)

    async def send(self, message: Message, key: str) -> Outcome:
        """Accept all but the first."""
        if key.endswith("-M1"):
            await asyncio.Event().wait()
        return await super().send(message, key)


async def test_who_is_told_to_stop_while_one_message_hangs_notes_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "PATIENCE", 0.01)
    store = fresh.inline_store(fresh.memory_db(), Still())
    store.write_now(_set_up)
    store.write_now(commands.move(["D1", "D2"], "mail"))
    lines, stop = Lines(), asyncio.Event()
    lines.mail_answers.set()
    lines.mail_line = OneHangs
    serving = asyncio.create_task(Engine(store, lines, random.Random(1), "w1").serve(stop))
    await asyncio.wait_for(lines.mail_sent.wait(), 20)
    stop.set()
    await asyncio.wait_for(serving, 20)
    rows = store.read(lambda r: r.deliveries(DeliveryFilter()))
    assert {r.public_id: (r.status, r.worker) for r in rows} == {
        "M1": (DeliveryStatus.QUEUED, "w1"),
        "M2": (DeliveryStatus.SENT, None),
    }


async def test_a_dead_mail_server_does_not_hold_back_the_sms() -> None:
    store = fresh.inline_store(fresh.memory_db(), Still())
    store.write_now(_set_up)
    lines, stop = Lines(), asyncio.Event()
    engine = Engine(store, lines, random.Random(1), "w1")
    serving = asyncio.create_task(engine.serve(stop))
    store.write_now(commands.move(["D1"], "mail"))
    engine.wake()
    # The mail hangs on the wire by now or soon; another deal's rule and its SMS do not wait for it.
    store.write_now(commands.move(["D2"], "sms"))
    engine.wake()
    await asyncio.wait_for(lines.sms_sent.wait(), PATIENCE)
    assert not lines.mail_sent.is_set()
    lines.mail_answers.set()
    await asyncio.wait_for(lines.mail_sent.wait(), PATIENCE)
    stop.set()
    await asyncio.wait_for(serving, PATIENCE)
    rows = store.read(lambda r: r.deliveries(DeliveryFilter()))
    assert {r.message.channel.value: r.status for r in rows} == {
        "email": DeliveryStatus.SENT,
        "sms": DeliveryStatus.SENT,
    }
