"""Messages that an engine had in hand, not marked as being sent, when it died or had to give them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adapters.clock import RealClock
from core.engine import leasing, running
from core.model.delivery import Delivery
from core.model.timeline import TimelineKind
from core.ports import Job
from data import opening
from tests.proof.ground import Funil, board, mail, rules

Lost = Callable[[Delivery], Job[None] | None]


def in_hand(tmp_path: Path, unknown: str, end: Lost, *meanwhile: str, subject: str = "Your order") -> Funil:
    """Have an engine lease one mail, a person do something, and the engine come to its end."""
    funil = Funil(tmp_path, board(rules(mail(unknown=unknown, subject=subject))))
    funil("deal", "move", "D1", "delivery")
    store = opening.open_store(funil.url, clock=RealClock())
    store.write_now(running.run_due(Random(0)))
    (leased,) = store.write_now(leasing.claim("mail", "lost", 5, Random(0))).deliveries
    if meanwhile:
        funil(*meanwhile)
    if (job := end(leased)) is not None:
        store.write_now(job)
    store.close()
    return funil


def dies(leased: Delivery) -> None:
    return None


def gives_back(leased: Delivery) -> Job[None]:
    return leasing.release([leased], "lost")


def finds_it_broken(leased: Delivery) -> Job[None]:
    return leasing.release([leased], "lost", broken=True)


def row(funil: Funil) -> Mapping[str, Any]:
    (found,) = funil.log()
    return found


ENDS = pytest.mark.parametrize("end", [dies, gives_back, finds_it_broken])
POLICIES = pytest.mark.parametrize("unknown", ["resend", "hold"])


@ENDS
@POLICIES
def test_what_was_undone_does_not_go_out(end: Lost, unknown: str, tmp_path: Path) -> None:
    funil = in_hand(tmp_path, unknown, end, "deal", "undo")
    funil.idle()
    assert (row(funil)["status"], row(funil)["reason"]) == ("cancelled", "undone")
    assert funil.states() == {"mail": "cancelled undone"}
    maybe = end is dies and unknown == "resend"
    assert ("it may have gone out" in str(row(funil)["detail"])) is maybe
    assert told(funil) == ["cancelled"]
    funil("deal", "redo")
    funil.idle()
    assert (row(funil)["status"], funil.states()) == ("sent", {"mail": "done"})


def told(funil: Funil) -> list[str]:
    """Return what the history tells of the deal's messages."""
    with closing(opening.open_store(funil.url, clock=RealClock())) as store:
        lines = store.read(lambda reader: reader.timeline("D1"))
    return [line.data["status"] for line in lines if line.kind is TimelineKind.DELIVERY]


@POLICIES
@pytest.mark.parametrize(("end", "status"), [(dies, "sent"), (gives_back, "sent"), (finds_it_broken, "cancelled")])
def test_of_a_stage_that_was_left_it_goes_out_unless_its_connection_is_broken(
    end: Lost, status: str, unknown: str, tmp_path: Path
) -> None:
    funil = in_hand(tmp_path, unknown, end, "deal", "move", "D1", "billing")
    funil.idle()
    assert row(funil)["status"] == status
    assert funil.states() == {"mail": "done" if status == "sent" else "cancelled left_stage"}


@pytest.mark.parametrize(
    ("end", "unknown", "subject"),
    [(dies, "resend", "About Order 1001"), (dies, "hold", "About It"), (gives_back, "resend", "About It")],
)
def test_only_what_may_have_been_tried_keeps_its_bytes(end: Lost, unknown: str, subject: str, tmp_path: Path) -> None:
    funil = in_hand(tmp_path, unknown, end, "deal", "set", "D1", "title=It", subject="About {{ deal.title }}")
    funil("clock", "advance", "2h")
    funil.idle()
    assert (row(funil)["status"], row(funil)["subject"]) == ("sent", subject)
