"""Marking an invoice of a deal as paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from core import fields
from core.commands import lookup, recording
from core.commands.recording import Recorded, Report
from core.engine.changing import HOUSE
from core.errors import BadInput
from core.i18n import N_
from core.model.deal import Deal
from core.model.event import Event
from core.model.frozen import replace
from core.model.timeline import TimelineKind, TimelineRow
from core.naming import check_name
from core.plan import Plan
from core.ports import Job, Tx
from core.words import Words

KIND: Final = "payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What was paid: ``amount`` in the deal's currency as people write it (``1250.50``); None is the deal's own
    amount."""

    amount: Any = None
    invoice: str | None = None


def mark_paid(deal_id: str, payment: Payment, by: str | None = None) -> Job[Recorded]:
    """Return a job by which a person marks an invoice of a deal as paid, by default its responsible: a line of history
    and the event ``payment``. Raises ``UnknownThing``, ``Refused`` and ``BadInput``."""

    def job(tx: Tx) -> Recorded:
        tx.hold([deal_id])
        deal = lookup.deal(tx, deal_id)
        report = Report(id=f"{KIND}:{deal.id}:{deal.version + 1}", source=HOUSE)
        return _paid(tx, deal, payment, by, report)

    return job


def payment_made(report: Report, deal_id: str, payment: Payment, by: str | None = None) -> Job[Recorded]:
    """Return a job that takes in that an invoice was paid, as somebody outside reports it. What is known already
    changes nothing. Raises like :func:`mark_paid`."""

    def job(tx: Tx) -> Recorded:
        known = recording.known(tx, report)
        if known is not None:
            return known
        tx.hold([deal_id])
        return _paid(tx, lookup.deal(tx, deal_id), payment, by, report)

    return job


def _paid(tx: Tx, deal: Deal, payment: Payment, by: str | None, report: Report) -> Recorded:
    house, now = tx.house(), tx.now()
    author = lookup.author(house, by, deal.responsible)
    amount = _amount(tx, deal, payment)
    invoice = check_name("invoice", payment.invoice.strip()) if payment.invoice else None
    data = {"amount": amount, "currency": deal.currency, "invoice": invoice or None, "by": author}
    event = Event(
        kind=KIND,
        source=report.source,
        outside_id=report.id,
        at=report.at if report.at is not None else now,
        deal=deal.id,
        data=data,
    )
    taken = recording.record(tx, event)
    if not taken.new:
        return taken
    words = N_("invoice {invoice} paid: {amount} {currency}") if invoice else N_("paid: {amount} {currency}")
    args = {"invoice": invoice, "amount": amount, "currency": deal.currency}
    line = TimelineRow(
        deal=deal.id,
        at=event.at,
        kind=TimelineKind.PAYMENT,
        by=author,
        text=Words(words, args),
        data={"event": taken.event.public_id, **data},
    )
    after = replace(deal, active_at=now, version=deal.version + 1)
    tx.apply(Plan(deals_changed=[(deal, after)], timeline=[line]))
    return taken


def _amount(tx: Tx, deal: Deal, payment: Payment) -> str:
    raw = deal.amount if payment.amount in (None, "") else payment.amount
    if raw is None:
        raise BadInput(N_("deal {deal} has no amount: say how much was paid"), deal=deal.id)
    text = str(fields.parse("amount", raw, tx.house(), deal.currency))
    if Decimal(text) <= 0:
        raise BadInput(N_("what is paid is more than nothing, not {amount}"), amount=text)
    return text
