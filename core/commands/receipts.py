"""What a peer reports of a message that it has taken."""

from __future__ import annotations

from typing import Final

from core.engine import receiving
from core.errors import BadInput, UnknownThing
from core.i18n import N_
from core.model.delivery import DeliveryStatus
from core.model.frozen import replace
from core.model.line import Receipt
from core.model.moment import Moment
from core.ports import Job, Tx

REPORTED: Final = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED)


def receive(
    connection: str, outside_id: str, provider_id: str, status: str, at: Moment, reason: str | None = None
) -> Job[bool]:
    """Return a job that takes in a receipt and answers whether it is new; ``at`` is the peer's own moment.

    ``outside_id`` is the report's id within the connection: the same again does nothing. ``provider_id`` is the
    message's; a receipt that is quicker than the sending's own end waits for it. *Delivered* is final, *undelivered*
    gives way only to it, and neither reopens the run. Raises ``UnknownThing`` and ``BadInput``.
    """

    def job(tx: Tx) -> bool:
        receipt = _checked(tx, connection, outside_id, provider_id, status, at, reason)
        tx.hold_line(connection)
        delivery = tx.delivery_of_provider(connection, provider_id)
        if delivery is not None:
            receipt = replace(receipt, delivery=delivery.id)
        new = tx.add_receipt(receipt)
        if new and delivery is not None:
            receiving.apply(tx, delivery, [receipt])
        return new

    return job


def _checked(
    tx: Tx, connection: str, outside_id: str, provider_id: str, status: str, at: Moment, reason: str | None
) -> Receipt:
    if connection not in tx.house().connections:
        raise UnknownThing(N_("there is no connection “{id}”"), id=connection)
    if status not in REPORTED or not outside_id or not provider_id:
        raise BadInput(N_("a receipt needs its id, the message's id and one of: {known}"), known=" ".join(REPORTED))
    return Receipt(
        connection=connection,
        outside_id=outside_id,
        provider_id=provider_id,
        status=DeliveryStatus(status),
        at=at,
        reason=reason,
    )
