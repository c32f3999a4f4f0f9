"""What calls cost, and how often a client is called: each call is paid once, and never from an empty account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from core.engine import calling
from core.model.delivery import Delivery, DeliveryStatus
from core.ports import Reader
from data.reader import SqlReader
from tests.simulator.houses import BALANCE, LINE

if TYPE_CHECKING:
    from tests.simulator.world import Attempt, World

_SENT = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED})


def at_send(world: World, delivery: Delivery, earlier: Sequence[Attempt]) -> Sequence[str]:
    """Judge a call by those before it that have reached nobody: there is an end of it, and time in between."""
    rang = [a for a in earlier if a.settled and a.outcome is not None and calling.unreached(delivery, a.outcome)]
    if not rang:
        return ()
    patience, problems = calling.patience(delivery), []
    if len(rang) >= patience.tries:
        problems.append(f"called more than {patience.tries} times")
    if not world.set_back and delivery.id not in world.hurried and world.clock.at < rang[-1].at + patience.every:
        problems.append("called again too soon")
    return problems


def problems(world: World, reader: Reader, deliveries: Sequence[Delivery]) -> Sequence[str]:
    """Compare the book with the wire and with the log."""
    assert isinstance(reader, SqlReader)
    book = reader.db.text("SELECT key, cost, spent FROM charges WHERE connection = ? ORDER BY id", (LINE,))
    costs = {key: Decimal(cost) for key, cost, _ in book}
    found = []
    if sum(costs.values()) > BALANCE:
        found.append(f"the account held {BALANCE} and has paid {sum(costs.values())}: it is overdrawn")
    if list(accumulate(costs.values())) != [Decimal(spent) for _, _, spent in book]:
        found.append("the book of the account does not add up")
    paid = Counter(_call(key) for key in costs)
    found += [f"round {times} of M{call} was charged twice" for (call, times), n in paid.items() if n > 1]
    calls = [a for a in world.wire if a.charged]
    found += [f"{a.key} was heard and not charged" for a in calls if a.key not in costs]
    accepted = {a.delivery: a for a in calls if a.settled and a.accepted}
    for delivery in deliveries:
        last = accepted.get(delivery.id)
        if last is not None and delivery.status in _SENT and delivery.cost != costs.get(last.key):
            found.append(f"{delivery.public_id} cost {costs.get(last.key)}, the log says {delivery.cost}")
    return found


def _call(key: str) -> tuple[int, int]:
    """Return which message a key stands for, and in which round."""
    number, _, rest = key.rsplit("-M", 1)[1].partition("-")
    return int(number), int(rest[1:]) if rest.startswith("r") and rest[1:].isdigit() else 1
