"""What becomes of a message after a simulated peer has taken it: reports, a scanner's burst, the client's doings.

All of it is decided when the message is taken, and happens later, on the engine's clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.mail.address import BadAddress, parse
from adapters.mail.message import message_id_of
from adapters.simulated.customer import Customer, digest
from adapters.simulated.magic import local_part
from adapters.simulated.personas import AUTOMATIC, BOUNCES, FOLLOWS, Manner
from adapters.simulated.phrases import AGREEING, AWAY, GREETING, MAIL, SHORT, Language
from core import tracking
from core.model.delivery import Message
from core.model.event import Happening
from core.model.moment import SECOND

_READERS: Final = (
    ("Mozilla/5.0 (via ggpht.com GoogleImageProxy)", "66.249.93.41"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "177.32.18.{n}"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0", "189.40.71.{n}"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "200.158.9.{n}"),
)
"""What clients read mail and follow links with, and from where."""
_SCANNERS: Final = (
    ("GET", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/119.0 Safari/537.36", "40.94.36.{n}"),
    ("HEAD", "", "104.47.18.{n}"),
    ("GET", "", "52.102.9.{n}"),
)
"""How security software looks at links: method, user agent, and one network after another."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message with whoever got it."""

    who: Customer
    manner: Manner
    language: Language
    message: Message
    key: str
    provider_id: str

    @property
    def tracking(self) -> Mapping[str, Any]:
        """How the mail is tracked: ``opens``, ``clicks`` and the ``links`` that can be followed."""
        return tracking.of(self.message)

    @property
    def links(self) -> Sequence[str]:
        """The addresses behind the mail's tracked links."""
        return self.tracking.get("links") or () if self.tracking.get("clicks") else ()


def of_mail(taken: Taken) -> tuple[Happening, ...]:
    """Return what becomes of a mail. Some recipients decide by themselves: ``bounce@`` and ``ooto@``."""
    magic = local_part(taken.message.to)
    if magic == "bounce":
        return (_report(taken, "bounce", "undelivered", taken.who.after("bounce", BOUNCES), "bounced"),)
    if taken.who.does("lost", taken.manner.lost):
        return (_report(taken, "lost", "undelivered", taken.who.after("lost", BOUNCES), "bounced"),)
    wait = taken.who.after("arrives", taken.manner.arrives)
    return (
        *_reports(taken, wait),
        *(_burst(taken, wait) if taken.who.does("scanned", taken.manner.scanned) else ()),
        *(_absence(taken, wait) if magic == "ooto" else _reading(taken, wait)),
    )


def of_sms(taken: Taken) -> tuple[Happening, ...]:
    """Return what becomes of an SMS."""
    wait = taken.who.after("arrives", taken.manner.arrives)
    if taken.who.does("lost", taken.manner.lost):
        return (_report(taken, "lost", "undelivered", wait, "rejected"),)
    answers = _following if taken.message.data.get("invite") else _texting
    return (*_reports(taken, wait), *answers(taken, wait))


def of_chat(taken: Taken) -> tuple[Happening, ...]:
    """Return what becomes of a message in a chat."""
    wait = taken.who.after("arrives", taken.manner.arrives)
    return (*_reports(taken, wait), *_chatting(taken, wait))


def _report(taken: Taken, purpose: str, status: str, wait: int, reason: str | None = None) -> Happening:
    data = {"provider_id": taken.provider_id, "status": status} | ({"reason": reason} if reason else {})
    return taken.who.will(purpose, "receipt", wait, data)


def _reports(taken: Taken, wait: int) -> Iterator[Happening]:
    """Report that the message has arrived: now and then an earlier report says otherwise, or an older one comes late,
    or the same comes again."""
    who, manner = taken.who, taken.manner
    arrived = _report(taken, "delivered", "delivered", wait)
    if who.does("muddled", manner.muddled):
        if who.does("early", 0.5):
            yield _report(taken, "first", "undelivered", wait, "rejected")
            arrived = _report(taken, "delivered", "delivered", wait + 90 * SECOND)
        else:
            yield _report(taken, "late", "sent", wait + 20 * SECOND)
    yield arrived
    if who.does("doubled", manner.doubled):
        again = {**arrived.data, "outside_id": arrived.key}
        yield who.will("doubled", "receipt", wait + 150 * SECOND, again)


def _absence(taken: Taken, arrived: int) -> Iterator[Happening]:
    subject, text = AWAY[taken.language]
    wait = arrived + taken.who.after("absence", AUTOMATIC)
    data = _answer(taken, subject.format(subject=taken.message.subject or ""), text)
    yield taken.who.will("absence", "email_received", wait, {**data, "auto_submitted": "auto-replied"})


def _burst(taken: Taken, arrived: int) -> Iterator[Happening]:
    """Look at the picture and at every link from several networks within seconds, as security software does."""
    who = taken.who
    host = who.number("scanner", 250)
    hits = [{"method": method, "agent": agent, "ip": ip.format(n=host)} for method, agent, ip in _SCANNERS]
    if taken.tracking.get("opens"):
        yield who.will("scanner opens", "email_opened", arrived, hits[0], delivery=who.delivery)
    for number, link in enumerate(taken.links):
        for place, hit in enumerate(hits):
            wait = arrived + (number + place) // 2 * SECOND
            said = {**hit, "delivery": who.delivery, "link": link}
            yield who.will(f"scanner {number} {place}", "link_clicked", wait, said)


def _reading(taken: Taken, arrived: int) -> Iterator[Happening]:
    """Let the client look at the mail, follow its links and answer it."""
    who, manner = taken.who, taken.manner
    agent, ip = who.choice("reader", _READERS)
    facts = {"method": "GET", "agent": agent, "ip": ip.format(n=who.number("reader", 250))}
    looked = arrived + who.after("looks", manner.looks)
    if who.does("opened", manner.opened):
        if taken.tracking.get("opens"):
            yield who.will("opens", "email_opened", looked, facts, delivery=who.delivery)
            if who.does("reopened", manner.reopened):
                again = looked + who.after("reopens", manner.thinks)
                yield who.will("opens again", "email_opened", again, facts, delivery=who.delivery)
        if taken.links and who.does("clicked", manner.clicked):
            link = who.choice("link", taken.links)
            wait = looked + who.after("clicks", FOLLOWS)
            if agent == _READERS[0][0]:  # a provider's proxy fetches pictures; links are followed by its user's browser
                agent, ip = who.choice("browser", _READERS[1:])
                facts = {"method": "GET", "agent": agent, "ip": ip.format(n=who.number("reader", 250))}
            yield who.will("clicks", "link_clicked", wait, facts, delivery=who.delivery, link=link)
    if who.does("answered", manner.answered):
        data = _answer(taken, f"Re: {taken.message.subject or ''}", who.choice("answer", MAIL[taken.language]))
        yield who.will("answers", "email_received", looked + who.after("answers", manner.thinks), data)


def _answer(taken: Taken, subject: str, text: str) -> Mapping[str, str]:
    """Return what an answer to the mail says of itself."""
    data = {"from": taken.message.to, "subject": subject, "text": text}
    try:
        sender = parse(str(taken.message.data.get("from") or ""))
    except BadAddress:
        return data
    return {**data, "to": sender.spec, "in_reply_to": message_id_of(taken.key, sender)}


def _chatting(taken: Taken, arrived: int) -> Iterator[Happening]:
    who, manner, message = taken.who, taken.manner, taken.message
    if who.does("answered", manner.answered):
        channel, _, chat = message.to.partition(":")
        text = who.choice("answer", SHORT[taken.language])
        data = {"channel": channel, "chat": chat, "from": message.data.get("peer") or chat, "text": text}
        yield who.will("answers", "chat_message", arrived + who.after("looks", manner.looks), data)


def _following(taken: Taken, arrived: int) -> Iterator[Happening]:
    """Let the client follow an invitation into the messenger, and write there."""
    who, manner, invite = taken.who, taken.manner, taken.message.data["invite"]
    if not who.does("followed", manner.opened):
        return
    user = f"tg:{int.from_bytes(digest(who.seed, taken.message.to, 'user')) % 1_000_000_000}"
    said = {"channel": invite["channel"], "chat": user, "from": user}
    followed = arrived + who.after("looks", manner.looks)
    yield who.will("follows", "chat_message", followed, {**said, "text": f"/start {invite['token']}"})
    if who.does("began", manner.clicked):
        text = who.choice("greeting", GREETING[taken.language])
        begun = followed + who.after("begins", FOLLOWS)
        yield who.will("begins", "chat_message", begun, {**said, "text": text})
        if who.does("agreed", manner.agreed):
            yes = who.choice("agreeing", AGREEING[taken.language])
            wait = begun + who.after("agrees", manner.thinks)
            yield who.will("agrees", "chat_message", wait, {**said, "text": yes})


def _texting(taken: Taken, arrived: int) -> Iterator[Happening]:
    who, manner = taken.who, taken.manner
    if who.does("answered", manner.answered):
        wait = arrived + who.after("looks", manner.looks)
        data = {"from": taken.message.to, "text": who.choice("answer", SHORT[taken.language])}
        yield who.will("answers", "sms_received", wait, data)
