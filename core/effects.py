"""The closed set of things a rule's plan is made of. The Store applies every one of them; there are no others.

``Move`` and ``CreateDeal`` bring a deal into a stage, so :mod:`core.engine.entering` turns them into rows first;
``MakeDocument`` is typeset before (:mod:`core.engine.typesetting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from core.model.delivery import Message
from core.model.moment import Moment
from core.words import NO_WORDS, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """Put a message into the outbox. ``why`` says in words why this recipient and address were chosen."""

    connection: str
    message: Message
    why: Words = NO_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Bring the deal into another stage; ``pipeline`` None means its own."""

    stage: str
    pipeline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetField:
    """Change one field of the deal (a bare id or a path like ``deal.fields.tracking``); None clears it."""

    field: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """Give the deal to another user; ``turn``: it was theirs, and counts as one of the ``rule``, which is filled in by
    the engine."""

    user: str
    turn: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Tell a user something in the app."""

    user: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """Write a note on the deal's timeline."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTask:
    """Put a task on the deal; ``due_at`` None means no deadline."""

    title: str
    text: str = ""
    assignee: str | None = None
    due_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFile:
    """Keep a file in the house's store and hang it on a file field of the deal (None: on the timeline only).

    ``digest`` is the SHA-256 of the content, which :class:`core.ports.Files` already holds.
    """

    name: str
    digest: str
    size: int
    media_type: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeDocument:
    """Typeset a page of HTML and keep both, ``name``.html and ``name``.pdf, as :class:`StoreFile` does.

    The engine makes two of those of it: a file field of one file gets the PDF, one of several gets both.
    """

    name: str
    html: str
    language: str = "en"
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDeal:
    """Make a new deal in a stage, with the contacts and company of the present one when ``copy`` is set."""

    title: str
    pipeline: str
    stage: str
    copy: bool = True
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """Keep a durable timer that raises an in-house event of ``kind`` for the deal at ``at``.

    ``key`` names it: starting a timer with the same key again replaces it.
    """

    kind: str
    key: str
    at: Moment
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatNote:
    """Say something in a chat that only the employees see; the client's side gets nothing.

    ``chat`` is the row of the chat, ``address`` how people call it (``CONNECTION:CHAT``); ``attachments`` as in a
    message's data. ``rule`` is filled in by the engine.
    """

    chat: int
    address: str
    text: str
    attachments: tuple[Mapping[str, Any], ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepInvite:
    """Keep the invitation whose link a message carries: who follows it is known by its token.

    ``channel`` is the connection that it leads to. ``run`` is filled in by the engine: whatever writes that run's
    message anew finds the invitation by it and keeps the link.
    """

    token: str
    channel: str
    contact: str | None = None
    company: str | None = None
    run: int | None = None


Effect: TypeAlias = (
    Deliver
    | Move
    | SetField
    | Assign
    | Notify
    | Comment
    | CreateTask
    | StoreFile
    | MakeDocument
    | CreateDeal
    | StartTimer
    | ChatNote
    | KeepInvite
)


def stamped(effect: Effect, rule: str, run: int) -> Effect:
    """Return an effect with what its rule's kind cannot know: which rule it is, and which run."""
    if isinstance(effect, ChatNote | Assign):
        return replace(effect, rule=rule)
    return replace(effect, run=run) if isinstance(effect, KeepInvite) else effect
