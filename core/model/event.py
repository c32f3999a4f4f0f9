"""What happens outside the house (or in it): events, and what simulated peers will do later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.model.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One happening, as it was reported. ``outside_id`` is its id at its ``source``: the pair is recorded once.

    ``deal``, ``delivery`` and ``connection`` say what it names; ``data`` holds the rest as plain JSON values.
    ``handled_at`` is set once the engine has matched it.
    """

    kind: str
    source: str
    outside_id: str
    at: Moment
    deal: str | None = None
    delivery: int | None = None
    connection: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    handled_at: Moment | None = None
    id: int = 0

    @property
    def public_id(self) -> str:
        """The id that people see and type."""
        return f"E{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What a simulated peer will do at ``at``: a row on the engine's clock. ``key`` is unique within its connection,
    so that planning it twice plans it once.

    ``kind`` ``receipt``: it reports on a message (``data``: ``provider_id status reason``, and ``outside_id`` where the
    report's own id is not the key, since it comes again); any other kind is that of the event which it raises, with
    ``data`` as the event's own and the key as its id.
    """

    connection: str
    key: str
    kind: str
    at: Moment
    deal: str | None = None
    delivery: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
