"""Databases with Funil's tables, made once for a whole module's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.data.rows_ground import Ground, connect, furnish, make_tables


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def grounds(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """Each database in turn, with tables and a furnished house; tests undo what they write."""
    url = ""
    if request.param == "postgresql":
        databases: Any = request.getfixturevalue("postgres_databases")
        url = databases.url(databases.create())
    db = connect(request.param, url)
    make_tables(db)
    found = Ground(db)
    furnish(found.tx())
    yield found
    db.close()


@pytest.fixture
def ground(grounds: Ground) -> Iterator[Ground]:
    """A furnished house on either database, inside a transaction that is rolled back after the test."""
    with grounds.undone():
        yield grounds
