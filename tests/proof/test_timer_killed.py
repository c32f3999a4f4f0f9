"""A worker is killed between the acceptance of a chat and the moment when its timer fires, or at that moment: the slow
answer is raised once, by whoever works then."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.proof.processes import funil as started
from tests.proof.test_walk_slow_answers import house, slow_events

ONCE = [("2026-12-01T12:10:00.001Z", "slow")]


@pytest.mark.parametrize("at_its_moment", [False, True])
def test_a_timer_outlives_the_worker_that_was_killed(tmp_path: Path, at_its_moment: bool) -> None:
    funil = house(tmp_path)
    with started("worker", "--db", funil.url, words_on="stderr") as worker:
        assert "runs" in worker.read_line()
        funil("chat", "accept", "c", "--by", "ana")
        if at_its_moment:
            funil("clock", "set", "2026-12-01T12:10:01Z")  # which the worker notices within 200 ms
            assert not worker.ended_within(Random(7).uniform(0.1, 0.3))
        worker.kill()
        assert worker.finish() == -9
    if not at_its_moment:
        assert slow_events(funil) == []
        funil("clock", "set", "2026-12-01T12:10:01Z")
    for _ in range(2):  # and nothing is left of it afterwards
        funil.idle()
        assert [(event["at"], event["applied"]) for event in slow_events(funil)] == ONCE
        assert funil.stage() == "late"
        assert funil.json("run", "--until-idle")["happened"] == 0
