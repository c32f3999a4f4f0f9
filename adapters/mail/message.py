"""A message as the bytes that go to the mail server: the same bytes for the same message and key.

Names and subjects come from customers, so nothing of them may become a header. Python's own header parser decodes
``=?utf-8?q?x=0d=0aBcc:_y?=`` into a line of its own; such words are broken up before, and the finished bytes are read
once more before they may go.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.message import Message as RawMessage
from email.parser import BytesParser
from email.utils import format_datetime, getaddresses
from typing import Any, Final

from adapters.mail import enclosures
from adapters.mail.address import BadAddress, Mailbox, parse
from adapters.mail.enclosures import BadMessage, Enclosure
from core import threads
from core.i18n import N_
from core.model.delivery import Message
from core.model.moment import Moment, to_datetime
from core.words import Words


class _HeaderTypes(HeaderRegistry):
    """The standard library's header types, kept: it would make a new class for every header of every mail."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        """Return the type of a header."""
        if name not in self._kept:
            self._kept[name] = super().__getitem__(name)
        return self._kept[name]


class _Policy(policy.EmailPolicy):
    """Writes Message-IDs one a line: the standard library would turn a long one into an encoded word."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write a header."""
        if name in _THREAD:
            return f"{name}: {(self.linesep + ' ').join(threads.ids(str(value)))}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


class _Utf8Policy(_Policy):
    """Writes headers in UTF-8, apart from files' names: those every reader knows by RFC 2231."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write a header."""
        if name.lower() == "content-disposition":
            return _ASCII.fold_binary(name, value)
        return super().fold_binary(name, value)


_ASCII: Final = _Policy(linesep="\r\n", cte_type="7bit", header_factory=_HeaderTypes())
_UTF8: Final = _Utf8Policy(linesep="\r\n", utf8=True, cte_type="7bit", header_factory=_HeaderTypes())
_HEADERS_BY_HAND: Final = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
_THREAD: Final = {"In-Reply-To": "in_reply_to", "References": "references"}
"""Headers that keep a thread, by what a message's data call them."""
_HEADERS_MAYBE: Final = ("Auto-Submitted", *_THREAD)
_BODY: Final = ("Content-Type", "Content-Transfer-Encoding")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TEXT_CONTROLS: Final = re.compile(r"[\x00\ud800-\udfff]")
_KEY: Final = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
_LONGEST_NAME: Final = 200
_LONGEST_SUBJECT: Final = 2_000
_LONGEST_LINE: Final = 998
_BAD_SENDER: Final = N_("the sender's name holds a line break or a control character")
_BAD_RECIPIENT: Final = N_("the recipient's name holds a line break or a control character")
_BAD_SUBJECT: Final = N_("the subject holds a line break or a control character")


class _Misread(BadMessage):
    """The finished bytes would not be read as they were meant."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The finished mail with its envelope. ``international``: an address needs SMTPUTF8."""

    sender: str
    recipient: str
    message_id: str
    content: bytes
    international: bool


def compose(message: Message, key: str, now: Moment, contents: Mapping[str, bytes] | None = None) -> Letter:
    """Build a mail, its attachments from ``contents`` by digest. Raises :class:`BadMessage`.

    Of ``message.data`` it takes ``from``, ``from_name``, ``to_name``, ``html``, ``attachments``, ``date`` (a moment;
    without it the mail is dated ``now``), ``in_reply_to`` and ``references`` (Message-IDs), and ``auto`` (False for a
    mail that a person wrote; otherwise it says so of itself, RFC 3834).
    """
    files = enclosures.enclosures(message.data, contents or {})
    try:
        return _composed(message, key, now, files)
    except _Misread:
        # Python's mail package folds a long name with quotes and commas so that it reads as further addresses.
        return _composed(replace(message, data={**message.data, "from_name": None, "to_name": None}), key, now, files)


def _composed(message: Message, key: str, now: Moment, files: Sequence[Enclosure]) -> Letter:
    data = message.data
    sender = _mailbox(str(data.get("from") or ""), N_("“{address}” cannot be a sender's address"))
    recipient = _mailbox(message.to, N_("“{address}” is not an address that mail can be sent to"))
    international = sender.international or recipient.international
    mail = EmailMessage(policy=_UTF8 if international else _ASCII)
    mail["From"] = _address(sender, data.get("from_name"), _BAD_SENDER)
    mail["To"] = _address(recipient, data.get("to_name"), _BAD_RECIPIENT)
    mail["Subject"] = _header_text(message.subject, _BAD_SUBJECT, _LONGEST_SUBJECT)
    mail["Date"] = format_datetime(to_datetime(Moment(int(data.get("date") or now))))
    message_id = message_id_of(key, sender)
    mail["Message-ID"] = message_id
    if data.get("auto", True):
        mail["Auto-Submitted"] = "auto-generated"
    for header, name in _THREAD.items():
        if known := threads.ids(data.get(name)):
            mail[header] = " ".join(known)
    _fill(mail, message.text, data.get("html"), key)
    enclosures.enclose(mail, files, _boundary(f"{key}+", message.text, str(data.get("html") or "")))
    content = mail.as_bytes()
    _inspect(content, sender, recipient, 3 if data.get("html") else 1, files)
    return Letter(sender.spec, recipient.spec, message_id, content, international)


def message_id_of(key: str, sender: Mailbox) -> str:
    """Return ``<KEY@domain>``; a key with letters that the header does not take stands there as its digest."""
    plain = key if _KEY.fullmatch(key) and len(key) <= 64 else _digest(key)
    return f"<{plain}@{sender.domain}>"


def _mailbox(text: str, msg: str) -> Mailbox:
    try:
        return parse(text)
    except BadAddress:
        raise BadMessage("bad_address", Words(msg, {"address": text[:254]})) from None


def _address(box: Mailbox, name: Any, refusal: str) -> Address:
    return Address(_header_text(name, refusal, _LONGEST_NAME), box.local, box.domain)


def _header_text(value: Any, refusal: str, longest: int) -> str:
    """Return text that is safe in a header: one line, no controls, and nothing that decodes into something else."""
    text = str(value or "")
    if _CONTROLS.search(text):
        raise BadMessage("rejected", Words(refusal))
    return text[:longest].replace("=?", "= ?")


def _fill(mail: EmailMessage, text: str, html: Any, key: str) -> None:
    if _TEXT_CONTROLS.search(text) or _TEXT_CONTROLS.search(str(html or "")):
        raise BadMessage("rejected", Words(N_("the text holds a character that no mail can carry")))
    mail.set_content(text or "\n")
    if html:
        mail.add_alternative(str(html), subtype="html")
        mail.set_boundary(_boundary(key, text, str(html)))


def _boundary(key: str, *parts: str) -> str:
    """Return a boundary that depends on the key alone, unless a part happens to hold it."""
    boundary = f"=_{_digest(key)}"
    while any(boundary in part for part in parts):
        boundary = f"=_{_digest(boundary)}"
    return boundary


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _inspect(content: bytes, sender: Mailbox, recipient: Mailbox, texts: int, files: Sequence[Enclosure]) -> None:
    """Read the bytes as a server would: our headers, each once, one recipient, our parts and files; otherwise nothing
    is sent. ``texts`` counts the parts that the text makes.

    Read with the old lenient parser, which decodes nothing: a second opinion, not the builder's own.
    """
    parsed = BytesParser(policy=policy.compat32).parsebytes(content)
    names = [name for name in parsed if name not in _BODY]
    parts = list(parsed.walk())[1 if files else 0 :]
    sound = (
        sorted(names) == sorted([*_HEADERS_BY_HAND, *(name for name in _HEADERS_MAYBE if name in names)])
        and _addresses(parsed, "From") == [sender.spec]
        and _addresses(parsed, "To") == [recipient.spec]
        and enclosures.sound(parts[texts:], files)
        and len(parts) == texts + len(files)
        and not parsed.defects
        and max(map(len, content.split(b"\r\n"))) <= _LONGEST_LINE
        and content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    )
    if not sound:
        raise _Misread("rejected", Words(N_("the mail's headers would not read as they were meant")))


def _addresses(parsed: RawMessage, name: str) -> list[str]:
    """Return the addresses of a header as they stand in the bytes; letters beyond ASCII come back as they were."""
    raw = dict(parsed.raw_items())[name].encode("ascii", "surrogateescape").decode("utf-8", "replace")
    return [address for _, address in getaddresses([raw])]
