"""From an address to a Store: versions, upgrades that fail, addresses that are wrong."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

from core.errors import BadInput, FunilError, Refused, StoreTrouble
from core.model.moment import Moment
from data.fresh import fresh_sqlite, inline_store, memory_db
from data.opening import HEAD, REVISIONS, default_url, init_database, locate, open_store
from data.postgres import PostgresServer, conninfo
from data.sqlite import SqliteFile, connect
from data.store import SqlStore
from data.tables import metadata
from data.upgrading import MIGRATIONS, config
from tests.data.store_ground import make_jots

ROOT = Path(__file__).parents[2]
Open = Callable[..., SqlStore]
Revision = Callable[..., None]


class Noon:
    """A clock that stands still."""

    def now(self) -> Moment:
        """Return noon."""
        return Moment(1_700_000_000_000)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that has nothing in it."""
    if request.param == "postgresql":
        address: str = request.getfixturevalue("fresh_postgres")
        return address
    return f"sqlite:///{tmp_path / 'data' / 'funil.db'}"


@pytest.fixture
def opening() -> Iterator[Open]:
    """Opens stores and closes them when the test is over."""
    stores: list[SqlStore] = []

    def open_(url: str, **how: bool) -> SqlStore:
        stores.append(open_store(url, clock=Noon(), durable=False, **how))
        return stores[-1]

    yield open_
    for store in stores:
        store.close()


def dump(url: str) -> list[Any]:
    """Return what stands in a database: its tables and the rows of those that tests write to."""
    if url.startswith("sqlite"):
        connection = connect(Path(url.removeprefix("sqlite:///")), "ro")
        found: list[Any] = list(connection.iterdump())
        connection.close()
        return found
    with psycopg.connect(**conninfo(url)) as server:
        columns = (
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        return [*server.execute(columns), *server.execute("SELECT * FROM meta, alembic_version")]


def test_making_a_database_twice_makes_it_once(empty: str, opening: Open) -> None:
    assert init_database(empty) == "created"
    house = opening(empty).read(lambda reader: reader.house().id)
    assert init_database(empty) == "unchanged"
    assert opening(empty).read(lambda reader: reader.house().id) == house
    assert len(house) == 16


def test_two_houses_differ_unless_told_otherwise(tmp_path: Path, opening: Open) -> None:
    urls = [f"sqlite:///{tmp_path / name}" for name in "abc"]
    for url, house in zip(urls, (None, None, "mine"), strict=True):
        init_database(url, house=house)
    houses = [opening(url).read(lambda reader: reader.house().id) for url in urls]
    assert len(set(houses)) == 3
    assert houses[2] == "mine"


def test_processes_that_make_the_same_database_at_once_make_one(empty: str, opening: Open) -> None:
    made: list[object] = []

    def make() -> None:
        try:
            made.append(init_database(empty))
        except FunilError as error:
            made.append(error)

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "created" in made
    assert opening(empty).read(lambda reader: reader.house().version) == 1


def falling_indexes() -> list[tuple[str, str]]:
    """Return the indexes that hold a column in falling order, which Alembic cannot compare on SQLite."""
    return [
        (str(index.name), ", ".join(str(part).rpartition(".")[2] for part in index.expressions))
        for table in metadata.tables.values()
        for index in table.indexes
        if any("DESC" in str(part) for part in index.expressions)
    ]


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_tables_are_what_the_migrations_make(empty: str) -> None:
    init_database(empty)
    falling = [name for name, _ in falling_indexes()]
    engine = create_engine(empty, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _, name, *__: not (name and ("_fts" in name or name in falling)),
                "compare_server_default": True,
                "compare_type": True,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_indexes_in_falling_order_are_what_the_migrations_make(empty: str) -> None:
    init_database(empty)
    db = locate(empty).open_reader()
    query = "SELECT sql FROM sqlite_master" if db.dialect == "sqlite" else "SELECT indexdef FROM pg_indexes"
    made = [row[0] or "" for row in db.text(query)]
    db.close()
    assert falling_indexes()
    for name, columns in falling_indexes():
        assert any(f"INDEX {name} ON" in sql and f"({columns})" in sql for sql in made), name


def test_the_program_knows_the_newest_revision_without_asking_alembic() -> None:
    script = ScriptDirectory.from_config(config())
    assert script.get_heads() == [HEAD]
    assert tuple(reversed([revision.revision for revision in script.walk_revisions()])) == REVISIONS


def test_a_fresh_test_database_is_what_the_migrations_make(tmp_path: Path) -> None:
    init_database(f"sqlite:///{tmp_path / 'made.db'}", house="house")
    assert dump(fresh_sqlite(tmp_path / "fresh.db")) == dump(f"sqlite:///{tmp_path / 'made.db'}")
    memory = memory_db()
    assert [row[0] for row in memory.text("SELECT house FROM meta")] == ["house"]
    assert inline_store(memory, Noon()).read(lambda reader: reader.now()) == Noon().now()
    memory.close()


@pytest.mark.parametrize(
    "url", ["funil.db", "sqlite://", "sqlite:///", "mysql://host/db", "postgresql+psycopg://h:port/x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match=r"database address|PostgreSQL address"):
        locate(url)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////var/lib/funil.db", Path("/var/lib/funil.db")),
        ("sqlite:///funil.db", Path.cwd() / "funil.db"),
        ("sqlite:///~/funil.db", Path.home() / "funil.db"),
        ("sqlite:///a b/ç%20?.db", Path.cwd() / "a b" / "ç%20?.db"),
    ],
)
def test_a_file_is_found_by_its_address(url: str, path: Path) -> None:
    found = locate(url)
    assert isinstance(found, SqliteFile)
    assert found.path == path


def test_odd_characters_in_a_path_are_part_of_the_path(tmp_path: Path, opening: Open) -> None:
    url = f"sqlite:///{tmp_path}/é % ?#&.db"
    assert opening(url, create=True).read(lambda reader: reader.cursor()) == 0
    assert (tmp_path / "é % ?#&.db").exists()


def test_a_server_is_named_without_its_password() -> None:
    found = locate("postgresql://ana:s3cret@db.example:5433/loja?sslmode=require")
    assert isinstance(found, PostgresServer)
    assert found.place == "loja (db.example)"
    assert conninfo("postgresql+psycopg://ana:s3cret@db.example:5433/loja?sslmode=require") == {
        "user": "ana",
        "password": "s3cret",
        "host": "db.example",
        "port": 5433,
        "dbname": "loja",
        "sslmode": "require",
    }


def test_the_default_database_is_the_users_own() -> None:
    assert default_url().endswith("/funil/funil.db")


def test_a_missing_database_is_made_only_when_asked(tmp_path: Path, opening: Open) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    with pytest.raises(StoreTrouble, match=r"There is no Funil database at .*none.db; “funil init” makes one"):
        opening(url)
    assert list(tmp_path.iterdir()) == []
    opening(url, create=True)
    assert (tmp_path / "none.db").stat().st_mode & 0o077 == 0


def test_a_server_that_is_not_there_says_so(tmp_path: Path, opening: Open) -> None:
    with pytest.raises(StoreTrouble, match=rf"loja \({tmp_path}\) cannot be opened: "):
        opening(f"postgresql+psycopg://ana@/loja?host={tmp_path}")


def test_a_database_that_the_server_does_not_have_says_so(postgres_url: str, opening: Open) -> None:
    with pytest.raises(StoreTrouble, match=r"nowhere \(.*\) cannot be opened: database .nowhere. does not exist"):
        opening(postgres_url.replace("/postgres?", "/nowhere?"))


def mark(url: str, revision: str) -> None:
    """Write a revision into a database as another program version would."""
    db = locate(url).open_writer()
    db.text(f"UPDATE alembic_version SET version_num = '{revision}'")
    db.close()


def test_a_database_of_a_newer_program_is_refused_in_one_sentence(empty: str, opening: Open) -> None:
    init_database(empty)
    mark(empty, "9999")
    before = dump(empty)
    for act in (opening, init_database):
        with pytest.raises(
            StoreTrouble, match=r"was made by a newer Funil \(revision 9999\); upgrade this one"
        ) as caught:
            act(empty)
        assert "\n" not in str(caught.value)
    assert dump(empty) == before


def test_a_database_of_something_else_is_refused(tmp_path: Path, opening: Open) -> None:
    make_jots(f"sqlite:///{tmp_path / 'jots.db'}")
    for act in (opening, init_database):
        with pytest.raises(StoreTrouble, match="holds something else than a Funil database"):
            act(f"sqlite:///{tmp_path / 'jots.db'}")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, opening: Open) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Dear diary, " * 100)
    for act in (opening, init_database):
        with pytest.raises(StoreTrouble, match=r"note.txt is no SQLite database"):
            act(f"sqlite:///{note}")
    assert note.read_text() == "Dear diary, " * 100


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreTrouble, match=r"funil.db cannot be made"):
        init_database(f"sqlite:///{tmp_path / 'file' / 'funil.db'}")


# Upgrades ------------------------------------------------------------------------------------------------------------

ADDS = "op.add_column('meta', sa.Column('extra', sa.Text()))"
FAILS = "op.execute('INSERT INTO nowhere VALUES (1)')"
HALVES = "op.get_bind().connection.dbapi_connection.commit()"


@pytest.fixture
def revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Revision:
    """Writes one more revision, made of statements, that this program then knows."""

    def write(*statements: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        body = "".join(f"    {statement}\n" for statement in statements)
        monkeypatch.setattr("data.upgrading.MIGRATIONS", folder)
        (folder / "versions" / "next.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'next'\ndown_revision = {HEAD!r}\n\n\n"
            f"def upgrade():\n{body}"
        )
        monkeypatch.setattr("data.opening.REVISIONS", (*REVISIONS, "next"))
        monkeypatch.setattr("data.opening.HEAD", "next")

    return write


def test_an_older_database_is_upgraded_when_asked(empty: str, opening: Open, revision: Revision) -> None:
    init_database(empty, house="kept")
    revision(ADDS)
    with pytest.raises(StoreTrouble, match="was made by an older Funil; “funil init” upgrades it"):
        opening(empty)

    assert opening(empty, migrate=True).read(lambda reader: reader.house().id) == "kept"
    assert init_database(empty) == "unchanged"
    db = locate(empty).open_reader()
    assert db.text("SELECT extra FROM meta") == [(None,)]
    db.close()


@pytest.mark.parametrize("statements", [(FAILS,), (ADDS, FAILS), (ADDS, HALVES, FAILS)])
def test_a_failed_upgrade_leaves_a_file_as_it_was(
    tmp_path: Path, revision: Revision, statements: tuple[str, ...]
) -> None:
    url = fresh_sqlite(tmp_path / "funil.db", house="kept")
    before = dump(url)
    revision(*statements)
    with pytest.raises(
        StoreTrouble, match="could not be brought to this version: no such table: nowhere; it is as it was"
    ):
        init_database(url)
    assert dump(url) == before
    assert not list(tmp_path.glob("*before-upgrade*"))
    connection = sqlite3.connect(tmp_path / "funil.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_failed_upgrade_leaves_a_server_as_it_was(fresh_postgres: str, revision: Revision) -> None:
    init_database(fresh_postgres)
    before = dump(fresh_postgres)
    revision(ADDS, FAILS)
    with pytest.raises(StoreTrouble, match="could not be brought to this version"):
        init_database(fresh_postgres)
    assert dump(fresh_postgres) == before


def test_a_first_making_that_fails_leaves_no_file(tmp_path: Path, revision: Revision) -> None:
    path = tmp_path / "new" / "funil.db"
    revision(FAILS)
    with pytest.raises(StoreTrouble, match="could not be brought to this version"):
        init_database(f"sqlite:///{path}")
    assert not path.exists()


def test_nothing_is_upgraded_under_a_running_engine(tmp_path: Path, opening: Open, revision: Revision) -> None:
    url = fresh_sqlite(tmp_path / "funil.db")
    lease = opening(url).take_engine_lease("board")
    revision(ADDS)
    with pytest.raises(Refused, match="already runs the rules of this database"):
        init_database(url)
    lease.release()


def test_opening_a_database_loads_no_migrations(tmp_path: Path) -> None:
    url = fresh_sqlite(tmp_path / "funil.db")
    script = (
        "import sys\nfrom data.opening import open_store\n"
        f"open_store({url!r}, clock=None).close()\n"
        "print([name for name in ('alembic', 'mako', 'psycopg', 'textual') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
