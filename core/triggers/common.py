"""Settings that several trigger kinds share, and how they are looked over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field

from core.i18n import N_
from core.model.house import House
from core.rules.base import Finding, Settings
from core.words import Words


class NoSettings(Settings):
    """Nothing to set."""


def _one_or_all(value: Any) -> Any:
    return None if value in ("", "all") else value


OneOrAll: TypeAlias = Annotated[str | None, BeforeValidator(_one_or_all)]
"""An id; nothing, blank or ``all`` stands for all of them."""


class FormSettings(Settings):
    """Which web form counts. Forms need no definition: any id will do."""

    form: OneOrAll = Field(default=None, title=N_("Form"), description=N_("One form; all when left out."))


class LineSettings(Settings):
    """Which telephone line counts."""

    line: OneOrAll = Field(
        default=None,
        title=N_("Line"),
        description=N_("One telephone line; all when left out."),
        json_schema_extra={"picker": "connection:telephony"},
    )


class ChannelSettings(Settings):
    """Which open channel counts."""

    channel: OneOrAll = Field(
        default=None,
        title=N_("Channel"),
        description=N_("One open channel; all when left out."),
        json_schema_extra={"picker": "connection:open_channel"},
    )


class MachineSettings(Settings):
    """Whether prefetchers and scanners count as the client."""

    machine: bool = Field(
        default=False, title=N_("Machines too"), description=N_("Also fire for prefetchers and security scanners.")
    )


def line_findings(line: str | None, house: House) -> Iterable[Finding]:
    """Find a telephone line that is not connected, or that there is none at all."""
    if line:
        yield from _missing(
            "line", line, house, "telephony", N_("there is no telephone line “{id}”; there are: {known}")
        )
    elif not _ids(house, "telephony"):
        yield Finding(None, Words(N_("no telephone line is connected: it would never fire")), error=False)


def channel_findings(channel: str | None, house: House) -> Iterable[Finding]:
    """Find an open channel that is not connected, or that there is none at all."""
    if channel:
        msg = N_("there is no open channel “{id}”; there are: {known}")
        yield from _missing("channel", channel, house, "open_channel", msg)
    elif not _ids(house, "open_channel"):
        yield Finding(None, Words(N_("no open channel is connected: it would never fire")), error=False)


def _missing(field: str, wanted: str, house: House, channel: str, msg: str) -> Iterable[Finding]:
    known = _ids(house, channel)
    if wanted not in known:
        yield Finding(field, Words(msg, {"id": wanted, "known": ", ".join(known) or "-"}))


def _ids(house: House, channel: str) -> list[str]:
    return [connection.id for connection in house.connections.values() if connection.channel == channel]
