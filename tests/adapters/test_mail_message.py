"""The bytes of a mail: nothing that comes from a customer becomes a header, a recipient or a second mail."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mail.address import BadAddress, parse
from adapters.mail.enclosures import BadMessage
from adapters.mail.message import compose
from core.model.delivery import Channel, Message
from core.model.moment import Moment

NOW = Moment(1_796_126_400_000)
KEY = "3f2a9c-M17"
PLAIN = Message(
    channel=Channel.EMAIL,
    to="maria@cliente.example",
    subject="Pedido 1001",
    text="Olá, Maria",
    data={"from": "ana@loja.example", "from_name": "Ana Souza", "to_name": "Maria Lima"},
)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
}


def mail(message: Message = PLAIN, key: str = KEY, **data: Any) -> EmailMessage:
    content = compose(replace(message, data={**message.data, **data}), key, NOW).content
    parsed = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(part: Any) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_plain_mail() -> None:
    parsed = mail()
    assert str(parsed["From"]) == "Ana Souza <ana@loja.example>"
    assert str(parsed["To"]) == "Maria Lima <maria@cliente.example>"
    assert parsed["Subject"] == "Pedido 1001"
    assert parsed["Message-ID"] == "<3f2a9c-M17@loja.example>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Date"].datetime.isoformat() == "2026-12-01T12:00:00+00:00"
    assert text_of(parsed) == "Olá, Maria\n"
    assert set(parsed.keys()) == HEADERS


def test_the_date_is_the_stored_one_where_there_is_one() -> None:
    assert mail(date=NOW + 3_600_000)["Date"].datetime.isoformat() == "2026-12-01T13:00:00+00:00"


def test_a_mail_that_a_person_wrote_does_not_call_itself_automatic() -> None:
    assert mail(auto=False)["Auto-Submitted"] is None


def test_html_stands_beside_the_text() -> None:
    parsed = mail(html="<p>Olá, <b>Maria</b></p>")
    assert parsed.get_content_type() == "multipart/alternative"
    text, html = parsed.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text_of(html) == "<p>Olá, <b>Maria</b></p>\n"


@given(st.text(max_size=300), st.text(max_size=80))
def test_the_same_message_and_key_are_the_same_bytes(text: str, html: str) -> None:
    message = replace(PLAIN, text=text, data={**PLAIN.data, "html": html, "date": NOW})
    attempts = [attempt(message, now) for now in (NOW, Moment(NOW + 86_400_000))]
    assert attempts[0] == attempts[1]


def attempt(message: Message, now: Moment) -> bytes | str:
    try:
        return compose(message, KEY, now).content
    except BadMessage as error:
        return error.reason


def test_another_key_is_another_mail() -> None:
    one, two = (mail(key=key, html="<p>x</p>") for key in ("h-M1", "h-M2"))
    assert one["Message-ID"] != two["Message-ID"]
    assert one.get_boundary() != two.get_boundary()


def test_a_text_that_holds_the_boundary_does_not_end_the_part() -> None:
    boundary = mail(html="<p>x</p>").get_boundary()
    parsed = mail(replace(PLAIN, text=f"a\n--{boundary}--\nContent-Type: text/html\n\nb"), html="<p>x</p>")
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert "b" in next(iter(parsed.iter_parts())).get_content()


HOSTILE_NAMES = [
    "=?utf-8?q?x=0d=0aBcc:_y?=",
    "=?utf-8?b?eA0KQmNjOiBj?=",
    "=?utf-8?q?x?= =?utf-8?q?=0d=0aBcc:_evil=40x.example?=",
    "=??=?=?utf-8?q?=0a?=",
    'Maria" <c@d.example>, "x',
    "c@d.example, e",
    "Maria <c@d.example>",
    "(comment) c@d.example;",
    "\\",
    '"',
    "undisclosed-recipients:;",
    "Bcc: c@d.example",
    "á" * 300,
    "x" * 5_000,
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("where", ["to_name", "from_name", "subject"])
def test_a_hostile_name_stays_a_name(name: str, where: str) -> None:
    message = replace(PLAIN, subject=name) if where == "subject" else replace(PLAIN, data={**PLAIN.data, where: name})
    parsed = mail(message)
    assert set(parsed.keys()) == HEADERS
    assert [a.addr_spec for a in parsed["To"].addresses] == ["maria@cliente.example"]
    assert [a.addr_spec for a in parsed["From"].addresses] == ["ana@loja.example"]
    assert text_of(parsed) == "Olá, Maria\n"


@pytest.mark.parametrize(
    "control", ["\r\nBcc: c@d.example", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028", "\x1b[2J", "\ud800"]
)
@pytest.mark.parametrize("where", ["to_name", "from_name", "subject", "to", "from"])
def test_controls_in_a_header_are_refused(control: str, where: str) -> None:
    poisoned = {**PLAIN.data, where: f"{PLAIN.data.get(where, 'x')}{control}"}
    message = replace(PLAIN, data=poisoned)
    if where in {"to", "subject"}:
        message = replace(PLAIN, **{where: f"{getattr(PLAIN, where)}{control}"})  # type: ignore[arg-type]
    with pytest.raises(BadMessage):
        compose(message, KEY, NOW)


@given(
    st.text(max_size=120),
    st.text(max_size=120),
    st.text(max_size=200),
    st.text(max_size=200) | st.just("=?utf-8?q?=0d=0aBcc:_y?=" * 8),
)
def test_whatever_people_are_called_there_is_one_recipient_and_no_header_of_theirs(
    sender: str, recipient: str, text: str, subject: str
) -> None:
    message = replace(PLAIN, text=text, subject=subject, data={**PLAIN.data, "from_name": sender, "to_name": recipient})
    try:
        letter = compose(message, KEY, NOW)
    except BadMessage:
        return
    raw = message_from_bytes(letter.content)
    assert set(raw.keys()) == HEADERS
    assert len(raw.keys()) == len(HEADERS)
    modern = BytesParser(policy=policy.default).parsebytes(letter.content)
    assert [a.addr_spec for a in modern["To"].addresses] == ["maria@cliente.example"]
    assert letter.content.isascii()
    assert max(len(line) for line in letter.content.split(b"\r\n")) <= 998


@given(
    st.text(alphabet=st.characters(min_codepoint=32, exclude_categories=("C", "Z")), max_size=150).filter(
        lambda t: "=?" not in t
    )
)
def test_a_subject_arrives_as_written(subject: str) -> None:
    assert mail(replace(PLAIN, subject=subject))["Subject"] == subject


@given(st.text(max_size=400))
def test_a_text_arrives_as_written(text: str) -> None:
    try:
        parsed = mail(replace(PLAIN, text=text))
    except BadMessage:
        assert set(text) & {"\x00"}
        return
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    assert text_of(parsed).rstrip("\n") == lines


ADDRESSES = [
    ("maria@cliente.example", "maria@cliente.example"),
    ("maria.lima+x@CLIENTE.example", "maria.lima+x@cliente.example"),
    ("root@localhost", "root@localhost"),
    ("vendas@ação.example", "vendas@xn--ao-siap.example"),
    ("joão@cliente.example", "joão@cliente.example"),
    ("o'brien@cliente.example", "o'brien@cliente.example"),
]
NO_ADDRESSES = [
    "",
    "maria",
    "@cliente.example",
    "maria@",
    "maria@cliente.example, c@d.example",
    "maria@cliente.example c@d.example",
    "<maria@cliente.example>",
    "Maria <maria@cliente.example>",
    '"a b"@cliente.example',
    "a..b@cliente.example",
    ".a@cliente.example",
    "a@-x.example",
    "a@x..example",
    "a@[127.0.0.1]",
    "a@b@c.example",
    "a\r\n@c.example",
    "a\u200b@c.example",
    "=?utf-8?q?x=0d=0a?=@c.example",
    "x" * 65 + "@c.example",
    "a@" + "x" * 64 + ".example",
    "a@" + ".".join(["x" * 60] * 5),
    "a@\ud800.example",
]


@pytest.mark.parametrize(("text", "spec"), ADDRESSES)
def test_an_address_as_it_goes_on_the_wire(text: str, spec: str) -> None:
    assert parse(text).spec == spec


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_no_address(text: str) -> None:
    with pytest.raises(BadAddress):
        parse(text)


def test_long_addresses_are_not_bent_by_folding() -> None:
    to = "l" * 64 + "@" + "d" * 60 + "." + "e" * 60 + ".example"
    sender = "s" * 64 + "@" + "f" * 60 + "." + "g" * 60 + ".example"
    parsed = mail(replace(PLAIN, to=to), **{"from": sender}, key="k" * 60)
    assert [a.addr_spec for a in parsed["To"].addresses] == [to]
    assert parsed["Message-ID"] == f"<{'k' * 60}@{sender.partition('@')[2]}>"


def test_a_key_that_does_not_fit_a_header_is_digested() -> None:
    message_id = mail(key="x\r\nBcc: y> <")["Message-ID"]
    assert message_id.startswith("<")
    assert message_id.endswith("@loja.example>")
    assert " " not in message_id


@pytest.mark.parametrize(
    ("to", "from_"), [("maria@cliente.example", "ana@loja.example"), ("maría@cliente.example", "ana@loja.example")]
)
def test_an_answer_keeps_its_thread_however_long_the_names_of_mails_are(to: str, from_: str) -> None:
    long = f"<{'x' * 200}@outlook.example>"
    message = replace(PLAIN, to=to)
    parsed = mail(message, **{"from": from_, "in_reply_to": long, "references": f"<a@b> {long} <c@d>"})
    assert str(parsed["In-Reply-To"]) == long
    assert str(parsed["References"]).split() == ["<a@b>", long, "<c@d>"]
    assert set(parsed.keys()) == HEADERS | {"In-Reply-To", "References"}


@pytest.mark.parametrize("named", ["", "nothing", "<a@b\r\nBcc: x@y.example>", "=?utf-8?q?=3Ca=40b=3E?=", 7])
def test_what_names_no_mail_makes_no_header(named: object) -> None:
    assert set(mail(in_reply_to=named, references=named).keys()) == HEADERS
