"""Worker and board are told to go while a mail is on the wire: it is finished, noted, and the terminal given back."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from benchmarks.terminal import Terminal
from tests.cli.cli_ground import Shell
from tests.proof.house import ended, furnish, log
from tests.proof.post_office import PostOffice, post_office
from tests.proof.processes import PATIENCE, funil

SIGNALS: Final = [(signal.SIGTERM, 0), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
GIVEN_BACK: Final = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l")
"""The other screen is left, the cursor shown, the mouse let go."""


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


@pytest.fixture
def shell(tmp_path: Path, office: PostOffice) -> Shell:
    return furnish(f"sqlite:///{tmp_path / 'funil.db'}", office, unknown="hold")


def told_on_the_wire(shell: Shell, office: PostOffice, pid: int, number: signal.Signals) -> None:
    """Have a mail sent and signal the process while the server holds its answer back."""
    office.set_trap("taken", 1, lambda: os.kill(pid, number))
    shell.ok("deal", "move", "D1", "delivery")
    assert office.wait_until(office.sprung, PATIENCE)


def noted_once(shell: Shell, office: PostOffice) -> None:
    """Compare the books: one mail, known as sent, and nothing left to do."""
    assert log(shell) == {"D1": "sent"}
    assert shell.json("run", "--until-idle")["happened"] == 0
    assert sorted(office.copies().values()) == [1]


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_a_worker_finishes_what_is_on_the_wire(
    shell: Shell, office: PostOffice, number: signal.Signals, status: int
) -> None:
    with funil("worker", "--db", shell.url, words_on="stderr") as worker:
        assert "runs" in worker.read_line()
        told_on_the_wire(shell, office, worker.process.pid, number)
        assert worker.ended_within(PATIENCE)
        assert worker.lines_left() == []
        assert worker.finish() == status
    noted_once(shell, office)


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_a_board_finishes_what_is_on_the_wire_and_gives_the_terminal_back(
    shell: Shell, office: PostOffice, number: signal.Signals, status: int
) -> None:
    terminal = Terminal(shell.url)
    with _closing(terminal):
        terminal.first_paint("● engine")
        told_on_the_wire(shell, office, terminal.pid, number)
        assert ended(terminal) == status
        assert all(sign in terminal.seen for sign in GIVEN_BACK)
        assert b"Traceback" not in terminal.seen
    noted_once(shell, office)


def test_a_board_whose_terminal_is_closed_finishes_what_is_on_the_wire(shell: Shell, office: PostOffice) -> None:
    terminal = Terminal(shell.url)
    terminal.first_paint("● engine")
    office.set_trap("taken", 1, lambda: os.close(terminal.fd))
    shell.ok("deal", "move", "D1", "delivery")
    assert office.wait_until(office.sprung, PATIENCE)
    end = os.pidfd_open(terminal.pid)
    try:
        import select

        assert select.select([end], [], [], PATIENCE)[0], "the board does not end"
        assert os.waitstatus_to_exitcode(os.waitpid(terminal.pid, 0)[1]) == 129
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(terminal.pid, signal.SIGKILL)
        os.close(end)
    noted_once(shell, office)


def test_ctrl_c_on_the_board_says_how_to_leave(shell: Shell) -> None:
    terminal = Terminal(shell.url)
    with _closing(terminal):
        terminal.first_paint("● engine")
        os.write(terminal.fd, b"\x03")
        terminal.first_paint("to quit")
        os.write(terminal.fd, b"q")
        assert ended(terminal) == 0


def test_command_lines_killed_at_any_moment_have_happened_or_not(shell: Shell, office: PostOffice) -> None:
    rng = Random(5)
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGHUP):
        for deal in ("D1", "D2", "D3", "D4", "D5"):
            with funil("deal", "move", deal, "delivery", "--db", shell.url) as moving:
                moving.ended_within(rng.uniform(0.0, 0.8))
                if moving.process.poll() is None:
                    moving.process.send_signal(number)
                assert moving.finish() in (0, -number)
        with funil("run", "--until-idle", "--db", shell.url) as running:
            running.ended_within(rng.uniform(0.3, 0.8))
            if running.process.poll() is None:
                running.process.send_signal(number)
            assert running.finish() in (0, 129, -number)
    stages = {deal["id"]: deal["stage"] for deal in shell.json("deal", "list")}
    runs = {deal: shell.json("explain", "--deal", deal)["runs"] for deal in stages}
    assert {deal for deal, found in runs.items() if found} == {d for d, stage in stages.items() if stage == "delivery"}
    shell.ok("run", "--until-idle")
    assert max(office.copies().values(), default=1) == 1
    assert set(log(shell).values()) <= {"sent", "unknown"}


@contextlib.contextmanager
def _closing(terminal: Terminal) -> Iterator[None]:
    try:
        yield
    finally:
        with contextlib.suppress(ChildProcessError):
            terminal.close()
