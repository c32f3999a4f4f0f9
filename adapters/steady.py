"""Chance without luck, for stories that must be the same however they come to be told."""

from __future__ import annotations

from random import Random


class Steady(Random):
    """Every draw is the middle one: no number of draws, order or restart makes a difference."""

    def random(self) -> float:
        """Return the middle."""
        return 0.5

    def getrandbits(self, k: int, /) -> int:
        """Return the middle of what ``k`` bits can say."""
        return (1 << k >> 1) if k > 1 else 0

    def randint(self, a: int, b: int) -> int:
        """Return the middle of a span, both ends included."""
        return (a + b) // 2
