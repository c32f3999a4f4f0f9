"""Chats with clients: conversations on open channels, their messages, and invitations to a messenger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from core.model.delivery import Delivery
from core.model.moment import Moment


class ChatStatus(StrEnum):
    """How a chat's present session stands: nobody has taken it, an agent has, it is over."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class Author(StrEnum):
    """Who said something in a chat. A rule is no agent: what it says neither accepts nor answers."""

    CLIENT = "client"
    AGENT = "agent"
    RULE = "rule"


class Owner(NamedTuple):
    """A client: ``kind`` is ``contact`` or ``company``."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One conversation with one client on one open channel; it goes on in sessions, each ended by closing.

    ``chat`` is the channel's own id, ``peer`` who writes there (a phone number as E.164, or the channel's user id like
    ``tg:555``). ``contact`` or ``company`` is the client once known; ``deal`` is set when an invitation bound it.
    ``accepted_at`` and ``answered_at`` (the agent's first visible answer after it) belong to the present session.
    ``blocked``: the client takes no more messages here.
    """

    id: int
    channel: str
    chat: str
    peer: str
    created_at: Moment
    contact: str | None = None
    company: str | None = None
    deal: str | None = None
    status: ChatStatus = ChatStatus.WAITING
    session: int = 1
    session_at: Moment | None = None
    accepted_by: str | None = None
    accepted_at: Moment | None = None
    answered_at: Moment | None = None
    closed_at: Moment | None = None
    blocked: bool = False

    @property
    def address(self) -> str:
        """How messages to it name it: ``CONNECTION:CHAT``."""
        return f"{self.channel}:{self.chat}"

    @property
    def owner(self) -> Owner | None:
        """The client, once known."""
        if self.contact is not None:
            return Owner("contact", self.contact)
        return Owner("company", self.company) if self.company is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """What was said in a chat. ``by`` is a user's id, a rule's id or the client's peer id; ``hidden``: only for the
    employees; ``data`` holds its attachments.

    ``delivery`` is the row of the outbox that carries it. The outbox then has the words, too, which may still change
    until its first attempt: ``text`` and ``data`` are empty here.
    """

    id: int
    chat: int
    session: int
    at: Moment
    author: Author
    by: str
    text: str
    hidden: bool = False
    delivery: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a chat's history, with the message of the outbox that carries it, if one does."""

    message: ChatMessage
    delivery: Delivery | None = None

    @property
    def text(self) -> str:
        """The words, as they went out or would go out now."""
        return self.delivery.message.text if self.delivery else self.message.text

    @property
    def attachments(self) -> Sequence[Mapping[str, Any]]:
        """The files that went with it: ``name``, ``digest``, ``size``, ``media_type``."""
        data = self.delivery.message.data if self.delivery else self.message.data
        return tuple(data.get("attachments") or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """A link that leads a client into a messenger; its token binds the chat to the deal.

    ``followed_by`` is the channel's user id that followed it; the chat begins with their first ordinary message.
    """

    token: str
    deal: str
    channel: str
    at: Moment
    contact: str | None = None
    company: str | None = None
    run: int | None = None
    followed_at: Moment | None = None
    followed_by: str | None = None
