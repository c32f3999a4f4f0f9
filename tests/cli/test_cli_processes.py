"""The command as a process: start, pipes, signals, and one engine at a time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.cli.cli_ground import Shell, at_noon
from tests.proof.life import PATIENCE

ROOT: Final = Path(__file__).resolve().parents[2]
FUNIL: Final = [sys.executable, str(ROOT / "funil.py")]
NOT_LOADED: Final = {
    "textual",
    "rich",
    "alembic",
    "holidays",
    "apscheduler",
    "httpx",
    "keyring",
    "phonenumbers",
    "jinja2",
    "ruamel",
    "aiosmtplib",
    "psycopg",
    "babel",
}


@pytest.fixture
def noon(tmp_path: Path) -> Shell:
    return at_noon(tmp_path)


def funil(shell: Shell, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "FUNIL_DB": shell.url}
    return subprocess.run([*FUNIL, *words], env=env, capture_output=True, text=True, check=False)


@contextmanager
def worker(shell: Shell) -> Iterator[subprocess.Popen[str]]:
    """A worker that has said that it runs."""
    env = {**os.environ, "FUNIL_DB": shell.url}
    with subprocess.Popen([*FUNIL, "worker"], env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert "runs" in process.stderr.readline()
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("words", [["deal", "list"], ["clock", "show"], ["timeline", "D1"]], ids=" ".join)
def test_a_command_loads_only_what_it_needs(noon: Shell, words: list[str]) -> None:
    program = (
        "import json, sys; sys.argv = ['funil', *json.loads(sys.argv[1])]\n"
        "from funil import main; status = main()\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr); sys.exit(status)"
    )
    command = [sys.executable, "-c", program, json.dumps(["--db", noon.url, *words])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stderr))
    assert loaded & NOT_LOADED == set()
    assert {"sqlalchemy", "argparse"} <= loaded


def test_listing_loads_nothing_that_reads_board_files_or_imports(noon: Shell) -> None:
    program = (
        "import sys; sys.argv = ['funil', '--db', sys.argv[1], 'deal', 'list']\n"
        "from funil import main; main(); print('loaded', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, noon.url], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stderr.split()
    assert "adapters.cli.deal_views" in loaded
    assert [
        name for name in loaded if name.startswith(("core.boardfile", "core.importing", "adapters.cli.uploads"))
    ] == []


def test_the_address_comes_from_the_environment(noon: Shell) -> None:
    listed = funil(noon, "deal", "list", "--json")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert [deal["id"] for deal in json.loads(listed.stdout)] == ["D1"]


def test_statuses_reach_the_shell(noon: Shell) -> None:
    assert funil(noon, "deal", "show", "D9").returncode == 1
    assert funil(noon, "nope").returncode == 2


def test_a_reader_that_goes_away_is_no_trouble(noon: Shell) -> None:
    read, write = os.pipe()
    with subprocess.Popen(
        [*FUNIL, "--db", noon.url, "deal", "list"], stdout=write, stderr=subprocess.PIPE, text=True
    ) as process:
        os.close(write)
        os.close(read)
        _, err = process.communicate()
    assert (process.returncode, err) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(noon: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*FUNIL, "--db", noon.url, "deal", "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "funil: No space left on device\n")


def test_stdout_may_be_closed(noon: Shell) -> None:
    command = 'exec "$0" "$@" >&-'
    done = subprocess.run(
        ["/bin/sh", "-c", command, *FUNIL, "--db", noon.url, "deal", "move", "D1", "won"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert noon.json("deal", "show", "D1")["stage"] == "won"


def test_a_title_the_terminal_cannot_show_is_shown_by_number(noon: Shell) -> None:
    noon.ok("deal", "set", "D1", "title=日本")
    done = subprocess.run(
        [*FUNIL, "--db", noon.url, "deal", "show", "D1"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\\u65e5\\u672c" in done.stdout


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_worker_stops_cleanly(noon: Shell, number: signal.Signals, status: int) -> None:
    with worker(noon) as process:
        process.send_signal(number)
        assert process.wait(PATIENCE) == status
        assert process.stderr is not None
        assert process.stderr.read() == ""
    noon.ok("run", "--once")


def test_beside_a_worker_there_is_no_second_engine(noon: Shell) -> None:
    with worker(noon) as process:
        for words in (["run", "--until-idle"], ["worker"]):
            assert f"Process {process.pid} (worker)" in noon.refused(*words)
        noon.ok("deal", "list")


def test_a_worker_takes_up_what_other_processes_write(noon: Shell) -> None:
    with worker(noon) as process:
        noon.ok("deal", "move", "D1", "delivery")
        noon.ok("clock", "advance", "10s")
        while not (rows := noon.json("outbound", "--status", "sent")):
            assert process.poll() is None
        assert rows[0]["rule"] == "tracking-mail"


def test_after_a_kill_the_next_engine_takes_over_at_once(noon: Shell) -> None:
    with worker(noon) as process:
        process.kill()
        process.wait(PATIENCE)
        noon.ok("deal", "move", "D1", "delivery")
        noon.ok("run", "--until", "2026-12-01T12:01Z")
    assert [row["status"] for row in noon.json("outbound")] == ["sent"]
