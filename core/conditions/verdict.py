"""What judging a condition came to, with the values that were compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from core.words import NO_WORDS, Words

_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """One leaf as it was judged. ``field``, ``op`` and ``value`` as written; ``actual`` in JSON form, None: empty."""

    field: str
    op: str
    value: Any
    actual: Any
    holds: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds, and every comparison in it, in the order written.

    ``trouble`` says what kept it from being judged at all; it does not hold then.
    """

    holds: bool
    comparisons: tuple[Comparison, ...] = ()
    trouble: Words = NO_WORDS

    def dump(self) -> str:
        """Return the JSON list that a run keeps: ``[{field, op, value, actual, holds}]``. Long texts are shortened."""
        rows = [
            {"field": c.field, "op": c.op, "value": _short(c.value), "actual": _short(c.actual), "holds": c.holds}
            for c in self.comparisons
        ]
        return json.dumps(rows, ensure_ascii=False, default=str)

    @staticmethod
    def load(stored: str | None) -> tuple[Comparison, ...]:
        """Read back what :meth:`dump` wrote; nothing stored reads as no comparisons."""
        rows = json.loads(stored) if stored else []
        return tuple(Comparison(r["field"], r["op"], r["value"], r["actual"], r["holds"]) for r in rows)


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONGEST:
        return value[:_LONGEST] + "…"
    return [_short(each) for each in value] if isinstance(value, list | tuple) else value
