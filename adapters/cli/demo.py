"""``funil demo``: a small company with simulated customers and a clock of its own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from adapters.cli import storytelling
from adapters.cli.roof import Place, Roof, Story
from adapters.cli.uploads import beside
from core import boardfile, commands, zones
from core.applying import apply
from core.boardfile import Document
from core.commands import lookup
from core.commands.clocks import within
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.model.deal import Deal
from core.model.moment import Moment, iso
from core.ports import Job, Reader, Store, Tx
from core.views import DealFilter

MARK = "demo"
"""The constant by which the demo's house is known."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--seed", metavar="N", help=_("another number tells another story"))
    parser.add_argument("--reset", action="store_true", help=_("begin anew; refused beside deals of your own"))
    parser.add_argument("--headless", action="store_true", help=_("play the story without a board, and sum it up"))
    parser.add_argument("--until", metavar="ISO", help=_("with --headless: play up to a moment"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Make the demo's house where there is none, or anew, and open its board; or play its story and sum it up."""
    seed, place = _seed(args.seed), roof.place(args.db, demo=True)
    if args.headless:
        return _play(args, roof, place, seed)
    if args.until is not None:
        raise Refused(N_("--until belongs to --headless: at the board you turn the clock yourself"))
    from adapters.cli.start import need_terminal

    need_terminal()
    return show(roof, place, seed, reset=args.reset)


def _play(args: argparse.Namespace, roof: Roof, place: Place, seed: int | None) -> int:
    story = roof.story()
    until = story.present if args.until is None else within(zones.read_moment(args.until, zones.zone(story.zone)))
    if until < story.present:
        raise Refused(N_("the demo begins at {present}: --until is a moment after it"), present=iso(story.present))
    ready(roof, place, seed, reset=args.reset)
    with roof.opened(place) as store:
        storytelling.play(store, roof, story, until)
        storytelling.sum_up(store, story, as_json=args.json)
    return 0


def show(roof: Roof, place: Place, seed: int | None = None, *, reset: bool = False) -> int:
    """Make the demo ready and open its board, whose clock goes on while it is open."""
    ready(roof, place, seed, reset=reset)
    return roof.board(place, ticking=True)


def ready(roof: Roof, place: Place, seed: int | None = None, *, reset: bool = False) -> None:
    """Make the demo's house where there is none, and tell its story up to the present; what was interrupted goes on.

    Raises ``Refused`` beside deals that are not the demo's, and for another seed than that of the story being told.
    """
    roof.make(place)
    with roof.opened(place) as store:
        if store.read(lambda reader: _is_there(reader, place)) and not reset:
            store.read(lambda reader: _refuse_other_seed(reader, seed))
            story = roof.story()
            if store.read(lambda reader: reader.now()) < story.present:
                storytelling.play(store, roof, story, story.present)
            return
        story = roof.story()
        document = boardfile.read(story.text, story.name, story.folder)
        store.read(lambda reader: _refuse_others(reader, document, story, place))
        _lay_down(store, roof, story, document, seed)
        storytelling.play(store, roof, story, story.present)


def _is_there(reader: Reader, place: Place) -> bool:
    house = reader.house()
    if MARK in house.constants:
        return bool(reader.deals(DealFilter(limit=1)))
    if house.users or house.connections or house.rules or reader.deals(DealFilter(limit=1)):
        raise Refused(
            N_("{place} holds a house of its own: give the demo another database with --db"), place=place.name
        )
    return False


def _refuse_other_seed(reader: Reader, seed: int | None) -> None:
    told = storytelling.seed_of(reader)
    if seed is not None and seed != told:
        raise Refused(
            N_("the story that is being told here has seed {told}: --reset begins anew with {seed}"),
            told=told,
            seed=seed,
        )


def _refuse_others(reader: Reader, document: Document, story: Story, place: Place) -> None:
    own = {part.id for part in document.board.deals or ()} | {act.deal for act in story.acts}
    there = [*reader.deals(DealFilter()), *reader.deals(DealFilter(removed=True))]
    # Where the demo is told, the engine makes deals for clients who come by themselves.
    told = MARK in reader.house().constants
    others = [deal.id for deal in there if deal.id not in own and not (told and _made_by_the_house(reader, deal))]
    if others:
        raise Refused(
            N_("{place} holds deals that are not the demo's ({deals}): they would be lost; give another with --db"),
            place=place.name,
            deals=lookup.names(others),
        )


def _made_by_the_house(reader: Reader, deal: Deal) -> bool:
    """Return whether no person has made a deal."""
    stays = reader.entries(deal.id)
    return bool(stays) and stays[0].cause.automatic


def _lay_down(store: Store, roof: Roof, story: Story, document: Document, seed: int | None) -> None:
    """Make the house as it was when it was founded, the engine's place being taken by nobody else."""
    engine = roof.engine(store, MARK)
    try:
        roof.wipe(store)
        store.write_now(_founded(roof, story.founded, document, seed))
    finally:
        engine.release()


def _founded(roof: Roof, founded: Moment, document: Document, seed: int | None) -> Job[None]:
    house = apply([document], check_connection=roof.check_connection, read_file=beside)

    def job(tx: Tx) -> None:
        commands.set_clock(founded)(tx)
        house(tx)
        if seed is not None:
            _seeded(tx, seed)

    return job


def _seeded(tx: Tx, seed: int) -> Sequence[str]:
    changed = [c for c in tx.house().connections.values() if "seed" in c.settings]
    for connection in changed:
        tx.put_connection(replace(connection, settings={**connection.settings, "seed": seed}))
    return [connection.id for connection in changed]


def _seed(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise Refused(N_("--seed: “{text}” is not a whole number"), text=text) from None
