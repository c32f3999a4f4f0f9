"""What clients do outside chats, as somebody outside reports it: mails, forms, calls, hits on our mails, webhooks.

Each job checks what is reported and records one event; the engine finds the deals that it reaches. A report that is
known already (same source, same id) changes nothing.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Final

from core import phones
from core.commands import lookup, recording
from core.commands.recording import Recorded, Report
from core.errors import BadInput, Refused, UnknownThing
from core.i18n import N_
from core.judging_hits import settles_at
from core.model.delivery import Channel, Delivery
from core.model.event import Event
from core.model.frozen import replace
from core.model.house import Connection, House
from core.ports import Job, Reader, Tx
from core.safe_text import header_text, storable

CALLBACK: Final = "callback"
FORMS: Final[Mapping[str, tuple[str, ...]]] = {CALLBACK: ("callback_form", "crm_form"), "crm": ("crm_form",)}
"""Types of web form, and the kinds of trigger that each is for: a callback form is a form."""
LONGEST_TEXT: Final = 1_000_000
LONGEST_LINE: Final = 1_000
_YES: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_THREAD: Final = re.compile(r"<?([0-9a-z]+)-M(\d{1,18})(?:-r\d+)?@", re.ASCII)
"""Message-IDs as our mails have them (:func:`core.engine.dispatching.key_of`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What a report comes to: the deal and message that it names, the way it came, and what it says."""

    data: Mapping[str, Any]
    deal: str | None = None
    delivery: int | None = None
    connection: str | None = None


def mail_hit(report: Report, kind: str, delivery: str, said: Mapping[str, str]) -> Job[Recorded]:
    """Return a job that takes in that one of our mails was opened (``email_opened``) or its link followed
    (``link_clicked``, with ``link``, the original address).

    ``said``: ``agent``, ``ip`` and ``method`` of the request; ``machine`` says whether it was one. Raises
    ``UnknownThing``, ``Refused`` for what is no mail, and ``BadInput``.
    """

    def read(tx: Tx) -> Arrived:
        mail = lookup.delivery(tx, delivery)
        if mail.message.channel is not Channel.EMAIL:
            msg = N_("{id} is no e-mail ({channel}): it cannot be opened or clicked")
            raise Refused(msg, id=mail.public_id, channel=mail.message.channel.value)
        data: dict[str, Any] = {"delivery": mail.public_id, **_lines(said)}
        if "link" in data:
            data["link"] = html.unescape(data["link"].strip())
        if "machine" in data:
            data["machine"] = _truth("machine", data["machine"])
        return Arrived(data=data, deal=mail.deal, delivery=mail.id, connection=mail.connection)

    return _recorded(report, kind, read)


def email_received(
    report: Report,
    sender: str,
    subject: str,
    text: str,
    *,
    in_reply_to: str | None = None,
    headers: Mapping[str, str] | None = None,
    deal: str | None = None,
) -> Job[Recorded]:
    """Return a job that takes in a mail that has come. It belongs to the deal of the mail of ours that it answers
    (``in_reply_to``: Message-IDs), else to all open deals of its sender.

    ``headers`` tell that nobody has written it: ``auto_submitted precedence return_path content_type`` (RFC 3834), and
    by which ``message_id`` an answer names it. Raises ``BadInput`` for a sender that is no address, and
    ``UnknownThing``.
    """

    def read(tx: Tx) -> Arrived:
        name, address = parseaddr(header_text(sender))
        known = phones.check_email(address or sender)
        mail = _answered(tx, in_reply_to)
        named = lookup.deal(tx, deal).id if deal is not None else mail.deal if mail is not None else None
        gone = tx.deal(named) if named is not None else None
        data: dict[str, Any] = {
            "from": known,
            "subject": header_text(subject)[:LONGEST_LINE],
            "text": _text(text),
            **({"name": name} if name else {}),
            **({"in_reply_to": in_reply_to} if in_reply_to else {}),
            **_lines(headers or {}),
        }
        return Arrived(
            data=data,
            deal=None if gone is None or gone.removed else named,
            delivery=mail.id if mail is not None else None,
            connection=mail.connection if mail is not None else _mail_connection(tx.house()),
        )

    return _recorded(report, "email_received", read)


def _answered(reader: Reader, in_reply_to: str | None) -> Delivery | None:
    """Return the mail of ours that another one answers, by the Message-IDs that it refers to; the last one known."""
    found = None
    for house, number in _THREAD.findall(in_reply_to or ""):
        if house == reader.house().id:
            found = reader.delivery(int(number)) or found
    return found


def _mail_connection(house: House) -> str | None:
    """Return the mail connection that an unknown sender's mail counts to: the one that makes deals for them."""
    ways = house.connected(Channel.EMAIL)
    chosen = next((way for way in ways if (way.new_deal or {}).get("on")), None) or next(iter(ways), None)
    return chosen.id if chosen is not None else None


def email_sent(report: Report, deal: str, by: str, subject: str, text: str) -> Job[Recorded]:
    """Return a job that takes in that a user has written to the client by other means than ours; nothing goes out.

    Raises ``UnknownThing`` and ``BadInput``.
    """

    def read(tx: Tx) -> Arrived:
        author = lookup.user(tx.house(), by).id
        data = {"by": author, "subject": header_text(subject)[:LONGEST_LINE], "text": _text(text)}
        return Arrived(data=data, deal=lookup.deal(tx, deal).id)

    return _recorded(report, "email_sent", read)


def form_submitted(
    report: Report, form: str, kind: str, said: Mapping[str, str], deal: str | None = None
) -> Job[Recorded]:
    """Return a job that takes in a web form of a type (``callback`` or ``crm``). Forms need no definition; ``said``
    holds ``name``, ``phone``, ``email`` and ``text``. Raises ``BadInput`` and ``UnknownThing``."""

    def read(tx: Tx) -> Arrived:
        house = tx.house()
        if kind not in FORMS:
            raise BadInput(
                N_("type: “{type}” is no type of form (there are: {known})"), type=kind, known=", ".join(FORMS)
            )
        data: dict[str, Any] = {"form": _line(form), "type": kind, "kinds": list(FORMS[kind]), **_lines(said)}
        if "phone" in data:
            data["phone"] = phones.parse(data["phone"], phones.region_of(house.company))
        if "email" in data:
            data["email"] = phones.check_email(data["email"])
        named = lookup.deal(tx, deal).id if deal is not None else None
        return Arrived(data=data, deal=named, connection=_form_connection(house, form))

    return _recorded(report, "form", read)


def _form_connection(house: House, form: str) -> str | None:
    """Return the connection that a form comes through: the one of its name, else the only one that there is."""
    known = [each.id for each in house.connections.values() if each.channel == "form"]
    return form if form in known else known[0] if len(known) == 1 else None


def call_made(report: Report, phone: str, by: str, deal: str | None = None, call: str | None = None) -> Job[Recorded]:
    """Return a job that takes in that a user has called a client, answered or not. Raises ``UnknownThing`` and
    ``BadInput``."""

    def read(tx: Tx) -> Arrived:
        house = tx.house()
        number = phones.parse(phone, phones.region_of(house.company))
        data = {"phone": number, "by": lookup.user(house, by).id, **({"call": call} if call else {})}
        lines = house.connected(Channel.TELEPHONY)
        named = lookup.deal(tx, deal).id if deal is not None else None
        return Arrived(data=data, deal=named, connection=lines[0].id if len(lines) == 1 else None)

    return _recorded(_once(report, "call_made", "", call), "call_made", read)


def call_came(
    report: Report, kind: str, phone: str, line: str | None = None, deal: str | None = None, call: str | None = None
) -> Job[Recorded]:
    """Return a job that takes in that a client's call rings (``call_received``) or that nobody has answered it
    (``call_missed``). ``call`` is the call's own id: the same call is told once of each kind, under whatever report.

    Raises ``UnknownThing`` for a line that is not connected, and ``BadInput``.
    """

    def job(tx: Tx) -> Recorded:
        house = tx.house()
        over = line_of(house, line)  # a call is the same whether or not its report names the only line

        def read(tx: Tx) -> Arrived:
            number = phones.parse(phone, phones.region_of(house.company))
            named = lookup.deal(tx, deal).id if deal is not None else None
            data = {"phone": number, "line": over.id, **({"call": call} if call else {})}
            return Arrived(data=data, deal=named, connection=over.id)

        return _recorded(_once(report, kind, over.id, call), kind, read)(tx)

    return job


def _once(report: Report, kind: str, line: str, call: str | None) -> Report:
    return replace(report, id=f"{kind}:{line}:{call}") if call else report


def line_of(house: House, wanted: str | None) -> Connection:
    """Return a telephone line by its connection; None is the only one. Raises ``UnknownThing`` with the nearest id."""
    lines = {each.id: each for each in house.connected(Channel.TELEPHONY)}
    if wanted is None and len(lines) == 1:
        return next(iter(lines.values()))
    if wanted is None or wanted not in lines:
        near = difflib.get_close_matches((wanted or "")[:60], lines, 1)
        if near:
            msg = N_("there is no telephone line “{id}”: did you mean “{near}”?")
            raise UnknownThing(msg, id=wanted, near=near[0])
        msg = N_("there is no telephone line “{id}”; there are: {known}")
        raise UnknownThing(msg, id=wanted or "", known=lookup.names(lines))
    return lines[wanted]


def webhook_called(report: Report, deal: str, code: str) -> Job[Recorded]:
    """Return a job that takes in a signed call that names a deal and a code. Raises ``UnknownThing`` and
    ``BadInput``."""

    def read(tx: Tx) -> Arrived:
        return Arrived(data={"code": _line(code)}, deal=lookup.deal(tx, deal).id)

    return _recorded(report, "webhook", read)


def _recorded(report: Report, kind: str, read: Callable[[Tx], Arrived]) -> Job[Recorded]:
    """Return the job that records what ``read`` makes of a report, once."""

    def job(tx: Tx) -> Recorded:
        known = recording.known(tx, report)
        if known is not None:
            return known
        arrived = read(tx)
        at = report.at if report.at is not None else tx.now()
        event = Event(
            kind=kind,
            source=report.source,
            outside_id=report.id,
            at=at,
            deal=arrived.deal,
            delivery=arrived.delivery,
            connection=arrived.connection,
            data=arrived.data,
            due_at=settles_at(kind, at),
        )
        return recording.record(tx, event)

    return job


def _lines(said: Mapping[str, str]) -> dict[str, Any]:
    return {name: _line(value) if name != "text" else _text(value) for name, value in said.items() if value.strip()}


def _line(value: str) -> str:
    """Return what somebody outside says of itself, one line. Raises ``BadInput`` for too much."""
    found = header_text(value).strip()
    if len(found) > LONGEST_LINE:
        raise BadInput(N_("“{text}” is too long: {most} characters at most"), text=found, most=LONGEST_LINE)
    return found


def _text(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise BadInput(N_("the text has {length} characters; {most} at most"), length=len(value), most=LONGEST_TEXT)
    return storable(value)


def _truth(name: str, value: str) -> bool:
    found = _YES.get(value.strip().lower())
    if found is None:
        raise BadInput(N_("{name}: “{value}” is neither true nor false"), name=name, value=value)
    return found
