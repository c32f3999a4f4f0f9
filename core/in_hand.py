"""What the client of a deal has in hand: mails to open, links to follow, chats to write in, numbers to call.

For playing the client where the ways out are simulated: whoever plays does what a client could do, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core import tracking
from core.engine.dispatching import key_of
from core.model.delivery import Channel, Delivery, DeliveryStatus
from core.model.house import Connection, House
from core.model.talk import Chat, Owner
from core.ports import Reader
from core.views import DeliveryFilter

MOST: Final = 30
"""Messages that are shown; who looks for an older one looks in the log."""
_THERE: Final = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED})
SIMULATED: Final = "simulated"
"""What the names of adapters begin with whose peers are played."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that the client has: its id, its Message-ID as an answer names it, and its links where they tell."""

    delivery: str
    subject: str
    reference: str
    links: tuple[str, ...]
    opens: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """An SMS with the way into a messenger: following it, and writing there."""

    token: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """All that the client of a deal can do something with. ``channels`` are those where no chat has begun."""

    deal: str
    name: str
    email: str | None
    phone: str | None
    mails: Sequence[Mail] = ()
    invitations: Sequence[Invitation] = ()
    chats: Sequence[Chat] = ()
    channels: Sequence[str] = ()
    lines: Sequence[str] = ()


def of(reader: Reader, deal_id: str) -> Hand | None:
    """Return what the first contact of a deal (else its company) has in hand; None when the deal is gone."""
    deal = reader.deal(deal_id)
    if deal is None or deal.removed:
        return None
    house = reader.house()
    facts = reader.facts(deal, reader.now())
    client = facts.contact or facts.company
    messages = [each for each in reader.deliveries(DeliveryFilter(deal=deal_id, limit=MOST)) if _is_there(house, each)]
    owners = [Owner("contact", each.id) for each in facts.contacts]
    owners += [Owner("company", facts.company.id)] if facts.company else []
    chats = [chat for chat in reader.chats_of(deal_id, owners) if _played(house.connections.get(chat.channel))]
    begun = {chat.channel for chat in chats}
    return Hand(
        deal=deal_id,
        name=client.name if client else deal.title,
        email=client.emails[0].value if client and client.emails else None,
        phone=client.phones[0].value if client and client.phones else None,
        mails=[_mail(house, each) for each in messages if each.message.channel is Channel.EMAIL],
        invitations=[each for each in _invitations(messages) if not _followed(reader, each)],
        chats=chats,
        channels=[each for each in _ids(house, Channel.OPEN_CHANNEL) if each not in begun],
        lines=_ids(house, Channel.TELEPHONY),
    )


def _is_there(house: House, delivery: Delivery) -> bool:
    return delivery.status in _THERE and _played(house.connections.get(delivery.connection))


def _played(connection: Connection | None) -> bool:
    return connection is not None and connection.adapter.startswith(SIMULATED)


def _ids(house: House, channel: Channel) -> list[str]:
    return [each.id for each in house.connected(channel) if _played(each)]


def _mail(house: House, delivery: Delivery) -> Mail:
    tracked: Mapping[str, Any] = tracking.of(delivery.message)
    links = tuple(tracked.get("links") or ()) if tracked.get("clicks") else ()
    reference = f"<{key_of(house.id, delivery)}@client>"
    subject = delivery.message.subject or delivery.public_id
    return Mail(delivery.public_id, subject, reference, links, bool(tracked.get("opens")))


def _followed(reader: Reader, invitation: Invitation) -> bool:
    """Return whether somebody has followed an invitation: it binds nobody else."""
    known = reader.invite(invitation.token)
    return known is None or known.followed_by is not None


def _invitations(messages: Sequence[Delivery]) -> Sequence[Invitation]:
    found = {}
    for message in messages:
        invite = message.message.data.get("invite")
        if isinstance(invite, Mapping):
            found[str(invite["token"])] = Invitation(str(invite["token"]), str(invite["channel"]))
    return list(found.values())
