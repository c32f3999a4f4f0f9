"""``funil board``: the board, or, with ``--plain``, the board as text for screen readers and pipes."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from adapters.cli import plain_board, start
from adapters.cli.plain_board import Snapshot
from adapters.cli.printing import as_json, say
from adapters.cli.reading import opened
from core.commands import lookup
from core.errors import Refused
from core.i18n import N_, use_zone
from core.i18n import gettext as _
from core.ports import Reader, Store
from core.safe_text import safe_text

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

LOOK: Final = 0.2
"""Seconds between two looks at the change feed."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--plain", action="store_true", help=_("print it as text, in reading order"))
    parser.add_argument("--watch", action="store_true", help=_("go on with a line for each thing that changes"))
    parser.add_argument("--pipeline", metavar=_("PIPELINE"), help=_("which one; else the first"))
    parser.add_argument(
        "--search", metavar=_("WORDS"), help=_("only what the board's filter shows for it: words and field:value")
    )
    parser.add_argument(
        "--as",
        dest="user",
        metavar=_("USER"),
        help=_("who sits at the board; else FUNIL_USER, else whom you have chosen there"),
    )


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print the board, and with ``--watch`` what changes on it until stopped; without ``--plain`` open it."""
    if args.watch and args.json:
        args.parser.error(_("--watch prints lines and --json one document: one of the two"))
    if not args.plain and not args.json:
        if args.watch or args.pipeline or args.search:
            args.parser.error(_("--watch, --pipeline and --search go with --plain"))
        return start.run(args, roof)
    with opened(args, roof) as store:
        first = store.read(lambda reader: _look(reader, args))
        if args.json:
            as_json(plain_board.document(first))
            return 0
        _print(plain_board.text(first))
        return asyncio.run(_watch(store, first)) if args.watch else 0


def _look(reader: Reader, args: argparse.Namespace) -> Snapshot:
    house = reader.house()
    use_zone(house.company.timezone)
    pipeline = args.pipeline or next(iter(house.pipelines), None)
    if pipeline is None:
        raise Refused(N_("There is no pipeline yet."))
    user = start.who(args)
    return plain_board.take(
        reader,
        lookup.pipeline(house, pipeline).id,
        (args.search or "").strip(),
        None if user is None else lookup.user(house, user).id,
    )


async def _watch(store: Store, shown: Snapshot) -> int:
    """Print what changes until a signal asks to stop; returns the exit status."""
    from adapters.cli.working import Stop

    stop = Stop()
    stop.listen()
    while not stop.is_set():
        now = store.read(partial(plain_board.again, seen=shown))
        if now is not shown:
            _print(plain_board.changes(shown, now))
            shown = now
        try:
            await asyncio.wait_for(stop.wait(), LOOK)
        except TimeoutError:
            continue
    return stop.status or 0


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        say(safe_text(line))  # no title makes two lines of one
    sys.stdout.flush()
