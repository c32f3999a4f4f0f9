"""The history of a deal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.model.moment import Moment
from core.words import NO_WORDS, Words


class TimelineKind(StrEnum):
    """Kinds of a timeline row."""

    CREATED = "created"
    MOVED = "moved"
    UNDONE = "undone"
    RUN = "run"
    DELIVERY = "delivery"
    OPENED = "opened"
    CLICKED = "clicked"
    RECEIVED = "received"
    CALL = "call"
    CHAT = "chat"
    NOTE = "note"
    FIELD = "field"
    TASK = "task"
    DOCUMENT = "document"
    PAYMENT = "payment"
    LOOP_GUARD = "loop_guard"
    FLAGGED = "flagged"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One line of history. ``by`` is a user's id, ``client`` or ``system``; ``data`` holds plain JSON values."""

    deal: str
    at: Moment
    kind: TimelineKind
    by: str = "system"
    text: Words = NO_WORDS
    data: Mapping[str, Any] = field(default_factory=dict)
