"""What core needs of the Store to share deals out among the users of the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol


class TurnReader(Protocol):
    """The reads, a part of :class:`core.ports.Reader`."""

    def turns(self, rule: str) -> Mapping[str, int]:
        """Return the number of the last turn that each user had with a rule; who had none is not there."""

    def loads(self, users: Iterable[str], but: str) -> Mapping[str, int]:
        """Return how many open deals users are responsible for, the deal ``but`` left out; none is left out too."""


class TurnTx(Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""

    def hold_turns(self, rules: Iterable[str]) -> None:
        """Keep other transactions from sharing out by these rules until the commit: to be called before their turns
        are read. SQLite has one writer anyway."""
