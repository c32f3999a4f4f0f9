"""What core needs of the Store for clients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from core.model.people import Company, Contact
from core.staged import Brought

ClientKind: TypeAlias = Literal["contacts", "companies"]


class ClientReader(Protocol):
    """The reads, a part of :class:`core.ports.Reader`."""

    def found_contacts(self, search: str, limit: int | None = None) -> Sequence[Contact]:
        """Return contacts in use whose name, id, address or number contains a text (the first ``limit``), by id."""

    def found_companies(self, search: str, limit: int | None = None) -> Sequence[Company]:
        """Return client companies in use likewise."""

    def ids_beginning(self, what: Literal["deals", "contacts", "companies"], prefix: str, limit: int) -> Sequence[str]:
        """Return the first ids in use that begin with a text."""

    def deals_of_client(self, what: ClientKind, client_id: str) -> Sequence[str]:
        """Return the ids of the deals in use that have a client."""


class ClientTx(Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""

    def new_client_id(self, what: ClientKind) -> str:
        """Return a fresh readable id (``C1001`` a contact, ``F1001`` a company) that no such client has."""

    def bring_in_clients(self, what: ClientKind) -> Brought:
        """Make real clients of all that this transaction's :class:`Staging` has set aside, unless their ids are taken
        by now."""
