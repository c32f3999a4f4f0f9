"""``funil connection``: holding back what goes out."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.cli.parser import Family
from adapters.cli.printing import as_json, say
from adapters.cli.reading import opened
from core import commands
from core.i18n import gettext as _

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    family = Family(parser)
    _which(family, "pause", _("hold back everything behind a connection"))
    _which(family, "resume", _("let it go again"))


def _which(family: Family, name: str, about: str) -> None:
    verb = family.add(name, f"connection:{name}", about)
    which = verb.add_mutually_exclusive_group(required=True)
    which.add_argument("connection", metavar=_("CONNECTION"), nargs="?")
    which.add_argument("--all", action="store_true", help=_("every connection"))


def pause(args: argparse.Namespace, roof: Roof) -> int:
    """Hold back everything behind a connection."""
    return _set(args, roof, commands.BY_HAND)


def resume(args: argparse.Namespace, roof: Roof) -> int:
    """Let everything behind a connection go again; an engine sends it."""
    return _set(args, roof, None)


def _set(args: argparse.Namespace, roof: Roof, reason: str | None) -> int:
    with opened(args, roof) as store:
        changed = store.write_now(commands.set_paused(args.connection, reason))
    if args.json:
        as_json([{"id": each, "paused": reason} for each in changed])
        return 0
    state = _("paused") if reason else _("resumed")
    for each in changed:
        say(f"{each}: {state}")
    return 0
