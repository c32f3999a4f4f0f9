"""Where a database lives: the same answer every time on one machine or server, another one elsewhere."""

from __future__ import annotations

import socket
from pathlib import Path

import psycopg
import pytest

from data import machine
from data.opening import init_database, locate
from data.postgres import conninfo
from tests.conftest import Databases


@pytest.fixture
def id_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only file that may hold the machine's id; it does not exist yet."""
    found = tmp_path / "machine-id"
    monkeypatch.setattr(machine, "ID_FILES", (tmp_path / "first", found))
    return found


def test_the_variable_comes_before_the_systems_own_id_and_that_before_the_hosts_name(
    id_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine.this_machine() == socket.gethostname()
    id_file.write_text("abc\n")
    assert machine.this_machine() == "abc"
    monkeypatch.setenv(machine.VARIABLE, "box")
    assert machine.this_machine() == "box"


@pytest.mark.parametrize("text", [b"", b"\n", b"uninitialized\n", b"\xff\xfe"])
def test_an_id_that_is_none_is_passed_over(id_file: Path, text: bytes) -> None:
    id_file.write_bytes(text)
    assert machine.this_machine() == socket.gethostname()


def test_a_file_lives_on_its_machine_whatever_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (locate(f"sqlite:///{tmp_path / name}") for name in ("one.db", "two.db"))
    home = one.home()
    assert two.home() == home
    monkeypatch.setenv(machine.VARIABLE, "another")
    assert one.home() != home
    assert "another" not in one.home()


def test_a_copy_of_a_servers_database_lives_elsewhere(fresh_postgres: str, postgres_databases: Databases) -> None:
    init_database(fresh_postgres)
    copy = postgres_databases.create(template=fresh_postgres.partition("?")[0].rpartition("/")[2])
    home = locate(fresh_postgres).home()
    assert locate(fresh_postgres).home() == home
    assert locate(postgres_databases.url(copy)).home() != home
    postgres_databases.drop(copy)


def test_a_user_who_may_not_ask_for_the_servers_id_finds_a_home_too(fresh_postgres: str) -> None:
    with psycopg.connect(**conninfo(fresh_postgres), autocommit=True) as server:
        server.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        server.execute("CREATE ROLE clerk LOGIN")
        try:
            clerk = locate(fresh_postgres.replace("postgres@", "clerk@"))
            assert clerk.home() == clerk.home()
            assert clerk.home() != locate(fresh_postgres).home()
        finally:
            server.execute("DROP ROLE clerk")
