"""CSV files on stdout: UTF-8, and nothing in them that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence

from core.importing.formulas import guarded


def csv_file(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table as RFC 4180 has it; ``import`` takes it back as it was."""
    sys.stdout.flush()
    text = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="", write_through=True)
    try:
        table = csv.writer(text)
        table.writerow(head)
        for row in rows:
            table.writerow([guarded(cell) for cell in row])
    finally:
        text.detach()
