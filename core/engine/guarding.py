"""The loop guard: automatic moves carry their chain of causes, and a chain that circles is stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.i18n import N_
from core.model.deal import LOOP_FLAG, Cause, CauseKind, Deal, Link
from core.model.house import House
from core.model.moment import HOUR, MINUTE, Moment
from core.model.timeline import TimelineKind, TimelineRow
from core.words import Words

CHAIN_LIMIT: Final = 10
"""Automatic moves in one chain."""
HOUR_LIMIT: Final = 60
"""Automatic moves of one deal within any hour."""
NEW_CHAIN_AFTER: Final = 10 * MINUTE
"""A wait this long starts a new chain: the circle is slow enough for people to see it turn."""
_AGAIN: Final = N_("{kind} “{id}” would move the deal to “{stage}” a second time in one chain")
_COPIED_AGAIN: Final = N_("{kind} “{id}” would copy the deal to “{stage}” a second time in one chain")


@dataclass(frozen=True, slots=True)
class Stopped:
    """A refused automatic move and why; ``circle`` are the links that made it, oldest first."""

    why: Words
    circle: tuple[Link, ...]
    flags: bool = True


def extend(cause: Cause | None, link: Link, waited: int) -> Cause:
    """Return the cause of an automatic move: the former chain plus this link; ``waited`` in milliseconds."""
    return follow(carried(cause, waited), link)


def follow(chain: tuple[Link, ...], link: Link) -> Cause:
    """Return the cause of a move that an event leads to, behind the automatic moves that led to the event."""
    return Cause(link.kind, link.id, (*chain, link))


def carried(cause: Cause | None, waited: int) -> tuple[Link, ...]:
    """Return the chain that an event carries which a rule raises: that of the stay in which it ran, unless the rule has
    waited ``waited`` milliseconds, long enough for a new one."""
    return () if cause is None or waited >= NEW_CHAIN_AFTER else cause.chain


def check(deal: Deal, cause: Cause, moves_last_hour: int, *, copies: bool = False) -> Stopped | None:
    """Return why an automatic move may not happen, or None when it may; ``copies``: it is a copy of the deal that would
    come into the stage."""
    *before, link = cause.chain
    if LOOP_FLAG in deal.flags:
        return Stopped(
            Words(N_("the deal is flagged: no automatic moves until a person moves it or clears the flag")), (), False
        )
    if link in before:
        circle = (*before[before.index(link) :], link)
        return Stopped(
            Words(_COPIED_AGAIN if copies else _AGAIN, {"kind": link.kind.value, "id": link.id, "stage": link.stage}),
            circle,
        )
    if len(before) >= CHAIN_LIMIT:
        return Stopped(Words(N_("more than {limit} automatic moves in one chain"), {"limit": CHAIN_LIMIT}), cause.chain)
    if moves_last_hour >= HOUR_LIMIT:
        return Stopped(
            Words(N_("more than {limit} automatic moves within an hour"), {"limit": HOUR_LIMIT}), cause.chain
        )
    return None


def hour_before(now: Moment) -> Moment:
    """Return the moment from which automatic moves are counted."""
    return Moment(now - HOUR)


def rows(house: House, deal: Deal, stopped: Stopped, now: Moment) -> list[TimelineRow]:
    """Return what the timeline says of a stopped chain: which rules and triggers made the circle, and the flag."""
    circle = [{"kind": x.kind.value, "id": x.id, "pipeline": x.pipeline, "stage": x.stage} for x in stopped.circle]
    said = TimelineRow(
        deal=deal.id,
        at=now,
        kind=TimelineKind.LOOP_GUARD,
        text=Words(
            N_("automation stopped: {why}. The chain: {circle}"),
            {"why": stopped.why, "circle": " → ".join(_named(house, x) for x in stopped.circle) or "-"},
        ),
        data={"circle": circle},
    )
    if not stopped.flags:
        return [said]
    flag = TimelineRow(
        deal=deal.id,
        at=now,
        kind=TimelineKind.FLAGGED,
        text=Words(N_("flagged: no automatic moves until a person moves the deal or clears the flag")),
        data={"flag": LOOP_FLAG},
    )
    return [said, flag]


def _named(house: House, link: Link) -> str:
    known = house.rules.get(link.id) if link.kind is CauseKind.RULE else house.triggers.get(link.id)
    stage = house.stage(link.pipeline, link.stage)
    return f"{known.name if known else link.id} ({link.id}) → {stage.name if stage else link.stage}"
