"""Whether the connections are well: each is opened, asked and closed again. Nothing of it reaches a customer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from core.clockwork import Clock
from core.errors import FunilError
from core.i18n import N_
from core.model.house import Connection
from core.peers import Adapter, AdapterFactory, Backing, Health
from core.words import Words

Open = Callable[[Connection], Adapter]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a connection's check came to."""

    connection: Connection
    health: Health


async def check_all(
    connections: Sequence[Connection],
    adapters: AdapterFactory,
    clock: Clock,
    house_id: str,
    backing: Backing,
    seconds: float,
) -> Sequence[Checked]:
    """Check connections all at once, each for so many seconds at most; returns the results in the same order."""

    def opened(connection: Connection) -> Adapter:
        return adapters.open(connection, clock, house_id, backing)

    async def one(connection: Connection) -> Checked:
        if adapters.settings_model(connection.adapter) is not None and adapters.capabilities(connection) is None:
            return Checked(connection, Health(True, Words(N_("nothing is sent through it"))))
        return Checked(connection, await _health(connection, opened, seconds))

    return await asyncio.gather(*map(one, connections))


async def _health(connection: Connection, opened: Open, seconds: float) -> Health:
    """Check one connection; whatever a plug-in does is its own connection's illness."""
    try:
        async with asyncio.timeout(seconds):
            adapter = opened(connection)
            try:
                return await adapter.check()
            finally:
                with suppress(Exception):
                    await asyncio.shield(adapter.close())
    except FunilError as error:
        return Health(False, error.words)
    except TimeoutError:
        return Health(False, Words(N_("no answer within {n} s"), {"n": round(seconds)}))
    except Exception as error:
        words = {"error": f"{type(error).__name__}: {error}"[:300]}
        return Health(False, Words(N_("the adapter broke: {error}"), words))
