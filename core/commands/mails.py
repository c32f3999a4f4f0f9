"""A mail that a person writes in the card: a message like any other on its way out, in its writer's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core import html_text, phones, recipients, threads, tracking
from core.commands import lookup
from core.commands.files import keep
from core.engine import attending, knowing
from core.errors import BadInput, FunilError, Refused
from core.files import MOST_ATTACHED, described
from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import Channel, Delivery, DeliveryStatus, Message
from core.model.event import Event
from core.model.file import Attachment, NewFile
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.people import User
from core.model.rule import Unknown
from core.naming import check_id
from core.plan import Plan
from core.ports import Facts, Job, Reader, Tx
from core.recipients import Client
from core.rules import attaching, email
from core.rules.base import CannotAct
from core.safe_text import header_text, wire_text
from core.words import Words

SOURCE: Final = "house"
"""The source of events that happen here."""
SENT: Final = "email_sent"
RECEIVED: Final = "email_received"
LONGEST_SUBJECT: Final = 1_000
LONGEST_TEXT: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """What a person writes. Subject and text are data: nothing in them is a template. ``to`` None: the client's first
    address, or whoever wrote the mail that this one ``answers`` (an event's id). ``sender`` is one of the writer's
    mailboxes, None the first. ``id`` is the writer's own name for it: the same one again is the same mail."""

    subject: str
    text: str
    to: str | None = None
    files: Sequence[NewFile] = ()
    track: bool = True
    id: str | None = None
    sender: str | None = None
    answers: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A mail on its way; ``new`` False: it was written before, and nothing was done."""

    delivery: Delivery
    new: bool = True


def write_mail(deal_id: str, mail: NewMail, by: str) -> Job[Written]:
    """Return a job that puts a user's mail into the outbox and records ``email_sent``.

    It belongs to no stay of the deal: leaving the stage or undoing a move does not stop it. It counts as activity.
    Raises ``UnknownThing``, ``BadInput``, and ``Refused`` with the very words with which a rule would fail.
    """

    def job(tx: Tx) -> Written:
        house, now = tx.house(), tx.now()
        tx.hold([deal_id])
        deal, writer = lookup.deal(tx, deal_id), lookup.user(house, by)
        known = tx.event_of(SOURCE, _outside_id(mail.id)) if mail.id is not None else None
        before = tx.delivery(known.delivery) if known is not None and known.delivery is not None else None
        if before is not None:
            return Written(before, new=False)
        answered = _answered(tx, deal, mail)
        attachments = _fitting([keep(tx, each) for each in mail.files])
        delivery = _delivery(_facts(tx, deal, now, mail, answered), mail, writer, attachments, answered)
        applied = tx.apply(
            Plan(
                deals_changed=[(deal, replace(deal, active_at=now, version=deal.version + 1))],
                deliveries=[delivery],
            )
        )
        made = tx.delivery(applied.deliveries[0])
        assert made is not None
        sent = _event(made, mail, now, answered)
        tx.record(sent)
        attending.settle(tx, sent, [deal_id])
        return Written(made)

    return job


def preview(deal_id: str, mail: NewMail, by: str) -> Callable[[Reader], Delivery]:
    """Return a reading that answers the mail as it would go out now; nothing is kept. Raises like
    :func:`write_mail`."""

    def read(reader: Reader) -> Delivery:
        deal, writer = lookup.deal(reader, deal_id), lookup.user(reader.house(), by)
        answered = _answered(reader, deal, mail)
        attachments = _fitting([described(each) for each in mail.files])
        return _delivery(_facts(reader, deal, reader.now(), mail, answered), mail, writer, attachments, answered)

    return read


def misfits(deal_id: str, mail: NewMail, by: str) -> Callable[[Reader], Mapping[str, Words]]:
    """Return a reading that answers what keeps a mail from going out, by the part that is wrong: ``sender``, ``to``,
    ``subject``, ``text``, ``files``. Raises ``UnknownThing`` and ``Refused`` for deal, writer and answered mail."""

    def read(reader: Reader) -> Mapping[str, Words]:
        house, now = reader.house(), reader.now()
        deal, writer = lookup.deal(reader, deal_id), lookup.user(house, by)
        answered = _answered(reader, deal, mail)
        facts = _facts(reader, deal, now, mail, answered)
        parts: Mapping[str, Callable[[], object]] = {
            "sender": lambda: email.way_out(house, _mailbox(writer, mail.sender)),
            "to": lambda: _recipient(facts, _to(mail, answered), writer),
            "subject": lambda: _subject(mail.subject),
            "text": lambda: _text(mail.text),
            "files": lambda: _fitting([described(each) for each in mail.files]),
        }
        return {part: wrong for part, judge in parts.items() if (wrong := _wrong(judge)) is not None}

    return read


def _wrong(judge: Callable[[], object]) -> Words | None:
    try:
        judge()
    except CannotAct as ending:
        return ending.detail
    except FunilError as error:
        return error.words
    return None


def _answered(reader: Reader, deal: Deal, mail: NewMail) -> Event | None:
    """Return the mail of the deal's client that this one answers. Raises ``UnknownThing`` and ``Refused``."""
    if mail.answers is None:
        return None
    event = lookup.event(reader, mail.answers)
    if event.kind != RECEIVED:
        raise Refused(N_("{event} is no mail of a client: it cannot be answered"), event=event.public_id)
    reached = [event.deal, *(each.deal for each in reader.reaches_of(event=event.id))]
    if deal.id not in reached:
        raise Refused(N_("{event} did not come to deal {deal}"), event=event.public_id, deal=deal.id)
    return event


def _to(mail: NewMail, answered: Event | None) -> str | None:
    if mail.to is not None or answered is None:
        return mail.to
    return str(answered.data.get("from") or "") or None


def _facts(reader: Reader, deal: Deal, now: Moment, mail: NewMail, answered: Event | None) -> Facts:
    to = _to(mail, answered)
    return knowing.with_declined(reader, reader.facts(deal, now), [to] if to is not None else ())


def _outside_id(given: str | None) -> str:
    return f"{SENT}-by-id-{check_id(given or '')}"


def _fitting(kept: Sequence[Attachment]) -> list[Attachment]:
    """Return the files, each once. Raises ``Refused`` for too much together."""
    once = [each for place, each in enumerate(kept) if each not in kept[:place]]
    if sum(each["size"] for each in once) > MOST_ATTACHED:
        raise _refused(attaching.too_much(tuple(once), MOST_ATTACHED))
    return once


def _delivery(
    facts: Facts, mail: NewMail, writer: User, attachments: Sequence[Attachment], answered: Event | None
) -> Delivery:
    house = facts.house
    subject, text = _subject(mail.subject), _text(mail.text)
    try:
        mailbox = _mailbox(writer, mail.sender)
        connection = email.way_out(house, mailbox)
        to, owner, why = _recipient(facts, _to(mail, answered), writer)
    except CannotAct as ending:
        raise _refused(ending.detail) from None
    html = html_text.to_html(text)
    data: dict[str, Any] = {
        "html": html,
        "from": mailbox,
        "from_name": header_text(writer.name),
        "to_name": header_text(owner.name) if owner else "",
        "recipient": owner.id if owner else None,
        "auto": False,
        "date": facts.now,
        **tracking.noted(html, house.company.gateway, clicks=mail.track, opens=mail.track),
        **({"attachments": [dict(each) for each in attachments]} if attachments else {}),
        **(threads.answering(answered.data) if answered is not None else {}),
    }
    return Delivery(
        id=0,
        deal=facts.deal.id,
        rule=None,
        run=None,
        entry=None,
        connection=connection.id,
        message=Message(channel=Channel.EMAIL, to=to, text=text, subject=subject, data=data),
        status=DeliveryStatus.QUEUED,
        unknown=Unknown.RESEND,
        at=facts.now,
        moment=facts.now,
        due_at=facts.now,
        detail=why,
        by=writer.id,
        why=why,
    )


def _mailbox(writer: User, wanted: str | None) -> str:
    """Return the mailbox that is written from, one of the writer's own. Raises ``CannotAct`` and ``BadInput``."""
    first = email.mailbox_of(writer)
    if wanted is None:
        return first
    found = next((box for box in writer.mailboxes if box.casefold() == wanted.strip().casefold()), None)
    if found is None:
        words = N_("{user} has no mailbox {mailbox}; there are: {known}")
        raise BadInput(words, user=writer.name, mailbox=wanted, known=lookup.names(writer.mailboxes))
    return found


def _subject(given: str) -> str:
    """Return the subject as it goes out. Raises ``BadInput`` for what is too long."""
    return _short("subject", header_text(given), LONGEST_SUBJECT)


def _text(given: str) -> str:
    """Return the text as it goes out. Raises ``BadInput`` for an empty text or what is too long."""
    text = wire_text(given)
    if not text.strip():
        raise BadInput(N_("a mail needs a text"))
    return _short("text", text, LONGEST_TEXT)


def _short(what: str, given: str, most: int) -> str:
    if len(given) > most:
        words = N_("{what} has {length} characters; a mail has {most} at most")
        raise BadInput(words, what=what, length=len(given), most=most)
    return given


def _recipient(facts: Facts, to: str | None, writer: User) -> tuple[str, Client | None, Words]:
    """Return address and client: as a rule would choose, or the address that the writer names.

    Raises ``CannotAct`` as rules do, and ``BadInput`` for what is no address.
    """
    if to is None:
        chosen = recipients.email(facts)
        return chosen.address, chosen.owner, chosen.why
    address = phones.check_email(to)
    clients: list[Client] = [*facts.contacts, *([facts.company] if facts.company else [])]
    wanted = address.casefold()
    owner = next((c for c in clients if any(a.value.strip().casefold() == wanted for a in c.emails)), None)
    if recipients.opted_out(facts, address):
        raise recipients.declined(owner.name if owner else address, address)
    why = Words(N_("{user} has named the address {address}"), {"user": writer.name, "address": address})
    return address, owner, why


def _refused(words: Words) -> Refused:
    return Refused(words.msg, **words.args)


def _event(delivery: Delivery, mail: NewMail, now: Moment, answered: Event | None) -> Event:
    message = delivery.message
    outside_id = f"{SENT}-{delivery.public_id}" if mail.id is None else _outside_id(mail.id)
    said = {"by": delivery.by, "to": message.to, "from": message.data["from"], "delivery": delivery.public_id}
    return Event(
        kind=SENT,
        source=SOURCE,
        outside_id=outside_id,
        at=now,
        deal=delivery.deal,
        delivery=delivery.id,
        connection=delivery.connection,
        data={
            **said,
            "subject": message.subject,
            "text": message.text,
            **({"answers": answered.public_id} if answered is not None else {}),
        },
    )
