"""The client clicks one certain link of an e-mail."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import ClassVar, Final
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field

from core import context, templates, tracking
from core.i18n import N_
from core.model.delivery import Channel, Delivery
from core.model.house import House
from core.rules.base import CannotAct, Finding
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import MachineSettings, by_machine, told
from core.words import Words

_WEB_ADDRESS: Final = re.compile(r"https?://\S|\{\{", re.IGNORECASE)


class LinkSettings(MachineSettings):
    """The one link; several links are several triggers."""

    link: str = Field(
        min_length=1,
        title=N_("Link"),
        description=N_("The link as it stands in the e-mail; names in it are filled in."),
        json_schema_extra={"template": "text", "line": True},
    )


class LinkClicked(TriggerKind[LinkSettings]):
    """The client clicks one certain link of an e-mail."""

    id = "link_clicked"
    name = N_("Track link clicks")
    about = N_("Fires when the client clicks the one link; click tracking must have been on when the e-mail was sent.")
    icon = "✉"
    Settings: ClassVar[type[LinkSettings]] = LinkSettings
    listens = frozenset({"link_clicked"})
    asks = frozenset({Channel.EMAIL})

    def sentence(self, settings: LinkSettings) -> Words:
        """Say when it fires."""
        return Words(N_("the client clicks {link}"), {"link": settings.link})

    def matches(self, heard: Heard, settings: LinkSettings) -> Miss | None:
        """Miss another link, a mail whose links were not followed, and machines unless they count."""
        clicked = _address(told(heard.event, "link"))
        try:
            wanted = _address(templates.render(settings.link, context.of(heard.facts)))
        except CannotAct as error:
            return Miss(error.detail)
        if clicked != wanted:
            return Miss(Words(N_("it was the link {got}, not {wanted}"), {"got": clicked, "wanted": wanted}))
        if heard.delivery is None or clicked not in _followed(heard.delivery):
            return Miss(Words(N_("clicks on this link were not tracked when the e-mail was sent")))
        return by_machine(heard, settings)

    def lint(self, settings: LinkSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        yield from templates.check(settings.link, house, field="link")
        if not _WEB_ADDRESS.match(settings.link.strip()):
            msg = N_("“{link}” is not the address of a link: it begins with https://")
            yield Finding("link", Words(msg, {"link": settings.link}), error=False)


def _followed(delivery: Delivery) -> frozenset[str]:
    """Return the original addresses of a mail's links whose clicks are told."""
    how = tracking.of(delivery.message)
    return frozenset(map(_address, how["links"])) if how["clicks"] else frozenset()


def _address(text: str) -> str:
    """Return an address in the form in which two are the same (RFC 3986, 6.2): as a browser reads it from HTML, scheme
    and host in small letters, and a path where there is none."""
    plain = tracking.browsers(html.unescape(text))
    try:
        parts = urlsplit(plain)
    except ValueError:
        return plain
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, parts.fragment))
