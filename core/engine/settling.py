"""Hits on mails are judged when they have settled, all of one mail together; later hits and newer rules judge anew.

A deal that has moved is not moved back: what changes is what is thought of the hit, and both opinions can be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core import judging_hits
from core.judging_hits import Judged, Lists
from core.model.event import Event
from core.ports import Job, Tx

BATCH: Final = 50
"""Hits looked at in one transaction when the rules are new."""


def settled(tx: Tx, hit: Event, lists: Lists) -> Judged | None:
    """Judge a hit with all others on its mail, and keep what has changed of what was thought of them; None for an event
    that is no hit."""
    if hit.kind not in judging_hits.KINDS:
        return None
    if hit.delivery is None:
        found = judging_hits.judge([hit], None, lists)
        _keep(tx, found)
        return found[hit.id]
    return _judged(tx, hit.delivery, lists, hit)[hit.id]


def rejudge(lists: Lists, limit: int = BATCH) -> Job[int]:
    """Return a job that judges hits anew which an older version of the rules has judged; it answers how many mails it
    took up, 0 when none is left."""

    def job(tx: Tx) -> int:
        mails = tx.outdated_hits(judging_hits.VERSION, limit)
        for delivery in mails:
            _judged(tx, delivery, lists)
        return len(mails)

    return job


def _judged(tx: Tx, delivery_id: int, lists: Lists, also: Event | None = None) -> Mapping[int, Judged]:
    """Judge the hits on one mail (``also`` among them, however many there are) and keep what is new."""
    delivery = tx.delivery(delivery_id)
    hits = [event for event in tx.events_about(delivery_id) if event.kind in judging_hits.KINDS]
    if also is not None and all(hit.id != also.id for hit in hits):
        hits.append(also)
    found = judging_hits.judge(hits, delivery.sent_at if delivery else None, lists)
    _keep(tx, found)
    return found


def _keep(tx: Tx, found: Mapping[int, Judged]) -> None:
    """Add what differs from the last opinion, or was formed by another version of the rules."""
    before: Mapping[int, Sequence[Judged]] = tx.judgements(found)
    changed = {hit: one for hit, one in found.items() if hit not in before or before[hit][-1] != one}
    tx.add_judgements(changed, tx.now())
