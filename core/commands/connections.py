"""Holding back what goes out through a connection, and letting it go again."""

from __future__ import annotations

from typing import Final

from core.commands import lookup
from core.errors import UnknownThing
from core.i18n import N_
from core.ports import Job, Tx

BY_HAND: Final = "by_hand"
"""Why a connection is paused when a person has paused it."""


def set_paused(connection: str | None, reason: str | None) -> Job[list[str]]:
    """Return a job that pauses a connection (a reason code) or resumes it (None) and answers which; None: all of them.

    Raises ``UnknownThing``.
    """

    def job(tx: Tx) -> list[str]:
        known = tx.house().connections
        if connection is not None and connection not in known:
            raise UnknownThing(
                N_("there is no connection “{id}” (there are: {known})"), id=connection, known=lookup.names(known)
            )
        wanted = list(known) if connection is None else [connection]
        for each in wanted:
            tx.pause_connection(each, reason)
        return wanted

    return job
