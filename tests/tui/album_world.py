"""A house in the middle of its week, for the album: deals of every age, rules and messages in every state."""

from __future__ import annotations

from typing import Any

from core import commands
from core.model.delivery import DeliveryStatus
from core.model.moment import DAY, HOUR, MINUTE, Moment
from core.ports import Job
from core.rules import catalogue
from tests.tui.app_world import START, World, memory_world
from tests.tui.log_ground import FAILED, MAIL, SMS, written
from tests.tui.panel_world import rich_world

LONG = "Espresso machine and two grinders for the summer season"


def busy_world(**more: Any) -> World:
    """Return a house with a deal in every stage but one, and eight messages in its log."""
    catalogue.kinds()
    world = rich_world(**more)
    now = world.store.read(lambda reader: reader.now())
    for ago, title, stage, more in (
        (9 * DAY, "Padaria Lua", "won", {"amount": "1900"}),
        (6 * DAY, LONG, "invoice", {"amount": "12000", "company": "sol", "contacts": ()}),
        (3 * DAY, "Festa Silva", "new", {"amount": "1250", "values": {"close_date": "2026-11-30"}}),
        (2 * DAY, "Bar do Zé", "new", {"responsible": "rui", "contacts": ("joao",)}),
        (5 * HOUR, "Café für Müller", "new", {"amount": "84321.50", "currency": "EUR", "contacts": ()}),
    ):
        world.write(_turned(Moment(START - ago)))
        world.deal(title, stage, **more)
    world.write(_turned(now))
    return world


def _turned(at: Moment) -> Job[None]:
    return lambda tx: tx.set_clock(at)


def telling_world() -> World:
    """Return a busy house in whose log there is a message of every fate."""
    world = busy_world()
    deal = world.deals["Festa Silva"]
    later = {"status": DeliveryStatus.QUEUED, "sent_at": None, "due_at": Moment(START + 10 * MINUTE)}
    written(
        world,
        deal,
        {"message": MAIL, "status": DeliveryStatus.DELIVERED, "delivered_at": START},
        FAILED,
        {"message": SMS, "status": DeliveryStatus.UNKNOWN, "sent_at": None, "reason": "timeout"},
        {"message": SMS, **later},
        {"message": MAIL, "status": DeliveryStatus.UNDELIVERED, "reason": "bounced"},
    )
    return world


def waiting_world(count: int = 21) -> World:
    """Return a house in which so many messages became due while nothing ran."""
    world = memory_world()
    deals = [world.deal(f"Order {n}") for n in range(count)]
    world.write(commands.move(deals, "delivery"))
    world.write(commands.advance_clock(HOUR))
    return world
