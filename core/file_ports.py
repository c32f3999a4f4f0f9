"""What core needs of the Store for the house's files, and what adapters get of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from core.model.file import StoredFile


class FileReader(Protocol):
    """The reads, a part of :class:`core.ports.Reader`. The files that rules attach stand in the house (``files``)."""

    def content(self, digest: str) -> bytes | None:
        """Return the bytes of a file by their SHA-256; None when they are not kept here."""

    def contents_here(self, digests: Iterable[str]) -> Mapping[str, int]:
        """Return which of these contents are kept here, each with its size in bytes."""


class FileTx(Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""

    def keep_content(self, digest: str, content: bytes) -> None:
        """Keep bytes under their SHA-256; what is kept already stays."""

    def put_file(self, file: StoredFile) -> None:
        """Make or change a file of the house's store; its content is kept already."""

    def remove_file(self, name: str) -> None:
        """Take a file out of the house's store; its content stays for the deals and messages that have it."""


class Files(Protocol):
    """What an adapter gets to read attachments with."""

    def content(self, digest: str) -> bytes | None:
        """Return the bytes of a file by their SHA-256; None when they are gone. Reads the database: seconds, at worst,
        so not for an event loop."""


class _NoFiles:
    def content(self, digest: str) -> bytes | None:
        return None


NO_FILES: Final[Files] = _NoFiles()
"""For adapters that carry none."""
