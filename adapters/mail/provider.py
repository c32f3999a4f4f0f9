"""The mail server connection's provider; the SMTP library is loaded when one is opened."""

from __future__ import annotations

from typing import ClassVar

from adapters.base import AdapterSettings, Opening, Provider
from adapters.mail.settings import CAPABILITIES, SmtpSettings
from core.errors import BadInput
from core.i18n import N_
from core.ports import Adapter, Capabilities


class Smtp(Provider):
    """E-mail through a mail server."""

    name: ClassVar[str] = "smtp"
    channels: ClassVar[tuple[str, ...]] = ("email",)
    Settings: ClassVar[type[AdapterSettings]] = SmtpSettings

    def capabilities(self, channel: str) -> Capabilities | None:
        """Return what the SMTP adapter can do."""
        return CAPABILITIES

    def open(self, opening: Opening) -> Adapter:
        """Open an adapter; the server is reached at the first message."""
        from adapters.mail.smtp import SmtpAdapter

        settings: SmtpSettings = opening.settings
        if settings.ca_file is not None and not settings.ca_file.is_file():
            raise BadInput(
                N_("connection “{connection}”: settings.ca_file: there is no file {file}"),
                connection=opening.connection.id,
                file=str(settings.ca_file),
            )
        return SmtpAdapter(settings, opening.clock, opening.backing.files)
