"""What importing a CSV file has in common, whatever its rows become: the file, the progress, the report."""

from __future__ import annotations

import argparse
import io
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final

from adapters.cli.files import STDIN
from adapters.cli.printing import as_json, note, say, trouble
from adapters.cli.reading import opened
from adapters.cli.uploads import why
from core.errors import BadInput
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.importing.intake import Tell, Wish
from core.importing.report import Problem, Report
from core.importing.source import Source
from core.ports import Store
from core.words import Words, fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

TOLD: Final = 20
"""How many wrong rows are told of."""
EVERY = 0.2
EVERY_LINE = 5.0
"""Seconds between two signs of progress, on a terminal and elsewhere."""
_BAR: Final = 20
_SOON: Final = 2.0
_BLOCK: Final = 64 * 1024
_IN_MEMORY: Final = 8 * 1024 * 1024

Import = Callable[[Store, Source, Wish, Tell, Callable[[], None]], Report]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayings:
    """How the outcome is said of one sort of thing, in the language in force; ``would`` and ``many`` by number."""

    would: Callable[[int], str]
    none: str
    one: str
    many: Callable[[int], str]


def run(args: argparse.Namespace, roof: Roof, bring: Import, sayings: Sayings, by: str | None = None) -> int:
    """Make things of a file's rows, or say what is wrong with them."""
    wish = Wish(
        mapped=mapping(args.parser, args.map),
        by=by,
        skip_bad=args.skip_bad,
        dry_run=args.dry_run,
        problems=None if args.json else TOLD,
    )
    with opened(args, roof) as store, given_file(args.file) as file, progress() as tell, no_way_back() as at_last:
        source = Source(file, name_of(args.file))
        report = bring(store, source, wish, tell, at_last)
    if source.guessed:
        note(fill(_("{file} is not in UTF-8: it was read as Windows-1252"), {"file": source.name}))
    taken = not report.bad or wish.skip_bad
    if args.json:
        as_json(shape(report, wish, taken))
    tell_of(report, wish, taken, sayings, quiet=args.json)
    return 0 if taken else 1


# The file -------------------------------------------------------------------------------------------------------------


def mapping(parser: argparse.ArgumentParser, given: list[str]) -> dict[str, str]:
    """Split ``COLUMN=FIELD`` words at the last ``=``, since a column may be called anything."""
    found: dict[str, str] = {}
    for word in given:
        column, equals, field = word.rpartition("=")
        if not equals or not column.strip():
            parser.error(_("“%s” is not COLUMN=FIELD") % word)
        found[column.strip()] = field.strip()
    return found


def name_of(word: str) -> str:
    return "stdin" if word == STDIN else word


@contextmanager
def given_file(word: str) -> Iterator[BinaryIO]:
    """Open a file that can be read twice; what comes through a pipe is kept in a nameless one meanwhile."""
    try:
        with _opened(word) as given:
            if word != STDIN and given.seekable():
                yield given
                return
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
                while block := given.read1(_BLOCK):  # hears ctrl-c between what a slow pipe sends
                    kept.write(block)
                yield _binary(kept)
    except (OSError, ValueError) as error:
        raise BadInput(N_("{file} cannot be read: {why}"), file=name_of(word), why=why(error)) from None


def _opened(word: str) -> io.BufferedReader:
    if word != STDIN:
        return Path(word).open("rb")
    given: Any = sys.stdin.buffer
    return given  # type: ignore[no-any-return]


def _binary(file: IO[bytes]) -> BinaryIO:
    found: Any = file
    return found  # type: ignore[no-any-return]


# While it runs --------------------------------------------------------------------------------------------------------


@contextmanager
def progress() -> Iterator[Callable[[int, float], None]]:
    """Show how far it is: on a terminal as a bar on a line that goes away, elsewhere as lines now and then."""
    begun = shown = time.monotonic()
    width = 0
    watched = _watched()

    def tell(rows: int, share: float) -> None:
        nonlocal shown, width
        now = time.monotonic()
        if now - shown < (EVERY if watched else EVERY_LINE):
            return
        shown = now
        text = fill(ngettext("{n} row read, {percent} %", "{n} rows read, {percent} %", rows), _far(rows, share))
        if not watched:
            note(text)
            return
        full = int(_BAR * share)
        text = f"{'█' * full}{'░' * (_BAR - full)}  {text}{_rest(now - begun, share)}"
        sys.stderr.write(f"\r{text:<{width}}")
        sys.stderr.flush()
        width = max(width, len(text))

    try:
        yield tell
    finally:
        if width:
            sys.stderr.write(f"\r{' ' * width}\r")
            sys.stderr.flush()


def _rest(passed: float, share: float) -> str:
    """Return how long the reading still takes, once that can be told."""
    if passed < _SOON or share <= 0:
        return ""
    return fill(_(", {n} s left"), {"n": int(passed / share - passed)})


def _far(rows: int, share: float) -> dict[str, int]:
    return {"n": rows, "percent": int(100 * share)}


def _watched() -> bool:
    return sys.stderr.isatty()


@contextmanager
def no_way_back() -> Iterator[Callable[[], None]]:
    """Yield what makes ctrl-c too late: between the commit and the report it would deny what has happened."""
    before: Any = None

    def at_last() -> None:
        nonlocal before
        if before is None:
            before = signal.signal(signal.SIGINT, signal.SIG_IGN)

    try:
        yield at_last
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


# What came of it ------------------------------------------------------------------------------------------------------


def shape(report: Report, wish: Wish, taken: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "imported": report.good if taken else 0,
        "skipped": [
            {"line": problem.line, "column": problem.column, "reason": problem.reason.english()}
            for problem in report.problems
        ],
        "ids": list(report.ids),
    }
    return found | ({"dry_run": True} if wish.dry_run else {})


def tell_of(report: Report, wish: Wish, taken: bool, say_taken: Sayings, *, quiet: bool) -> None:
    """Say for people what was taken and what is wrong with the rest; the first wrong rows only."""
    if report.bad:
        rows = report.good + report.bad
        head = ngettext("{bad} of {n} row is wrong", "{bad} of {n} rows are wrong", rows)
        text = fill(head, {"bad": report.bad, "n": rows})
        if taken:
            note(text)
        else:
            trouble(fill(_("{problem}; nothing was changed"), {"problem": text}))
        for problem in report.problems[:TOLD]:
            note(f"  {_place(problem)}: {problem.reason.local()}")
        rest = report.bad - min(report.bad, TOLD)
        if rest:
            note(fill(ngettext("  and {n} more row", "  and {n} more rows", rest), {"n": rest}))
    if taken and not quiet:
        say(_outcome(report, wish, say_taken))


def _place(problem: Problem) -> str:
    if problem.column is None:
        return fill(_("line {line}"), {"line": problem.line})
    return fill(_("line {line}, {column}"), {"line": problem.line, "column": problem.column[:60]})


def _outcome(report: Report, wish: Wish, sayings: Sayings) -> str:
    n = report.good
    if wish.dry_run:
        return fill(sayings.would(n), {"n": n})
    if not n:
        return sayings.none
    if n == 1:
        return fill(sayings.one, {"id": report.ids[0]})
    ends: dict[str, str | int | Words | None] = {"n": n, "first": report.ids[0], "last": report.ids[-1]}
    return fill(sayings.many(n), ends)
