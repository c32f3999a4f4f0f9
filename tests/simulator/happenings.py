"""What simulated peers do later: all that follows from a message that an engine has noted happens, and once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from core.model.delivery import Channel, Message
from core.model.event import Happening
from core.model.moment import DAY, HOUR, SECOND, Moment
from core.ports import Reader
from tests.simulator.world import Report

if TYPE_CHECKING:
    from tests.simulator.world import World

_WAITS: Final = (0, SECOND, 7 * SECOND, HOUR, DAY)
_STATES: Final = ("delivered", "undelivered", "sent")


def drawn(world: World, message: Message, key: str, provider_id: str) -> tuple[Happening, ...]:
    """Return what follows from a message: a report, or something that the client does, or both."""
    kinds: Sequence[str] = world.rng.choice((("receipt",), ("email_opened",), ("receipt", "link_clicked", "receipt")))
    if message.channel is Channel.OPEN_CHANNEL:
        kinds = ("chat_message", "receipt")
    told = []
    for number, kind in enumerate(kinds):
        moment = Moment(world.clock.at + world.rng.choice(_WAITS))
        data: dict[str, Any] = {"n": number}
        if kind == "receipt":
            data = {"provider_id": provider_id, "status": world.rng.choice(_STATES)}
        elif kind == "chat_message":
            data = {"chat": message.to.partition(":")[2], "text": f"answer to {key}"}
        told.append(Happening(connection="", key=f"{key}:{number}", kind=kind, at=moment, data=data))
    return tuple(told)


def carried_out(world: World, done: Sequence[Happening]) -> None:
    """Note what has happened, once that is committed."""
    for happening in done:
        if happening.key in world.befallen:
            world.violated(f"{happening.kind} {happening.key} happened twice")
        world.befallen[happening.key] = happening
        if happening.kind == "receipt":
            said = happening.data
            world.received.append(
                Report(happening.connection, happening.key, said["provider_id"], said["status"], happening.at)
            )
        elif happening.kind == "chat_message":
            world.talk.said.setdefault(happening.data["chat"], []).append(happening.data["text"])
            world.watch.written(happening.data["chat"], happening.at)
            world.talk.blocked.discard(world.look(lambda r: r.chats_named(happening.data["chat"])[0].id))  # noqa: B023
        world.say(f"{happening.kind} {happening.key}")


def problems(world: World, reader: Reader) -> Sequence[str]:
    """Compare what has happened with what was to follow from messages whose end an engine has noted."""
    expected = [
        follow for a in world.wire if a.settled and a.outcome is not None and a.accepted for follow in a.outcome.follows
    ]
    # A slow circle of rules goes on for ever: what lies ahead of the clock is no leftover.
    due = [follow for follow in expected if follow.at <= reader.now()]
    found = [f"{follow.kind} {follow.key} never happened" for follow in due if follow.key not in world.befallen]
    for key, happening in world.befallen.items():
        recorded = reader.event_of(happening.connection, key) is not None
        if recorded != (happening.kind != "receipt"):
            found.append(f"{happening.kind} {key} happened, and its event is {'there' if recorded else 'missing'}")
    return found
