"""Mail through real and misbehaving servers: what each ending means for the message."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.mail.message import compose
from adapters.mail.replies import Answered, Late, Lost, Phase, Trouble, outcome_of
from adapters.mail.session import Session
from adapters.mail.settings import SmtpSettings
from adapters.mail.smtp import SmtpAdapter
from core.model.delivery import Channel, Message, Outcome, OutcomeKind
from core.model.moment import Moment
from tests.adapters.servers import DROP, HANG, HOST, Answer, Mailroom, ca_file, faulty_server, real_server

NOW = Moment(1_796_126_400_000)
KEY = "3f2a9c-M17"
MAIL = Message(
    channel=Channel.EMAIL,
    to="maria@cliente.example",
    subject="Seu pedido está a caminho",
    text="Olá, Maria!\n.começa com ponto\n..e com dois\n",
    data={"from": "ana@loja.example", "from_name": "Ana Souza", "to_name": "Maria Lima", "html": "<p>Olá, Maria!</p>"},
)


class Noon:
    """A clock that stands."""

    def now(self) -> Moment:
        return NOW


@asynccontextmanager
async def adapter_to(room: Mailroom, *, idle: float = 10.0, **settings: Any) -> AsyncIterator[SmtpAdapter]:
    given = {"host": HOST, "port": room.port, "timeout": 5.0} | settings
    adapter = SmtpAdapter(SmtpSettings.model_validate(given, context={"secrets": True}), Noon(), idle=idle)
    try:
        yield adapter
    finally:
        await adapter.close()


async def sent_through(script: dict[str, str], *, offers: tuple[str, ...] = (), **settings: Any) -> Outcome:
    async with faulty_server(script, offers=offers) as room, adapter_to(room, **settings) as adapter:
        return await adapter.send(MAIL, KEY)


async def test_a_real_server_takes_the_mail_whole() -> None:
    async with real_server() as room, adapter_to(room) as adapter:
        outcome = await adapter.send(MAIL, KEY)
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert outcome.provider_id == "<3f2a9c-M17@loja.example>"
    assert "queued as 4711" in outcome.detail.english()
    [(sender, recipients, _)] = room.envelopes
    assert (sender, recipients) == ("ana@loja.example", ["maria@cliente.example"])
    assert room.message_ids == ["<3f2a9c-M17@loja.example>"]


async def test_lines_that_begin_with_a_dot_arrive_as_written() -> None:
    async with real_server() as room, adapter_to(room) as adapter:
        await adapter.send(MAIL, KEY)
    assert b"\r\n.come" in room.content[0]
    assert b"\r\n..e com dois" in room.content[0]


async def test_many_mails_share_one_connection() -> None:
    async with real_server() as room, adapter_to(room) as adapter:
        outcomes = [await adapter.send(MAIL, f"h-M{n}") for n in range(20)]
    assert {o.kind for o in outcomes} == {OutcomeKind.ACCEPTED}
    assert len(set(room.message_ids)) == 20
    assert room.connections == 1


async def test_messages_handed_over_at_once_go_one_after_the_other() -> None:
    async with real_server() as room, adapter_to(room) as adapter:
        outcomes = await asyncio.gather(*(adapter.send(MAIL, f"h-M{n}") for n in range(10)))
    assert {o.kind for o in outcomes} == {OutcomeKind.ACCEPTED}
    assert (len(room.content), room.connections) == (10, 1)


@pytest.mark.parametrize("idle", [10.0, -1.0], ids=["trusting the line", "asking first"])
async def test_a_line_that_the_server_closed_between_mails_is_opened_again(idle: float) -> None:
    async with real_server() as room, adapter_to(room, idle=idle) as adapter:
        first = await adapter.send(MAIL, "h-M1")
        room.hang_up()
        second = await adapter.send(MAIL, "h-M2")
        third = await adapter.send(MAIL, "h-M3")
    assert [o.kind for o in (first, second, third)] == [OutcomeKind.ACCEPTED] * 3
    assert room.message_ids == ["<h-M1@loja.example>", "<h-M2@loja.example>", "<h-M3@loja.example>"]
    assert room.connections == 2


@pytest.mark.parametrize("answer", ["421 4.4.2 too many mails on this line", DROP])
async def test_a_server_that_wants_a_new_line_for_the_next_mail_gets_one(answer: str) -> None:
    script: dict[str, Answer] = {"RSET": "250 ok", "MAIL": ["250 ok", answer]}
    async with faulty_server(script) as room, adapter_to(room) as adapter:
        outcomes = [await adapter.send(MAIL, f"h-M{n}") for n in (1, 2, 3)]
    assert [o.kind for o in outcomes] == [OutcomeKind.ACCEPTED] * 3
    assert (len(room.content), room.connections) == (3, 2)


async def test_a_fresh_line_that_breaks_is_not_tried_a_second_time() -> None:
    async with faulty_server({"MAIL": DROP}) as room, adapter_to(room) as adapter:
        outcome = await adapter.send(MAIL, KEY)
    assert (outcome.kind, room.connections) == (OutcomeKind.DEFERRED, 1)


ENDINGS: list[tuple[dict[str, str], OutcomeKind, str | None]] = [
    ({"CONNECT": DROP}, OutcomeKind.DEFERRED, None),
    ({"CONNECT": "421 4.3.2 shutting down"}, OutcomeKind.DEFERRED, None),
    ({"CONNECT": "554 5.7.1 no service for you"}, OutcomeKind.MISCONFIGURED, "misconfigured"),
    ({"CONNECT": "HTTP/1.0 400 this is a web server"}, OutcomeKind.DEFERRED, None),
    ({"EHLO": DROP}, OutcomeKind.DEFERRED, None),
    ({"EHLO": "502 5.5.1 what"}, OutcomeKind.MISCONFIGURED, "misconfigured"),
    ({"MAIL": "451 4.3.0 try later"}, OutcomeKind.DEFERRED, None),
    ({"MAIL": "421 4.3.2 busy"}, OutcomeKind.DEFERRED, None),
    ({"MAIL": "530 5.7.0 authentication required"}, OutcomeKind.MISCONFIGURED, "misconfigured"),
    ({"MAIL": "553 5.7.1 this sender is not yours"}, OutcomeKind.MISCONFIGURED, "misconfigured"),
    ({"MAIL": "552 5.3.4 too big"}, OutcomeKind.REJECTED, "rejected"),
    ({"RCPT": DROP}, OutcomeKind.DEFERRED, None),
    ({"RCPT": "450 4.2.0 greylisted"}, OutcomeKind.DEFERRED, None),
    ({"RCPT": "421 4.7.0 slow down"}, OutcomeKind.DEFERRED, None),
    ({"RCPT": "550 no"}, OutcomeKind.REJECTED, "rejected"),
    ({"RCPT": "550 5.1.1 no such user"}, OutcomeKind.REJECTED, "bad_address"),
    ({"RCPT": "550-5.1.1 no such\r\n550 5.1.1 user"}, OutcomeKind.REJECTED, "bad_address"),
    ({"RCPT": "556 5.1.10 the domain takes no mail"}, OutcomeKind.REJECTED, "bad_address"),
    ({"RCPT": "550 5.2.1 mailbox closed"}, OutcomeKind.REJECTED, "bad_address"),
    ({"RCPT": "552 5.2.2 mailbox full"}, OutcomeKind.REJECTED, "rejected"),
    ({"RCPT": "554 5.7.1 blocked by a list"}, OutcomeKind.REJECTED, "blocked"),
    ({"RCPT": "554 5.7.1 <x>: Relay access denied"}, OutcomeKind.MISCONFIGURED, "misconfigured"),
    ({"DATA": DROP}, OutcomeKind.DEFERRED, None),
    ({"DATA": "451 4.3.0 disk"}, OutcomeKind.DEFERRED, None),
    ({"DATA": "554 5.5.1 no valid recipients"}, OutcomeKind.REJECTED, "rejected"),
    ({"DOT": DROP}, OutcomeKind.UNKNOWN, None),
    ({"DOT": "no number at all"}, OutcomeKind.UNKNOWN, None),
    ({"DOT": "354 more?"}, OutcomeKind.UNKNOWN, None),
    ({"DOT": "451 4.3.0 scanner is down"}, OutcomeKind.DEFERRED, None),
    ({"DOT": "421 4.3.0 going down"}, OutcomeKind.DEFERRED, None),
    ({"DOT": "550 5.7.1 looks like spam"}, OutcomeKind.REJECTED, "blocked"),
    ({"DOT": "552 5.3.4 too big"}, OutcomeKind.REJECTED, "rejected"),
]


@pytest.mark.parametrize(("script", "kind", "reason"), ENDINGS, ids=[str(e[0]) for e in ENDINGS])
async def test_the_answer_decides_the_outcome(script: dict[str, str], kind: OutcomeKind, reason: str | None) -> None:
    outcome = await sent_through(script)
    assert (outcome.kind, outcome.reason) == (kind, reason)
    assert outcome.detail.english()


@pytest.mark.parametrize("phase", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_silence_before_the_final_dot_defers(phase: str) -> None:
    outcome = await sent_through({phase: HANG}, timeout=0.05)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.DEFERRED, "timeout")


async def test_silence_after_the_final_dot_leaves_it_open() -> None:
    outcome = await sent_through({"DOT": HANG}, timeout=2)  # enough for what comes before, however busy the machine
    assert (outcome.kind, outcome.reason) == (OutcomeKind.UNKNOWN, "timeout")


async def test_a_line_that_breaks_within_a_long_mail_defers() -> None:
    async with faulty_server({"BODY": DROP}) as room:
        session = Session(SmtpSettings(host=HOST, port=room.port))
        await session.open(ssl.create_default_context())
        letter = replace(compose(MAIL, KEY, NOW), content=(b"x" * 900 + b"\r\n") * 20_000)
        with pytest.raises(Lost) as caught:
            await session.transfer(letter, KEY)
    assert not session.alive
    assert outcome_of(caught.value).kind is OutcomeKind.DEFERRED


async def test_nobody_listening_defers() -> None:
    async with real_server() as room:
        port = room.port
    async with adapter_to(Mailroom(port=port)) as adapter:
        outcome, health = await adapter.send(MAIL, KEY), await adapter.check()
    assert outcome.kind is OutcomeKind.DEFERRED
    assert not health.ok
    assert "cannot be reached" in health.detail.english()


async def test_the_line_serves_the_next_mail_after_a_refusal() -> None:
    script = {"RCPT": ["550 5.1.1 who?", "450 4.2.0 later"]}
    async with faulty_server(script) as room, adapter_to(room) as adapter:
        kinds = [(await adapter.send(MAIL, f"h-M{n}")).kind for n in (1, 2, 3)]
    assert kinds == [OutcomeKind.REJECTED, OutcomeKind.DEFERRED, OutcomeKind.ACCEPTED]
    assert room.connections == 1
    assert room.commands.count("RSET") == 2


async def test_a_mail_that_was_given_up_midway_leaves_no_half_of_itself_on_the_line() -> None:
    async with faulty_server({"DATA": [HANG]}) as room, adapter_to(room) as adapter:
        sending = asyncio.create_task(adapter.send(MAIL, "h-M1"))
        while "DATA" not in room.commands:
            await asyncio.sleep(0)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        outcome = await adapter.send(MAIL, "h-M2")
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert room.message_ids == ["<h-M2@loja.example>"]
    assert room.connections == 2


async def test_delivery_reports_are_asked_for_where_the_server_knows_them() -> None:
    async with faulty_server(offers=("DSN", "SIZE 1000000")) as room, adapter_to(room) as adapter:
        await adapter.send(MAIL, "3f2a+x=1-M17")
    [mail] = [c for c in room.commands if c.startswith("MAIL")]
    assert mail.startswith("MAIL FROM:<ana@loja.example> SIZE=")
    assert mail.endswith(" RET=HDRS ENVID=3f2a+2Bx+3D1-M17")
    assert "RCPT TO:<maria@cliente.example> NOTIFY=SUCCESS,FAILURE" in room.commands


async def test_nothing_is_asked_of_a_server_that_does_not_know_it() -> None:
    async with faulty_server() as room, adapter_to(room) as adapter:
        await adapter.send(MAIL, KEY)
    assert room.commands[1:3] == ["MAIL FROM:<ana@loja.example>", "RCPT TO:<maria@cliente.example>"]


INTERNATIONAL = Message(channel=Channel.EMAIL, to="joão@cliente.example", text="oi", data=MAIL.data)


async def test_an_address_beyond_ascii_goes_where_the_server_takes_it() -> None:
    async with faulty_server(offers=("SMTPUTF8", "8BITMIME")) as room, adapter_to(room) as adapter:
        outcome = await adapter.send(INTERNATIONAL, KEY)
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert "RCPT TO:<joão@cliente.example>" in room.commands
    assert "BODY=8BITMIME SMTPUTF8" in room.commands[1]
    assert "joão@cliente.example".encode() in room.content[0]


async def test_an_address_beyond_ascii_is_refused_where_the_server_does_not_take_it() -> None:
    async with faulty_server() as room, adapter_to(room) as adapter:
        first = await adapter.send(INTERNATIONAL, "h-M1")
        second = await adapter.send(MAIL, "h-M2")
    assert (first.kind, first.reason) == (OutcomeKind.REJECTED, "bad_address")
    assert second.kind is OutcomeKind.ACCEPTED


async def test_a_hostile_address_reaches_no_server() -> None:
    hostile = Message(channel=Channel.EMAIL, to="a@b.example>\r\nRCPT TO:<c@d.example", text="x", data=MAIL.data)
    async with faulty_server() as room, adapter_to(room) as adapter:
        outcome = await adapter.send(hostile, KEY)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.REJECTED, "bad_address")
    assert room.connections == 0


async def test_a_servers_answer_is_kept_as_plain_text() -> None:
    outcome = await sent_through({"RCPT": "550 5.1.1 \x1b]52;c;eA==\x07 \u202ego\u200b away" + "!" * 900})
    text = outcome.detail.english()
    assert text.isprintable()
    assert len(text) < 400


# TLS and logging in ---------------------------------------------------------------------------------------------------

ANA: dict[str, Any] = {"user": "ana", "password": SecretStr("segredo")}


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_an_encrypted_line_with_a_login(security: str, tmp_path: Path) -> None:
    kind: dict[str, Any] = {security: True}
    async with (
        real_server(user=("ana", "segredo"), **kind) as room,
        adapter_to(room, security=security, ca_file=str(ca_file(tmp_path)), **ANA) as adapter,
    ):
        health = await adapter.check()
        outcomes = [await adapter.send(MAIL, f"h-M{n}") for n in (1, 2)]
    assert health.ok
    assert [o.kind for o in outcomes] == [OutcomeKind.ACCEPTED] * 2
    assert len(room.content) == 2


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_wrong_password_is_ours_to_mend(security: str, tmp_path: Path) -> None:
    kind: dict[str, Any] = {security: True}
    async with (
        real_server(user=("ana", "outra"), **kind) as room,
        adapter_to(room, security=security, ca_file=str(ca_file(tmp_path)), **ANA) as adapter,
    ):
        outcome, health = await adapter.send(MAIL, KEY), await adapter.check()
    assert (outcome.kind, outcome.reason) == (OutcomeKind.MISCONFIGURED, "misconfigured")
    assert "535" in outcome.detail.english()
    assert "segredo" not in repr(outcome) + repr(health) + repr(adapter._settings)
    assert not health.ok


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("535 5.7.8 wrong", OutcomeKind.MISCONFIGURED),
        ("534 5.7.9 too weak", OutcomeKind.MISCONFIGURED),
        ("454 4.7.0 the directory is down", OutcomeKind.DEFERRED),
        (DROP, OutcomeKind.DEFERRED),
    ],
)
async def test_a_refused_login(answer: str, kind: OutcomeKind) -> None:
    assert (await sent_through({"AUTH": answer}, offers=("AUTH PLAIN LOGIN",), **ANA)).kind is kind


async def test_a_wrong_password_is_tried_once_and_no_other_way() -> None:
    script = {"AUTH": "535 5.7.8 wrong"}
    async with faulty_server(script, offers=("AUTH PLAIN LOGIN",)) as room, adapter_to(room, **ANA) as adapter:
        await adapter.send(MAIL, KEY)
    assert sum(c.startswith("AUTH") for c in room.commands) == 1


async def test_a_server_without_a_login_we_know_is_ours_to_mend() -> None:
    outcome = await sent_through({}, offers=("AUTH GSSAPI",), **ANA)
    assert outcome.kind is OutcomeKind.MISCONFIGURED


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(security: str) -> None:
    kind: dict[str, Any] = {security: True}
    async with real_server(**kind) as room, adapter_to(room, security=security) as adapter:
        outcome = await adapter.send(MAIL, KEY)
    assert outcome.kind is OutcomeKind.MISCONFIGURED
    assert "not trusted" in outcome.detail.english()
    assert room.content == []


async def test_tls_is_never_given_up_for_a_server_that_does_not_offer_it() -> None:
    async with faulty_server() as room, adapter_to(room, security="starttls", **ANA) as adapter:
        outcome = await adapter.send(MAIL, KEY)
    assert outcome.kind is OutcomeKind.MISCONFIGURED
    assert not any(c.startswith(("AUTH", "MAIL")) for c in room.commands)


async def test_tls_to_a_server_that_speaks_plainly_is_ours_to_mend() -> None:
    async with faulty_server() as room, adapter_to(room, security="tls") as adapter:
        assert (await adapter.send(MAIL, KEY)).kind is OutcomeKind.MISCONFIGURED


async def test_the_check_begins_no_mail() -> None:
    async with faulty_server() as room, adapter_to(room) as adapter:
        assert (await adapter.check()).ok
    assert [c.split()[0] for c in room.commands] == ["EHLO", "QUIT"]


BEFORE = (Phase.CONNECT, Phase.EHLO, Phase.STARTTLS, Phase.AUTH, Phase.MAIL)
WITHIN = (Phase.RCPT, Phase.DATA, Phase.BODY, Phase.DOT)
FAILED_LINES: list[tuple[Trouble, bool]] = [
    *((kind(phase, ""), True) for kind in (Lost, Late) for phase in BEFORE),
    *((kind(phase, ""), False) for kind in (Lost, Late) for phase in WITHIN),
    *((Answered(phase, 421, "closing"), True) for phase in (*BEFORE, *WITHIN)),
    *((Answered(phase, 450, "busy"), True) for phase in BEFORE[:-1]),
    *((Answered(phase, 450, "greylisted"), False) for phase in (Phase.MAIL, *WITHIN)),
    *((Answered(phase, 550, "no"), False) for phase in (*BEFORE, *WITHIN)),
]


@pytest.mark.parametrize(("trouble", "line"), FAILED_LINES, ids=lambda value: str(value))
def test_a_line_that_failed_before_the_mail_was_offered_is_told_from_a_mail_that_was_deferred(
    trouble: Trouble, line: bool
) -> None:
    outcome = outcome_of(trouble)
    assert outcome.line_failed is line
    assert not line or outcome.kind is OutcomeKind.DEFERRED
