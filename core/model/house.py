"""The house as its admin set it up: one frozen picture, valid for one version of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.model.delivery import Channel
from core.model.file import StoredFile
from core.model.people import User
from core.model.pipeline import Pipeline, Stage
from core.model.rule import Rule, Trigger


class FieldType(StrEnum):
    """Types of a deal's custom fields."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    USER = "user"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDef:
    """A typed custom field of deals; ``options`` are a list field's values."""

    id: str
    type: FieldType
    name: str | None = None
    multiple: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A configured way in or out. ``channel`` is a :class:`Channel` value or ``form``; ``adapter`` a registered name.

    ``paused`` holds the reason code while nothing may go out through it.
    """

    id: str
    channel: str
    adapter: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    new_deal: Mapping[str, Any] | None = None
    paused: str | None = None

    @property
    def bot(self) -> str | None:
        """The name of a messenger's bot: a client can be invited to such a channel by a link."""
        return str(self.settings["bot"]) if self.channel == Channel.OPEN_CHANNEL and self.settings.get("bot") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySettings:
    """The house's own calendar and manners. ``hours`` maps ``mon``/``mon-fri`` to periods ``"09:00-18:00"``;
    ``holidays`` are country or region codes and ISO dates; ``grace`` is in milliseconds; ``gateway`` is the public
    address that tracked links lead through."""

    timezone: str = "UTC"
    hours: Mapping[str, str] = field(default_factory=dict)
    holidays: tuple[str, ...] = ()
    grace: int = 5_000
    currency: str = "BRL"
    language: str = "en"
    gateway: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that rules are judged by, apart from deals and people. ``version`` tells whether it is new."""

    id: str
    version: int
    company: CompanySettings
    users: Mapping[str, User]
    connections: Mapping[str, Connection]
    constants: Mapping[str, Any]
    fields: Mapping[str, FieldDef]
    pipelines: Mapping[str, Pipeline]
    rules: Mapping[str, Rule]
    triggers: Mapping[str, Trigger]
    rules_by_stage: Mapping[tuple[str, str], tuple[Rule, ...]]
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    """The house's own store by name: what any rule may attach."""

    def stage(self, pipeline: str, stage: str) -> Stage | None:
        """Return a stage by the two ids, or None."""
        found = self.pipelines.get(pipeline)
        return found.stage(stage) if found else None

    def connected(self, channel: Channel) -> tuple[Connection, ...]:
        """Return the channel's connections, in the order they were made."""
        return tuple(c for c in self.connections.values() if c.channel == channel)
