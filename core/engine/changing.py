"""What differs between two states of a deal, and the event by which triggers hear of it.

One act is one event, recorded in the transaction of the act. Imports, the board file and undo record none.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from core import fields
from core.fields.paths import CUSTOM
from core.model.deal import Deal, Link
from core.model.event import Event
from core.model.moment import Moment
from core.ports import Tx

HOUSE: Final = "house"
"""The source of events that the house raises itself."""
RESPONSIBLE: Final = "responsible"
_UNHEARD: Final = frozenset({"flags"})
"""What the house notes on a deal for itself: no field that triggers watch."""


def differences(before: Deal, after: Deal) -> dict[str, tuple[Any, Any]]:
    """Return what differs between two states of a deal in JSON form, by bare id; by path where that id means a built-in
    field."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in ("title", "amount", "currency", "responsible", "company", "begin_date", "close_date"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            found[name] = (_json(old), _json(new))
    for name in ("contacts", "flags"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            found[name] = (list(old), list(new))
    for name in {**before.fields, **after.fields}:
        old, new = before.fields.get(name), after.fields.get(name)
        if old != new:
            path = CUSTOM + name
            found[name if fields.resolve(name) == path else path] = (old, new)
    return found


def _json(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def record(
    tx: Tx, before: Deal, after: Deal, now: Moment, by: str, *, chain: tuple[Link, ...] = (), rule: str | None = None
) -> int | None:
    """Record that fields of a deal have changed: what each was and is. ``by`` did it, through a ``rule`` whose stay
    came about by ``chain``. Returns the event's number; None when nothing has changed that triggers hear of."""
    changed = {name: pair for name, pair in differences(before, after).items() if name not in _UNHEARD}
    if not changed:
        return None
    kinds = [RESPONSIBLE + "_changed"] if RESPONSIBLE in changed else []
    data: dict[str, Any] = {
        "fields": list(changed),
        "changes": {name: {"old": old, "new": new} for name, (old, new) in changed.items()},
        "kinds": [*kinds, "field_changed"],
        "by": by,
    }
    return tx.record(
        Event(
            kind="responsible_changed" if list(changed) == [RESPONSIBLE] else "field_changed",
            source=HOUSE,
            outside_id=f"change:{after.id}:{after.version}",
            at=now,
            deal=after.id,
            data=data if rule is None else {**data, "rule": rule},
            chain=chain,
        )
    )
