"""Cells that a spreadsheet would take for formulas: marked on the way out, unmarked on the way in (OWASP)."""

from __future__ import annotations

import re
from typing import Final

MARK: Final = "'"
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n|%]")
_HARMLESS: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?", re.ASCII)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet computes: one that begins like a formula gets an apostrophe before it.

    A number is no formula. A text that begins with apostrophes before such a sign gets one more, so that
    :func:`plain` gives every cell back.
    """
    if not _FORMULA.match(cell) or _HARMLESS.fullmatch(cell):
        return cell
    return MARK + cell


def plain(cell: str) -> str:
    """Return a cell as it was before :func:`guarded`."""
    return cell[1:] if cell.startswith(MARK) and _FORMULA.match(cell) else cell
