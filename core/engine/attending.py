"""What waited for a person is seen to by what happens later: who calls again, or is written to, waits no more."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.attention import SETTLES
from core.model.event import Event
from core.ports import Tx


def settle(tx: Tx, event: Event, deals: Sequence[str]) -> None:
    """Have an event settle what waited until then on the deals that it reaches."""
    about = SETTLES.get(event.kind)
    if about and deals:
        by = event.data.get("by")
        tx.settle(about, deals, event.at, str(by) if by else "client")
