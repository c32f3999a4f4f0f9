"""Boards, workers, command lines and imports at once on one database, any of them killed with -9 at any moment."""

from __future__ import annotations

import copy
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.proof.hammer import play
from tests.proof.hammer_books import compare
from tests.proof.nursery import Nursery
from tests.proof.storm import Report

CI = bool(os.environ.get("FUNIL_CI"))
KILLS = int(os.environ.get("FUNIL_KILLS", "8" if CI else "4"))
ROWS = 500
WANTED = ("pidfd_open", "login_tty", "openpty")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """One process that forks all others, for both databases."""
    lacking = [name for name in WANTED if not hasattr(os, name)]
    if lacking and CI:
        pytest.fail(f"where this runs for good, the system must have {lacking}")
    if lacking:
        pytest.skip(f"the system lacks {lacking}")
    with Nursery(reap=1.0) as found:
        yield found


@pytest.mark.slow
def test_a_file_stands_what_everybody_does_at_once_under_resend(tmp_path: Path, nursery: Nursery) -> None:
    url = f"sqlite:///{tmp_path}/funil.db"
    report = play(nursery, url, tmp_path, kills=KILLS, seed=21, unknown="resend", rows=ROWS)
    judge(report, "resend")
    assert report.refused >= KILLS


@pytest.mark.slow
def test_a_file_stands_what_everybody_does_at_once_under_hold(tmp_path: Path, nursery: Nursery) -> None:
    url = f"sqlite:///{tmp_path}/funil.db"
    report = play(nursery, url, tmp_path, kills=KILLS, seed=23, unknown="hold", rows=ROWS)
    judge(report, "hold")
    assert report.refused >= KILLS
    for name, harm in HARMS.items():
        assert name in " ".join(problems_of(tmp_path, report, harm)), f"nobody sees “{name}”"


Harm = str | Callable[[Report], None]


def lose_a_mail(report: Report) -> None:
    del report.mails.mails[0]


def take_a_mail_twice(report: Report) -> None:
    report.mails.mails.append(replace(report.mails.mails[0], at=time.monotonic()))


def take_a_mail_twice_in_peace(report: Report) -> None:
    take_a_mail_twice(report)
    report.kills = []


def turn_time_round(report: Report) -> None:
    """Have the last stay's mails, and all others, come in the opposite order."""
    report.mails.mails[:] = [replace(mail, at=-mail.at) for mail in reversed(report.mails.mails)]


def promise_a_move(report: Report) -> None:
    report.shells[0].moved["D1", "won"] += 1


def promise_a_deal(report: Report) -> None:
    report.shells[0].added.add("Added by rui 0")


def promise_a_note(report: Report) -> None:
    report.shells[0].noted["D1"] = ["what nobody noted"]


def promise_an_import(report: Report) -> None:
    report.shells[0].imported.add(0)


HARMS: dict[str, Harm] = {
    "is lost: the server never took it": lose_a_mail,
    "under hold": take_a_mail_twice,
    "nobody died in between": take_a_mail_twice_in_peace,
    "went out after": turn_time_round,
    "times, not": promise_a_move,
    "“Added by rui 0” is there 0 times": promise_a_deal,
    "what nobody noted": promise_a_note,
    "deals of import 0 are there": promise_an_import,
    "has runs of": "DELETE FROM runs WHERE id = (SELECT max(id) FROM runs)",
    "is waiting": "UPDATE runs SET status = 'waiting', due_at = 1 WHERE id = (SELECT max(id) FROM runs)",
    "has not ended": "UPDATE deliveries SET status = 'queued' WHERE id = 1",
    "still leased": "UPDATE deliveries SET worker = 'worker-1-a' WHERE id = 1",
    "kept are": "UPDATE stage_totals SET n = n + 1 WHERE stage = 'parked'",
    "its open stays are": "UPDATE entries SET ended_at = 1 WHERE ended_at IS NULL",
    "left of an import": "CREATE TABLE staged_deals (seq INTEGER)",
    "the timeline as": "DELETE FROM timeline WHERE kind = 'delivery'",
}


def problems_of(folder: Path, report: Report, harm: Harm) -> list[str]:
    """Return what the books say once something has gone wrong."""
    whole = copy.deepcopy(report.shells), report.kills, list(report.mails.mails)
    with closing(sqlite3.connect(folder / "funil.db")) as there, closing(sqlite3.connect(folder / "harmed.db")) as db:
        there.backup(db)
        if isinstance(harm, str):
            db.execute("PRAGMA foreign_keys = OFF")
            db.execute(harm)
            db.commit()
    if not isinstance(harm, str):
        harm(report)
    found = compare(f"sqlite:///{folder}/harmed.db", report.mails, report.shells, report.kills, ROWS)
    report.shells, report.kills, report.mails.mails = whole
    return found.problems


@pytest.mark.slow
@pytest.mark.parametrize("unknown", ["resend", "hold"])
def test_a_server_stands_what_everybody_does_at_once(
    unknown: str, tmp_path: Path, nursery: Nursery, fresh_postgres: str
) -> None:
    report = play(nursery, fresh_postgres, tmp_path, kills=KILLS, seed=22, unknown=unknown, rows=ROWS)
    judge(report, unknown)


def judge(report: Report, unknown: str) -> None:
    """Nothing lost, doubled, misordered or broken; and the storm was one."""
    told = "\n".join(report.lines())
    assert report.found.problems == [], told
    assert sum(report.killed.values()) >= KILLS, told
    assert report.found.imported or any(shell.perhaps_imported for shell in report.shells), told
    assert report.found.by_boards and report.found.moves > report.found.by_boards, told
    assert report.found.mails > KILLS, told
    if unknown == "hold":
        assert report.found.repeated == 0, told
