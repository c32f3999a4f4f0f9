"""Workers are killed with -9 while real mail goes out: nothing is lost, and under ``hold`` nothing goes out twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.proof.kill_loop import play

CI = bool(os.environ.get("FUNIL_CI"))
KILLS = int(os.environ.get("FUNIL_KILLS", "20" if CI else "6"))


@pytest.mark.slow
@pytest.mark.parametrize("unknown", ["resend", "hold"])
def test_killed_workers_lose_nothing(unknown: str, tmp_path: Path) -> None:
    report = play(f"sqlite:///{tmp_path}/funil.db", tmp_path, kills=KILLS, seed=11, unknown=unknown)
    told = "\n".join(report.lines())
    assert report.found.problems == [], told
    assert report.workers_killed == KILLS, told
    if unknown == "hold":
        assert report.found.repeated == 0, told


@pytest.mark.slow
@pytest.mark.parametrize("unknown", ["resend", "hold"])
def test_two_workers_of_one_server_lose_nothing(unknown: str, tmp_path: Path, fresh_postgres: str) -> None:
    kills = KILLS if CI else KILLS // 3
    report = play(fresh_postgres, tmp_path, kills=kills, seed=12, unknown=unknown, workers=2)
    told = "\n".join(report.lines())
    assert report.found.problems == [], told
    if unknown == "hold":
        assert report.found.repeated == 0, told
