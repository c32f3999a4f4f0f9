"""Settings that several trigger kinds share, and how they are looked over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BeforeValidator, Field

from core.i18n import N_
from core.model.event import Event
from core.model.house import House
from core.rules.base import Finding, Settings
from core.triggers.base import MACHINE_EVENT, Heard, Miss
from core.words import Words


class NoSettings(Settings):
    """Nothing to set."""


def _one_or_all(value: Any) -> Any:
    return None if value in ("", "all") else value


OneOrAll: TypeAlias = Annotated[str | None, BeforeValidator(_one_or_all)]
"""An id; nothing, blank or ``all`` stands for all of them."""


class FormSettings(Settings):
    """Which web form counts. Forms need no definition: any id will do."""

    form: OneOrAll = Field(
        default=None,
        title=N_("Form"),
        description=N_("One form; all when left out."),
        json_schema_extra={"none": N_("all forms")},
    )


class LineSettings(Settings):
    """Which telephone line counts."""

    line: OneOrAll = Field(
        default=None,
        title=N_("Line"),
        description=N_("One telephone line; all when left out."),
        json_schema_extra={"picker": "connection:telephony", "none": N_("all lines")},
    )


class ChannelSettings(Settings):
    """Which open channel counts."""

    channel: OneOrAll = Field(
        default=None,
        title=N_("Channel"),
        description=N_("One open channel; all when left out."),
        json_schema_extra={"picker": "connection:open_channel", "none": N_("all channels")},
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


_NO: Final = ("", "0", "false", "no")


def told(event: Event, word: str) -> str:
    """Return what an event says of itself under a word, nothing as a blank text."""
    value = event.data.get(word)
    return "" if value is None else str(value)


def says_yes(event: Event, word: str) -> bool:
    """Return whether an event says so of itself, as a JSON value or as a person's ``word=true``."""
    return told(event, word).strip().lower() not in _NO


def other_form(heard: Heard, settings: FormSettings) -> Miss | None:
    """Miss what another form than the chosen one has brought."""
    return _other(settings.form, heard.event, "form", N_("it was the form “{got}”, not “{wanted}”"))


def other_line(heard: Heard, settings: LineSettings) -> Miss | None:
    """Miss a call on another line than the chosen one."""
    return _other(settings.line, heard.event, "line", N_("it was on the line “{got}”, not “{wanted}”"))


def other_channel(heard: Heard, settings: ChannelSettings) -> Miss | None:
    """Miss what happened on another channel than the chosen one."""
    return _other(settings.channel, heard.event, "channel", N_("it was in the channel “{got}”, not “{wanted}”"))


def _other(wanted: str | None, event: Event, word: str, msg: str) -> Miss | None:
    got = told(event, word) or event.connection or ""
    return None if wanted is None or got == wanted else Miss(Words(msg, {"got": got, "wanted": wanted}))


def by_machine(heard: Heard, settings: MachineSettings) -> Miss | None:
    """Miss what a prefetcher or a security scanner has done, unless that counts."""
    if settings.machine or not says_yes(heard.event, "machine"):
        return None
    return Miss(Words(N_("it was a machine, not the client")), MACHINE_EVENT)


def by_rule(heard: Heard, msg: str) -> Miss | None:
    """Miss what a rule has sent or said; ``msg`` tells so."""
    rule = (heard.delivery.rule if heard.delivery else None) or told(heard.event, "rule")
    return Miss(Words(msg, {"rule": rule})) if rule else None
