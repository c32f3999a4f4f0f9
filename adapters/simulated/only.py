"""Adapters for test runs: whatever is asked for, nothing is opened that leads out of the house."""

from __future__ import annotations

from adapters.registry import Registry
from core.errors import BadInput
from core.i18n import N_
from core.model.house import Connection
from core.ports import Adapter, Backing, Clock


class OnlySimulated(Registry):
    """A registry that opens simulated connections and refuses all others."""

    def open(self, connection: Connection, clock: Clock, house_id: str, backing: Backing) -> Adapter:
        """Open a simulated adapter. Raises ``BadInput`` for any other."""
        if not self.simulated(connection):
            raise BadInput(
                N_("a test run leads nowhere: connection “{connection}” is not simulated"), connection=connection.id
            )
        return super().open(connection, clock, house_id, backing)
