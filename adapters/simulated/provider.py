"""The simulated connections' providers."""

from __future__ import annotations

from typing import ClassVar

from adapters.base import AdapterSettings, Opening, Provider
from adapters.simulated import telephony
from adapters.simulated.adapter import LINES, SimulatedAdapter
from adapters.simulated.open_channel import TELEGRAM, WEB_CHAT, SimulatedChannel, SimulatedTelegramAdapter
from adapters.simulated.settings import SimulatedSettings, SimulatedTelegramSettings
from adapters.simulated.telephony import Parties, SimulatedPhone
from core.errors import BadInput
from core.i18n import N_
from core.ports import Adapter, Capabilities


class Simulated(Provider):
    """Any channel. All of them send but connections for forms, which are kept for rules to name."""

    name: ClassVar[str] = "simulated"
    channels: ClassVar[tuple[str, ...]] = ("email", "sms", "telephony", "open_channel", "webhook", "form")
    Settings: ClassVar[type[AdapterSettings]] = SimulatedSettings
    simulated: ClassVar[bool] = True

    def capabilities(self, channel: str) -> Capabilities | None:
        """Return what the channel's simulated peer can do, None where nothing sends."""
        if channel == telephony.CAPABILITIES.channel:
            return telephony.CAPABILITIES
        line = WEB_CHAT if channel == "open_channel" else LINES.get(channel)
        return line.capabilities if line else None

    def open(self, opening: Opening) -> Adapter:
        """Open a simulated peer of the connection's channel."""
        if opening.connection.channel == telephony.CAPABILITIES.channel:
            connection, ledger = opening.connection.id, opening.backing.ledger
            return SimulatedPhone(opening.settings, Parties(connection, opening.house_id, ledger, opening.clock))
        if opening.connection.channel == "open_channel":
            return SimulatedChannel(WEB_CHAT, opening.settings, opening.house_id, opening.clock)
        line = LINES.get(opening.connection.channel)
        if line is None:
            raise no_way_out(opening)
        return SimulatedAdapter(line, opening.settings, opening.house_id, opening.clock)


class SimulatedTelegram(Provider):
    """A Telegram bot whose users are simulated."""

    name: ClassVar[str] = "simulated_telegram"
    channels: ClassVar[tuple[str, ...]] = ("open_channel",)
    Settings: ClassVar[type[AdapterSettings]] = SimulatedTelegramSettings
    simulated: ClassVar[bool] = True

    def capabilities(self, channel: str) -> Capabilities | None:
        """Return what a simulated bot can do."""
        return TELEGRAM.capabilities if channel == "open_channel" else None

    def open(self, opening: Opening) -> Adapter:
        """Open a simulated bot."""
        return SimulatedTelegramAdapter(TELEGRAM, opening.settings, opening.house_id, opening.clock)


def no_way_out(opening: Opening) -> BadInput:
    """Return the error for a connection through which nothing is sent."""
    return BadInput(
        N_("nothing is sent through connection “{connection}”: adapter “{adapter}” sends no {channel} messages"),
        connection=opening.connection.id,
        adapter=opening.connection.adapter,
        channel=opening.connection.channel,
    )
