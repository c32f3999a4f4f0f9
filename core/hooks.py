"""Webhooks that leave the house: which addresses they may go to, and what they carry.

Their form is that of Standard Webhooks 1.0 (standardwebhooks.com): ``type``, ``timestamp`` and ``data``.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit

from core import public_hosts, shapes
from core.errors import BadInput
from core.i18n import N_
from core.model.delivery import Channel
from core.model.house import Connection, House
from core.model.moment import iso
from core.views import Facts

TYPE: Final = "deal.rule"
"""What kind of message it is (Standard Webhooks' ``type``): a rule has acted on a deal."""
KIND: Final = "webhook"
"""The kind of rule that sends them."""
CONNECTION: Final = "webhook"
"""The id of the connection that is made for a rule where there is none yet."""
REAL: Final = "http"
SIMULATED: Final = "simulated"
_PORTS: Final = {"http": 80, "https": 443}


def check(address: str, allowed: Collection[str] = ()) -> None:
    """Refuse (``BadInput``) an address that is no ``https`` one of a public server; ``allowed`` are hosts
    (``erp.intranet`` or ``10.0.0.5:8080``) that may also lie in a private network, and be reached by ``http``."""
    if host_allowed(address, allowed):
        return
    public_hosts.check(address)


def host_allowed(address: str, allowed: Collection[str]) -> bool:
    """Return whether a connection's admin has said that the address's host may be reached wherever it is."""
    if not allowed or not public_hosts.well_formed(address):
        return False
    parts = urlsplit(address)
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or "@" in parts.netloc or not host:
        return False
    named = f"[{host}]" if ":" in host else host
    return named in allowed or f"{named}:{port}" in allowed


def form(address: str) -> str:
    """Return what is an address as far as its form goes, wherever it leads. Raises ``BadInput``."""
    address = address.strip()
    if not public_hosts.well_formed(address):
        raise BadInput(N_("“{address}” is no address like https://erp.example/funil"), address=address)
    if urlsplit(address).scheme not in _PORTS:
        raise BadInput(N_("“{address}”: the address begins with https://"), address=address)
    return address


def allowed_by(connection: Connection | None) -> tuple[str, ...]:
    """Return the hosts that a connection may reach although they are private."""
    given = connection.settings.get("allow") if connection is not None else None
    return tuple(str(each).lower() for each in given) if isinstance(given, list | tuple) else ()


def body(facts: Facts) -> str:
    """Return what a rule's webhook carries about a deal, as JSON: the deal, the rule, the event that moved it here."""
    rule = facts.rule
    told: dict[str, Any] = {
        "type": TYPE,
        "timestamp": iso(facts.now),
        "data": {
            "deal": shapes.deal(facts.deal, facts.house),
            "rule": None if rule is None else {"id": rule.id, "name": rule.name, "stage": rule.stage},
            "event": None if facts.event is None else dict(facts.event),
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)


def missing_way(house: House) -> Connection | None:
    """Return the connection that a house is to get for its first webhook rule: a real one where any of its others is.
    None where it has one."""
    if house.connected(Channel.WEBHOOK) or CONNECTION in house.connections:
        return None
    others = [each for each in house.connections.values() if each.channel != "form"]
    real = not others or any(not each.adapter.startswith(SIMULATED) for each in others)
    return Connection(id=CONNECTION, channel=Channel.WEBHOOK.value, adapter=REAL if real else SIMULATED)
