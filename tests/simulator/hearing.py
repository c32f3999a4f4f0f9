"""What the outside reports and triggers answer to: each report counts once, each deal that it reaches is judged once,
and the one trigger that moves it is the earliest that may."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from core.engine import guarding
from core.model.deal import CauseKind, Entry, Link
from core.model.event import Event, Reach
from core.model.house import House
from core.model.rule import Trigger
from core.ports import Reader
from core.views import DealFilter
from tests.simulator.houses import STAGES
from tests.simulator.world import World

_CLOSED: Final = frozenset({"won", "lost"})
SOURCE: Final = "outside"


def problems(world: World, reader: Reader) -> Sequence[str]:
    """Compare what was reported with the deals that were judged, and with the moves that triggers have made."""
    house, reaches = reader.house(), reader.reaches_of()
    events = {event.id: event for event in reader.events_of()}
    entries = {e.id: e for deal in reader.deals(DealFilter()) for e in reader.entries(deal.id)}
    found = [*_reports(world, events, reaches), *_moves(entries, reaches), *_chains(reader, events, entries)]
    for reach in reaches:
        if reach.applied is not None:
            found += _applied(house, events[reach.event], reach, entries)
    return found


def _reports(world: World, events: Mapping[int, Event], reaches: Sequence[Reach]) -> Iterator[str]:
    """Compare reports with events, and the deals that each was to reach with those that were judged."""
    judged: defaultdict[int, Counter[str | None]] = defaultdict(Counter)
    for reach in reaches:
        judged[reach.event][reach.deal] += reach.judged_at is not None
    numbers = {event.outside_id: event.id for event in events.values() if event.source == SOURCE}
    for heard in world.heard:
        at = judged[numbers.get(heard.id, 0)]
        yield from (
            f"{heard.id} was judged {at[deal]} times at {deal}" for deal in sorted(heard.deals) if at[deal] != 1
        )
        if not any(at.values()):
            yield f"{heard.id} was judged at no deal"


def _moves(entries: Mapping[int, Entry], reaches: Sequence[Reach]) -> Iterator[str]:
    """Look whether each move by a trigger is told of by the one event that led to it."""
    told = Counter(reach.entry for reach in reaches if reach.applied is not None)
    for entry in entries.values():
        if entry.cause.kind is CauseKind.TRIGGER and entry.cause.chain and told[entry.id] != 1:
            yield f"{told[entry.id]} events tell of the move of {entry.deal} to {entry.stage} by a trigger"


def _applied(house: House, event: Event, reach: Reach, entries: Mapping[int, Entry]) -> Iterator[str]:
    """Judge the move that a trigger has made, by simpler means than the engine's."""
    trigger, entry = house.triggers[reach.applied or ""], entries[reach.entry or 0]
    here = entries[entry.previous or 0].stage
    said = f"{event.public_id} moved {entry.deal} from {here} to {entry.stage} by {trigger.id}"
    if entry.stage != trigger.stage or _place(trigger.stage) == _place(here):
        yield f"{said}, whose stage is {trigger.stage}"
    if _place(trigger.stage) < _place(here) and not trigger.back:
        yield f"{said}, back"
    first = next((t for t in sorted(house.triggers.values(), key=_order) if _may(t, event, here)), None)
    if first is None or first.id != trigger.id:
        yield f"{said}, not by {first and first.id}, the earliest"
    if entry.cause.chain[:-1] != event.chain:
        yield f"{said}, and its chain forgets what led to the event"


def _place(stage: str) -> int:
    return STAGES.index(stage)


def _order(trigger: Trigger) -> tuple[int, int]:
    return _place(trigger.stage), trigger.position


def _may(trigger: Trigger, event: Event, here: str) -> bool:
    """Return whether a trigger may move a deal from a stage for an event."""
    if not trigger.enabled or trigger.stage == here or (_place(trigger.stage) < _place(here) and not trigger.back):
        return False
    if Link(CauseKind.TRIGGER, trigger.id, "sales", trigger.stage) in event.chain:
        return False
    return _LISTENS[trigger.kind](trigger, event, here)


_LISTENS: Final[Mapping[str, Callable[[Trigger, Event, str], bool]]] = {
    "webhook": lambda t, e, here: e.kind == "webhook" and e.data["code"] == t.settings["code"],
    "crm_form": lambda t, e, here: e.kind == "form" and here not in _CLOSED,
    "field_changed": lambda t, e, here: (
        e.kind == "field_changed"
        and bool({*t.settings["fields"]} & {*e.data["fields"]})
        and t.settings.get("to") in (None, e.data["changes"].get("mark", {}).get("new"))
    ),
    # Whether a machine opened it, or something has happened since, is judged elsewhere: it is so for all or for none.
    "email_opened": lambda t, e, here: e.kind == "email_opened" and here not in _CLOSED,
    "stale": lambda t, e, here: e.kind == "stale" and here not in _CLOSED and e.data["after"] == t.settings["after"],
    "chat_slow": lambda t, e, here: (
        e.kind == "chat_slow"
        and here not in _CLOSED
        and (e.data["seconds"], e.data["count_from"]) == (t.settings["seconds"], t.settings["count_from"])
        and t.settings.get("channel") in (None, e.data["channel"])
    ),
}


def _chains(reader: Reader, events: Mapping[int, Event], entries: Mapping[int, Entry]) -> Iterator[str]:
    """Look whether what a rule has changed carries the automatic moves that led to its stay, unless it was long ago."""
    by_rule = [event for event in events.values() if "rule" in event.data]
    stays = defaultdict(list)
    for run in reader.runs_of() if by_rule else ():
        stays[run.deal, run.rule].append(entries[run.entry])
    for event in by_rule:
        known = stays[event.deal or "", event.data["rule"]]
        long_ago = any(event.at - stay.at >= guarding.NEW_CHAIN_AFTER for stay in known)
        if not (event.chain or long_ago) and all(stay.cause.chain for stay in known):
            yield f"{event.public_id} of {event.data['rule']} carries no chain"
