"""What every trigger kind declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic

from core.model.delivery import Channel, Delivery
from core.model.event import Event
from core.model.house import House
from core.rules.base import Finding, S, unconnected
from core.views import Facts
from core.words import NO_WORDS, Words

NOT_LISTENING: Final = "not_listening"
MACHINE_EVENT: Final = "machine_event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One event as it reaches one deal: all that a trigger's own settings are compared with.

    ``facts`` are the deal's, with the event's data (and its ``at``) as ``facts.event``; ``delivery`` is the message
    that the event names.
    """

    event: Event
    facts: Facts
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """Why an event is not what a trigger waits for: ``not_listening`` or ``machine_event``, and why in words."""

    detail: Words = NO_WORDS
    reason: str = NOT_LISTENING


class TriggerKind(ABC, Generic[S]):
    """A kind of trigger. Put one subclass into one file of this folder and it exists everywhere."""

    id: ClassVar[str]
    name: ClassVar[str]
    """msgid of the name."""
    about: ClassVar[str]
    """msgid: when it fires, in a sentence."""
    group: ClassVar[str] = "communication"
    icon: ClassVar[str] = "•"
    Settings: ClassVar[type[Any]]
    needs: ClassVar[frozenset[str]] = frozenset()
    listens: ClassVar[frozenset[str]] = frozenset()
    """Event kinds that it may match, out of :attr:`core.model.event.Event.kinds`."""
    asks: ClassVar[frozenset[Channel]] = frozenset()
    """Channels without a connection of which it can never fire."""
    closed_deals: ClassVar[bool] = False
    """Whether it reaches won and lost deals too (kinds 14-18 of Bitrix24's list)."""

    @abstractmethod
    def sentence(self, settings: S) -> Words:
        """Say in a sentence when a trigger with these settings fires."""

    def lacks(self, house: House) -> Words | None:
        """Say what has to be connected before any trigger of this kind can fire; None: nothing is missing."""
        return unconnected(self.asks, house)

    def matches(self, heard: Heard, settings: S) -> Miss | None:
        """Compare an event of a kind that it listens to with its settings: None when it is what it waits for. Pure."""
        return None

    def lint(self, settings: S, house: House) -> Iterable[Finding]:
        """Find what would not work, before it happens."""
        return ()
