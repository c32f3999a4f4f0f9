"""What every part of a reader stands on: a connection, the Store's memory, the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, select

from core.errors import StoreTrouble
from core.i18n import N_
from core.model.house import House
from core.model.rule import Rule
from core.ports import Clock
from data.columns import table_of
from data.sql import Db, Statement
from data.tables_house import MetaRow

meta: Final = table_of(MetaRow)

HOME = Statement(lambda: select(meta.c.home).where(meta.c.id == 1))
TRACKING_KEY = Statement(lambda: select(meta.c.tracking_key).where(meta.c.id == 1))
META = Statement(lambda: select(meta.c.config_version, meta.c.clock, meta.c.house).where(meta.c.id == 1))


@dataclass(slots=True)
class Memory:
    """What one process remembers of a database between transactions; shared by all its readers and writers.

    Nothing here can be wrong, although a transaction that fills it may still be rolled back: no two states of the
    configuration ever have the same version (see :mod:`data.tx_config`), and a revision is remembered with its text.
    """

    house: House | None = None
    revisions: dict[int, tuple[str, Rule]] = field(default_factory=dict)
    fed: int = 0
    """Lines written to the change feed since it was last trimmed."""


class Base:
    """A connection inside one transaction. Make a new one for each: it remembers what cannot change meanwhile."""

    def __init__(self, db: Db, memory: Memory, clock: Clock) -> None:
        self.db = db
        self.memory = memory
        self.clock = clock
        self._known: tuple[int, int | None, str] | None = None
        self._revisions: dict[int, Rule] = {}

    def _meta(self) -> tuple[int, int | None, str]:
        """Return the configuration's version, the simulated clock and the house's id."""
        if self._known is None:
            row: Any = self.db.one(META)
            if row is None:
                raise StoreTrouble(N_("this database is not set up: run “funil init”"))
            self._known = row
        assert self._known is not None
        return self._known


def the(name: str) -> Any:
    """Return a parameter of a statement."""
    return bindparam(name)
