"""The filter of a board: words and ``field:value``, read into terms that the Store searches by."""

from __future__ import annotations

from core.filtering.completing import complete, hint
from core.filtering.names import Field, Kind, fields_of
from core.filtering.parsing import Asked, Parsed, Problem, canonical, parse
from core.filtering.terms import Among, Empty, Has, Term, Test, Within, holds

__all__ = [
    "Among",
    "Asked",
    "Empty",
    "Field",
    "Has",
    "Kind",
    "Parsed",
    "Problem",
    "Term",
    "Test",
    "Within",
    "canonical",
    "complete",
    "fields_of",
    "hint",
    "holds",
    "parse",
]
