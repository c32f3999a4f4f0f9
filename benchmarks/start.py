"""How soon the command line answers, beside the bare import of the library that it cannot do without."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.ground import Line, folder, make

RUNS = 15
BAR = 3.0


def lines() -> list[Line]:
    """Time ``funil deal list`` as a whole process, in turn with ``import sqlalchemy``."""
    with folder() as path:
        url = make(path / "start.db", 60)
        ours, bare = [], []
        listing = [sys.executable, "-m", "funil", "deal", "list"]
        importing = [sys.executable, "-c", "import sqlalchemy"]
        for round_ in range(RUNS + 2):
            took, other = _seconds(listing, url), _seconds(importing, url)
            if round_ >= 2:
                ours.append(took)
                bare.append(other)
    ratio = statistics.median(o / b for o, b in zip(ours, bare, strict=True))
    middle = statistics.median(ours)
    return [
        Line(
            "`funil deal list`, whole process",
            f"{ratio:.2f} x `import sqlalchemy` ({middle * 1000:.0f} ms)",
            f"{BAR:.0f} x",
            ratio <= BAR,
        )
    ]


def _seconds(command: list[str], url: str) -> float:
    started = time.perf_counter()
    environment = {**os.environ, "FUNIL_DB": url}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment, cwd=Path(__file__).parents[1])
    return time.perf_counter() - started
