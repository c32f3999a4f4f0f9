"""Settings of simulated connections, of every channel."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from adapters.base import AdapterSettings
from adapters.simulated.personas import Persona
from adapters.simulated.phrases import Language
from core import money
from core.i18n import N_
from core.misfits import fitting

Amount: TypeAlias = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]


def _currency(value: str) -> str:
    return fitting(money.currency, value)


Currency: TypeAlias = Annotated[str, AfterValidator(_currency)]


class Customers(AdapterSettings):
    """Who is at the other end: how the simulated customers behave, and the seed of their choices."""

    persona: Persona = Field(
        default="silent",
        title=N_("Persona"),
        description=N_("silent: takes every message; normal: opens, clicks and answers some; eager: most, and soon"),
    )
    seed: int = Field(default=0, title=N_("Seed"), description=N_("Another seed tells another story"))
    language: Language = Field(
        default="en", title=N_("Language"), description=N_("What the simulated customers write in")
    )
    eager: tuple[str, ...] = Field(
        default=(),
        title=N_("Eager ones"),
        description=N_("Addresses and numbers whose owners are eager, whatever the persona"),
    )

    def persona_of(self, to: str) -> Persona:
        """Return how whoever has an address or a number behaves."""
        return "eager" if to in self.eager else self.persona


class SimulatedSettings(Customers):
    """One model for all channels: an address book for e-mail, a number and an account for telephony."""

    addresses: tuple[str, ...] = Field(
        default=(), title=N_("Addresses"), description=N_("Sender addresses that this connection serves; empty: any")
    )
    number: str | None = Field(
        default=None, pattern=r"^\+[1-9]\d{6,14}$", title=N_("Number"), description=N_("Our number, like +551140000000")
    )
    price_per_minute: Amount | None = Field(
        default=None, title=N_("Price per minute"), description=N_("What each minute of a call that has begun costs")
    )
    balance: Amount | None = Field(
        default=None,
        title=N_("Balance"),
        description=N_("What the account held at first; calls are debited from it; empty: no limit"),
    )
    currency: Currency | None = Field(
        default=None, title=N_("Currency"), description=N_("Of price and balance; empty: the company's")
    )


class SimulatedTelegramSettings(Customers):
    """A simulated Telegram bot."""

    bot: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_]{3,31}$", title=N_("Bot"), description=N_("The bot's name, without @")
    )
