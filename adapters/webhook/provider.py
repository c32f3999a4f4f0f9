"""The webhook connection's provider; the HTTP library is loaded when one is opened."""

from __future__ import annotations

from typing import ClassVar

from adapters.base import AdapterSettings, Opening, Provider
from adapters.webhook import signing
from adapters.webhook.settings import CAPABILITIES, HttpSettings
from core.errors import BadInput
from core.i18n import N_
from core.ports import Adapter, Capabilities


class Http(Provider):
    """Signed calls over HTTPS."""

    name: ClassVar[str] = "http"
    channels: ClassVar[tuple[str, ...]] = ("webhook",)
    Settings: ClassVar[type[AdapterSettings]] = HttpSettings

    def capabilities(self, channel: str) -> Capabilities | None:
        """Return what the HTTP adapter can do."""
        return CAPABILITIES

    def open(self, opening: Opening) -> Adapter:
        """Open an adapter; each message names its own peer."""
        from adapters.webhook.sender import HttpAdapter

        settings: HttpSettings = opening.settings
        if settings.ca_file is not None and not settings.ca_file.is_file():
            raise BadInput(
                N_("connection “{connection}”: settings.ca_file: there is no file {file}"),
                connection=opening.connection.id,
                file=str(settings.ca_file),
            )
        signing.key_of(settings.key.get_secret_value() if settings.key is not None else "")
        return HttpAdapter(settings, opening.clock)
