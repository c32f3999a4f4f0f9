"""What an apply has changed so far, and complaints with their place in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from core.applying.uploads import Uploads
from core.boardfile.document import Document
from core.boardfile.merging import Faulty
from core.boardfile.places import Misplaced, Path, undotted, wrong
from core.errors import BadInput, FunilError, Refused, UnknownThing
from core.model.house import Connection, House
from core.ports import Tx
from core.words import NO_WORDS, Arg, Words

CheckConnection = Callable[[Connection], object]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what an apply did: ``verb`` is ``add``, ``change``, ``remove`` or ``note`` (nothing was done)."""

    verb: str
    what: str
    id: str
    note: Words = NO_WORDS


@dataclass(slots=True)
class Ledger:
    """The transaction, the file, and the changes made so far.

    ``lenient`` is lint's: what is wrong is collected in ``refused``, and the rest goes on without it.
    """

    tx: Tx
    document: Document
    author: str = "system"
    check_connection: CheckConnection | None = None
    lenient: bool = False
    uploads: Uploads = field(default_factory=Uploads.none)
    filed: dict[str, str] = field(default_factory=dict)
    """The digests of files that this apply has put into the house's store, by name."""
    changes: list[Change] = field(default_factory=list)
    refused: list[Misplaced] = field(default_factory=list)
    narrowed: bool = False
    """Whether something is gone that rules and triggers elsewhere may point at."""

    @property
    def house(self) -> House:
        """The configuration as this transaction has made it so far."""
        return self.tx.house()

    def put(self, what: str, thing_id: str, before: Any, after: Any, write: Callable[[], None]) -> bool:
        """Write and note a thing when it is new or differs; returns whether it was."""
        if before == after:
            return False
        write()
        back = before is None or (getattr(before, "removed", False) and not after.removed)
        self.changes.append(Change("add" if back else "change", what, thing_id))
        return True

    def note(self, what: str, thing_id: str, msg: str, **args: Arg) -> None:
        """Note something that was not done, and why."""
        self.changes.append(Change("note", what, thing_id, Words(msg, args)))

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """Give a complaint its place in the file, unless it has one. A lenient ledger collects it and goes on."""
        try:
            yield
        except Misplaced as error:
            self._refuse(error)
        except (BadInput, UnknownThing, Refused) as error:
            self._refuse(wrong(self.document.place((*path, *_inside(error))), error.words.msg, **error.words.args))

    def _refuse(self, error: Misplaced) -> None:
        if not self.lenient:
            raise error
        if all(str(error) != str(each) for each in self.refused):
            self.refused.append(error)


def _inside(error: FunilError) -> Path:
    """Return the path inside a part that an error names: its key, or the setting that an adapter refuses."""
    if isinstance(error, Faulty):
        return (error.key.rstrip("_"),)
    where = error.words.args.get("where")
    return undotted(where) if isinstance(where, str) else ()
