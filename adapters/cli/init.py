"""``funil init``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.cli.printing import as_json, say
from core import defaults
from core.engine import sealing
from core.i18n import N_
from core.i18n import gettext as _
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Place, Roof

SENTENCES = {
    "created": N_("{place}: created"),
    "upgraded": N_("{place}: brought to this version"),
    "unchanged": N_("{place}: is of this version already"),
}


def options(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--new-tracking-key",
        action="store_true",
        help=_("let the next tracked mail decide the key of tracked links; those sent so far lead nowhere then"),
    )


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Create or migrate the database; one without any pipeline gets the default one."""
    place = roof.place(args.db)
    made, pipeline = prepared(roof, place)
    if args.new_tracking_key:
        with roof.opened(place) as store:
            store.write_now(sealing.forget_key())
    if args.json:
        as_json({"database": place.name, "state": made, "pipeline": defaults.PIPELINE if pipeline else None})
        return 0
    say(fill(_(SENTENCES[made]), {"place": place.name}))
    if pipeline:
        say(_("It has the default sales pipeline. “funil” opens the board; “funil apply FILE” brings your own."))
    return 0


def prepared(roof: Roof, place: Place) -> tuple[str, bool]:
    """Make the database ready; returns what was done and whether the default pipeline was added."""
    made = roof.make(place)
    with roof.opened(place) as store:
        return made, store.write_now(defaults.first_pipeline())
