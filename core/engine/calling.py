"""Calls that found the client busy, or away: how often they are tried, and how far apart. Pure but for one read.

Other troubles of a rule's call (no route, a line that failed) are a message's like any other's. A call that a person
places is made once, then, or not at all: nobody wants to be called later by a manager who is not there any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.model.delivery import Channel, Delivery, Outcome, OutcomeKind
from core.model.moment import MINUTE
from core.ports import Tx

UNREACHED: Final = frozenset({"busy", "no_answer"})
"""Reasons of an attempt that rang and reached nobody."""
TRIES: Final = 3
EVERY: Final = 10 * MINUTE
LATE: Final = 2 * MINUTE
"""How old a call that a person has placed may be when its line takes it up."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a client is called who is busy or does not answer, and the time between, in milliseconds."""

    tries: int
    every: int


def placed(delivery: Delivery) -> bool:
    """Return whether it is a call that a person has placed, not a rule."""
    return delivery.message.channel is Channel.TELEPHONY and delivery.rule is None


def unreached(delivery: Delivery, outcome: Outcome) -> bool:
    """Return whether an attempt was a call that reached nobody."""
    rang = delivery.message.channel is Channel.TELEPHONY and outcome.kind is OutcomeKind.DEFERRED
    return rang and outcome.reason in UNREACHED


def patience(delivery: Delivery) -> Patience:
    """Return what the rule of a call has said; a kind that said nothing of use is taken at the usual."""
    data: Mapping[str, Any] = delivery.message.data
    return Patience(_number(data.get("tries"), TRIES), _number(data.get("every"), EVERY))


def _number(given: object, usual: int) -> int:
    return given if isinstance(given, int) and given > 0 else usual


def rung(tx: Tx, results: Iterable[tuple[Delivery, Outcome]]) -> Mapping[int, int]:
    """Return how often, in their present round, those calls that have reached nobody now had reached nobody before."""
    found: dict[int, int] = {}
    for delivery, outcome in results:
        if delivery.attempts and unreached(delivery, outcome):
            earlier = (a for a in tx.attempts(delivery.id) if a.round == delivery.round and a.reason in UNREACHED)
            found[delivery.id] = sum(1 for _ in earlier)
    return found
