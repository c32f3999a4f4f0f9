"""A SQLite file between processes: who may write, who checkpoints, who runs the rules, and what a kill leaves."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import Refused, StoreTrouble
from data.lease import living
from data.locks import FileLock, WriteLock
from data.sql import Db
from data.sqlite import ROWS, SqliteFile, connect, copy
from data.store import SqlStore
from tests.data.store_ground import ADD, jot, make_jots, over, raw_store, words

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A new file with an empty table."""
    found = tmp_path / "jots.db"
    make_jots(f"sqlite:///{found}")
    return found


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    opened = raw_store(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def start(path: Path) -> Iterator[Start]:
    """Starts other processes on the file, and ends them."""
    children: list[subprocess.Popen[str]] = []

    def run(what: str, *args: str, url: str = f"sqlite:///{path}") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.data.store_process", what, url, *args]
        root = Path(__file__).parents[2]
        pipe = subprocess.PIPE
        children.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=root))
        return children[-1]

    yield run
    for child in children:
        child.kill()
        child.communicate()


def line(child: subprocess.Popen[str]) -> str:
    """Return the next thing that a process says."""
    assert child.stdout is not None
    return child.stdout.readline().strip()


def notices(store: SqlStore) -> bool:
    """Ask until the writer is not busy with what follows its last commit."""
    return any(store.changed_elsewhere() for _ in range(10_000))


def wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def test_what_is_committed_survives_the_power_going(path: Path) -> None:
    db = SqliteFile(path).open_writer()
    settings = {name: db.text(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "wal_autocheckpoint")}
    db.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "wal_autocheckpoint": 0}


def test_a_change_of_another_process_is_noticed_once_and_an_own_one_never(path: Path, store: SqlStore) -> None:
    other = raw_store(f"sqlite:///{path}")
    store.write_now(jot("own"))
    store.changed_elsewhere()
    store.write_now(jot("own"))
    assert not store.changed_elsewhere()
    other.write_now(jot("other"))
    assert notices(store)
    assert not store.changed_elsewhere()
    other.close()


def test_a_store_that_only_watches_notices_too(path: Path, store: SqlStore) -> None:
    watching = raw_store(f"sqlite:///{path}")
    assert not watching.changed_elsewhere()
    store.write_now(jot("other"))
    assert notices(watching)
    assert not watching.changed_elsewhere()
    watching.close()


def test_a_second_engine_is_refused_with_the_name_of_the_first(path: Path, start: Start) -> None:
    child = start("hold_engine")
    assert line(child) == "engine"
    store = raw_store(f"sqlite:///{path}")
    with pytest.raises(Refused, match=rf"Process {child.pid} \(board\) already runs the rules"):
        store.take_engine_lease("worker")
    assert store.write_now(jot("beside")) == 2
    store.close()


def test_the_engine_of_a_killed_process_is_taken_over_at_once(path: Path, start: Start) -> None:
    child = start("hold_engine")
    assert line(child) == "engine"
    child.kill()
    child.wait()
    store = raw_store(f"sqlite:///{path}")
    lease = store.take_engine_lease("worker")
    assert words(store) == ["mine"]
    lease.release()
    store.close()


def test_a_lease_given_back_is_free_and_each_has_a_worker_of_its_own(store: SqlStore) -> None:
    first = store.take_engine_lease("board")
    first.release()
    first.release()
    second = store.take_engine_lease("board")
    assert first.worker != second.worker
    second.release()


def test_only_the_engine_that_holds_the_lock_lives(path: Path, store: SqlStore) -> None:
    reader = SqliteFile(path).open_reader()
    lease = store.take_engine_lease("board")
    assert living(reader, [lease.worker, "board-1-dead"]) == {lease.worker}
    lease.release()
    assert living(reader, [lease.worker]) == set()
    reader.close()


def test_a_kill_in_the_middle_of_a_write_leaves_nothing_of_it_and_no_lock(path: Path, start: Start) -> None:
    child = start("hold_transaction")
    assert line(child) == "writing"
    child.kill()
    child.wait()
    store = raw_store(f"sqlite:///{path}")
    assert store.write_now(jot("after")) == 1
    store.close()


def test_no_process_writes_while_another_one_does(path: Path, store: SqlStore) -> None:
    lock = FileLock(path, "write")
    assert store.write_now(lambda _: lock.try_acquire()) is False
    assert lock.try_acquire()
    lock.close()


def test_who_waits_too_long_for_the_write_lock_is_told_where(path: Path) -> None:
    first, second = (FileLock(path, "write") for _ in range(2))
    first.acquire()
    with pytest.raises(StoreTrouble, match=r"Another process has been writing for 0 seconds .*jots.db-write"):
        second.acquire(patience=0.0)
    first.close()
    second.acquire(patience=0.0)
    second.close()


def test_the_write_lock_can_be_taken_again_after_an_error_inside(path: Path) -> None:
    lock = WriteLock(path)
    with pytest.raises(ValueError, match="inside"), lock:
        raise ValueError("inside")
    with lock:
        pass
    lock.close()


@pytest.mark.slow
def test_processes_that_hammer_one_file_lose_nothing_even_when_one_is_killed(path: Path, start: Start) -> None:
    engine = start("hammer", "engine", "200", "engine")
    others = [start("hammer", name, "200", "guest") for name in ("killed", "guest")]
    said: dict[str, list[str]] = {}
    assert others[0].stdout is not None
    said["killed"] = [line(others[0]) for _ in range(60)]
    others[0].kill()
    said["killed"] += others[0].stdout.read().split()
    for name, child in (("engine", engine), ("guest", others[1])):
        said[name] = child.communicate(timeout=120)[0].split()
        assert child.returncode == 0
        assert len(said[name]) == 200
    reader = connect(path, "ro")
    kept = [row[0] for row in reader.execute("SELECT word FROM jots")]
    assert reader.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    reader.close()
    for name, told in said.items():
        wanted = {word: 1 + int(word.split("-")[1]) % 3 for word in told if word.count("-") == 2}
        assert {word: kept.count(word) for word in wanted} == wanted, name


def test_only_the_engine_checkpoints(path: Path, store: SqlStore) -> None:
    def many(tx: Any) -> None:
        tx.many(ADD, [{"word": "w" * 100}] * (ROWS + 1))

    guest = raw_store(f"sqlite:///{path}")
    lease = store.take_engine_lease("board")
    before = path.stat().st_size
    guest.write_now(many)
    guest.write_now(lambda _: None)
    assert path.stat().st_size == before
    store.write_now(many)
    store.write_now(lambda _: None)
    assert path.stat().st_size > before
    guest.close()
    lease.release()


def test_the_last_one_out_leaves_one_file(path: Path) -> None:
    store = raw_store(f"sqlite:///{path}")
    store.write_now(jot("one"))
    assert wal(path).stat().st_size > 0
    store.close()
    assert not wal(path).exists()


def test_a_full_disk_is_told_and_harms_no_other_job(path: Path) -> None:
    class Small(SqliteFile):
        def open_writer(self) -> Db:
            db = super().open_writer()
            db.text("PRAGMA max_page_count = 20")
            return db

    def huge(tx: Any) -> None:
        tx.run(ADD, word="x" * 1_000_000)

    store = over(Small(path))
    store.write_now(jot("before"))
    with pytest.raises(StoreTrouble, match=r"The disk that holds .*jots.db is full; nothing was changed"):
        store.write_now(huge)
    store.write_now(jot("after"))
    assert words(store) == ["before", "after"]
    store.close()


NOBODY = 65534


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder in which any user of the system may work."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.mark.parametrize(
    ("file", "folder", "said"),
    [
        (0o444, 0o777, "may not be written: the file or its folder is read-only; nothing was changed"),
        (0o666, 0o555, "may not be written: Permission denied; the file and its folder must exist and be writable"),
        (0o000, 0o777, "jots.db"),
    ],
)
def test_who_may_not_write_is_told_why(public: Path, start: Start, file: int, folder: int, said: str) -> None:
    made = public / "jots.db"
    make_jots(f"sqlite:///{made}")
    for lock in public.glob("*-*"):
        lock.unlink()
    made.chmod(file)
    public.chmod(folder)
    child = start("write_once", str(NOBODY), url=f"sqlite:///{made}")
    assert said in line(child)


def test_the_locks_of_a_shared_file_are_shared_too(path: Path) -> None:
    path.chmod(0o664)
    lock = FileLock(path, "new")
    assert lock.try_acquire()
    assert lock.path.stat().st_mode & 0o700 == 0o600
    lock.close()


def test_a_file_that_another_program_locks_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.sqlite.BUSY", 0.0)
    shell = sqlite3.connect(path, isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    store = raw_store(f"sqlite:///{path}")
    with pytest.raises(StoreTrouble, match=r"Another program keeps .*jots.db locked; close it and try again"):
        store.write_now(jot("never"))
    shell.close()
    assert store.write_now(jot("now")) == 1
    store.close()


def test_a_damaged_file_says_so(path: Path) -> None:
    store = raw_store(f"sqlite:///{path}")
    for _ in range(30):
        store.write_now(jot("x" * 3000))
    store.close()
    image = bytearray(path.read_bytes())
    image[4096:] = b"\xff" * (len(image) - 4096)
    path.write_bytes(image)
    store = raw_store(f"sqlite:///{path}")
    with pytest.raises(StoreTrouble, match=r"jots.db is damaged; restore it from a backup"):
        words(store)
    store.close()


def test_a_copy_made_while_others_write_is_whole(path: Path, store: SqlStore, tmp_path: Path) -> None:
    store.write_now(jot("kept"))
    copy(path, tmp_path / "copy.db")
    store.write_now(jot("later"))
    other = raw_store(f"sqlite:///{tmp_path / 'copy.db'}")
    assert words(other) == ["kept"]
    other.close()
