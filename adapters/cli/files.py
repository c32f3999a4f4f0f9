"""Reading board files that the command line names."""

from __future__ import annotations

import errno
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from core import boardfile
from core.boardfile import Document
from core.errors import BadInput
from core.i18n import N_
from core.words import Words

STDIN = "-"
_WHY: Final[Mapping[int, Words]] = {
    errno.ENOENT: Words(N_("there is no such file")),
    errno.EISDIR: Words(N_("it is a folder; name the files in it")),
    errno.EACCES: Words(N_("it may not be read by you")),
}


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
        raise BadInput(N_("{file} cannot be read: {why}"), file=name, why=_why(error)) from None
    return boardfile.read(content, name, path.parent)


def _why(error: OSError | ValueError) -> Words | str:
    if isinstance(error, OSError):
        return _WHY.get(error.errno or 0) or error.strerror or str(error)
    return str(error)
