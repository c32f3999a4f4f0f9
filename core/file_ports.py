"""What core needs of the Store for the house's files."""

from __future__ import annotations

from typing import Protocol


class FileReader(Protocol):
    """The reads, a part of :class:`core.ports.Reader`."""


class FileTx(Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""
