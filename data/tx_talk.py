"""Writing chats, what is said in them, and invitations."""

from __future__ import annotations

from data.reader_talk import TalkReader


class TalkWriter(TalkReader):
    """What clients and agents say."""
