"""A database of the first revision with a house in it is brought to this one; what breaks half-way has not happened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from sqlalchemy import Engine, MetaData, NullPool, create_engine, insert, select, text

from data.upgrading import config
from tests.cli.cli_ground import Shell
from tests.proof.processes import Child, funil

FIRST: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = json.loads(
    Path(__file__).with_name("first_revision.json").read_text(encoding="utf-8")
)
"""What stood in a database that the program of the first revision had worked on: moves, an undo, a mail that went out,
one in its grace, a paused connection, a simulated clock."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "postgresql":
        found: str = request.getfixturevalue("fresh_postgres")
        return found
    return f"sqlite:///{tmp_path / 'funil.db'}"


@pytest.fixture
def first(url: str) -> Shell:
    """A shell on a database of the first revision, with its rows."""
    engine = engine_of(url)
    with engine.begin() as connection:
        command.upgrade(config(connection), "0001")
        tables = MetaData()
        tables.reflect(connection)
        for name, rows in FIRST.items():
            connection.execute(insert(tables.tables[name]), [_typed(tables, name, row) for row in rows])
            if connection.dialect.name == "postgresql" and "id" in rows[0] and isinstance(rows[0]["id"], int):
                sequence = connection.scalar(text(f"SELECT pg_get_serial_sequence('{name}', 'id')"))
                if sequence:
                    connection.execute(text(f"SELECT setval('{sequence}', (SELECT max(id) FROM {name}))"))
    engine.dispose()
    return Shell(url)


@pytest.fixture
def current(first: Shell) -> Shell:
    """The same, brought to this revision."""
    first.ok("init")
    return first


def engine_of(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def _typed(tables: MetaData, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {column.name: str(column.type) for column in tables.tables[name].c}
    return {key: bool(value) if kinds[key] == "BOOLEAN" else value for key, value in row.items()}


def rows(url: str, columns: Mapping[str, Sequence[str]] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Return what stands in the tables of a database, those columns of them or all."""
    engine, found, tables = engine_of(url), {}, MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        for name, table in tables.tables.items():
            if columns is not None and name not in columns:
                continue
            wanted = [table.c[key] for key in (columns or {}).get(name, table.c.keys())]
            found[name] = sorted((dict(row._mapping) for row in connection.execute(select(*wanted))), key=repr)
    engine.dispose()
    return found


def files(shell: Shell) -> list[str]:
    """Return the files of a SQLite database but for its locks."""
    if not shell.url.startswith("sqlite"):
        return []
    folder = Path(shell.url.removeprefix("sqlite:///")).parent
    locks = ("-turn", "-write", "-engine", "-wal", "-shm")
    return sorted(path.name for path in folder.glob("funil.db*") if not path.name.endswith(locks))


def only_the_database(shell: Shell) -> bool:
    """Return whether nothing but the database is left of an upgrade."""
    return files(shell) in ([], ["funil.db"])


def test_a_database_of_the_first_revision_goes_on_with_all_that_it_holds(first: Shell) -> None:
    columns = {name: list(rows[0]) for name, rows in FIRST.items()}
    before = rows(first.url, columns)
    assert before["deals"]
    assert "was made by an older Funil; “funil init” upgrades it" in first.refused("deal", "list")

    assert first.ok("init").splitlines()[0].endswith("brought to this version")
    assert rows(first.url, columns) == before
    assert only_the_database(first)
    assert first.ok("init").splitlines()[0].endswith("is of this version already")

    assert {d["id"]: d["stage"] for d in first.json("deal", "list")} == {"D1": "delivery", "D2": "delivery"}
    held = first.json("run", "--until-idle")["held"]
    assert [run["deal"] for run in held] == ["D2"]
    first.ok("deal", "set", "D2", "amount=9000")
    first.ok("run", "--until", "2026-12-01T12:05Z")
    log = [(row["id"], row["deal"], row["status"], row["attempts"]) for row in first.json("outbound")]
    assert log == [("M2", "D2", "sent", 1), ("M1", "D1", "sent", 1)]
    assert first.json("connection", "resume", "--all")[1] == {"id": "sms1", "paused": None}
    first.ok("deal", "undo", "D2")


def test_a_migration_that_fails_half_way_has_not_happened(current: Shell) -> None:
    before = rows(current.url)
    with upgrader(current, "fails") as child:
        assert child.read_line() == "half"
        sentence = child.read_line()
        assert child.lines_left() == []
        assert child.finish() == 1
    assert sentence.startswith("funil: ")
    assert "could not be brought to this version" in sentence
    assert sentence.endswith("it is as it was before")
    assert rows(current.url) == before
    assert only_the_database(current)
    current.ok("deal", "move", "D1", "won")


def test_a_kill_in_the_middle_of_a_migration_leaves_everything_and_whoever_waits_goes_on(current: Shell) -> None:
    before = rows(current.url)
    image = _image(current)
    with upgrader(current, "waits") as child, funil("deal", "list", "--db", current.url) as reader:
        assert child.read_line() == "half"
        if current.url.startswith("sqlite"):  # PostgreSQL lets nobody read a table that is being changed
            assert reader.finish() == 0
        with funil("deal", "move", "D1", "won", "--db", current.url) as waiting:
            child.kill()
            assert child.finish() == -9
            assert _image(current) == image
            assert waiting.finish() == 0
        assert reader.finish() == 0 if reader.process.returncode is None else True
    current.ok("deal", "undo", "D1")
    after = rows(current.url, {name: list(found[0]) for name, found in before.items() if found})
    assert [deal["title"] for deal in after["deals"]] == [deal["title"] for deal in before["deals"]]
    assert after["deliveries"] == before["deliveries"]
    assert current.ok("init").splitlines()[0].endswith("is of this version already")


def test_after_a_kill_the_upgrade_can_be_done_again_and_leaves_nothing_behind(first: Shell) -> None:
    if first.url.startswith("sqlite"):
        Path(first.url.removeprefix("sqlite:///") + "-before-upgrade").write_bytes(b"half a copy")
    first.ok("init")
    assert only_the_database(first)
    assert len(first.json("deal", "list")) == len(FIRST["deals"])


def test_nothing_is_upgraded_under_a_running_engine(current: Shell) -> None:
    with funil("worker", "--db", current.url, words_on="stderr") as worker:
        assert "runs" in worker.read_line()
        with upgrader(current, "fails") as child:
            sentence = child.read_line()
            assert child.finish() == 1
        assert "stop" in sentence
        assert "run" in sentence
        assert worker.stop() == 0


def upgrader(shell: Shell, ending: str) -> Child:
    return Child(["-m", "tests.proof.upgrader", shell.url, ending], words_on="stderr")


def _image(shell: Shell) -> bytes:
    """Return the file of a SQLite database, byte for byte."""
    on_file = shell.url.startswith("sqlite")
    return Path(shell.url.removeprefix("sqlite:///")).read_bytes() if on_file else b""


@pytest.fixture(autouse=True)
def _no_other_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FUNIL_MACHINE", "here")
    yield


def test_whose_an_address_is_is_known_after_an_upgrade(current: Shell) -> None:
    found = rows(current.url, {"addresses": ["value", "kind", "owner_kind", "owner", "opted_out"]})["addresses"]
    assert [tuple(row.values()) for row in found] == [
        ("+5511987650001", "phone", "contact", "maria", False),
        ("eva@x.example", "email", "contact", "eva", True),
        ("maria@cliente.example", "email", "contact", "maria", False),
    ]
    current.ok("event", "chat_message", "channel=tg", "chat=c", "from=+5511987650001", "text=Oi")
    assert current.json("chat", "show", "c")["contact"] == "maria"
