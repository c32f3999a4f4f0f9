"""What of all that happens waits until a person of the house has seen to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.model.event import Event
from core.model.moment import Moment
from core.model.talk import Chat


class About(StrEnum):
    """What somebody waits for: to be called (a missed call, a callback form), or to be written to."""

    CALL = "call"
    REPLY = "reply"


SETTLES: Final[Mapping[str, tuple[About, ...]]] = {
    "call_made": (About.CALL, About.REPLY),
    "call_received": (About.CALL,),
    "email_sent": (About.REPLY,),
}
"""Kinds of events that see to what waited on the deals which they reach: whoever calls again needs no call back."""


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event that waits for a person; ``deal`` is the one that it names or has reached, an open one before others,
    of several the one that something happened on last."""

    event: Event
    deal: str | None


@dataclass(frozen=True, slots=True)
class WaitingChat:
    """A chat whose client has spoken last: since ``since`` nobody has answered. ``text`` is what was said last."""

    chat: Chat
    since: Moment
    text: str


def about(event: Event) -> About | None:
    """Return what the client waits for after an event; None where nobody need do anything: of bounces, automatic
    replies and what a machine did too."""
    if event.data.get("automatic") or event.data.get("machine"):
        return None
    if event.kind == "call_missed" or (event.kind == "form" and event.data.get("type") == "callback"):
        return About.CALL
    return About.REPLY if event.kind in ("email_received", "sms_received") else None
