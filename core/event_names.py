"""What an event's data hold, by the kind of trigger that it is for: what conditions and texts may ask of ``event``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from core.model.house import House
from core.model.rule import Rule, Trigger

_MAIL: Final = ("from", "name", "subject", "text")
_HIT: Final = ("delivery", "agent", "ip", "machine")
_FORM: Final = ("form", "type", "name", "phone", "email", "text")
_CHAT: Final = ("channel", "chat", "from", "text")
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "email_opened": _HIT,
    "link_clicked": ("link", *_HIT),
    "email_received": _MAIL,
    "email_sent": ("by", "subject", "text"),
    "callback_form": _FORM,
    "crm_form": _FORM,
    "call_made": ("phone", "by"),
    "call_received": ("phone", "line"),
    "call_missed": ("phone", "line"),
    "chat_started": _CHAT,
    "chat_message": _CHAT,
    "chat_accepted": ("channel", "chat", "from", "by"),
    "chat_slow": ("channel", "chat"),
    "payment": ("amount", "currency", "invoice", "by"),
    "field_changed": ("fields", "by"),
    "responsible_changed": ("fields", "by"),
    "webhook": ("code",),
    "task_done": ("task", "title", "assignee", "by"),
    "stale": ("after", "since"),
}
"""Bare names; a kind that is not listed, as a plug-in's, may have any."""


def of_kinds(kinds: Iterable[str]) -> tuple[str, ...]:
    """Return the names that events for any of these kinds of trigger have."""
    return tuple(dict.fromkeys(name for kind in kinds for name in NAMES.get(kind, ())))


def of(thing: Rule | Trigger, house: House) -> tuple[str, ...]:
    """Return what a trigger's condition may ask of its event; of a rule: what any trigger of its stage brings."""
    if isinstance(thing, Trigger):
        return of_kinds([thing.kind])
    here = (each for each in house.triggers.values() if (each.pipeline, each.stage) == (thing.pipeline, thing.stage))
    return of_kinds(each.kind for each in here)
