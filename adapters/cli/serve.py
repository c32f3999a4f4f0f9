"""``funil serve``: the board in a browser."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from adapters.cli import demo
from adapters.cli.printing import note, say
from adapters.cli.roof import Place, Roof
from adapters.cli.working import Stop
from core.errors import BadInput, Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.words import fill

PORT: Final = 8000
KEY: Final = "FUNIL_SERVE_TOKEN"
"""The variable that holds the key where it shall outlast a restart."""
_SHORT: Final = 16
_LOOPBACK: Final = ("127.0.0.1", "::1")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--host", default="127.0.0.1", help=_("where to listen (127.0.0.1: this machine only)"))
    parser.add_argument("--port", metavar="N", default=str(PORT), help=_("the port (8000); 0 takes any that is free"))
    parser.add_argument(
        "--public-url", metavar="URL", help=_("the address that browsers use, where a proxy stands in front")
    )
    parser.add_argument("--demo", action="store_true", help=_("show the offline demo"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Show the board to browsers until stopped."""
    host, port, public, key = _host(args.host), _port(args.port), _public(args.public_url), _key()
    place = roof.place(args.db, demo=args.demo)
    if args.demo:
        demo.ready(roof, place)
    elif not roof.exists(place):
        raise Refused(
            N_("there is no database {place} yet: “funil init” makes one, “funil serve --demo” shows the demo"),
            place=place.name,
        )
    return asyncio.run(_serve(place, Way(host, port, public, key, demo=args.demo)))


@dataclass(frozen=True, slots=True)
class Way:
    """How browsers come in: where to listen, by what address, with which key; to the demo or to a house."""

    host: str
    port: int
    public: str | None
    key: str
    demo: bool


async def _serve(place: Place, way: Way) -> int:
    from adapters.web import serving
    from adapters.web.board_session import BoardCommand
    from adapters.web.door import Door

    listening = serving.bound(way.host, way.port)
    door = Door(url=way.public or serving.url_of(listening, way.host), token=way.key)
    stop = Stop()
    stop.listen()

    def ready() -> None:
        say(door.address)
        note(_("Open this address in a browser: it holds the key to the board. Ctrl-c stops it."))
        if way.host not in _LOOPBACK and not door.url.startswith("https:"):
            note(_("Others on the network can read what goes over it, the key as well: put TLS in front."))

    title = fill(_("Funil · {place}"), {"place": place.name})
    board = BoardCommand(
        (sys.executable, "-P", "-m", "funil", *(["demo"] if way.demo else [])), {"FUNIL_DB": place.url}
    )
    await serving.serve(listening, door, board, title=title, ready=ready, stop=stop)
    return stop.status or 0


def _host(text: str) -> str:
    """Return an IP address; a name would have to be asked of others."""
    if text == "localhost":
        return _LOOPBACK[0]
    try:
        return str(ip_address(text))
    except ValueError:
        raise BadInput(N_("--host: “{text}” is no IP address of this machine"), text=text) from None


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65_535:
        return int(text)
    raise BadInput(N_("--port: “{text}” is no port: a number from 0 to 65535"), text=text)


def _public(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit("")
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        whole = None
    if not whole or parts.username or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadInput(
            N_("--public-url: “{url}” is not an address like https://board.example.com, without a path"), url=url
        )
    return f"{parts.scheme}://{parts.netloc}"


def _key() -> str:
    """Return the key: a new one, or the one of the environment. Raises ``BadInput`` for one that could be guessed."""
    known = os.environ.get(KEY)
    if known is None:
        return secrets.token_urlsafe(24)
    if len(known) < _SHORT or not known.isascii() or not known.replace("-", "").replace("_", "").isalnum():
        raise BadInput(N_("{name} must be at least {n} letters, digits, “-” or “_”"), name=KEY, n=_SHORT)
    return known
