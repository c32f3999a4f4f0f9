"""What the editor of rules needs to read beside the house itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, Protocol

What = Literal["rule", "trigger"]


class RuleReader(Protocol):
    """Reads about rules and triggers, a part of :class:`core.ports.Reader`: for a person who edits them."""

    def taken(self, what: What, ids: Iterable[str]) -> Collection[str]:
        """Return which of these ids a rule (or trigger) has or has had: a new one needs another."""
