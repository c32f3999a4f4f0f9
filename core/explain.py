"""Why each rule did or did not run on a deal, and each trigger did or did not fire: read from stored reasons, never
judged anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core import outbound
from core.engine import chaining
from core.engine.bundling import ON_ITS_WAY
from core.i18n import N_
from core.model.delivery import Delivery
from core.model.event import Event, Reach
from core.model.moment import iso
from core.model.run import Run, RunStatus
from core.ports import Reader
from core.words import Words


def explain(
    reader: Reader,
    deal: str | None = None,
    rule: str | None = None,
    say: Callable[[Words], str] = Words.english,
    event: Event | None = None,
) -> Mapping[str, Any]:
    """Return ``{"runs": [...], "events": [...]}``, oldest first, in the shape that the command line prints: of a deal,
    of a rule (which has no events), of an event (with the runs of the stays that it began).

    ``say`` puts a reason's sentence into a language: JSON is English.
    """
    reaches = [] if rule is not None else reader.reaches_of(deal, event.id if event else None)
    runs = _runs(reader, deal, rule, reaches if event is not None else None)
    siblings: dict[int, Sequence[Run]] = {}
    sending: dict[int, Delivery] = {}
    for run in runs:
        if run.waits and run.entry not in siblings:
            siblings[run.entry] = reader.runs(run.entry)
        if run.status is RunStatus.SENDING and run.id not in sending:
            sending |= _told_by(reader.deliveries_of_entry(run.entry))
    shown = [run_shape(reader, run, siblings.get(run.entry, ()), sending.get(run.id), say) for run in runs]
    return {"runs": shown, "events": [] if rule is not None else _events(reader, reaches, deal, event, say)}


def _runs(reader: Reader, deal: str | None, rule: str | None, began: Sequence[Reach] | None) -> Sequence[Run]:
    if began is None:
        return reader.runs_of(deal, rule)
    entries = {reach.entry for reach in began if reach.entry is not None}
    return [run for entry in sorted(entries) for run in reader.runs(entry)]


def _events(
    reader: Reader, reaches: Sequence[Reach], deal: str | None, only: Event | None, say: Callable[[Words], str]
) -> list[dict[str, Any]]:
    """Return a row for each event and deal, and one for each event that nobody has taken up yet."""
    known = reader.events_by_id({reach.event for reach in reaches})
    waiting = reader.unheard(deal, only.id if only else None)
    rows = [(known[reach.event], reach) for reach in reaches]
    rows += [(event, Reach(id=0, event=event.id, deal=event.deal)) for event in waiting if deal in (None, event.deal)]
    return [event_shape(event, reach, say) for event, reach in sorted(rows, key=lambda row: (row[0].id, row[1].id))]


def event_shape(event: Event, reach: Reach, say: Callable[[Words], str] = Words.english) -> dict[str, Any]:
    """Return an event at one deal with the verdict on every trigger that it was for."""
    return {
        "id": event.public_id,
        "kind": event.kind,
        "at": iso(event.at),
        "deal": reach.deal,
        "applied": reach.applied,
        "candidates": [
            {
                "trigger": each.trigger,
                "target": each.target,
                "verdict": each.verdict.value,
                "reason": each.reason,
                "detail": say(each.detail) or None,
            }
            for each in reach.candidates
        ],
        "outside_id": event.outside_id,
        "judged": reach.judged_at is not None,
    }


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
