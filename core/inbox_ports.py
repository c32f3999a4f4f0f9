"""What core needs of the Store for what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from core.model.attention import About, WaitingChat, WaitingEvent
from core.model.moment import Moment


class InboxReader(Protocol):
    """The reads, a part of :class:`core.task_ports.TaskReader`."""

    def waiting_events(self, limit: int) -> Sequence[WaitingEvent]:
        """Return events that nobody has seen to, the oldest first."""

    def waiting_chats(self, limit: int) -> Sequence[WaitingChat]:
        """Return chats that go on, whose client has spoken last and been given no answer since (a rule's message is
        none), unless somebody has said that it needs none; the oldest session first."""

    def waiting_count(self, most: int) -> int:
        """Return how many events and chats wait, counted no further than ``most`` of each."""


class InboxTx(Protocol):
    """The writes, a part of :class:`core.task_ports.TaskTx`. Recording an event makes it wait by itself."""

    def attend_events(self, ids: Iterable[int], at: Moment, by: str) -> int:
        """Note that a person has seen to events that wait; returns how many of them still waited."""

    def unattend_events(self, ids: Iterable[int]) -> int:
        """Have events wait again; returns how many did not."""

    def attend_chat(self, chat_id: int, at: Moment, by: str) -> None:
        """Note that what a client has said so far needs no answer."""

    def unattend_chat(self, chat_id: int) -> None:
        """Take that back."""

    def settle(self, about: Iterable[About], deals: Iterable[str], at: Moment, by: str) -> None:
        """Note that what has waited on some deals since before ``at`` was seen to."""
