"""The contract suite over the adapters that Funil brings, and over one that breaks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ClassVar, Final

from pydantic import SecretStr

from adapters.clock import RealClock
from adapters.contract import AdapterContract, Bench, Situation, run
from adapters.mail.settings import SmtpSettings
from adapters.mail.smtp import SmtpAdapter
from adapters.simulated.adapter import EMAIL, SMS, WEBHOOK, Line, SimulatedAdapter
from adapters.simulated.open_channel import TELEGRAM, WEB_CHAT, SimulatedChannel, SimulatedTelegramAdapter
from adapters.simulated.settings import Customers, SimulatedSettings, SimulatedTelegramSettings
from adapters.simulated.telephony import Parties, SimulatedPhone
from core.model.delivery import Channel, Message, Outcome, OutcomeKind
from tests.adapters.servers import DROP, HANG, HOST, Answer, Mailroom, faulty_server
from tests.memory_ledger import MemoryLedger

MAIL: Final = Message(
    channel=Channel.EMAIL,
    to="maria@cliente.example",
    subject="Pedido 1001",
    text="Olá, Maria",
    data={"from": "ana@loja.example", "html": "<p>Olá, Maria</p>", "date": 1_796_126_400_000},
)
CALL: Final = Message(
    channel=Channel.TELEPHONY, to="+5511987650001", text="Olá, Maria", data={"voice": "pt-br", "speed": 100}
)
CHAT: Final = Message(channel=Channel.OPEN_CHANNEL, to="tg:tg:555", text="Olá", data={"chat": 1})
TEXT: Final = Message(channel=Channel.SMS, to="+5511987650001", text="Pedido enviado")
CALLED: Final = Message(channel=Channel.WEBHOOK, to="https://erp.example/funil", text='{"type":"deal.rule"}')


class Simulated(AdapterContract):
    """A simulated peer is staged by its magic recipients."""

    stages: ClassVar[frozenset[Situation]] = frozenset(
        {Situation.NORMAL, Situation.DEFERS, Situation.REFUSES, Situation.SILENT, Situation.RATE_LIMITED}
    )
    line: ClassVar[Line]
    message: ClassVar[Message]
    magic: ClassVar[Mapping[Situation, str]]
    adapter: ClassVar[type[SimulatedAdapter]] = SimulatedAdapter
    settings: ClassVar[Customers] = SimulatedSettings()

    @asynccontextmanager
    async def bench(self, situation: Situation) -> AsyncIterator[Bench]:
        received: dict[str, Message] = {}

        def reopen() -> SimulatedAdapter:
            return self.adapter(self.line, self.settings, "h", RealClock(), received)

        message = replace(self.message, to=self.magic.get(situation, self.message.to))
        yield Bench(reopen(), message, lambda: list(received), reopen)


class TestSimulatedMail(Simulated):
    line = EMAIL
    message = MAIL
    magic: ClassVar[Mapping[Situation, str]] = {
        Situation.DEFERS: "full@cliente.example",
        Situation.REFUSES: "block+maria@cliente.example",
        Situation.SILENT: "timeout@cliente.example",
        Situation.RATE_LIMITED: "limit@cliente.example",
    }


class TestSimulatedSms(Simulated):
    line = SMS
    message = TEXT
    magic: ClassVar[Mapping[Situation, str]] = {
        Situation.DEFERS: "+15005550002",
        Situation.REFUSES: "+15005550001",
        Situation.SILENT: "+15005550007",
        Situation.RATE_LIMITED: "+15005550008",
    }


class TestSimulatedWebhook(Simulated):
    line = WEBHOOK
    message = CALLED
    magic: ClassVar[Mapping[Situation, str]] = {
        Situation.DEFERS: "https://erp.example/full",
        Situation.REFUSES: "https://erp.example/hooks/block",
        Situation.SILENT: "https://erp.example/timeout?x=1",
        Situation.RATE_LIMITED: "https://erp.example/limit",
    }


class TestSimulatedCalls(Simulated):
    message = CALL
    magic: ClassVar[Mapping[Situation, str]] = {
        Situation.DEFERS: "+15005550010",
        Situation.REFUSES: "+15005550001",
        Situation.SILENT: "+15005550007",
        Situation.RATE_LIMITED: "+15005550008",
    }

    @asynccontextmanager
    async def bench(self, situation: Situation) -> AsyncIterator[Bench]:
        received: dict[str, Message] = {}
        settings = SimulatedSettings.model_validate({"price_per_minute": "0.30", "balance": "1000"})
        parties = Parties("line1", "h", MemoryLedger(), RealClock())

        def reopen() -> SimulatedPhone:
            return SimulatedPhone(settings, parties, received)

        message = replace(self.message, to=self.magic.get(situation, self.message.to))
        yield Bench(reopen(), message, lambda: list(received), reopen)


class TestSimulatedWebChat(Simulated):
    line = WEB_CHAT
    message = CHAT
    adapter = SimulatedChannel
    magic: ClassVar[Mapping[Situation, str]] = {
        Situation.DEFERS: "web:full",
        Situation.REFUSES: "web:visitor:block+maria",
        Situation.SILENT: "web:timeout",
        Situation.RATE_LIMITED: "web:Limit",
    }


class TestSimulatedTelegram(Simulated):
    line = TELEGRAM
    message = CHAT
    adapter = SimulatedTelegramAdapter
    settings = SimulatedTelegramSettings(bot="loja_bot")
    magic: ClassVar[Mapping[Situation, str]] = {
        Situation.DEFERS: "tg:tg:full",
        Situation.REFUSES: "tg:tg:block",
        Situation.SILENT: "tg:tg:timeout",
        Situation.RATE_LIMITED: "tg:tg:limit",
    }

    async def test_a_text_beyond_what_telegram_carries_is_refused(self) -> None:
        async with self.bench(Situation.NORMAL) as bench:
            longest = await bench.adapter.send(replace(CHAT, text="é" * 4096), "h-M1")
            longer = await bench.adapter.send(replace(CHAT, text="é" * 4097), "h-M2")
            assert (longest.kind, longer.kind, longer.reason) == (
                OutcomeKind.ACCEPTED,
                OutcomeKind.REJECTED,
                "text_too_long",
            )


class TestSmtp(AdapterContract):
    """SMTP over a server that is told what to answer."""

    stages: ClassVar[frozenset[Situation]] = frozenset(Situation) - {Situation.RATE_LIMITED}
    scripts: ClassVar[Mapping[Situation, Mapping[str, Answer]]] = {
        Situation.DEFERS: {"RCPT": "450 4.2.0 greylisted"},
        Situation.REFUSES: {"RCPT": "550 5.1.1 no such user"},
        Situation.SILENT: {"DOT": HANG},
        Situation.LOSES_ANSWER: {"DOT": [DROP]},
        Situation.BAD_CREDENTIALS: {"AUTH": "535 5.7.8 wrong password"},
        Situation.UNREACHABLE: {"CONNECT": DROP},
    }

    @asynccontextmanager
    async def bench(self, situation: Situation) -> AsyncIterator[Bench]:
        async with faulty_server(self.scripts.get(situation), offers=("AUTH PLAIN", "DSN")) as room:
            adapter = self.open(room, situation)
            yield Bench(adapter, MAIL, lambda: room.message_ids, lambda: self.open(room, situation))
            await adapter.close()

    @staticmethod
    def open(room: Mailroom, situation: Situation) -> SmtpAdapter:
        settings = {
            "host": HOST,
            "port": room.port,
            "user": "ana",
            "password": SecretStr("segredo"),
            "timeout": 0.05 if situation is Situation.SILENT else 5.0,
        }
        return SmtpAdapter(SmtpSettings.model_validate(settings, context={"secrets": True}), RealClock())


async def test_a_crash_sends_the_same_bytes_again() -> None:
    async with faulty_server({"DOT": [DROP]}) as room:
        first, second = (TestSmtp.open(room, Situation.NORMAL) for _ in range(2))
        unlogged = {"user": None, "password": None}
        for adapter in (first, second):
            adapter._settings = adapter._settings.model_copy(update=unlogged)
        assert (await first.send(MAIL, "h-M1")).kind is OutcomeKind.UNKNOWN
        assert (await second.send(MAIL, "h-M1")).kind is OutcomeKind.ACCEPTED
        await second.close()
    assert room.content[0] == room.content[1]


async def test_the_suite_runs_without_a_test_framework() -> None:
    results = await run(TestSimulatedMail())
    assert len(results) > 10
    assert not [r for r in results if r.kept is False]
    assert [r.promise for r in results if r.kept is None]


class Forgetful(SimulatedAdapter):
    """Gives every attempt a new id, and raises where it should answer."""

    async def send(self, message: Message, key: str) -> Outcome:
        if not message.to:
            raise ValueError("no recipient")
        self.received[str(len(self.received))] = message
        return Outcome(kind=OutcomeKind.ACCEPTED, provider_id=str(len(self.received)))


class Broken(TestSimulatedMail):
    @asynccontextmanager
    async def bench(self, situation: Situation) -> AsyncIterator[Bench]:
        adapter = Forgetful(EMAIL, SimulatedSettings(), "h", RealClock())
        yield Bench(adapter, MAIL, lambda: list(adapter.received), lambda: adapter)


async def test_the_suite_finds_an_adapter_that_breaks_its_promises() -> None:
    broken = {r.promise for r in await run(Broken()) if r.kept is False}
    assert {
        "the same key again is the same message",
        "a refused message is rejected with a reason",
        "hostile recipients end in an outcome and reach nobody",
    } <= broken
    assert "an accepted message has an id and is with the peer once" not in broken
