"""What every trigger kind declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Generic

from core.model.house import House
from core.rules.base import Finding, S
from core.words import Words


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
    """Event kinds that it may match."""
    closed_deals: ClassVar[bool] = False
    """Whether it reaches won and lost deals too (kinds 14-18 of Bitrix24's list)."""

    @abstractmethod
    def sentence(self, settings: S) -> Words:
        """Say in a sentence when a trigger with these settings fires."""

    def lint(self, settings: S, house: House) -> Iterable[Finding]:
        """Find what would not work, before it happens."""
        return ()
