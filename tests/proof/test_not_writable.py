"""A database that cannot be written, a reader who goes away: one sentence or none, nothing changed. No root needed."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.proof.house import furnish, log, wait_for
from tests.proof.post_office import PostOffice, post_office
from tests.proof.processes import PATIENCE, ROOT, environment, funil

_UNPRIVILEGED: Final = (
    "import ctypes, os, sys\n"
    "ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)\n"  # PR_CAPBSET_DROP CAP_DAC_OVERRIDE: root then minds modes, too
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
_LIMITED: Final = (
    "import os, resource, sys\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))\n"
    "os.execv(sys.executable, [sys.executable, *sys.argv[2:]])"
)
_READS: Final = (["deal", "list"], ["outbound"])
_WRITES: Final = (["deal", "move", "D1", "delivery"], ["worker"], ["run", "--once"], ["deal", "set", "D1", "amount=3"])
_UNREADABLE: Final = "Reading or writing {place} failed: disk I/O error; check its disk"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


def ends(wrapper: Sequence[str], *words: str) -> tuple[int, list[str]]:
    """Run a command line through a wrapper; returns its exit status and what it said on stderr."""
    command = [sys.executable, "-c", *wrapper, "funil.py", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o755), (0o644, 0o555), (0o444, 0o555)])
def test_what_may_not_be_written_can_be_read_and_says_so(
    file: int, folder: int, tmp_path: Path, office: PostOffice
) -> None:
    place = tmp_path / "house" / "funil.db"
    place.parent.mkdir()
    url = f"sqlite:///{place}"
    shell = furnish(url, office)
    before = place.read_bytes()
    place.chmod(file)
    place.parent.chmod(folder)
    try:
        # SQLite reads no database in WAL mode in a folder where it cannot put its shared memory.
        readable = folder == 0o755
        for words in _READS if readable else ():
            assert ends([_UNPRIVILEGED], *words, "--db", url) == (0, []), words
        for words in _WRITES if readable else (*_READS, *_WRITES):
            status, (said,) = ends([_UNPRIVILEGED], *words, "--db", url)
            assert (status, said.startswith(f"funil: {place} may not be written: ")) == (1, True), (words, said)
    finally:
        place.parent.chmod(0o755)
        place.chmod(0o644)
    assert place.read_bytes() == before
    shell.ok("deal", "move", "D1", "delivery")


@pytest.mark.parametrize("limit", [0, 4096])
def test_a_file_that_may_not_grow_is_told_and_nothing_is_changed(
    limit: int, tmp_path: Path, office: PostOffice
) -> None:
    place = tmp_path / "funil.db"
    url = f"sqlite:///{place}"
    shell = furnish(url, office)
    for words in _WRITES[:1] + _WRITES[3:]:
        told = f"funil: {_UNREADABLE.format(place=place)}"
        assert ends([_LIMITED, str(limit)], *words, "--db", url) == (1, [told]), words
    assert {deal["stage"] for deal in shell.json("deal", "list")} == {"new"}
    shell.ok("deal", "move", "D1", "delivery")
    shell.ok("run", "--until-idle")
    assert log(shell) == {"D1": "sent"}


def test_a_worker_whose_files_may_not_grow_remembers_what_it_could_not_write_down(
    tmp_path: Path, office: PostOffice
) -> None:
    place = tmp_path / "funil.db"
    shell = furnish(f"sqlite:///{place}", office)
    with funil("worker", "--db", f"sqlite:///{place}", words_on="stderr") as worker:
        assert "runs" in worker.read_line()
        hard = resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE)[1]

        def allow(size: int) -> None:
            resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (size, hard))

        office.set_trap("taken", 1, lambda: allow(0))
        shell.ok("deal", "move", "D1", "delivery")
        assert office.wait_until(office.sprung, PATIENCE)
        assert worker.read_line() == _UNREADABLE.format(place=place).join(("funil: ", ""))
        allow(hard)
        wait_for(lambda: log(shell) == {"D1": "sent"})
        assert worker.stop_with_words() == (0, [])
    assert sorted(office.copies().values()) == [1]


@pytest.mark.parametrize("words", [["deal", "list"], ["outbound"], ["deal", "list", "--json"], ["schema"]])
def test_a_reader_who_goes_away_is_no_trouble(words: list[str], tmp_path: Path, office: PostOffice) -> None:
    url = f"sqlite:///{tmp_path / 'funil.db'}"
    shell = furnish(url, office, deals=40)
    shell.ok("deal", "move", "D1", "delivery")
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "funil.py", *words, *([] if words == ["schema"] else ["--db", url])],
            cwd=ROOT, env=environment(), stdout=gone, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode in (0, 141), done.returncode
