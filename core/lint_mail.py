"""What keeps mails from being tracked or sent: no gateway, another key, no mailbox, a link that no mail holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any, Final, Protocol

from pydantic import ValidationError

from core import html_text, public_hosts, tokens, tracking
from core.engine import sealing
from core.errors import FunilError
from core.i18n import N_
from core.model.house import Connection, House
from core.model.rule import Rule, Trigger
from core.rules import catalogue
from core.rules.base import Finding
from core.rules.email import AUTO, EmailSettings, serving
from core.words import Words

_EMAIL: Final = "email"
_CONSTANT: Final = re.compile(r"\{\{\s*constants\.(\w+)\s*\}\}")
_PATTERN: Final = "{{"


class Tracking(Protocol):
    """What is known of the ways out and of the house's key on this machine."""

    def simulated(self, connection: Connection) -> bool:
        """Return whether nothing that goes through this connection leaves the house."""

    def tracking_key(self, *, make: bool) -> str:
        """Return the house's key for tracking tokens. Raises ``BadInput`` for one that cannot be had."""


def gateway(house: House, outside: Tracking, key: str | None = None) -> Iterator[Finding]:
    """Find that rules want mails tracked which leave the house, and no gateway that clients could reach, or another key
    than the house's, whose fingerprint is ``key``; None as long as no tracked mail has gone out."""
    if all(map(outside.simulated, _connections(house))):
        return
    wanting = [rule.id for rule, settings in _mails(house) if settings.track_clicks or settings.track_opens]
    if not wanting:
        return
    address = house.company.gateway
    if address is not None:
        yield from _reachable(address)
        yield from _keyed(house, outside, key)
    else:
        words = N_(
            "opens and clicks are not tracked, which rules want ({rules}): give the company its “gateway”, "
            "or switch track_clicks and track_opens off"
        )
        yield Finding("gateway", Words(words, {"rules": ", ".join(wanting)}), error=False)


def _reachable(address: str) -> Iterator[Finding]:
    try:
        public_hosts.check(address)
    except FunilError:
        words = N_("no client can open {address}, where tracked links lead: give the https address of a public server")
        yield Finding("gateway", Words(words, {"address": address}), error=False)


def _keyed(house: House, outside: Tracking, wanted: str | None) -> Iterator[Finding]:
    if wanted is None:
        return
    try:
        if tokens.fingerprint(outside.tracking_key(make=False), house.id) != wanted:
            yield Finding("gateway", sealing.other_key(), error=False)
    except FunilError as error:
        yield Finding("gateway", error.words, error=False)


def mailboxes(house: House, responsible: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, Finding]]:
    """Find users in whose name mails are to be written and who have no mailbox that anything sends from.

    ``responsible`` are the users who have open deals, by pipeline.
    """
    if not _connections(house):
        return
    writing: dict[str, list[str]] = {}
    for rule, settings in _mails(house):
        if settings.from_ == AUTO:
            for each in responsible.get(rule.pipeline, ()):
                writing.setdefault(each, []).append(rule.id)
    for user_id, rules in writing.items():
        user = house.users.get(user_id)
        if user is None:
            continue
        args = {"rules": ", ".join(rules), "mailbox": user.mailboxes[0] if user.mailboxes else ""}
        if not user.mailboxes:
            words = N_("has no mailbox, and rules write in the responsible's name ({rules}): their mails will fail")
            yield user_id, Finding("mailboxes", Words(words, args), error=False)
        elif serving(house, user.mailboxes[0]) is None:
            words = N_("no e-mail connection sends from {mailbox}, and rules write from there ({rules})")
            yield user_id, Finding("mailboxes", Words(words, args), error=False)


def link(trigger: Trigger, house: House) -> Iterator[Finding]:
    """Find that no mail of the trigger's pipeline holds its link, or only with click tracking off."""
    if not trigger.enabled or trigger.kind != "link_clicked" or not isinstance(trigger.settings.get("link"), str):
        return
    wanted = _filled(str(trigger.settings["link"]), house).strip()
    mails = [(rule, settings, _links(settings.body, house)) for rule, settings in _mails(house, trigger.pipeline)]
    holding = [(rule, settings) for rule, settings, links in mails if wanted in links]
    if any(settings.track_clicks for _, settings in holding):
        return
    if holding:
        words = N_("rule “{rule}” sends this link with click tracking off: switch track_clicks on")
        yield Finding("settings.link", Words(words, {"rule": holding[0][0].id}), error=False)
    elif mails and not any(_PATTERN in each for _, _, links in mails for each in links):
        words = N_("no rule of pipeline {pipeline} sends this link: only a mail that is written by hand could hold it")
        yield Finding("settings.link", Words(words, {"pipeline": trigger.pipeline}), error=False)


def untold(trigger: Trigger, house: House) -> Iterator[Finding]:
    """Find that a trigger waits for what is done with a mail, and that no mail can tell of it."""
    if not trigger.enabled or trigger.kind not in ("email_opened", "link_clicked"):
        return
    if not _connections(house):
        words = Words(N_("no e-mail connection is set up: it would never fire"))
        yield Finding(None, words, error=False)
        return
    mails = list(_mails(house, trigger.pipeline))
    if trigger.kind == "email_opened" and mails and not any(settings.track_opens for _, settings in mails):
        words = Words(
            N_(
                "no rule of pipeline {pipeline} sends a mail whose opening is tracked: switch track_opens on in one; "
                "only a mail that is written by hand could tell"
            ),
            {"pipeline": trigger.pipeline},
        )
        yield Finding(None, words, error=False)


def _connections(house: House) -> list[Connection]:
    return [connection for connection in house.connections.values() if connection.channel == _EMAIL]


def _mails(house: House, pipeline: str | None = None) -> Iterator[tuple[Rule, EmailSettings]]:
    """Return the e-mail rules that are on, with settings that can be read."""
    for rule in sorted(house.rules.values(), key=lambda r: (r.pipeline, r.position)):
        if rule.kind != _EMAIL or not rule.enabled or pipeline not in (None, rule.pipeline):
            continue
        try:
            yield rule, _settings(rule.settings)
        except ValidationError:
            continue


def _settings(given: Mapping[str, Any]) -> EmailSettings:
    found: EmailSettings = catalogue.kinds()[_EMAIL].Settings.model_validate(dict(given))
    return found


def _links(body: str, house: House) -> list[str]:
    """Return where the links of a body lead, with the constants filled in and other names as they are written."""
    text = _filled(body, house)
    html = text if html_text.is_html(body) else html_text.to_html(text)
    found = [link.address for link in tracking.links(html)]
    found += [unescape(each) for each in re.findall(r"href\s*=\s*[\"']?(\{\{.*?\}\}[^\"'\s>]*)", html)]
    return found


def _filled(text: str, house: House) -> str:
    def constant(match: re.Match[str]) -> str:
        value = house.constants.get(match[1])
        return value if isinstance(value, str) else match[0]

    return _CONSTANT.sub(constant, text)
