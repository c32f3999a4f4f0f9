"""Settings of a connection that webhooks go out by."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, field_validator

from adapters.base import AdapterSettings
from core.i18n import N_
from core.misfits import Unfit
from core.ports import Capabilities

CAPABILITIES: Final = Capabilities(channel="webhook", idempotent=True, concurrency=8)
"""A repeat has the same ``webhook-id``, by which the peer drops it."""
_HOST: Final = re.compile(r"(?:\[[0-9a-f:.]+\]|[0-9a-z_.-]+)(?::[0-9]{1,5})?")


class HttpSettings(AdapterSettings):
    """How other programs know that a call is ours, and which of them lie within the house."""

    key: SecretStr | None = Field(
        default=None,
        title=N_("Signing key"),
        description=N_("whsec_ and 24 to 64 random bytes in base64, which the other program knows too"),
    )
    allow: tuple[str, ...] = Field(
        default=(),
        title=N_("Allowed hosts"),
        description=N_("Hosts that may lie in a private network, like erp.intranet or 10.0.0.5:8080"),
    )
    timeout: float = Field(
        default=10.0, gt=0, le=60, title=N_("Time-out"), description=N_("Seconds to wait for the answer")
    )
    ca_file: Path | None = Field(
        default=None,
        title=N_("Certificates"),
        description=N_("PEM file of authorities to trust instead of the system's"),
    )

    @field_validator("allow")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        hosts = tuple(each.strip().lower() for each in value)
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise Unfit(N_("“{host}” is no host like erp.intranet or 10.0.0.5:8080"), host=host)
        return hosts
