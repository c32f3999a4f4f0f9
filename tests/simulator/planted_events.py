"""Bugs on purpose in what comes in, and in what triggers make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from core.engine import expanding, guarding, matching
from core.model.frozen import replace
from core.triggers.crm_form import CrmForm
from data.tx import SqlTx
from tests.simulator.hearing import SOURCE

Patch = Callable[[pytest.MonkeyPatch], None]


def records_twice(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether a report is known."""
    record, event_of, count = SqlTx.record, SqlTx.event_of, [0]

    def bad(self: Any, event: Any) -> Any:
        count[0] += event.source == SOURCE
        said = f"{event.outside_id}+{count[0]}" if event.source == SOURCE else event.outside_id
        return record(self, replace(event, outside_id=said))

    patch.setattr(
        SqlTx, "event_of", lambda self, source, said: None if source == SOURCE else event_of(self, source, said)
    )
    patch.setattr(SqlTx, "record", bad)


def moves_back(patch: pytest.MonkeyPatch) -> None:
    """Triggers move deals back that may not."""
    good = matching._rejection

    def bad(*args: Any) -> Any:
        reason = good(*args)
        return None if reason is not None and reason[0] == matching.NOT_LATER else reason

    patch.setattr(matching, "_rejection", bad)


def applies_the_last(patch: pytest.MonkeyPatch) -> None:
    """Of several triggers that may the one of the latest stage is applied."""
    order = matching._order
    patch.setattr(matching, "_order", lambda listener: (-order(listener)[0], *order(listener)[1:]))


def reaches_all_but_one(patch: pytest.MonkeyPatch) -> None:
    """An event does not reach the last of its client's deals."""
    good = expanding.reached
    patch.setattr(expanding, "reached", lambda *args: good(*args)[:-1])


def hears_again(patch: pytest.MonkeyPatch) -> None:
    """Every other time it is forgotten that events have been taken up."""
    good, count = SqlTx.heard, [0]

    def bad(self: Any, *args: Any) -> None:
        count[0] += 1
        if count[0] % 2:
            good(self, *args)

    patch.setattr(SqlTx, "heard", bad)


def forgets_chains(patch: pytest.MonkeyPatch) -> None:
    """What a rule changes is taken for the beginning of something."""
    patch.setattr(guarding, "carried", lambda *args: ())


def leaves_open(patch: pytest.MonkeyPatch) -> None:
    """What was left for batches of its own is never matched."""
    patch.setattr(SqlTx, "open_reaches", lambda *args: [])


def moves_the_closed(patch: pytest.MonkeyPatch) -> None:
    """A form moves deals that are won or lost."""
    patch.setattr(CrmForm, "closed_deals", True)


PLANTED_EVENTS: Mapping[str, tuple[Patch, str]] = {
    "one report is one event": (records_twice, "acted twice"),
    "triggers move forward": (moves_back, ", back"),
    "the earliest trigger is applied": (applies_the_last, ", the earliest"),
    "closed deals stay where they are": (moves_the_closed, "not by None"),
    "an event is judged at all deals of its client": (reaches_all_but_one, "was judged"),
    "an event moves a deal once": (hears_again, "events tell of the move"),
    "what rules change carries their chain": (forgets_chains, "carries no chain"),
    "what is left open is matched": (leaves_open, "was judged 0 times"),
}
