"""How long a text takes to say, and what that costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

LIMIT: Final = 4096
"""The longest text that is spoken, in characters: what Twilio's ``<Say>`` takes, too."""
WORDS_A_MINUTE: Final = 175
"""espeak-ng's usual speed."""
_LONGEST_WORD: Final = 15


def words(text: str) -> int:
    """Return how many words are spoken; one of more than 15 letters counts as several."""
    return sum(-(-len(word) // _LONGEST_WORD) for word in text.split())


def seconds(text: str, speed: int) -> int:
    """Return how long a text takes to say at a speed in percent, in seconds begun."""
    return -(-words(text) * 60 * 100 // (WORDS_A_MINUTE * max(1, speed)))


def minutes(text: str, speed: int) -> int:
    """Return how many minutes a call that says the text has begun: one at least, as telephone companies count."""
    return max(1, -(-seconds(text, speed) // 60))


def cost(price: Decimal, text: str, speed: int) -> Decimal:
    """Return what a call that says the text costs, exactly, at a price for each minute begun."""
    return price * minutes(text, speed)
