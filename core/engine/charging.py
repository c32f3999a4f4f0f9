"""What messages cost the accounts behind simulated connections: an append-only book, charged behind the line's lock.

A real provider keeps such an account itself and takes a call's price at the moment of the call; so does this one. The
charge is committed before the peer answers, and a message that is asked for again is not charged again.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core import money
from core.engine.enclosing import FilesOf
from core.model.line import Account, Charge
from core.ports import Backing, Job, Priority, Store, Tx


@dataclass(frozen=True, slots=True)
class StoreLedger:
    """The accounts, kept in the store."""

    store: Store

    async def charge(
        self, connection: str, key: str, cost: Decimal, balance: Decimal | None = None, currency: str | None = None
    ) -> Charge | None:
        """Charge a message to a connection's account (:class:`core.ports.Ledger`)."""
        return await self.store.write(charge(connection, key, cost, balance, currency), Priority.DELIVERIES)

    async def account(self, connection: str) -> Account:
        """Return how much an account has been charged so far."""
        return self.store.read(lambda reader: reader.account(connection))


def backing(store: Store) -> Backing:
    """Return what a house stands behind its adapters with."""
    return Backing(ledger=StoreLedger(store), files=FilesOf(store))


def charge(
    connection: str, key: str, cost: Decimal, balance: Decimal | None = None, currency: str | None = None
) -> Job[Charge | None]:
    """Return a job that charges a message once; it answers None, having written nothing, where the account was empty
    or would be overdrawn."""

    def job(tx: Tx) -> Charge | None:
        tx.hold_line(connection)
        known = tx.charge_of(connection, key)
        if known is not None:
            return known
        account = tx.account(connection)
        if balance is not None and (account.spent >= balance or account.spent + cost > balance):
            return None
        counted = currency or account.currency
        exact = Decimal(money.text(cost, counted))
        spent = account.spent + exact
        made = Charge(connection=connection, key=key, cost=exact, spent=spent, currency=counted, at=tx.now())
        tx.add_charge(made)
        return made

    return job
