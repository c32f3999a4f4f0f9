"""How simulated customers behave, as shares of messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from adapters.simulated.customer import Delay
from core.model.moment import DAY, HOUR, MINUTE, SECOND

Persona: TypeAlias = Literal["silent", "eager", "normal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What a persona does. Of all messages: ``refused`` at once, ``lost`` later. Of reports that come back: ``muddled``
    ones contradict an earlier one, ``doubled`` ones come again. Of mails: ``scanned`` by security software,
    ``opened`` by the client; of opened ones ``reopened`` and ``clicked``; ``answered`` of all messages. Of clients who
    write in a messenger ``agreed`` say yes in the end; of calls that nobody answered ``called`` are returned."""

    refused: float = 0.0
    lost: float = 0.0
    muddled: float = 0.0
    doubled: float = 0.0
    scanned: float = 0.0
    opened: float = 0.0
    reopened: float = 0.0
    clicked: float = 0.0
    answered: float = 0.0
    agreed: float = 0.0
    called: float = 0.0
    arrives: Delay = field(default=Delay(6 * SECOND, 0.7, 10 * MINUTE))
    """From a message's sending until its provider reports that it has arrived."""
    looks: Delay = field(default=Delay(40 * MINUTE, 1.2, 3 * DAY))
    """From a message's arrival until the client looks at it."""
    thinks: Delay = field(default=Delay(25 * MINUTE, 1.1, 2 * DAY))
    """From looking at it until the answer."""


MANNERS: Final[Mapping[Persona, Manner]] = {
    "silent": Manner(arrives=Delay(5 * MINUTE, 0.3, HOUR)),
    "normal": Manner(
        refused=0.01,
        lost=0.015,
        muddled=0.06,
        doubled=0.06,
        scanned=0.10,
        opened=0.60,
        reopened=0.25,
        clicked=0.35,
        answered=0.12,
        agreed=0.4,
        called=0.5,
    ),
    "eager": Manner(
        scanned=0.10,
        opened=0.97,
        reopened=0.5,
        clicked=0.85,
        answered=0.55,
        agreed=0.9,
        called=0.9,
        looks=Delay(4 * MINUTE, 0.8, 6 * HOUR),
        thinks=Delay(5 * MINUTE, 0.8, 6 * HOUR),
    ),
}

FOLLOWS: Final = Delay(5 * SECOND, 0.7, 10 * MINUTE)
"""From opening a mail until following a link in it."""
RETURNS: Final = Delay(35 * MINUTE, 0.8, 8 * HOUR)
"""From a call that nobody answered until the client calls back."""
BOUNCES: Final = Delay(40 * SECOND, 0.8, HOUR)
"""From a mail's sending until it comes back."""
AUTOMATIC: Final = Delay(8 * SECOND, 0.5, MINUTE)
"""From a mail's arrival until an automatic answer."""
