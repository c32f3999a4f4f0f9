"""Accounts kept in memory, for adapters that are tested without a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from core.model.line import Account, Charge
from core.model.moment import Moment
from core.ports import Backing


@dataclass(slots=True)
class MemoryLedger:
    """What :class:`core.ports.Ledger` promises, as long as the process lives."""

    charges: dict[tuple[str, str], Charge] = field(default_factory=dict)

    async def charge(
        self, connection: str, key: str, cost: Decimal, balance: Decimal | None = None, currency: str | None = None
    ) -> Charge | None:
        """Charge a message once, unless the account is empty or would be overdrawn."""
        known = self.charges.get((connection, key))
        if known is not None:
            return known
        spent = (await self.account(connection)).spent
        if balance is not None and (spent >= balance or spent + cost > balance):
            return None
        made = Charge(
            connection=connection, key=key, cost=cost, spent=spent + cost, currency=currency or "BRL", at=Moment(0)
        )
        self.charges[connection, key] = made
        return made

    async def account(self, connection: str) -> Account:
        """Return how much has been charged."""
        own = [each for each in self.charges.values() if each.connection == connection]
        return Account(sum((each.cost for each in own), Decimal(0)), own[-1].currency if own else "BRL")


def memory_backing() -> Backing:
    """Return what stands behind an adapter that is tested without a store."""
    return Backing(ledger=MemoryLedger())
