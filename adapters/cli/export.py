"""``funil export``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import one_of, opened
from core import exporting
from core.boardfile.writing import dump
from core.errors import BadInput
from core.i18n import N_
from core.i18n import gettext as _
from core.ports import Store

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--files", metavar=_("FOLDER"), help=_("write the files there too; the board file names them by their paths")
    )
    parser.add_argument("--only", metavar=_("PART"), help=_("rules: the pipelines with their rules and triggers alone"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print the board file: ``apply`` of it changes nothing."""
    only = one_of(args.only, ["rules"], "--only")
    paths = exporting.Paths(args.files) if args.files else None
    with opened(args, roof) as store:
        tree = store.read(lambda reader: exporting.board(reader, only, paths))
        if paths is not None:
            _write(store, paths)
    _print(tree, json=args.json)
    if paths is None and exporting.names_files(tree):
        note(_("the files in it are named by their digests; “--files FOLDER” writes them too, for another database"))
    return 0


def _write(store: Store, paths: exporting.Paths) -> None:
    """Write the files that the board file names; one that is there already has this content by its very path."""
    here = store.read(lambda reader: reader.contents_here(set(paths.wanted.values())))
    gone = next((path for path, digest in paths.wanted.items() if digest not in here), None)
    if gone is not None:
        raise BadInput(N_("the content of “{name}” is not in this database"), name=Path(gone).name)
    for path, digest in paths.wanted.items():
        content = store.read(lambda reader, digest=digest: reader.content(digest))  # type: ignore[misc]
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content or b"")


def _print(tree: dict[str, Any], *, json: bool) -> None:
    if json:
        as_json(tree)
        return
    text = dump(tree)
    if sys.stdout.isatty():
        say(text.rstrip("\n"))
    else:  # a file is UTF-8 whatever the locale, and to the letter
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
