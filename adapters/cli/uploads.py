"""Reading files that are to be kept: values of file fields, attachments, files of the house's store."""

from __future__ import annotations

import errno
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from core import fields
from core.errors import BadInput
from core.files import LARGEST, MEGABYTE
from core.i18n import N_
from core.model.file import NewFile
from core.model.house import House
from core.words import Words

_MISSING: Final = Words(N_("there is no such file"))
_WHY: Final[Mapping[int, Words]] = {
    errno.ENOENT: _MISSING,
    errno.ENOTDIR: _MISSING,
    errno.EISDIR: Words(N_("it is a folder; name the files in it")),
    errno.EACCES: Words(N_("it may not be read by you")),
}


def why(error: OSError | ValueError) -> Words | str:
    """Say why a file cannot be read."""
    if isinstance(error, OSError):
        return _WHY.get(error.errno or 0) or error.strerror or str(error)
    return str(error)


def new_file(name: str) -> NewFile:
    """Read a file that is to be kept. Raises ``BadInput`` for one that cannot be read, or is too large."""
    found = beside(Path(), name)
    if found is None:
        raise BadInput(N_("{file} cannot be read: {why}"), file=name, why=_MISSING)
    return found


def beside(folder: Path, name: str) -> NewFile | None:
    """Read a file by its path from a folder; None when there is none. Raises ``BadInput`` as :func:`new_file` does."""
    if not name.strip():
        raise BadInput(N_("the path of a file is missing: an empty text stands in its place"))
    path = folder / name
    try:
        return NewFile(path.name, _bounded(path, name))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise BadInput(N_("{file} cannot be read: {why}"), file=name, why=why(error)) from None


def _bounded(path: Path, name: str) -> bytes:
    """Read an ordinary file that is small enough; a device or a pipe might never end."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "", name)
    if not stat.S_ISREG(status.st_mode):
        raise BadInput(N_("{file} is no ordinary file"), file=name)
    if status.st_size > LARGEST:
        size = -(-status.st_size // MEGABYTE)
        words = N_("“{name}” has {size} MB; a file may have {most} MB at most")
        raise BadInput(words, name=path.name, size=size, most=LARGEST // MEGABYTE)
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def values(given: Mapping[str, str], house: House) -> dict[str, Any]:
    """Return values of fields as people write them, with the files read that ``FIELD=@PATH`` names; ``,@`` parts those
    of a multiple field. The text of another field may begin with an ``@``."""
    found: dict[str, Any] = dict(given)
    for name, raw in given.items():
        spec = fields.find(name, house)
        if spec is not None and spec.kind is fields.Kind.FILE and raw.startswith("@"):
            read = [new_file(path) for path in (raw[1:].split(",@") if spec.multiple else [raw[1:]])]
            found[name] = read if spec.multiple else read[0]
    return found
