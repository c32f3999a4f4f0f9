"""``funil backup``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.printing import as_json, say
from adapters.cli.reading import opened
from core.errors import BadInput
from core.i18n import N_
from core.i18n import gettext as _
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("file", metavar=_("FILE"), help=_("a new file; it holds everything but the secrets"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Write a consistent copy while others work, and verify it."""
    if not args.file.strip() or "\0" in args.file:
        raise BadInput(N_("“{file}” cannot be the name of a file"), file=args.file)
    with opened(args, roof) as store:
        done = roof.backup(store, Path(args.file))
    if args.json:
        as_json({"file": args.file, "size": done.size, "form": done.form, "verified": True})
        return 0
    say(fill(_("{file}: {size} bytes, verified"), {"file": args.file, "size": done.size}))
    if done.form == "pg_dump":
        say(fill(_("“pg_restore --dbname=… {file}” brings it back"), {"file": args.file}))
    return 0
