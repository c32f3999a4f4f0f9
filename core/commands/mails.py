"""A mail that a person writes in the card: a message like any other on its way out, in its writer's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from core import html_text, phones, recipients, tracking
from core.commands import lookup
from core.commands.files import keep
from core.engine import attending, knowing
from core.errors import BadInput, Refused
from core.files import MOST_ATTACHED
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
from core.ports import Facts, Job, Tx
from core.recipients import Client
from core.rules import attaching, email
from core.rules.base import CannotAct
from core.safe_text import header_text, wire_text
from core.words import Words

SOURCE: Final = "house"
"""The source of events that happen here."""
SENT: Final = "email_sent"
LONGEST_SUBJECT: Final = 1_000
LONGEST_TEXT: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """What a person writes. Subject and text are data: nothing in them is a template. ``to`` None: the client's first
    address. ``id`` is the writer's own name for it: the same one again is the same mail."""

    subject: str
    text: str
    to: str | None = None
    files: Sequence[NewFile] = ()
    track: bool = True
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A mail on its way; ``new`` False: it was written before, and nothing was done."""

    delivery: Delivery
    new: bool = True


def write_mail(deal_id: str, mail: NewMail, by: str) -> Job[Written]:
    """Return a job that puts a user's mail into the outbox, from their first mailbox, and records ``email_sent``.

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
        attachments = _kept(tx, mail.files)
        delivery = _delivery(_facts(tx, deal, now, mail), mail, writer, attachments)
        applied = tx.apply(
            Plan(
                deals_changed=[(deal, replace(deal, active_at=now, version=deal.version + 1))],
                deliveries=[delivery],
            )
        )
        made = tx.delivery(applied.deliveries[0])
        assert made is not None
        sent = _event(made, mail.id, now)
        tx.record(sent)
        attending.settle(tx, sent, [deal_id])
        return Written(made)

    return job


def _facts(tx: Tx, deal: Deal, now: Moment, mail: NewMail) -> Facts:
    return knowing.with_declined(tx, tx.facts(deal, now), [mail.to] if mail.to is not None else ())


def _outside_id(given: str | None) -> str:
    return f"{SENT}-by-id-{check_id(given or '')}"


def _kept(tx: Tx, files: Sequence[NewFile]) -> list[Attachment]:
    """Keep the files, each once. Raises ``BadInput`` for one too large, ``Refused`` for too much together."""
    kept = [keep(tx, each) for each in files]
    once = [each for place, each in enumerate(kept) if each not in kept[:place]]
    if sum(each["size"] for each in once) > MOST_ATTACHED:
        raise _refused(attaching.too_much(tuple(once), MOST_ATTACHED))
    return once


def _delivery(facts: Facts, mail: NewMail, writer: User, attachments: Sequence[Attachment]) -> Delivery:
    house = facts.house
    subject, text = _checked(mail)
    try:
        mailbox = email.mailbox_of(writer)
        connection = email.way_out(house, mailbox)
        to, owner, why = _recipient(facts, mail.to, writer)
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


def _checked(mail: NewMail) -> tuple[str, str]:
    """Return subject and text as they go out. Raises ``BadInput`` for an empty text or what is too long."""
    subject, text = header_text(mail.subject), wire_text(mail.text)
    if not text.strip():
        raise BadInput(N_("a mail needs a text"))
    for what, given, most in (("subject", subject, LONGEST_SUBJECT), ("text", text, LONGEST_TEXT)):
        if len(given) > most:
            words = N_("{what} has {length} characters; a mail has {most} at most")
            raise BadInput(words, what=what, length=len(given), most=most)
    return subject, text


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


def _event(delivery: Delivery, given: str | None, now: Moment) -> Event:
    message = delivery.message
    outside_id = f"{SENT}-{delivery.public_id}" if given is None else _outside_id(given)
    said = {"by": delivery.by, "to": message.to, "from": message.data["from"], "delivery": delivery.public_id}
    return Event(
        kind=SENT,
        source=SOURCE,
        outside_id=outside_id,
        at=now,
        deal=delivery.deal,
        delivery=delivery.id,
        connection=delivery.connection,
        data={**said, "subject": message.subject, "text": message.text},
    )
