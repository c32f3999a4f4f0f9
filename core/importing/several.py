"""Several values in one cell: between semicolons, and in quotation marks where a value's own signs would part it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

SEVERAL: Final = ";"
_QUOTE: Final = '"'
_PART: Final = re.compile(r'"([^"]*(?:""[^"]*)*)"(?=;|\Z)|[^;]*')


def joined(values: Sequence[str]) -> str:
    """Return values as one cell, which :func:`parted` gives back; a comma parts what stands alone."""
    parting = SEVERAL if len(values) > 1 else f"{SEVERAL},"
    return SEVERAL.join(_quoted(value, parting) for value in values)


def _quoted(value: str, parting: str) -> str:
    if value.startswith(_QUOTE) or any(sign in value for sign in parting):
        return _QUOTE + value.replace(_QUOTE, _QUOTE * 2) + _QUOTE
    return value


def parted(cell: str) -> list[str] | None:
    """Return the values of a cell; None for one that is neither quoted nor parted by semicolons."""
    values, place = [], 0
    while place <= len(cell):
        found = _PART.match(cell, place)
        assert found is not None, "the second alternative matches anything"
        quoted = found[1]
        values.append(found[0] if quoted is None else quoted.replace(_QUOTE * 2, _QUOTE))
        if place == 0 and quoted is None and found.end() == len(cell):
            return None
        place = found.end() + 1
    return values
