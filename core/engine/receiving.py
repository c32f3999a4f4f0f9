"""What peers report of messages that they have taken: delivered or not, early, late, twice, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.engine import outcomes
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.line import Receipt
from core.plan import Plan
from core.ports import Tx
from core.words import NO_WORDS

_ADVANCES = {
    DeliveryStatus.SENT: frozenset({DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED}),
    DeliveryStatus.UNDELIVERED: frozenset({DeliveryStatus.DELIVERED}),
}
"""What a receipt may make of a message: never back to sent, and *delivered* is final."""


def after(delivery: Delivery, receipt: Receipt) -> Delivery | None:
    """Return the message as a receipt leaves it; None when it tells nothing new."""
    if receipt.status not in _ADVANCES.get(delivery.status, ()):
        return None
    if receipt.status is DeliveryStatus.DELIVERED:
        return replace(delivery, status=DeliveryStatus.DELIVERED, reason=None, delivered_at=receipt.at)
    return replace(delivery, status=DeliveryStatus.UNDELIVERED, reason=receipt.reason or "rejected", detail=NO_WORDS)


def apply(tx: Tx, delivery: Delivery, receipts: Iterable[Receipt]) -> None:
    """Write what receipts make of a message, in their order, and tell it in the history."""
    plan, known = Plan(), delivery
    for receipt in receipts:
        changed = after(known, receipt)
        if changed is not None:
            plan.timeline.append(outcomes.row(changed, tx.now()))
            known = changed
    if known is not delivery:
        plan.deliveries_changed.append((delivery, known))
        tx.apply(plan)


def catch_up(tx: Tx, connection: str, provider_ids: Sequence[str]) -> None:
    """Apply the receipts that came before it was recorded under which ids these messages had been taken."""
    early: dict[str, list[Receipt]] = {}
    for receipt in tx.open_receipts(connection, provider_ids) if provider_ids else ():
        early.setdefault(receipt.provider_id, []).append(receipt)
    for provider_id, receipts in early.items():
        delivery = tx.delivery_of_provider(connection, provider_id)
        if delivery is not None:
            tx.settle_receipts([receipt.id for receipt in receipts], delivery.id)
            apply(tx, delivery, receipts)
