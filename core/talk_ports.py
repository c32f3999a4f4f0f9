"""What core needs of the Store for chats and invitations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.model.moment import Moment
from core.model.talk import Chat, ChatMessage, ChatStatus, Invite, Owner, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFilter:
    """Which chats to list, newest first. ``deal`` means those that an invitation has bound to it."""

    channel: str | None = None
    status: ChatStatus | None = None
    deal: str | None = None
    limit: int | None = None


class TalkReader(Protocol):
    """The reads, a part of :class:`core.ports.Reader`."""

    def owners_of(self, kind: str, value: str) -> Sequence[Owner]:
        """Return the clients in use who have an address (``email`` or ``phone``), contacts first, then by id."""

    def opted_out(self, values: Iterable[str]) -> frozenset[str]:
        """Return those of these addresses and numbers, in small letters, at which somebody wants no messages: whoever
        that is, removed clients included."""

    def open_deals_of(self, owners: Iterable[Owner]) -> Sequence[str]:
        """Return the open deals that have one of these clients as a contact or as their company, by id."""

    def deals_of(self, owners: Iterable[Owner]) -> Sequence[str]:
        """Return all deals of these clients, closed and removed ones too, by id."""

    def chat(self, chat_id: int) -> Chat | None:
        """Return a chat by its row."""

    def chats_named(self, chat: str) -> Sequence[Chat]:
        """Return the chats that their channels know by this id, of archived channels too."""

    def chats(self, where: ChatFilter) -> Sequence[Chat]:
        """Return chats, newest first."""

    def last_chat(self, deal: str, owner: Owner | None, channels: Iterable[str]) -> Chat | None:
        """Return the chat created last of those on these channels that are the client's or bound to the deal, closed
        ones included."""

    def chats_of(self, deal: str, owners: Iterable[Owner]) -> Sequence[Chat]:
        """Return the chats that are bound to a deal or with one of these clients, newest first."""

    def known_peer(self, channel: str, peer: str) -> Owner | None:
        """Return the client behind a channel's user, as the user's newest chat with a known client has it."""

    def said(self, chat_id: int, limit: int | None = None) -> Sequence[Said]:
        """Return what was said in a chat (the newest ``limit``), oldest first."""

    def invite(self, token: str) -> Invite | None:
        """Return an invitation."""

    def invite_of_run(self, run_id: int) -> Invite | None:
        """Return the invitation that a run has written, for its message keeps its link."""

    def invite_followed_by(self, channel: str, peer: str) -> Invite | None:
        """Return the invitation that a channel's user has followed last."""


class TalkTx(Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""

    def index_addresses(self, table: str, ids: Iterable[str]) -> None:
        """Write anew whose the addresses of these ``contacts`` or ``companies`` are, as their rows say: to be called
        by who writes those rows by other means than ``put_contact`` and ``put_company``."""

    def hold_chat(self, channel: str, chat: str) -> Chat | None:
        """Return a chat by its channel's id, kept from other transactions until the commit."""

    def add_chat(self, chat: Chat) -> int | None:
        """Keep a new chat and return its row's number; None when its channel has it already."""

    def put_chat(self, chat: Chat) -> None:
        """Change a chat."""

    def say(self, message: ChatMessage) -> int:
        """Add to a chat's history and return the row's number."""

    def add_invite(self, invite: Invite) -> None:
        """Keep an invitation; one with the same token stays as it is."""

    def follow_invite(self, token: str, by: str, at: Moment) -> bool:
        """Note who has followed an invitation first; False when somebody has before."""
