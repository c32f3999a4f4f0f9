"""The values of a filter, as people write them, read by the kind of their field."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from core.errors import BadInput
from core.i18n import N_
from core.model.moment import DAY, HOUR, MINUTE
from core.safe_text import fold

YES: Final = frozenset(fold(word) for word in ("", "yes", "sim", "true", "1"))
NO: Final = frozenset(fold(word) for word in ("no", "não", "false", "0"))
NONE: Final = frozenset(fold(word) for word in ("none", "nenhum", "nenhuma", "empty", "vazio"))
ANY: Final = frozenset(fold(word) for word in ("any", "algum", "alguma"))
ME: Final = frozenset(fold(word) for word in ("me", "eu", "mine"))
_DAYS: Final[Mapping[str, int]] = {
    fold(word): away
    for away, words in {0: ("today", "hoje"), 1: ("tomorrow", "amanhã"), -1: ("yesterday", "ontem")}.items()
    for word in words
}
_UNITS: Final[Mapping[str, int]] = {"min": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY, "sem": 7 * DAY}
_SPAN: Final = re.compile(r"(\d{1,6})\s*(min|h|d|w|sem)", re.ASCII)
_AWAY: Final = re.compile(r"([+-])(\d{1,4})(d|w|sem)?", re.ASCII)
_CALENDAR: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d[\d.,]*(k|m)?", re.ASCII)
_FACTORS: Final = {None: 1, "k": 1_000, "m": 1_000_000}
_GROUP: Final = 3


def number(text: str) -> Decimal:
    """Read a number in either manner of writing: ``1250.50``, ``1.250,50``, ``5k``. Raises ``BadInput``."""
    found = _NUMBER.fullmatch(text.strip().lower())
    if found is None or len(text) > 30:
        raise BadInput(N_("“{value}” is no number: write it like 1250.50, or 5k"), value=text)
    digits = text.strip().lower().rstrip("km")
    last = max(digits.rfind("."), digits.rfind(","))
    whole, part = (digits, "") if last < 0 else (digits[:last], digits[last + 1 :])
    if last >= 0 and len(part) == _GROUP and digits.count(digits[last]) >= 1 and "." not in part:
        whole, part = whole + part, ""
    whole = whole.replace(".", "").replace(",", "")
    return Decimal(f"{whole}.{part or 0}") * _FACTORS[found[1]]


def span(text: str) -> int:
    """Read a span of time into milliseconds: ``3d``, ``2w``, ``5h``. Raises ``BadInput``."""
    found = _SPAN.fullmatch(fold(text.strip()))
    if found is None:
        raise BadInput(N_("“{value}” is no span of time: write 3d, 2w, 5h or 30min"), value=text)
    return int(found[1]) * _UNITS[found[2]]


def days(text: str, today: date) -> tuple[date, date]:
    """Read the first and the last day of what is named: a day, a month, a year, ``today``, ``+7d``. Raises
    ``BadInput``."""
    word = fold(text.strip())
    try:
        if word in _DAYS:
            return (today + timedelta(_DAYS[word]),) * 2
        away = _AWAY.fullmatch(word)
        if away:
            count = int(away[2]) * (1 if away[3] in (None, "d") else 7)
            return (today + timedelta(count if away[1] == "+" else -count),) * 2
        named = _CALENDAR.fullmatch(word)
        if named:
            return _calendar(int(named[1]), named[2], named[3])
    except (ValueError, OverflowError):
        pass
    raise BadInput(N_("“{value}” is no day: write 2026-12-01, 2026-12, today or +7d"), value=text)


def _calendar(year: int, month: str | None, day: str | None) -> tuple[date, date]:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return date(year, int(month), 1), date(year, int(month), monthrange(year, int(month))[1])
    return (date(year, int(month), int(day)),) * 2


def bounds(text: str) -> tuple[str, Any, Any] | None:
    """Split what is written of a range: an operator with its value, or ``low..high``; None for a plain value.

    Returns ``(op, low, high)``; ``op`` is one of ``> >= < <= = ..``.
    """
    for op in (">=", "<=", ">", "<", "="):
        if text.startswith(op):
            return op, text[len(op) :].strip(), None
    if ".." in text:
        low, _, high = text.partition("..")
        return "..", low.strip() or None, high.strip() or None
    return None
