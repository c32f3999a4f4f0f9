"""What core and the screen need to find deals by a board's filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.filtering.terms import Term
from core.views import FoundDeal


class FindReader(Protocol):
    """Reads by the terms of a filter."""

    def find(self, pipeline: str, terms: Sequence[Term], limit: int) -> Sequence[FoundDeal]:
        """Return the deals of a pipeline for which all terms of a filter hold, in board order, ``limit`` at most.

        It walks through the pipeline's deals: meant for a thread.
        """
