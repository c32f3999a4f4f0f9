"""Bugs on purpose in what waits: slow answers, silences, hits that settle; and in what stops automatic moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from core import judging_hits, silence
from core.commands import incoming
from core.engine import guarding, loop, matching, settling, slow_answers, timers
from core.model.frozen import replace
from core.model.moment import MINUTE, SECOND, Moment
from core.ports import Priority
from core.triggers import email_opened
from data.tx import SqlTx

Patch = Callable[[pytest.MonkeyPatch], None]


def takes_then_raises(patch: pytest.MonkeyPatch) -> None:
    """Timers are taken in one transaction, and become events in the next: who dies in between has lost them."""

    async def bad(self: Any) -> int:
        if not self.store.read(loop._timer_due):
            return 0
        due = await self.store.write(lambda tx: tx.due_timers(tx.now(), timers.BATCH), Priority.INBOX)
        await self.store.write(lambda tx: tx.put_timers(due) or timers.fire()(tx), Priority.INBOX)
        return len(due) + int(await self._listen())

    patch.setattr(loop.Engine, "_time", bad)


def raises_too_early(patch: pytest.MonkeyPatch) -> None:
    """A wait of exactly so many seconds is too long."""
    good = slow_answers._timers
    patch.setattr(slow_answers, "_timers", lambda *args: [replace(t, at=Moment(t.at - 1)) for t in good(*args)])


def counts_from_now(patch: pytest.MonkeyPatch) -> None:
    """A wait that is counted from the client's message is counted from the acceptance."""
    good = slow_answers._timers
    patch.setattr(slow_answers, "_timers", lambda chat, house: good(replace(chat, session_at=None), house))


def hears_no_answer(patch: pytest.MonkeyPatch) -> None:
    """An answer and closing stop no timer."""
    patch.setattr(SqlTx, "drop_timers", lambda *args: None)


def stops_at_the_note(patch: pytest.MonkeyPatch) -> None:
    """Whatever the client writes in a chat that was taken stops its timers."""
    say = SqlTx.say

    def bad(self: Any, message: Any) -> None:
        self.drop_timers(f"{slow_answers.SLOW}:{message.chat}")
        say(self, message)

    patch.setattr(SqlTx, "say", bad)


def raises_twice(patch: pytest.MonkeyPatch) -> None:
    """What a timer stands for is recorded under another id each time, and the timer is taken by halves."""
    record, due, count = SqlTx.record, SqlTx.due_timers, [0]

    def bad(self: Any, event: Any) -> Any:
        count[0] += 1
        known = event.kind not in (slow_answers.SLOW, silence.STALE)
        return record(self, event if known else replace(event, outside_id=f"{event.outside_id}+{count[0]}"))

    def taken(self: Any, now: Any, limit: int) -> Any:
        found = due(self, now, limit)
        count[0] += 1
        if count[0] % 3:
            self.put_timers(timer for timer in found if timer.kind == slow_answers.SLOW)
        return found

    patch.setattr(SqlTx, "record", bad)
    patch.setattr(SqlTx, "due_timers", taken)


def looks_late(patch: pytest.MonkeyPatch) -> None:
    """An engine looks at timers that were due a minute ago."""
    patch.setattr(loop, "_timer_due", lambda r: (r.next_timer() or r.now()) + MINUTE < r.now())


def tells_of_the_closed(patch: pytest.MonkeyPatch) -> None:
    """The silence of a deal that is won or lost is told."""
    look = timers._look

    def bad(tx: Any, timer: Any, deal: Any, now: Any) -> None:
        look(tx, timer, replace(deal, closed=False) if deal is not None else None, now)

    patch.setattr(timers, "_look", bad)


def forgets_what_happened(patch: pytest.MonkeyPatch) -> None:
    """What happens on a deal while its timer runs does not end the silence."""
    look = timers._look

    def bad(tx: Any, timer: Any, deal: Any, now: Any) -> None:
        shortest = silence.lengths(tx.house(), "sales")[0].millis
        look(tx, timer, deal and replace(deal, active_at=Moment(timer.at - shortest)), now)

    patch.setattr(timers, "_look", bad)


def tells_once_for_ever(patch: pytest.MonkeyPatch) -> None:
    """What happens after a silence that was told starts no timer."""
    patch.setattr(silence, "over", lambda *args: False)


def stops_sweeping(patch: pytest.MonkeyPatch) -> None:
    """Of very many deals only the first get their timers when a trigger comes into force."""
    patch.setattr(timers, "_sweep", lambda tx, timer, now: good(tx, timer, now) if not timer.data["after"] else None)


good = timers._sweep


def judges_at_once(patch: pytest.MonkeyPatch) -> None:
    """A hit does not wait for what comes with it."""
    patch.setattr(incoming, "settles_at", lambda *args: None)


def judges_alone(patch: pytest.MonkeyPatch) -> None:
    """A hit is judged without the others on its mail, and never anew."""

    def bad(tx: Any, delivery: int, lists: Any, also: Any = None) -> Any:
        about = [also] if also is not None else []
        found = judging_hits.judge(about, None, lists)
        settling._keep(tx, found)
        return found

    patch.setattr(settling, "_judged", bad)


def moves_for_machines(patch: pytest.MonkeyPatch) -> None:
    """Machines count as clients."""
    patch.setattr(email_opened, "by_machine", lambda *args: None)


def guards_no_triggers(patch: pytest.MonkeyPatch) -> None:
    """Triggers move deals in circles that fields make, up to a number that ends the seed."""
    guarded = matching._guarded
    patch.setattr(matching, "_guarded", lambda *args: guarded(*args) if args[3] > 30 else None)


def knows_no_limit(patch: pytest.MonkeyPatch) -> None:
    """A chain without a circle goes on for ever."""
    patch.setattr(guarding, "CHAIN_LIMIT", SECOND)


PLANTED_WAITS: Mapping[str, tuple[Patch, str]] = {
    "a timer survives a crash": (takes_then_raises, "was never"),
    "an answer is slow strictly later": (raises_too_early, "too early"),
    "a wait is counted from where the trigger says": (counts_from_now, "too early or not of its moment"),
    "no timer is left over": (hears_no_answer, "is left over"),
    "an answer ends the wait": (hears_no_answer, "after the answer"),
    "a client's words end no wait": (stops_at_the_note, "is lost"),
    "a slow answer is raised once": (raises_twice, "was raised twice"),
    "a silence is told once": (raises_twice, "was told 2 times"),
    "a slow answer is raised in time": (looks_late, "an engine had been there before"),
    "only open deals are silent": (tells_of_the_closed, "told of a closed deal"),
    "what happens ends a silence": (forgets_what_happened, "something has happened since"),
    "each silence is told": (tells_once_for_ever, "was never told"),
    "a trigger that comes later finds all deals": (stops_sweeping, "was never told"),
    "a hit settles first": (judges_at_once, "before it had settled"),
    "hits are judged anew": (judges_alone, "is taken for"),
    "machines move nothing": (moves_for_machines, "although a machine did it"),
    "circles through fields end": (guards_no_triggers, "its chain circles"),
    "long chains end": (knows_no_limit, "has too many moves"),
}
