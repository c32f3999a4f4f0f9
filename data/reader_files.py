"""Reading the house's file store."""

from __future__ import annotations

from data.reader_base import Base


class FileReader(Base):
    """What files there are."""
