"""A database that was copied to another machine sends nothing until a person confirms: its twin may be sending too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from core.i18n import N_
from core.model.house import Connection
from core.ports import Job, Tx
from core.words import Words

COPIED: Final = "copied"
"""Why a connection is paused that came along with a copy."""


def move_in(home: str, simulated: Callable[[Connection], bool]) -> Job[Sequence[str]]:
    """Note where this database lives now, as its engine must before anything is sent; returns what is paused for it.

    A database that lived elsewhere before has every open connection paused whose messages really go out. ``home`` is
    the fingerprint of the machine, or of the server; ``simulated`` tells which connections reach nobody.
    """

    def job(tx: Tx) -> Sequence[str]:
        before = tx.home()
        if before == home or not tx.set_home(home, before) or before is None:
            return ()
        paused = [c.id for c in tx.house().connections.values() if c.paused is None and not simulated(c)]
        for connection in paused:
            tx.pause_connection(connection, COPIED)
        return paused

    return job


def told(paused: Sequence[str]) -> Words:
    """Say what has been paused, once, to who starts the engine."""
    return Words(
        N_(
            "this database was copied from another machine: nothing goes out through {connections} until somebody"
            " confirms it: c on the board, or “funil connection resume NAME” (or --all)"
        ),
        {"connections": ", ".join(paused)},
    )


def why_paused(connection: Connection) -> Words:
    """Say why a connection is paused where its code alone would leave a person without a way on."""
    if connection.paused != COPIED:
        return Words("")
    return Words(
        N_("the database was copied from another machine; “funil connection resume {connection}” lets it send"),
        {"connection": connection.id},
    )
