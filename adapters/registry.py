"""Finds adapters by name and opens them: those that Funil brings, and those of other packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ValidationError

from adapters.base import AdapterSettings, Opening, Provider
from adapters.secrets import Secrets
from core.boardfile.places import dotted
from core.errors import BadInput
from core.i18n import N_
from core.misfits import said
from core.model.house import Connection
from core.ports import Adapter, Backing, Capabilities, Clock
from core.words import Words

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "funil.adapters"
"""Entry point group of third parties: each name leads to a :class:`adapters.base.Provider` subclass."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """Where one of Funil's own providers stands; it is imported when a connection names it."""

    module: str
    attribute: str
    channels: tuple[str, ...]


BUILT_IN: Final[Mapping[str, BuiltIn]] = {
    "simulated": BuiltIn(
        "adapters.simulated.provider", "Simulated", ("email", "sms", "telephony", "open_channel", "webhook", "form")
    ),
    "simulated_telegram": BuiltIn("adapters.simulated.provider", "SimulatedTelegram", ("open_channel",)),
    "http": BuiltIn("adapters.webhook.provider", "Http", ("webhook",)),
    "smtp": BuiltIn("adapters.mail.provider", "Smtp", ("email",)),
}


class Registry:
    """The adapter factory. ``extra`` are providers of the caller's own, by name, for tests and embedding."""

    def __init__(self, secrets: Secrets | None = None, extra: Mapping[str, Provider] | None = None) -> None:
        self._secrets = secrets or Secrets()
        self._loaded: dict[str, Provider] = dict(extra or {})
        self._broken: dict[str, Words] = {}

    def settings_model(self, adapter: str) -> type[BaseModel] | None:
        """Return the settings model of an adapter; None when nobody provides it or it cannot be loaded."""
        provider = self._find(adapter)
        return provider.Settings if provider else None

    def names(self, channel: str) -> Sequence[str]:
        """Return the adapter names that serve a channel, Funil's own first."""
        own = [name for name, built_in in BUILT_IN.items() if channel in built_in.channels]
        others = sorted((set(self._outside) | set(self._loaded)) - set(BUILT_IN))
        found = {name: self._find(name) for name in others}
        return own + [name for name, provider in found.items() if provider and channel in provider.channels]

    def capabilities(self, connection: Connection) -> Capabilities | None:
        """Return what the connection's adapter can do without opening it; None when nothing sends there."""
        provider = self._find(connection.adapter)
        return provider.capabilities(connection.channel) if provider else None

    def simulated(self, connection: Connection) -> bool:
        """Return whether nothing that goes through this connection leaves the house."""
        provider = self._find(connection.adapter)
        return provider is not None and provider.simulated

    def lacking(self, connection: Connection) -> Words | None:
        """Return which secret of a connection no source on this machine has, or which file of its settings is not here.
        None: nothing is missing, or its settings cannot work anyway (:meth:`validate` tells)."""
        try:
            settings = self.validate(connection)
        except BadInput:
            return None
        for name, value in settings:
            if isinstance(value, Path) and not value.is_file():
                words = N_("connection “{connection}”: there is no file {file} on this machine: settings.{name}")
                return Words(words, {"connection": connection.id, "file": str(value), "name": name})
        try:
            self._secrets_of(settings, connection)
        except BadInput as error:
            return error.words
        return None

    def tracking_key(self, *, make: bool) -> str:
        """Return the house's key for tracking tokens. Raises ``BadInput`` for one that cannot be had."""
        from adapters import house_key

        return house_key.find(self._secrets, make=make)

    def open(self, connection: Connection, clock: Clock, house_id: str, backing: Backing) -> Adapter:
        """Open the connection's adapter. Raises ``BadInput`` for settings that cannot work or lack a secret."""
        provider = self._provider(connection)
        settings = self._settings(provider, connection, {})
        if settings.wants():
            settings = self._settings(provider, connection, self._secrets_of(settings, connection))
        return provider.open(Opening(connection, settings, clock, house_id, backing))

    def validate(self, connection: Connection) -> AdapterSettings:
        """Return a connection's settings as its adapter reads them, without secrets. Raises ``BadInput``."""
        return self._settings(self._provider(connection), connection, {})

    def findings(self) -> Mapping[str, Words]:
        """Return the adapters of other packages that cannot be loaded, each with the reason."""
        for name in self._outside:
            self._find(name)
        return dict(self._broken)

    @cached_property
    def _outside(self) -> Mapping[str, EntryPoint]:
        from importlib.metadata import entry_points

        return {point.name: point for point in entry_points(group=GROUP) if point.name not in BUILT_IN}

    def _find(self, name: str) -> Provider | None:
        if name in self._loaded:
            return self._loaded[name]
        if name in self._broken:
            return None
        provider = self._built_in(name) if name in BUILT_IN else self._from_outside(name)
        if provider is not None:
            self._loaded[name] = provider
        return provider

    @staticmethod
    def _built_in(name: str) -> Provider:
        where = BUILT_IN[name]
        provider: Provider = getattr(import_module(where.module), where.attribute)()
        return provider

    def _from_outside(self, name: str) -> Provider | None:
        """Load another package's provider; whatever goes wrong in its code is a finding and harms nothing else."""
        point = self._outside.get(name)
        if point is None:
            return None
        try:
            provider = point.load()()
        except Exception as error:
            self._broken[name] = self._cannot_load(point, f"{type(error).__name__}: {error}")
            return None
        if isinstance(provider, Provider):
            return provider
        self._broken[name] = self._cannot_load(point, f"{point.value} is no adapters.base.Provider")
        return None

    @staticmethod
    def _cannot_load(point: EntryPoint, why: str) -> Words:
        package = point.dist.name if point.dist else point.value
        words = N_("adapter “{adapter}” of package {package} cannot be loaded: {why}")
        return Words(words, {"adapter": point.name, "package": package, "why": why})

    def _provider(self, connection: Connection) -> Provider:
        provider = self._find(connection.adapter)
        if provider is None:
            raise self._unknown(connection)
        if connection.channel in provider.channels:
            return provider
        raise BadInput(
            N_("connection “{connection}”: adapter “{adapter}” serves {channels}, not {channel}"),
            connection=connection.id,
            adapter=connection.adapter,
            channels=", ".join(provider.channels),
            channel=connection.channel,
        )

    def _unknown(self, connection: Connection) -> BadInput:
        if connection.adapter in self._broken:
            broken = self._broken[connection.adapter]
            return BadInput(broken.msg, **broken.args)
        serving = self.names(connection.channel)
        near = get_close_matches(connection.adapter, serving, n=1)
        pattern = N_("connection “{connection}”: no adapter is called “{adapter}”; for {channel} there are {known}")
        if near:
            pattern = N_("connection “{connection}”: no adapter is called “{adapter}”; did you mean “{near}”?")
        return BadInput(
            pattern,
            connection=connection.id,
            adapter=connection.adapter,
            channel=connection.channel,
            near=near[0] if near else None,
            known=", ".join(serving) or "–",
        )

    def _secrets_of(self, settings: AdapterSettings, connection: Connection) -> Mapping[str, object]:
        found = {field: self._secrets.get(connection.id, field) for field in sorted(settings.wants())}
        for field, secret in found.items():
            if secret is None:
                raise self._secrets.missing(connection.id, field)
        return found

    @staticmethod
    def _settings(provider: Provider, connection: Connection, secrets: Mapping[str, object]) -> AdapterSettings:
        context = {"connection": connection.id, "secrets": bool(secrets)}
        try:
            return provider.Settings.model_validate({**connection.settings, **secrets}, context=context)
        except ValidationError as error:
            raise _bad_settings(connection, error, provider.Settings) from None


def _bad_settings(connection: Connection, error: ValidationError, model: type[AdapterSettings]) -> BadInput:
    """Put the first thing wrong into a sentence, an unknown key before all else: what is missing then was most likely
    misspelt. The rejected value stays out of it, since it may be a secret."""
    errors = error.errors(include_url=False)
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    where = dotted(("settings", *first["loc"]))
    why = said(first, model, unseen=True)
    return BadInput(N_("connection “{connection}”: {where}: {why}"), connection=connection.id, where=where, why=why)
