"""A peer that keeps its answer for long, while others could be served."""

from __future__ import annotations

import asyncio
from collections.abc import Set
from typing import TYPE_CHECKING, Final

from core.model.delivery import Delivery, DeliveryStatus
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
    """Return the messages that could go now: through a way that is free, of deals that have none on the wire, and none
    that goes before it and waits for a way that is not."""
    ways = set(reader.due_connections(reader.now()))
    waiting = reader.deliveries(_WAITING)
    busy = {d.deal for d in waiting if d.worker is not None}
    due = [d for d in waiting if d.connection in ways and d.due_at is not None and d.due_at <= reader.now()]
    kept_back = {d.deal: min(_turn(o) for o in due if o.deal == d.deal) for d in due if d.connection in hanging}
    free = (d for d in due if d.connection not in hanging and d.deal not in busy)
    return {d.public_id for d in free if d.deal not in kept_back or _turn(d) <= kept_back[d.deal]}


def _turn(delivery: Delivery) -> tuple[int, int, int]:
    """Return the place of a message in its deal's queue."""
    return delivery.moment, delivery.position, delivery.id
