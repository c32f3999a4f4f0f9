"""What the command line is given by the roof: the store, the engine, the adapters and the board."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from core.backups import Backed
    from core.errors import FunilError
    from core.linting import Outside
    from core.model.house import Connection
    from core.model.moment import Moment
    from core.playing import Playground
    from core.ports import AdapterFactory, Store
    from core.words import Words

Trouble = Callable[[BaseException], None]
Made = Literal["created", "upgraded", "unchanged"]


@dataclass(frozen=True, slots=True)
class Place:
    """A database: its address, and the name that sentences call it by (never with a password)."""

    url: str
    name: str


class Key(Protocol):
    """An action of the board and its keys, in the user's language."""

    @property
    def id(self) -> str:
        """By which a file of keys names it."""

    @property
    def place(self) -> str:
        """Where its keys work."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def keys(self) -> Sequence[str]:
        """Its keys as people write them."""


class Keys(Protocol):
    """The board's keys, the user's own taken into account."""

    @property
    def path(self) -> Path:
        """Where the user's own keys stand, whether there is such a file or not."""

    @property
    def actions(self) -> Sequence[Key]:
        """Every action."""

    @property
    def troubles(self) -> Sequence[Words]:
        """What is wrong with the file."""


class Engine(Protocol):
    """This process as the engine of its database, until released."""

    @property
    def happened(self) -> int:
        """How much has happened so far."""

    async def move_in(self) -> Words | None:
        """Note where the database lives; one that was copied to here sends nothing yet, and the answer says so."""

    async def start(self) -> int:
        """Take over what a dead engine left, on the running loop; returns how many messages are *unknown* for it."""

    async def once(self) -> int:
        """One pass; returns how much happened."""

    async def until(self, moment: Moment) -> int:
        """Work up to a moment."""

    async def serve(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set."""

    async def close(self) -> None:
        """Close the ways out."""

    def release(self) -> None:
        """Give the right to be the engine back."""


class Act(Protocol):
    """What somebody of the demo's house does."""

    @property
    def at(self) -> Moment:
        """When."""

    @property
    def deal(self) -> str:
        """To which deal; in a chat, its address."""

    @property
    def verb(self) -> str:
        """What: ``move``, ``set``, ``again``, ``says`` or ``event``."""

    @property
    def value(self) -> str:
        """The stage, ``field=value``, the deal that the new one is like, or what is said."""

    @property
    def by(self) -> str:
        """Who: a user's id, in a chat also the client's number."""

    @property
    def data(self) -> Mapping[str, str]:
        """What an event says of itself."""


class Story(Protocol):
    """The demo: a board file and the files beside it, its zone, the moment at which it is laid down, acts in order, and
    when it begins."""

    @property
    def name(self) -> str:
        """The board file's name."""

    @property
    def text(self) -> str:
        """The board file."""

    @property
    def folder(self) -> Path:
        """Where the files stand that it names."""

    @property
    def zone(self) -> str:
        """The company's time zone."""

    @property
    def founded(self) -> Moment:
        """When the file is laid down."""

    @property
    def acts(self) -> Sequence[Act]:
        """What people do, from the founding on."""

    @property
    def present(self) -> Moment:
        """When the demo begins."""


class Roof(Protocol):
    """Puts the parts of the house together, each loaded when it is asked for."""

    @property
    def adapters(self) -> AdapterFactory:
        """The ways out that this program knows."""

    def place(self, address: str | None, *, demo: bool = False) -> Place:
        """Return which database is meant: the address given, ``FUNIL_DB``, or the user's own (the demo's own)."""

    def exists(self, place: Place) -> bool:
        """Return whether there is a Funil database, of whatever version."""

    def make(self, place: Place) -> Made:
        """Create a database or bring it to this version."""

    def opened(self, place: Place) -> AbstractContextManager[Store]:
        """Open a database for as long as the context lasts. Raises ``StoreTrouble`` for a missing or older one."""

    def damage(self, address: str | None, error: Exception) -> FunilError | None:
        """Return what to say of a failure that nobody foresaw, where the database is damaged; None: it is a bug."""

    def scratch(self) -> AbstractContextManager[Store]:
        """Open an empty database that is forgotten afterwards."""

    def playground(self) -> AbstractContextManager[Playground]:
        """Make an empty house in memory, to be forgotten afterwards, with an engine whose ways out are simulated."""

    def check_connection(self, connection: Connection) -> None:
        """Raise ``BadInput`` for a connection whose adapter or settings cannot work."""

    @property
    def outside(self) -> Outside:
        """What is known of this machine and of the adapters, for lint."""

    def engine(self, store: Store, name: str, *, on_trouble: Trouble | None = None, steady: bool = False) -> Engine:
        """Become the engine. Raises ``Refused`` naming the process that already is.

        ``on_trouble`` is told what stops ``serve`` for a second; without it ``serve`` ends. ``steady``: no luck, every
        draw is the middle one, so that a story is the same however its parts come to be told.
        """

    def backup(self, store: Store, target: Path) -> Backed:
        """Copy a database while it is in use (:class:`core.backups.Backup`)."""

    def wipe(self, store: Store) -> None:
        """Empty a database of everything but its tables and its id."""

    def story(self) -> Story:
        """Return the demo's board file and what has happened in its house."""

    def keys(self) -> Keys:
        """Return the board's keys, the user's own taken into account."""

    def welcome(self, place: Place) -> Literal["demo", "empty"] | None:
        """Ask the first time what to begin with; None: nothing."""

    def board(self, place: Place, *, ticking: bool = False, user: str | None = None) -> int:
        """Show the board until it is quitted; ``ticking`` lets a simulated clock go on with the wall's, ``user`` is who
        sits at it. Raises ``UnknownThing`` where the house has no such user."""
