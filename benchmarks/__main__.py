"""``python -m benchmarks [NAME…]``: every bar, as ratios measured in one run."""

from __future__ import annotations

import gc
import importlib
import platform
import sqlite3
import sys

from benchmarks.ground import show

PARTS = {
    "engine": "Engine, beside raw sqlite3",
    "events": "Events",
    "waiting": "Waking when very much waits",
    "board": "The board's queries and the screen",
    "memory": "A board left open",
    "importing": "Import of a CSV",
    "returning": "A whole house out and back in",
    "start": "The command line's start",
}


def main() -> None:
    """Run the parts named, or all."""
    gc.set_threshold(50_000)  # as the program itself does
    sys.stdout.write(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}\n")
    for name in sys.argv[1:] or PARTS:
        show(PARTS[name], importlib.import_module(f"benchmarks.{name}").lines())


main()
