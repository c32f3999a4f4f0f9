"""Files in a mail: they arrive to the byte under their names, and no name becomes a header or another file."""

from __future__ import annotations

import email
import os
from collections.abc import Mapping
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mail.enclosures import BadMessage
from adapters.mail.message import compose
from adapters.mail.settings import SmtpSettings
from adapters.mail.smtp import SmtpAdapter
from core.files import MEGABYTE, clean_name, digest_of
from core.model.delivery import Channel, Message, OutcomeKind
from core.model.moment import Moment
from tests.adapters.servers import HOST, real_server

NOW = Moment(1_796_126_400_000)
KEY = "3f2a9c-M17"
PDF = b"%PDF-1.7\r\n.\r\n\x00\xff" + bytes(range(256))
MAIL = Message(
    channel=Channel.EMAIL,
    to="maria@cliente.example",
    subject="Nosso catálogo",
    text="Olá, Maria",
    data={"from": "ana@loja.example", "html": "<p>Olá, Maria</p>"},
)


def holding(*files: tuple[str, bytes], media_type: str = "application/pdf", mail: Message = MAIL) -> Message:
    """Return a mail with these files."""
    listed = [
        {"name": name, "digest": digest_of(content), "size": len(content), "media_type": media_type}
        for name, content in files
    ]
    return replace(mail, data={**mail.data, "attachments": listed})


def contents(*files: tuple[str, bytes]) -> Mapping[str, bytes]:
    """Return the bytes of files by their digests."""
    return {digest_of(content): content for _, content in files}


def parsed(message: Message, known: Mapping[str, bytes]) -> EmailMessage:
    """Return the finished mail as a modern parser reads it."""
    found = email.message_from_bytes(compose(message, KEY, NOW, known).content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def files_of(mail: EmailMessage) -> list[tuple[str | None, str, bytes]]:
    """Return what a reader finds attached."""
    return [(each.get_filename(), each.get_content_type(), each.get_content()) for each in mail.iter_attachments()]


NAMES = [
    "catalogue.pdf",
    "Catálogo de verão.pdf",
    "見積書.pdf",
    "😀.pdf",
    "a;b=c'd,e (1).pdf",
    "50% off.pdf",
    "x" * 110 + ".pdf",
    "ç" * 90 + ".pdf",
]


@pytest.mark.parametrize("html", ["<p>Olá</p>", None])
@pytest.mark.parametrize("to", ["maria@cliente.example", "josé@cliente.example"])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_arrives_under_its_name(name: str, to: str, html: str | None) -> None:
    message = holding((name, PDF), mail=replace(MAIL, to=to, data={**MAIL.data, "html": html}))
    mail = parsed(message, contents(("", PDF)))
    assert files_of(mail) == [(name, "application/pdf", PDF)]
    assert mail.get_content_type() == "multipart/mixed"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Olá, Maria"
    assert (mail.get_body(("html",)) is not None) is (html is not None)
    assert not mail.defects


HOSTILE = [
    ("../../etc/passwd", "passwd"),
    ('a"\r\nBcc: all@x.example\r\n\r\n<script>.pdf', "a_ Bcc_ all@x.example _script_.pdf"),
    ("=?utf-8?q?x=0d=0aBcc:_y?=.pdf", "=_utf-8_q_x=0d=0aBcc__y_=.pdf"),
    ("fatura\u202efdp.exe", "faturafdp.exe"),
    ("a\x00b.pdf", "ab.pdf"),
    ("", "file"),
]


@pytest.mark.parametrize(("name", "arrives"), HOSTILE)
def test_a_hostile_name_arrives_harmless(name: str, arrives: str) -> None:
    mail = parsed(holding((name, PDF)), contents(("", PDF)))
    assert files_of(mail) == [(arrives, "application/pdf", PDF)]
    assert sorted(set(mail.keys())) == sorted(
        "From To Subject Date Message-ID Auto-Submitted MIME-Version Content-Type".split()
    )


@given(st.text(max_size=200))
def test_any_name_at_all_arrives_as_one_file(name: str) -> None:
    mail = parsed(holding((name, b"x")), contents(("", b"x")))
    assert files_of(mail) == [(clean_name(name), "application/pdf", b"x")]


@pytest.mark.parametrize(
    ("media_type", "arrives"),
    [
        ("image/png", "image/png"),
        ("text/csv", "text/csv"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("text/html; charset=x", "application/octet-stream"),
        ("a/b\r\nBcc: x@y.example", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_only_a_type_that_fits_bytes_is_told(media_type: str, arrives: str) -> None:
    message = holding(("a.bin", PDF), media_type=media_type)
    raw = compose(message, KEY, NOW, contents(("", PDF))).content
    mail = email.message_from_bytes(raw)
    last = list(mail.walk())[-1]
    assert (last.get_content_type(), last.get_payload(decode=True)) == (arrives, PDF)


def test_a_repeat_is_the_same_bytes_and_another_key_other_ones() -> None:
    files = (("a.pdf", PDF), ("b.pdf", b"b"))
    first, again, other = (
        compose(holding(*files), key, NOW, contents(*files)).content for key in (KEY, KEY, "3f2a9c-M18")
    )
    assert first == again
    assert first != other
    assert other.count(b"--=_") == first.count(b"--=_")


def test_a_text_that_guesses_the_boundaries_does_not_open_a_part() -> None:
    files = (("a.pdf", PDF),)
    lines = compose(holding(*files), KEY, NOW, contents(*files)).content.decode("latin-1").split("\r\n")
    guessed = "\n".join(line for line in lines if line.startswith("--=_"))
    guess = replace(MAIL, text=guessed, data={**MAIL.data, "html": f"<pre>{guessed}</pre>"})
    mail = parsed(holding(*files, mail=guess), contents(*files))
    assert files_of(mail) == [("a.pdf", "application/pdf", PDF)]
    assert len(list(mail.walk())) == 5


@pytest.mark.parametrize(
    ("message", "known", "reason"),
    [
        (holding(("a.pdf", PDF)), {}, "attachment_missing"),
        (holding(("a.pdf", PDF), ("b.pdf", b"b")), contents(("", PDF)), "attachment_missing"),
        (replace(MAIL, data={**MAIL.data, "attachments": [{"name": "a"}]}), {}, "attachment_missing"),
        (holding(*[("a", bytes(10 * MEGABYTE))] * 2), contents(("", bytes(10 * MEGABYTE))), "bad_attachment"),
    ],
)
def test_what_cannot_be_attached_is_not_sent_without_it(
    message: Message, known: Mapping[str, bytes], reason: str
) -> None:
    with pytest.raises(BadMessage) as caught:
        compose(message, KEY, NOW, known)
    assert caught.value.reason == reason


def test_no_files_at_all_make_the_mail_that_it_always_was() -> None:
    plain = compose(MAIL, KEY, NOW).content
    assert compose(replace(MAIL, data={**MAIL.data, "attachments": []}), KEY, NOW).content == plain
    assert b"multipart/mixed" not in plain


# Through a real server ------------------------------------------------------------------------------------------------


class Noon:
    """A clock that stands."""

    def now(self) -> Moment:
        """Return noon."""
        return NOW


class Shelf:
    """Files in memory."""

    def __init__(self, known: Mapping[str, bytes]) -> None:
        self._known = known

    def content(self, digest: str) -> bytes | None:
        """Return a file's bytes."""
        return self._known.get(digest)


async def test_files_arrive_through_a_real_server_to_the_byte() -> None:
    files = (("Catálogo.pdf", PDF), (".começa com ponto.txt", b".\r\n..\r\n.a\n"), ("grande.bin", os.urandom(700_000)))
    settings: dict[str, Any] = {"timeout": 20.0, "host": HOST}
    async with real_server() as room:
        adapter = SmtpAdapter(SmtpSettings(port=room.port, **settings), Noon(), Shelf(contents(*files)))
        outcome = await adapter.send(holding(*files), KEY)
        lost = await adapter.send(holding(("a.pdf", b"of which nobody knows")), "3f2a9c-M18")
        await adapter.close()
    assert outcome.kind is OutcomeKind.ACCEPTED
    (content,) = room.content
    mail = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert [(name, got) for name, _, got in files_of(mail)] == [
        ("Catálogo.pdf", PDF),
        ("começa com ponto.txt", files[1][1]),
        ("grande.bin", files[2][1]),
    ]
    assert (lost.kind, lost.reason) == (OutcomeKind.REJECTED, "attachment_missing")
    assert lost.detail.english() == "the content of “a.pdf” is not in this database"
