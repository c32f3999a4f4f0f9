"""``funil demo``: a small company with simulated customers and a clock of its own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from adapters.cli.roof import Engine, Place, Roof, Story
from core import boardfile, commands
from core.applying import apply
from core.boardfile import Document
from core.commands import lookup
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.ports import Job, Reader, Store, Tx
from core.views import DealFilter

MARK = "demo"
"""The constant by which the demo's house is known."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--seed", metavar="N", help=_("another number tells another story"))
    parser.add_argument("--reset", action="store_true", help=_("begin anew; refused beside deals of your own"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Make the demo's house where there is none, or anew, and open its board."""
    from adapters.cli.start import need_terminal

    need_terminal()
    return show(roof, roof.place(args.db, demo=True), _seed(args.seed), reset=args.reset)


def show(roof: Roof, place: Place, seed: int | None = None, *, reset: bool = False) -> int:
    """Make the demo ready and open its board, whose clock goes on while it is open."""
    ready(roof, place, seed, reset=reset)
    return roof.board(place, ticking=True)


def ready(roof: Roof, place: Place, seed: int | None = None, *, reset: bool = False) -> None:
    """Make the demo's house where there is none. Raises ``Refused`` beside deals that are not the demo's."""
    roof.make(place)
    with roof.opened(place) as store:
        if store.read(lambda reader: _is_ready(reader, place)) and not reset:
            return
        story = roof.story()
        document = boardfile.read(story.text, story.name, Path())
        store.read(lambda reader: _refuse_others(reader, document, place))
        engine = roof.engine(store, MARK, seed=seed or 0)
        try:
            roof.wipe(store)
            _tell(store, roof, engine, story, document, seed)
        finally:
            engine.release()


def _is_ready(reader: Reader, place: Place) -> bool:
    house = reader.house()
    if MARK in house.constants:
        return bool(reader.deals(DealFilter(limit=1)))
    if house.users or house.connections or house.rules or reader.deals(DealFilter(limit=1)):
        raise Refused(
            N_("{place} holds a house of its own: give the demo another database with --db"), place=place.name
        )
    return False


def _refuse_others(reader: Reader, document: Document, place: Place) -> None:
    own = {part.id for part in document.board.deals or ()}
    others = [deal.id for deal in reader.deals(DealFilter()) if deal.id not in own]
    if others:
        raise Refused(
            N_("{place} holds deals that are not the demo's ({deals}): they would be lost; give another with --db"),
            place=place.name,
            deals=lookup.names(others),
        )


def _tell(store: Store, roof: Roof, engine: Engine, story: Story, document: Document, seed: int | None) -> None:
    """Lay the house down and let happen what has happened there, each at its moment."""
    import asyncio

    store.write_now(commands.set_clock(story.founded))
    store.write_now(apply([document], check_connection=roof.check_connection))
    if seed is not None:
        store.write_now(_seeded(seed))
    asyncio.run(_live(store, engine, story))


async def _live(store: Store, engine: Engine, story: Story) -> None:
    await engine.start()
    try:
        for act in story.acts:
            await engine.until(act.at)
            await store.write(commands.move([act.deal], act.stage, by=act.by))
        await engine.until(story.present)
    finally:
        await engine.close()


def _seeded(seed: int) -> Job[Sequence[str]]:
    def job(tx: Tx) -> Sequence[str]:
        changed = [c for c in tx.house().connections.values() if "seed" in c.settings]
        for connection in changed:
            tx.put_connection(replace(connection, settings={**connection.settings, "seed": seed}))
        return [connection.id for connection in changed]

    return job


def _seed(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise Refused(N_("--seed: “{text}” is not a whole number"), text=text) from None
