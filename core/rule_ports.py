"""What the editor of rules needs to read beside the house itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core.model.moment import Moment
from core.model.rule import Rule

What = Literal["rule", "trigger"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many runs of a rule are done, have failed, and have not happened yet."""

    done: int = 0
    failed: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """A stored revision of a rule: what it said from a moment on, and who wrote it."""

    rule: Rule
    author: str
    at: Moment

    @property
    def number(self) -> int:
        """The revision, by which runs keep it."""
        return self.rule.revision


class RuleReader(Protocol):
    """Reads about rules and triggers, a part of :class:`core.ports.Reader`: for a person who edits them."""

    def taken(self, what: What, ids: Iterable[str]) -> Collection[str]:
        """Return which of these ids a rule (or trigger) has or has had: a new one needs another."""

    def rule_counts(self, rules: Iterable[str], since: Moment) -> Mapping[str, Counts]:
        """Return what has become of the runs of rules that ended since a moment, and what waits; a rule without any is
        left out."""

    def versions(self, rule_id: str) -> Sequence[Version]:
        """Return the revisions of a rule, newest first; those of a removed one too."""
