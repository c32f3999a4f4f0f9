"""Reading board files that the command line names."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from core import boardfile
from core.boardfile import Document
from core.errors import BadInput
from core.i18n import N_

STDIN = "-"


def documents(names: Sequence[str]) -> list[Document]:
    """Read board files, ``-`` from stdin. Raises ``BadInput`` with file, line and column."""
    return [_document(name) for name in names]


def _document(name: str) -> Document:
    if name == STDIN:
        return boardfile.read(sys.stdin.buffer.read(), "stdin", Path.cwd())
    path = Path(name)
    try:
        return boardfile.read(path.read_bytes(), name, path.parent)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(N_("{file} cannot be read: {why}"), file=name, why=why) from None
