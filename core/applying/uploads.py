"""Files that a board file names: read before the transaction begins, so that nobody waits for a disk behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path as Folder
from typing import Any, TypeAlias

from core.boardfile.document import Document
from core.boardfile.places import Path
from core.errors import FunilError
from core.model.file import NewFile

ReadFile: TypeAlias = Callable[[Folder, str], NewFile | None]
"""Reads a file by its path from a folder; None when there is none. Raises ``BadInput`` for what cannot be taken."""


class Uploads:
    """The files of one document, by the place of their path in it."""

    def __init__(self, found: Mapping[Path, NewFile | FunilError]) -> None:
        self._found = found

    @classmethod
    def none(cls) -> Uploads:
        """Return no files at all: every name is that of a stored one."""
        return cls({})

    @classmethod
    def of(cls, document: Document, read: ReadFile | None) -> Uploads:
        """Read every file that a document names and that is there, each once."""
        if read is None:
            return cls.none()
        wanted = {path: (document.folder_of(path), name) for path, name in _named(document)}
        read_once = {key: _tried(read, *key) for key in dict.fromkeys(wanted.values())}
        found = {path: read_once[key] for path, key in wanted.items()}
        return cls({path: each for path, each in found.items() if each is not None})

    def get(self, path: Path) -> NewFile | None:
        """Return the file that is named at a place of the document; None when there is no such file.

        Raises what reading it raised.
        """
        found = self._found.get(path)
        if isinstance(found, FunilError):
            raise found
        return found


def _tried(read: ReadFile, folder: Folder, name: str) -> NewFile | FunilError | None:
    try:
        return read(folder, name)
    except FunilError as error:
        return error


def _named(document: Document) -> Iterator[tuple[Path, str]]:
    """Return every path that the document names: stored files, what rules attach, values of deals' fields."""
    board = document.board
    listed = {part.name for part in board.files or ()}
    for index, part in enumerate(board.files or ()):
        if part.file is not None:
            yield ("files", index, "file"), part.file
    for index, pipeline in enumerate(board.pipelines or ()):
        for position, rule in enumerate(pipeline.rules or ()):
            path = ("pipelines", index, "rules", position, "settings", "attach", "files")
            for place, name in enumerate(attach_files(rule.settings)):
                if isinstance(name, str) and name not in listed:
                    yield (*path, place), name
    for index, deal in enumerate(board.deals or ()):
        for name, value in (deal.fields or {}).items():
            yield from _in_value(("deals", index, "fields", name), value)


def attach_files(settings: Mapping[str, Any] | None) -> list[Any]:
    """Return what a rule's settings want attached from the store or the disk, as it stands in the file."""
    attach = (settings or {}).get("attach")
    files = attach.get("files") if isinstance(attach, Mapping) else None
    return files if isinstance(files, list) else []


def _in_value(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from _in_value((*path, place), each)
    elif isinstance(value, Mapping) and isinstance(value.get("file"), str):
        yield (*path, "file"), value["file"]
