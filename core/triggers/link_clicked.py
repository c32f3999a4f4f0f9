"""The client clicks one certain link of an e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Final

from pydantic import Field

from core import templates
from core.i18n import N_
from core.model.house import House
from core.rules.base import Finding
from core.triggers.base import TriggerKind
from core.triggers.common import MachineSettings
from core.words import Words

_WEB_ADDRESS: Final = re.compile(r"https?://\S|\{\{", re.IGNORECASE)


class LinkSettings(MachineSettings):
    """The one link; several links are several triggers."""

    link: str = Field(
        min_length=1,
        title=N_("Link"),
        description=N_("The link as it stands in the e-mail; names in it are filled in."),
    )


class LinkClicked(TriggerKind[LinkSettings]):
    """The client clicks one certain link of an e-mail."""

    id = "link_clicked"
    name = N_("Track link clicks")
    about = N_("Fires when the client clicks the one link; click tracking must have been on when the e-mail was sent.")
    icon = "✉"
    Settings: ClassVar[type[LinkSettings]] = LinkSettings
    listens = frozenset({"link_clicked"})

    def sentence(self, settings: LinkSettings) -> Words:
        """Say when it fires."""
        return Words(N_("the client clicks {link}"), {"link": settings.link})

    def lint(self, settings: LinkSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        yield from templates.check(settings.link, house, field="link")
        if not _WEB_ADDRESS.match(settings.link.strip()):
            msg = N_("“{link}” is not the address of a link: it begins with https://")
            yield Finding("link", Words(msg, {"link": settings.link}), error=False)
