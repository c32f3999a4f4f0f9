"""The simulated customer: each choice is a hash of seed, message and purpose, so order and restarts change nothing."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final, TypeVar

from core.model.event import Happening
from core.model.moment import SECOND, Moment

_SPAN: Final = float(1 << 64)
_NORMAL: Final = NormalDist()
_TAIL: Final = 1e-6

T = TypeVar("T")


def digest(seed: int, message: str, purpose: str) -> bytes:
    """Return eight bytes that depend on nothing but the three."""
    return hashlib.blake2b(f"{seed}\0{message}\0{purpose}".encode(), digest_size=8).digest()


def chance(seed: int, message: str, purpose: str) -> float:
    """Return a number in [0, 1), evenly spread over messages."""
    return int.from_bytes(digest(seed, message, purpose)) / _SPAN


def message_of(key: str, house_id: str) -> str:
    """Return the message's own id within its house (``M17``), so that two houses with one seed tell one story."""
    return key.removeprefix(f"{house_id}-")


@dataclass(frozen=True, slots=True)
class Delay:
    """How long somebody takes: log-normal around a median in milliseconds, ``most`` at the longest.

    ``spread`` is the logarithm's standard deviation: at 1.0 a sixth takes more than 2.7 times the median.
    """

    median: int
    spread: float
    most: int

    def of(self, share: float) -> int:
        """Return the delay that a share in [0, 1) of all fall below: whole seconds, one at the least."""
        place = _NORMAL.inv_cdf(min(max(share, _TAIL), 1 - _TAIL))
        seconds = math.ceil(self.median * math.exp(self.spread * place) / SECOND)
        return min(max(1, seconds) * SECOND, self.most)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who holds one message (``message``: its id within the house), with a seed: all that he decides about it.

    ``at`` is when it was taken. Every choice has a purpose of its own; the same purpose gives the same choice.
    """

    seed: int
    message: str
    at: Moment

    @property
    def delivery(self) -> str:
        """The message's id as people see it (``M17``), whatever round it is in."""
        return self.message.partition("-")[0]

    def does(self, purpose: str, share: float) -> bool:
        """Return whether he does it, as a share of customers do."""
        return bool(share) and chance(self.seed, self.message, purpose) < share

    def after(self, purpose: str, delay: Delay) -> int:
        """Return how long he takes for it, in milliseconds."""
        return delay.of(chance(self.seed, self.message, f"{purpose} delay"))

    def choice(self, purpose: str, of: Sequence[T]) -> T:
        """Return what he picks."""
        return of[int(chance(self.seed, self.message, f"{purpose} choice") * len(of))]

    def number(self, purpose: str, below: int) -> int:
        """Return a number from 1 up to ``below``, that one left out."""
        return 1 + int(chance(self.seed, self.message, f"{purpose} number") * (below - 1))

    def will(self, purpose: str, kind: str, wait: int, data: Mapping[str, Any], **named: str) -> Happening:
        """Return what he will do, ``wait`` milliseconds after he got the message. The engine adds which connection,
        deal and delivery it is about."""
        key = f"{self.message}:{purpose}"
        return Happening(connection="", key=key, kind=kind, at=Moment(self.at + wait), data={**data, **named})
