"""Files that the house keeps by their content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from core.model.moment import Moment


class Attachment(TypedDict):
    """A file as deals and messages hold it: the bytes lie in the store under ``digest`` (SHA-256, hexadecimal)."""

    name: str
    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of the house's own store, which rules attach by its ``name``; ``by`` has put it there ``at``."""

    name: str
    digest: str
    size: int
    media_type: str
    at: Moment = Moment(0)
    by: str = "system"

    def attachment(self) -> Attachment:
        """Return the file as a message holds it."""
        return {"name": self.name, "digest": self.digest, "size": self.size, "media_type": self.media_type}


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as somebody gives it: its name as it came, and its bytes."""

    name: str
    content: bytes
