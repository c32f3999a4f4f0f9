"""The program under a wall clock that others set: ``python -m tests.proof.shifted FILE ARGUMENT…``.

FILE holds by how many seconds the clock is off. Everything that the program asks for the time is answered so; the
steady clock goes its way, as it does when an administrator sets the time.
"""

from __future__ import annotations

import datetime as real
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

import apscheduler.schedulers.base
import apscheduler.triggers.interval

import adapters.scheduler
import funil

_now, _time, _time_ns = real.datetime.now, time.time, time.time_ns


def main(shift: Path, arguments: list[str]) -> int:
    """Run the command line."""

    def off() -> float:
        return float(shift.read_text(encoding="ascii") or 0)

    class Shifted(real.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return _now(tz) + real.timedelta(seconds=off())

    sys.argv = ["funil", *arguments]
    with (
        mock.patch("time.time", lambda: _time() + off()),
        mock.patch("time.time_ns", lambda: _time_ns() + int(off() * 1e9)),
        mock.patch.object(adapters.scheduler, "datetime", Shifted),
        mock.patch.object(apscheduler.schedulers.base, "datetime", Shifted),
        mock.patch.object(apscheduler.triggers.interval, "datetime", Shifted),
    ):
        return funil.main()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
