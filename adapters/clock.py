"""The real clock."""

from __future__ import annotations

import time

from core.model.moment import Moment


class RealClock:
    """The system's wall clock, for houses that live in real time."""

    def now(self) -> Moment:
        """Return the present moment."""
        return Moment(time.time_ns() // 1_000_000)
