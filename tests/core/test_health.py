"""Connections are asked whether they are well: all at once, each with its own limit, and each alone falls ill."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from core import health
from core.errors import BadInput
from core.model.house import Connection
from core.model.moment import Moment
from core.peers import AdapterFactory, Backing, Health
from core.words import Words


class Standing:
    """A clock that stands."""

    def now(self) -> Moment:
        return Moment(0)


class Peer:
    """A way out that behaves as its connection's id says."""

    def __init__(self, kind: str, waiting: list[str], everybody: asyncio.Event) -> None:
        self.kind = kind
        self.waiting = waiting
        self.everybody = everybody
        self.closed = False

    async def check(self) -> Health:
        if self.kind == "silent":
            await asyncio.Event().wait()
        if self.kind == "bug":
            raise RuntimeError("no idea")
        self.waiting.append(self.kind)
        if len(self.waiting) == 2:
            self.everybody.set()
        await self.everybody.wait()
        return Health(self.kind != "ill", Words("refused"))

    async def close(self) -> None:
        self.closed = True


class Factory:
    """Opens peers; ``wrong`` cannot be opened."""

    def __init__(self) -> None:
        self.peers: list[Peer] = []
        self.waiting: list[str] = []
        self.everybody = asyncio.Event()

    def settings_model(self, adapter: str) -> object | None:
        return object if adapter == "x" else None

    def capabilities(self, connection: Connection) -> object | None:
        return None if connection.id == "inbound" else object()

    def open(self, connection: Connection, clock: Any, house_id: str, backing: Any) -> Any:
        if connection.id == "wrong":
            raise BadInput("settings cannot work")
        self.peers.append(Peer(connection.id, self.waiting, self.everybody))
        return self.peers[-1]


async def test_every_connection_is_asked_at_once_and_closed_again() -> None:
    factory = Factory()
    ids = ["well", "silent", "ill", "bug", "wrong", "inbound"]
    connections = [Connection(id=each, channel="email", adapter="x") for each in ids]
    found = await health.check_all(
        connections, cast(AdapterFactory, factory), Standing(), "house", cast(Backing, None), 0.2
    )
    assert [(each.connection.id, each.health.ok, each.health.detail.english()) for each in found] == [
        ("well", True, "refused"),
        ("silent", False, "no answer within 0 s"),
        ("ill", False, "refused"),
        ("bug", False, "the adapter broke: RuntimeError: no idea"),
        ("wrong", False, "settings cannot work"),
        ("inbound", True, "nothing is sent through it"),
    ]
    assert all(peer.closed for peer in factory.peers)
    assert factory.waiting == ["well", "ill"]  # one waited for the other
