"""Bugs on purpose in calls and accounts, chats and invitations, in who is written to, and in engines that serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from core import recipients
from core.engine import calling, charging, dispatching, loop, outcomes, rejudging
from core.model.moment import Moment
from core.talk_ports import ChatFilter
from data.tx import SqlTx

Patch = Callable[[pytest.MonkeyPatch], None]


def overdraws(patch: pytest.MonkeyPatch) -> None:
    """An account is charged whatever it holds."""
    charge = charging.charge
    patch.setattr(charging, "charge", lambda line, key, cost, balance=None, currency=None: charge(line, key, cost))


def charges_again(patch: pytest.MonkeyPatch) -> None:
    """A call that is paid is paid once more under another key."""
    charge = charging.charge

    def bad(line: str, key: str, *more: Any, **others: Any) -> Any:
        once, again = (charge(line, each, *more, **others) for each in (key, f"{key}-a"))

        def job(tx: Any) -> Any:
            made = once(tx)
            again(tx)
            return made

        return job

    patch.setattr(charging, "charge", bad)


def forgets_costs(patch: pytest.MonkeyPatch) -> None:
    """What a call has cost is not noted."""
    good = SqlTx._accept

    def bad(self: Any, accepted: Any) -> Any:
        return good(self, [(delivery, replace(outcome, cost=None)) for delivery, outcome in accepted])

    patch.setattr(SqlTx, "_accept", bad)


def never_gives_up_calling(patch: pytest.MonkeyPatch) -> None:
    """Calls that have reached nobody are forgotten."""
    patch.setattr(calling, "rung", lambda *args: {})


def calls_at_once(patch: pytest.MonkeyPatch) -> None:
    """Who did not answer is called again after a second."""
    again = outcomes._call_again

    def bad(tried: Any, outcome: Any, now: Any, rung: int) -> Any:
        after = again(tried, outcome, now, rung)
        return replace(after, due_at=Moment(now + 1_000)) if after.due_at is not None else after

    patch.setattr(outcomes, "_call_again", bad)


def takes_no_no(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks who has opted out."""
    patch.setattr(recipients, "opted_out", lambda facts, address: False)


def takes_no_late_no(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks again who has opted out since a message was written."""
    patch.setattr(rejudging, "_declined", lambda *args: False)


def begins_at_the_end(patch: pytest.MonkeyPatch) -> None:
    """A fallback chain is walked from its end."""
    candidates = recipients._Search._candidates
    patch.setattr(recipients._Search, "_candidates", lambda self, chain: reversed(list(candidates(self, chain))))


def takes_the_first_chat(patch: pytest.MonkeyPatch) -> None:
    """A rule writes in the chat created first."""

    def bad(self: Any, deal: str, owner: Any, channels: Any) -> Any:
        chats = self.chats(ChatFilter())
        return next((c for c in reversed(chats) if c.deal == deal or (owner and c.contact == owner.id)), None)

    patch.setattr(SqlTx, "last_chat", bad)


def says_nothing(patch: pytest.MonkeyPatch) -> None:
    """What goes out to a chat does not stand in it."""
    patch.setattr(SqlTx, "_say_all", lambda *args: None)


def says_twice(patch: pytest.MonkeyPatch) -> None:
    """What a client writes stands in the chat twice."""
    say = SqlTx.say
    patch.setattr(SqlTx, "say", lambda self, message: say(self, message) and say(self, message))


def ignores_blocks(patch: pytest.MonkeyPatch) -> None:
    """Nobody notes that a client has blocked us."""
    patch.setattr(dispatching, "block", lambda *args: None)


def binds_nobody(patch: pytest.MonkeyPatch) -> None:
    """Who has followed an invitation is forgotten."""
    patch.setattr(SqlTx, "invite_followed_by", lambda *args: None)


def leads_nowhere(patch: pytest.MonkeyPatch) -> None:
    """An invitation that is written anew is not kept."""
    patch.setattr(rejudging, "_kept", lambda *args: [])


def sends_files_anywhere(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether the peer takes files."""
    patch.setattr(dispatching, "refusal", lambda *args: None)


def rings_never(patch: pytest.MonkeyPatch) -> None:
    """An engine that serves arms no alarm."""
    patch.setattr(loop.Engine, "_arm", lambda self: None)


def looks_nowhere(patch: pytest.MonkeyPatch) -> None:
    """An engine that serves hears of no other process."""

    async def bad(self: Any, stop: Any) -> None:
        while not stop.is_set() and not self._wakened.is_set():
            await self._rest(stop, loop.LOOK)

    patch.setattr(loop.Engine, "_sleep", bad)


def leaves_lanes_behind(patch: pytest.MonkeyPatch) -> None:
    """An engine that is told to stop lets go of what is on its way."""

    async def bad(self: Any, patience: float) -> None:
        return

    patch.setattr(dispatching.Dispatcher, "rest", bad)


PLANTED_TALK: Mapping[str, tuple[Patch, str]] = {
    "an account is never overdrawn": (overdraws, "is overdrawn"),
    "a call is charged once": (charges_again, "was charged twice"),
    "the log says what a call has cost": (forgets_costs, "the log says None"),
    "a client is called as often as the rule says": (never_gives_up_calling, "called more than"),
    "calls have time between them": (calls_at_once, "called again too soon"),
    "nobody who has opted out is written to": (takes_no_no, "the client has opted out of it"),
    "nobody who has opted out since is sent anything": (takes_no_late_no, "opted out since"),
    "a fallback begins when who comes before cannot be reached": (begins_at_the_end, "who comes before in its chain"),
    "rules write in the chat created last": (takes_the_first_chat, "the chat created last is"),
    "a chat tells what was sent there": (says_nothing, "tells of messages"),
    "a chat tells once what was written there": (says_twice, "the client wrote"),
    "who blocks us is noted": (ignores_blocks, "blocked us, says its row"),
    "an invitation binds the chat to its deal": (binds_nobody, "is bound to"),
    "a link on the wire is an invitation": (leads_nowhere, "its link is no invitation"),
    "an engine that serves is woken in time": (rings_never, "though engine-"),
    "an engine that serves hears of others": (looks_nowhere, "though engine-"),
    "an engine that has ended sends nothing": (leaves_lanes_behind, "by an engine that has ended"),
    "files go to peers that take them": (sends_files_anywhere, "to a peer that takes none"),
}
