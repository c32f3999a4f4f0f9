"""What lint needs to know of the deals as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from core.past_ports import PastReader
from core.rule_ports import RuleReader


class SurveyReader(RuleReader, PastReader, Protocol):
    """Reads over all open deals, a part of :class:`core.ports.Reader`: for a person who asks, never for the engine."""

    def responsibles(self) -> Mapping[str, frozenset[str]]:
        """Return the users who have open deals, by pipeline; a pipeline without any is left out."""

    def any_filled(self, pipeline: str, field: str) -> bool:
        """Return whether an open deal of the pipeline has a value in ``begin_date``, ``close_date`` or a custom field
        (by its bare id)."""
