"""Company, users, connections, constants and fields of a board file."""

from __future__ import annotations

from typing import Any, Final

from core import phones
from core.applying.ledger import Change, Ledger
from core.boardfile import merging
from core.boardfile.types import plain
from core.errors import BadInput
from core.i18n import N_
from core.model.house import CompanySettings

RESERVED: Final = frozenset({"client", "system", "responsible"})
"""Words that stand where a user's id can stand."""


def apply(ledger: Ledger) -> None:
    """Lay these sections over the house."""
    _company(ledger)
    _users(ledger)
    _connections(ledger)
    _constants(ledger)
    _fields(ledger)


def _company(ledger: Ledger) -> None:
    board, tx = ledger.document.board, ledger.tx
    if not board.given("company"):
        return
    with ledger.at("company"):
        before = ledger.house.company
        after = merging.company(board.company, before) if board.company else CompanySettings()
        ledger.put("company", "company", before, after, lambda: tx.put_company_settings(after))


def _users(ledger: Ledger) -> None:
    house, tx = ledger.house, ledger.tx
    for index, part in enumerate(ledger.document.board.users or ()):
        with ledger.at("users", index):
            if part.id in RESERVED:
                raise BadInput(N_("“{id}” cannot be a user's id: it has a meaning of its own"), id=part.id)
            before = house.users.get(part.id)
            after = merging.user(part, before, phones.region_of(house.company))
            ledger.put("user", part.id, before, after, lambda u=after: tx.put_user(u))  # type: ignore[misc]


def _connections(ledger: Ledger) -> None:
    house, tx = ledger.house, ledger.tx
    for index, part in enumerate(ledger.document.board.connections or ()):
        with ledger.at("connections", index):
            before = house.connections.get(part.id)
            after = merging.connection(part, before)
            if before != after and ledger.check_connection is not None:
                ledger.check_connection(after)
            ledger.put("connection", part.id, before, after, lambda c=after: tx.put_connection(c))  # type: ignore[misc]


def _constants(ledger: Ledger) -> None:
    present = ledger.house.constants
    for name, given in (ledger.document.board.constants or {}).items():
        value = plain(given)
        known = name in present
        if known and _same(present[name], value):
            continue
        ledger.tx.put_constant(name, value)
        ledger.changes.append(Change("change" if known else "add", "constant", name))


def _same(one: Any, other: Any) -> bool:
    """Compare constants: true is not 1, and 1 is not 1.0."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _fields(ledger: Ledger) -> None:
    house, tx = ledger.house, ledger.tx
    for index, part in enumerate(ledger.document.board.fields or ()):
        with ledger.at("fields", index):
            before = house.fields.get(part.id)
            after = merging.field(part, before)
            ledger.put("field", part.id, before, after, lambda f=after: tx.put_field(f))  # type: ignore[misc]
