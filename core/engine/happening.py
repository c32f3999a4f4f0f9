"""What simulated peers do later: planned with the outcome of a message, carried out when it is due.

Being planned and the outcome, being carried out and gone from the plan: each pair is one transaction. So whatever
happens to the engine in between, all of it happens, and once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from core.commands.chats import chat_message
from core.commands.receipts import receive
from core.commands.recording import Report
from core.errors import FunilError
from core.judging_hits import settles_at
from core.model.delivery import Delivery, Outcome
from core.model.event import Event, Happening
from core.model.frozen import replace
from core.ports import Job, Tx

BATCH: Final = 100
RECEIPT: Final = "receipt"


def foreseen(results: Iterable[tuple[Delivery, Outcome]]) -> Sequence[Happening]:
    """Return what follows from outcomes, each with the message that it is about and the connection it comes over."""
    return [
        replace(each, connection=delivery.connection, deal=each.deal or delivery.deal, delivery=delivery.id)
        for delivery, outcome in results
        if outcome.follows
        for each in outcome.follows
    ]


def carry_out(limit: int = BATCH) -> Job[int]:
    """Return a job that does what simulated peers do by now; it answers how much that was."""

    def job(tx: Tx) -> int:
        due = tx.due_happenings(tx.now(), limit)
        for connection in sorted({each.connection for each in due}):
            tx.hold_line(connection)  # all lines in one order, before any deal: engines do not wait for each other
        for each in due:
            _happen(tx, each)
        return len(due)

    return job


def _happen(tx: Tx, happening: Happening) -> None:
    """Let one thing happen: a report on a message, or an event of its kind."""
    if happening.kind == RECEIPT:
        with suppress(FunilError):  # a report that means nothing here, of an adapter of somebody else's
            _report(tx, happening)
        return
    if happening.kind == "chat_message":
        with suppress(FunilError):  # its channel may be gone by now
            _write(tx, happening)
        return
    tx.record(
        Event(
            kind=happening.kind,
            source=happening.connection,
            outside_id=happening.key,
            at=happening.at,
            deal=happening.deal,
            delivery=happening.delivery,
            connection=happening.connection,
            data=happening.data,
            due_at=settles_at(happening.kind, happening.at),
        )
    )


def _write(tx: Tx, happening: Happening) -> None:
    """Let a client write in a chat, or follow an invitation."""
    data = happening.data
    chat_message(
        Report(id=happening.key, source=happening.connection, at=happening.at),
        str(data.get("chat") or ""),
        str(data.get("text") or ""),
        channel=str(data.get("channel") or happening.connection),
        sender=str(data.get("from") or "") or None,
    )(tx)


def _report(tx: Tx, happening: Happening) -> None:
    data = happening.data
    receive(
        connection=happening.connection,
        outside_id=str(data.get("outside_id") or happening.key),
        provider_id=str(data.get("provider_id") or ""),
        status=str(data.get("status") or ""),
        at=happening.at,
        reason=data.get("reason"),
    )(tx)
