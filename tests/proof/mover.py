"""A process that moves deals as it is told: ``python -m tests.proof.mover URL``; one ``DEAL STAGE`` a line."""

from __future__ import annotations

import sys

from adapters.clock import RealClock
from core import commands
from data import opening


def main(url: str) -> None:
    """Move deal after deal; say of each that it is committed."""
    store = opening.open_store(url, clock=RealClock())
    _say("ready")
    for line in sys.stdin:
        deal, stage = line.split()
        store.write_now(commands.move([deal], stage))
        _say(deal)
    store.close()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
