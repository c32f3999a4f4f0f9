"""What the house raises when somebody waits too long, judged by the naive account of it (:mod:`tests.simulator.watch`):
each wait that was too long is told once, by the first engine that came by; no other is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from core.model.moment import SECOND, Moment
from core.ports import Reader
from data.reader import SqlReader
from tests.simulator.houses import CHANNEL, STALE_AFTER
from tests.simulator.watch import Raised, Rest, Wait, Watch
from tests.simulator.world import World

SLOW: Final = "chat_slow"
STALE: Final = "stale"
_LENGTHS: Final = dict(STALE_AFTER)
_Span: TypeAlias = "tuple[str, int, str, int]"
"""A chat, its session, from when on is counted, and how many seconds are too long."""


def at_all_times(world: World, reader: Reader) -> Iterator[str]:
    """Compare the timers of accepted chats with the waits that are on: none is lost, none left over."""
    assert isinstance(reader, SqlReader)
    rows = [json.loads(data) for (data,) in reader.db.text("SELECT data FROM timers WHERE kind = ?", (SLOW,))]
    kept = {(d["chat"], d["session"], d["count_from"], d["seconds"]) for d in rows}
    told = {_span(each) for each in world.watch.raised if each.event.kind == SLOW}
    on = {span for span, wait in _spans(world, reader).items() if wait.ended is None} - told
    yield from (f"the timer of {span} is lost" for span in sorted(on - kept))
    yield from (f"the timer of {span} is left over" for span in sorted(kept - on))


def problems(world: World, reader: Reader) -> Iterator[str]:
    """Compare what was raised in the whole story with what should have been, and look what timers are left."""
    yield from at_all_times(world, reader)
    yield from _slow(world, reader)
    yield from _stale(world, reader)
    due = reader.next_timer()
    if due is not None and due <= reader.now():
        yield f"a timer that was due at {due} is left over"


# Slow answers ---------------------------------------------------------------------------------------------------------


def _spans(world: World, reader: Reader) -> Mapping[_Span, Wait]:
    """Return all that triggers ask about the waits that there were."""
    triggers = [t for t in reader.house().triggers.values() if t.kind == SLOW and t.enabled]
    asked = {
        (t.settings["count_from"], t.settings["seconds"])
        for t in triggers
        if t.settings.get("channel") in (None, CHANNEL)
    }
    return {(w.chat, w.session, start, seconds): w for w in world.watch.waits for start, seconds in asked}


def _span(raised: Raised) -> _Span:
    data = raised.event.data
    return data["chat"], data["session"], data["count_from"], data["seconds"]


def _slow(world: World, reader: Reader) -> Iterator[str]:
    told: dict[_Span, Raised] = {}
    for raised in (each for each in world.watch.raised if each.event.kind == SLOW):
        if _span(raised) in told:
            yield f"the slow answer {_span(raised)} was raised twice"
        told[_span(raised)] = raised
    spans = _spans(world, reader)
    yield from (f"the slow answer {span} was raised, and nobody waited" for span in told if span not in spans)
    for span, wait in spans.items():
        _, _, start, seconds = span
        begun = wait.begun_at if start == "message" else wait.accepted_at
        due = Moment(max(wait.accepted_at, begun + seconds * SECOND + 1))
        one = told.get(span)
        must = _first_look(world.watch, due, wait.turn, wait.ended)
        at_last = wait.ended is None and due <= reader.now()
        if one is None and (must is not None or at_last):
            yield f"the slow answer {span}, due at {due}, was never raised"
        elif one is not None:
            yield from _told(f"the slow answer {span}", one, due, must)
            if wait.ended is not None and one.turn > wait.ended:
                yield f"the slow answer {span} was raised after the answer"


def _told(what: str, one: Raised, due: Moment, must: int | None) -> Iterator[str]:
    if one.clock < due or one.event.at != due:
        yield f"{what} of {due} was raised at {one.clock}, as of {one.event.at}: too early or not of its moment"
    if must is not None and one.turn > must:
        yield f"{what} was raised late: an engine had been there before"


def _first_look(watch: Watch, due: Moment, begun: int, ended: int | None, *, stale: bool = False) -> int | None:
    """Return the end of the first pass of an engine that had to find what was due then."""
    looks = (
        look.ended
        for look in watch.passes
        if look.begun > begun
        and look.ended is not None
        and (ended is None or look.ended < ended)
        and look.at >= due
        and not (stale and look.sweeping)
    )
    return next(looks, None)


# Silence --------------------------------------------------------------------------------------------------------------


def _stale(world: World, reader: Reader) -> Iterator[str]:
    lengths = {t.settings["after"] for t in reader.house().triggers.values() if t.kind == STALE and t.enabled}
    raised = [each for each in world.watch.raised if each.event.kind == STALE]
    told = Counter((each.event.deal, each.event.data["since"], each.event.data["after"]) for each in raised)
    yield from (f"the silence {silence} was told {n} times" for silence, n in told.items() if n > 1)
    for each in raised:
        yield from _silent(world.watch.rests, each)
    for rest in world.watch.rests:
        for after in lengths if rest.open else ():
            yield from _untold(world, reader, rest, after, raised)


def _silent(rests: Sequence[Rest], one: Raised) -> Iterator[str]:
    """Judge that nothing had happened on an open deal for so long when that was told."""
    event = one.event
    said = f"that nothing happened on {event.deal} for {event.data['after']}"
    now = next(r for r in reversed(rests) if r.deal == event.deal and r.turn < one.turn)
    due = Moment(now.since + _LENGTHS[event.data["after"]])
    if not now.open:
        yield f"{said} was told of a closed deal"
    elif event.at != due or one.clock < due:
        yield f"{said} since {now.since} was told at {one.clock}, as of {event.at}: something has happened since"


def _untold(world: World, reader: Reader, rest: Rest, after: str, raised: Sequence[Raised]) -> Iterator[str]:
    """Judge that a silence which lasted long enough was told by the first engine that came by."""
    due = Moment(rest.since + _LENGTHS[after])
    same = [e for e in raised if (e.event.deal, e.event.at, e.event.data["after"]) == (rest.deal, due, after)]
    # Where the clock had shown later moments before, the timer is one of those.
    sure = Moment(rest.floor + _LENGTHS[after])
    must = _first_look(world.watch, sure, rest.turn, rest.ended, stale=True)
    at_last = rest.ended is None and sure <= reader.now()
    if not same and (must is not None or at_last):
        yield f"nothing happened on {rest.deal} for {after} since {rest.since}, and it was never told"
    elif same and must is not None and same[0].turn > must:
        yield f"that nothing happened on {rest.deal} for {after} was told late: an engine had been there before"
