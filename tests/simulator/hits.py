"""Hits on mails, judged by a naive account of the rules: nothing moves before it has settled, machines move nothing,
and what comes later changes what is thought of what came before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from core import judging_hits
from core.judging_hits import Judged
from core.model.event import Event
from core.model.moment import SECOND
from core.ports import Reader
from tests.simulator.world import World

_WINDOW: Final = 120 * SECOND


def problems(world: World, reader: Reader) -> Iterator[str]:
    """Compare what is thought of hits, and what they have moved, with a naive account."""
    mails: defaultdict[int, list[Event]] = defaultdict(list)
    for event in reader.events_of():
        if event.kind in judging_hits.KINDS and event.delivery is not None:
            mails[event.delivery].append(event)
    for hits in mails.values():
        if any(hit.handled_at is None for hit in hits):
            yield from (f"E{h.id} is due and was never judged" for h in hits if _overdue(h, reader))
            continue
        found = reader.judgements([hit.id for hit in hits])
        # When a mail was sent may be told otherwise later: what came with the sending is left out.
        if not any("at_once" in one.reasons for opinions in found.values() for one in opinions):
            yield from _opinions(found, hits)
            yield from _moved(world, hits)
    moments = {hit.id: hit.at for hits in mails.values() for hit in hits}
    for reach in reader.reaches_of():
        at = moments.get(reach.event)
        if at is not None and reach.judged_at is not None and reach.judged_at < at + judging_hits.SETTLES:
            yield f"E{reach.event} of {at} was judged at {reach.judged_at}, before it had settled"


def _overdue(hit: Event, reader: Reader) -> bool:
    return hit.handled_at is None and (hit.due_at or hit.at) <= reader.now()


def _opinions(found: Mapping[int, Sequence[Judged]], hits: Sequence[Event]) -> Iterator[str]:
    for number, machine in _machines(hits).items():
        thought = found[number][-1].who.counts if number in found else None
        if thought is not (not machine):
            yield f"E{number} is {'a machine' if machine else 'a person'}, and is taken for {thought}"


def _moved(world: World, hits: Sequence[Event]) -> Iterator[str]:
    for hit in hits:
        newest = world.watch.moved.get(hit.id)
        if newest is not None and _machines([each for each in hits if each.id <= newest])[hit.id]:
            yield f"E{hit.id} moved a deal, although a machine did it"


def _machines(hits: Sequence[Event]) -> Mapping[int, bool]:
    """Return of each hit on one mail whether a machine did it."""
    heads = {hit.id for hit in hits if hit.data.get("method") == "HEAD"}
    seen = [hit for hit in hits if "ip" in hit.data and hit.id not in heads]
    found = {}
    for hit in hits:
        # A window with the hit and three networks ends with one of those that came after it.
        ends = [other.at for other in seen if 0 <= other.at - hit.at <= _WINDOW]
        windows = [{o.data["ip"] for o in seen if end - _WINDOW <= o.at <= end} for end in ends]
        burst = hit in seen and any(len(networks) >= 3 for networks in windows)
        found[hit.id] = hit.id in heads or burst
    return found
