"""A peer that keeps its answer for long, while others could be served."""

from __future__ import annotations

import asyncio
from collections.abc import Set
from typing import TYPE_CHECKING, Final

from core.model.delivery import DeliveryStatus
from core.ports import Reader
from core.views import DeliveryFilter

if TYPE_CHECKING:
    from tests.simulator.process import Life
    from tests.simulator.world import World

HANGS: Final = (3.0, 12.0)
"""How long a peer keeps its answer, in seconds: less, and more, than an engine waits that is told to stop."""
WHILE: Final = 1.0
"""Seconds in which an engine that serves takes up what can go."""
_WAITING: Final = DeliveryFilter(statuses=frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING}))


async def hang(world: World, life: Life, connection: str) -> None:
    """Let a peer keep its answer; what can go another way goes meanwhile."""
    world.say(f"the peer of {connection} hangs")
    life.hanging.add(connection)
    seconds, before = world.rng.choice(HANGS), (life.troubles, world.clock.at)
    await asyncio.sleep(WHILE)
    free = world.look(lambda r: _free(r, life.hanging))
    await asyncio.sleep(WHILE)
    undisturbed = not (life.dead or life.overtaken or world.full) and before == (life.troubles, world.clock.at)
    kept = free & world.look(lambda r: _free(r, life.hanging))
    if kept and undisturbed and life.stop is not None and not life.stop.is_set():
        world.violated(f"{sorted(kept)} wait while the peer of {connection} hangs")
    await asyncio.sleep(seconds - 2 * WHILE)
    life.hanging.discard(connection)


def _free(reader: Reader, hanging: Set[str]) -> set[str]:
    """Return the messages that could go now: through a way that is free, of deals that have none on the wire."""
    ways = set(reader.due_connections(reader.now())) - hanging
    waiting = reader.deliveries(_WAITING)
    busy = {d.deal for d in waiting if d.worker is not None}
    due = (d for d in waiting if d.connection in ways and d.due_at is not None and d.due_at <= reader.now())
    return {d.public_id for d in due if d.deal not in busy}
