"""Why each rule did or did not run on a deal: read from stored reasons, never judged anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core import outbound
from core.engine import chaining
from core.engine.bundling import ON_ITS_WAY
from core.i18n import N_
from core.model.delivery import Delivery
from core.model.moment import iso
from core.model.run import Run, RunStatus
from core.ports import Reader
from core.words import Words


def explain(
    reader: Reader, deal: str | None = None, rule: str | None = None, say: Callable[[Words], str] = Words.english
) -> Mapping[str, Any]:
    """Return ``{"runs": [...], "events": [...]}``, oldest first, in the shape that the command line prints.

    ``say`` puts a reason's sentence into a language: JSON is English.
    """
    runs = reader.runs_of(deal, rule)
    siblings: dict[int, Sequence[Run]] = {}
    sending: dict[int, Delivery] = {}
    for run in runs:
        if run.waits and run.entry not in siblings:
            siblings[run.entry] = reader.runs(run.entry)
        if run.status is RunStatus.SENDING and run.id not in sending:
            sending |= _told_by(reader.deliveries_of_entry(run.entry))
    shown = [run_shape(reader, run, siblings.get(run.entry, ()), sending.get(run.id), say) for run in runs]
    return {"runs": shown, "events": []}


def _told_by(messages: Sequence[Delivery]) -> dict[int, Delivery]:
    """Return the message that tells of each run that is sending: of several the first that is still on its way."""
    found: dict[int, Delivery] = {}
    for message in messages:
        if message.run is not None and (message.run not in found or found[message.run].status not in ON_ITS_WAY):
            found[message.run] = message
    return found


def run_shape(
    reader: Reader,
    run: Run,
    siblings: Sequence[Run],
    delivery: Delivery | None,
    say: Callable[[Words], str] = Words.english,
) -> dict[str, Any]:
    """Return one run; a sending one shows its delivery's reason, one without a date which field is empty."""
    entry = reader.entry(run.entry)
    reason, detail, due = run.reason, run.detail, run.due_at
    if run.status is RunStatus.SENDING and delivery is not None:
        row = outbound.row_of(reader.house(), delivery, reader.lines(), reader.now())
        reason, detail, due = row.reason, row.detail, row.due_at
    if run.status is RunStatus.NO_DATE:
        detail = detail or Words(N_("{field} is empty"), {"field": reader.revision(run.revision).run.of or ""})
    return {
        "id": run.public_id,
        "deal": run.deal,
        "rule": run.rule,
        "stage": entry.stage if entry else None,
        "status": run.status.value,
        "reason": reason,
        "detail": say(detail) or None,
        "due_at": iso(due),
        "waits_for": chaining.waits_for(siblings, run),
        "condition": json.loads(run.condition) if run.condition else None,
    }
