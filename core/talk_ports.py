"""What core needs of the Store for chats and invitations."""

from __future__ import annotations

from typing import Protocol


class TalkReader(Protocol):
    """The reads, a part of :class:`core.ports.Reader`."""


class TalkTx(Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""
