"""``funil lint``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.cli.apply import rehearsed
from adapters.cli.files import documents
from adapters.cli.printing import as_json, say, table
from adapters.cli.reading import opened
from adapters.cli.uploads import beside
from core.i18n import gettext as _
from core.linting import Trouble, lint, lint_files
from core.ports import Reader

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "file",
        metavar=_("FILE"),
        nargs="?",
        help=_("judge the database as this board file would leave it; - reads stdin"),
    )


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print what would not work; status 1 when any of it is an error."""
    found = _of_file(args, roof) if args.file else _of_database(args, roof)
    if args.json:
        as_json([_shape(trouble) for trouble in found])
    elif found:
        rows = [(_("error") if t.error else _("warning"), t.place, t.words.local()) for t in found]
        table((_("KIND"), _("WHERE"), _("WHAT")), rows)
    else:
        say(_("Nothing found: all of it can work."))
    return 1 if any(t.error for t in found) else 0


def _shape(trouble: Trouble) -> dict[str, object]:
    severity = "error" if trouble.error else "warning"
    return {
        "place": trouble.place,
        "problem": trouble.words.english(),
        "error": trouble.error,
        "severity": severity,
    }


def _of_database(args: argparse.Namespace, roof: Roof) -> Sequence[Trouble]:
    with opened(args, roof) as store:
        return store.read(lambda reader: _found(reader, roof))


def _found(reader: Reader, roof: Roof) -> Sequence[Trouble]:
    house, now = reader.house(), reader.now()
    key = reader.tracking_key()
    return lint(house, roof.check_connection, now=now, outside=roof.outside, deals=reader, key=key)


def _of_file(args: argparse.Namespace, roof: Roof) -> Sequence[Trouble]:
    job = lint_files(documents([args.file]), roof.check_connection, beside, roof.outside)
    place = roof.place(args.db)
    with roof.opened(place) if roof.exists(place) else roof.scratch() as store:
        found: Sequence[Trouble] = rehearsed(store, job)
    return found
