"""What the cursor of the deal's sheet can stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from core.client_ports import ClientKind
from core.fields import Spec
from core.model.people import Address


@dataclass(frozen=True, slots=True)
class FieldSpot:
    """A field of the deal, or one of several values; ``index`` None is the whole, ``base`` what is stored there now
    (None: nothing, or a place for one more)."""

    spec: Spec
    index: int | None = None
    base: Any = None


@dataclass(frozen=True, slots=True)
class StageSpot:
    """The deal's stage: it is changed by moving."""


@dataclass(frozen=True, slots=True)
class FlagSpot:
    """The flag that keeps rules from moving the deal."""


@dataclass(frozen=True, slots=True)
class FactSpot:
    """Something that can be read only."""


@dataclass(frozen=True, slots=True)
class LinkSpot:
    """A place for one more contact, or for the company."""

    what: Literal["contacts", "company"]


@dataclass(frozen=True, slots=True)
class PersonSpot:
    """A client of the deal."""

    what: ClientKind
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class AddressSpot:
    """An address or a number of a client; ``base`` None is a place for one more."""

    what: ClientKind
    id: str
    base: Address | None = None
    phone: bool = False


@dataclass(frozen=True, slots=True)
class RunSpot:
    """A rule's run on the deal; ``message`` is the line of the outbound log that it has made."""

    run: str
    name: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class RuleSpot:
    """A rule of the stage that has no run on the deal."""

    rule: str


@dataclass(frozen=True, slots=True)
class ChatSpot:
    """A chat with the client."""

    chat: str
    channel: str


@dataclass(frozen=True, slots=True)
class SaidSpot:
    """Something that was said in a chat; ``message`` is the line of the outbound log that carries it."""

    chat: str
    channel: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class OlderSpot:
    """What was said in a chat before the part that is shown."""

    chat: str
    channel: str


@dataclass(frozen=True, slots=True)
class FileSpot:
    """A file that went with what was said in a chat; its content is kept under ``digest``."""

    chat: str
    channel: str
    name: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class TaskSpot:
    """A task of the deal; ``done`` is how it stands."""

    task: str
    done: bool


@dataclass(frozen=True, slots=True)
class PastSpot:
    """A line of history, with the message or the event that it tells of, or the field that was changed: what it was
    and became."""

    message: str | None = None
    field: str | None = None
    old: Any = None
    new: Any = None
    event: str | None = None


Spot: TypeAlias = (
    FieldSpot
    | StageSpot
    | FlagSpot
    | FactSpot
    | LinkSpot
    | PersonSpot
    | AddressSpot
    | RunSpot
    | RuleSpot
    | ChatSpot
    | SaidSpot
    | OlderSpot
    | FileSpot
    | TaskSpot
    | PastSpot
)
TALKS: Final = (ChatSpot, SaidSpot, OlderSpot, FileSpot)
"""What belongs to a chat: each names its ``chat`` and its ``channel``."""
