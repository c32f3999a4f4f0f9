"""``funil export``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from adapters.cli.printing import as_json, say
from adapters.cli.reading import one_of, read
from core import exporting
from core.i18n import gettext as _

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--only", metavar=_("PART"), help=_("rules: the pipelines with their rules and triggers alone"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print the board file: ``apply`` of it changes nothing."""
    only = one_of(args.only, ["rules"], "--only")
    if args.json:
        as_json(read(args, roof, lambda reader: exporting.board(reader, only)))
        return 0
    text = read(args, roof, lambda reader: exporting.export(reader, only))
    if sys.stdout.isatty():
        say(text.rstrip("\n"))
    else:  # a file is UTF-8 whatever the locale, and to the letter
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
    return 0
