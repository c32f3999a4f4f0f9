"""Reading board files that the command line names."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from adapters.cli.uploads import why
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
    if not name.strip():
        raise BadInput(N_("the name of a board file is missing: an empty text stands in its place"))
    path = Path(name)
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise BadInput(N_("{file} cannot be read: {why}"), file=name, why=why(error)) from None
    return boardfile.read(content, name, path.parent)
