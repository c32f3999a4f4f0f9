"""Reading chats, what is said in them, and invitations."""

from __future__ import annotations

from data.reader_base import Base


class TalkReader(Base):
    """What clients have said."""
