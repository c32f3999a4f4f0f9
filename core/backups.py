"""The port to backups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Backed:
    """A backup that was written and verified. ``form`` is ``sqlite``, a database file that can be opened as it is, or
    ``pg_dump``, an archive for ``pg_restore``."""

    file: Path
    size: int
    form: Literal["sqlite", "pg_dump"]


class Backup(Protocol):
    """Copies a database while it is in use."""

    def backup(self, target: Path) -> Backed:
        """Write a consistent copy of what is committed, verified, readable by its owner alone.

        Raises ``Refused`` for a file that is there already and ``StoreTrouble`` for a copy that cannot be made; nothing
        is left behind then.
        """
