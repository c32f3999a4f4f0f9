"""Rules and triggers as the admin wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Any

from core.model.moment import Duration


class Order(StrEnum):
    """Whether a rule starts on its own or when the rules above it have ended."""

    PARALLEL = "parallel"
    WAIT = "wait"


class Hours(StrEnum):
    """Whose working hours a rule keeps to."""

    ANY = "any"
    BUSINESS = "business"
    RESPONSIBLE = "responsible"
    BOTH = "both"


class Unknown(StrEnum):
    """What to do when nobody knows whether a message went out."""

    RESEND = "resend"
    HOLD = "hold"


class When(StrEnum):
    """The forms of a run time."""

    NOW = "now"
    AFTER = "after"
    BEFORE = "before"
    AT = "at"


@dataclass(frozen=True, slots=True)
class RunTime:
    """When a rule runs: now; a span after the entry, a date field or the rule above (``of="previous"``);
    a span before a date field; at a clock time on a date field's day."""

    when: When = When.NOW
    span: Duration | None = None
    of: str | None = None
    clock: time | None = None


NOW = RunTime()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One revision of a rule. ``when`` is the condition's JSON tree; ``settings`` are its kind's, as written.

    ``revision`` numbers the stored revisions of all rules; a run keeps the one that it started with.
    """

    id: str
    pipeline: str
    stage: str
    kind: str
    name: str
    position: int = 0
    run: RunTime = NOW
    order: Order = Order.PARALLEL
    hours: Hours = Hours.ANY
    when: Mapping[str, Any] | None = None
    once: bool = False
    enabled: bool = True
    stop_on_error: bool = False
    late: Duration | None = None
    unknown: Unknown | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A trigger on its target stage. ``as_user`` is ``responsible`` or a user's id."""

    id: str
    pipeline: str
    stage: str
    kind: str
    name: str
    position: int = 0
    as_user: str = "responsible"
    back: bool = False
    when: Mapping[str, Any] | None = None
    enabled: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
