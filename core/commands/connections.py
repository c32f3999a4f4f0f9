"""Holding back what goes out through a connection, and letting it go again."""

from __future__ import annotations

from typing import Final

from core.commands import lookup
from core.ports import Job, Tx

BY_HAND: Final = "by_hand"
"""Why a connection is paused when a person has paused it."""


def set_paused(connection: str | None, reason: str | None) -> Job[list[str]]:
    """Return a job that pauses a connection (a reason code) or resumes it (None) and answers which; None: all of them.

    Raises ``UnknownThing``.
    """

    def job(tx: Tx) -> list[str]:
        house = tx.house()
        wanted = list(house.connections) if connection is None else [lookup.connection(house, connection).id]
        for each in wanted:
            tx.pause_connection(each, reason)
        return wanted

    return job
