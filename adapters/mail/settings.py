"""Settings of a connection to a mail server."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Final, Literal, Self, TypeAlias

from pydantic import Field, SecretStr, field_validator, model_validator

from adapters.base import AdapterSettings
from adapters.mail.address import is_address
from core.i18n import N_
from core.misfits import Unfit
from core.ports import Capabilities

Security: TypeAlias = Literal["none", "starttls", "tls"]
PORTS: Final[dict[str, int]] = {"none": 25, "starttls": 587, "tls": 465}
"""Usual ports (RFC 6409, RFC 8314)."""

CAPABILITIES: Final = Capabilities(channel="email", attachments=True)
"""One message at a time; a repeat reaches the server as a second mail with the same Message-ID."""


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class SmtpSettings(AdapterSettings):
    """How to reach and enter the mail server that takes our mail."""

    host: str = Field(
        min_length=1,
        max_length=253,
        pattern=r"^[A-Za-z0-9.:_-]+$",
        title=N_("Host"),
        description=N_("Name or address of the mail server, like smtp.example.com"),
    )
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        title=N_("Port"),
        description=N_("Empty: 587 with starttls, 465 with tls, 25 with none"),
    )
    security: Security | None = Field(
        default=None,
        title=N_("Security"),
        description=N_("starttls, tls or none; empty: none on this machine, starttls elsewhere"),
    )
    user: str | None = Field(
        default=None, min_length=1, title=N_("User"), description=N_("Empty: the server asks for no password")
    )
    password: SecretStr | None = Field(
        default=None, title=N_("Password"), description=N_("Kept outside the database: environment, file or key ring")
    )
    addresses: tuple[str, ...] = Field(
        default=(), title=N_("Addresses"), description=N_("Sender addresses that this connection serves; empty: any")
    )
    timeout: float = Field(
        default=30.0,
        gt=0,
        le=600,
        title=N_("Time-out"),
        description=N_("Seconds to wait for each answer; four times as long for the last one"),
    )
    ca_file: Path | None = Field(
        default=None,
        title=N_("Certificates"),
        description=N_("PEM file of authorities to trust instead of the system's"),
    )

    @field_validator("host")
    @classmethod
    def _is_one_host(cls, value: str) -> str:
        if ":" in value and not _is_ip(value):
            raise Unfit(N_("a port stands behind the host: write it as “port”, beside “host”"))
        if ":" not in value and not all(value.removesuffix(".").split(".")):
            raise Unfit(N_("“{host}” is no name of a host like smtp.example.com"), host=value)
        return value

    @field_validator("addresses")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if not is_address(address):
                raise Unfit(N_("“{text}” is not an e-mail address like maria@cliente.example"), text=address)
        return value

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Self:
        if self.user and self.protection == "none" and not self.on_this_machine:
            raise Unfit(N_("security none would send the password in the clear: use starttls or tls"))
        return self

    @property
    def on_this_machine(self) -> bool:
        """Whether the server is reached without leaving this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost" or self.host.endswith(".localhost")

    @property
    def protection(self) -> Security:
        """The security in force, the default worked out."""
        return self.security or ("none" if self.on_this_machine else "starttls")

    @property
    def number(self) -> int:
        """The port in force, the default worked out."""
        return self.port or PORTS[self.protection]

    def wants(self) -> frozenset[str]:
        """Ask for a password only where somebody logs in."""
        return frozenset({"password"}) if self.user else frozenset()
