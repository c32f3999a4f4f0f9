"""Running the migrations: the only place that loads Alembic."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text

from core.errors import FunilError, Refused, StoreTrouble
from core.i18n import N_
from data.database import Database
from data.lease import engines
from data.sqlite import SqliteFile, connect, copy, put_back
from data.troubles import translate

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_NEW_HOUSE: Final = text("INSERT INTO meta (id, house) SELECT 1, :house WHERE NOT EXISTS (SELECT 1 FROM meta)")
_ALONE: Final = text("SELECT pg_advisory_xact_lock(1182099817, 0)")


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, without any file."""
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    found.attributes["connection"] = connection
    return found


def upgrade(database: Database, *, house: str) -> None:
    """Bring a database to the newest revision in one transaction; a new one gets the house's own row.

    Raises ``StoreTrouble``; the database is then as it was before.
    """
    try:
        if isinstance(database, SqliteFile):
            _upgrade_file(database, house)
        else:
            _upgrade_server(database, house)
    except FunilError:
        raise
    except Exception as error:
        raise _failed(error, database.place) from error


def _failed(error: Exception, place: str) -> StoreTrouble:
    origin = getattr(error, "orig", None) or error
    found = translate(origin, place)
    if isinstance(found, StoreTrouble):
        return found
    return StoreTrouble(
        N_("{place} could not be brought to this version: {detail}; it is as it was before"),
        place=place,
        detail=str(origin).partition("\n")[0] or type(origin).__name__,
    )


def _upgrade_file(database: SqliteFile, house: str) -> None:
    _make_file(database.path)
    with database.writing():
        if database.path.stat().st_size == 0:
            _migrate_file(database.path, house)
        else:
            _upgrade_in_use(database, house)


def _upgrade_in_use(database: SqliteFile, house: str) -> None:
    lease = database.lease("upgrade")
    try:
        _migrate_file(database.path, house)
    finally:
        lease.release()


def _migrate_file(path: Path, house: str) -> None:
    with _put_back_if_it_fails(path):
        engine = create_engine("sqlite://", creator=lambda: connect(path, "rw"), poolclass=NullPool)
        event.listen(engine, "begin", _begin)
        _migrate(engine, house)


def _upgrade_server(database: Database, house: str) -> None:
    from data.postgres import PostgresServer

    assert isinstance(database, PostgresServer)
    _no_engine(database)
    _migrate(create_engine("postgresql+psycopg://", creator=database.plain, poolclass=NullPool), house)


def _no_engine(database: Database) -> None:
    db = database.open_reader()
    try:
        running = engines(db)
    finally:
        db.close()
    if running:
        raise Refused(
            N_("{n} engines (boards or workers) run the rules of this database; stop them first"), n=len(running)
        )


def _make_file(path: Path) -> None:
    # Customers' names and messages: nobody else on this machine reads them unless its owner says so.
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        os.close(os.open(path, os.O_RDWR))
    except OSError as error:
        raise StoreTrouble(
            N_("{place} cannot be made: {detail}"), place=str(path), detail=error.strerror or str(error)
        ) from error


@contextmanager
def _put_back_if_it_fails(path: Path) -> Iterator[None]:
    kept = path.with_name(path.name + "-before-upgrade")
    new = path.stat().st_size == 0
    if not new:
        _keep(path, kept)
    try:
        yield
        kept.unlink(missing_ok=True)
    except BaseException:
        if new:
            for name in (path.name, path.name + "-wal", path.name + "-shm"):
                path.with_name(name).unlink(missing_ok=True)
        else:
            put_back(kept, path)
            kept.unlink()
        raise


def _keep(path: Path, kept: Path) -> None:
    kept.unlink(missing_ok=True)
    try:
        kept.touch(mode=path.stat().st_mode & 0o777)
        copy(path, kept)
    except BaseException:
        kept.unlink(missing_ok=True)
        raise


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(engine: Engine, house: str) -> None:
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA journal_mode = WAL")
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(_ALONE)
            command.upgrade(config(connection), "head")
            connection.execute(_NEW_HOUSE, {"house": house})
