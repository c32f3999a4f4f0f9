"""Deals shared out by turns stay fair when two engines take up runs at the same time, on either database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path
from random import Random

import pytest

from core import boardfile, commands
from core.applying import apply
from core.engine import running
from core.model.moment import Moment
from core.ports import Priority
from core.views import DealFilter
from data import fresh, opening
from data.store import SqlStore
from tests.proof.ground import board, rules

DEALS = [f"D{number}" for number in range(1, 13)]
USERS = ("ana", "rui", "zoe")


class Noon:
    """A clock that stands."""

    def now(self) -> Moment:
        """Return noon."""
        return Moment(1_796_126_400_000)


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[SqlStore, SqlStore]]:
    """Two stores over one database, each with a writer of its own."""
    if request.param == "sqlite":
        url = fresh.fresh_sqlite(tmp_path / "funil.db")
    else:
        url = request.getfixturevalue("fresh_postgres")
        opening.init_database(url)
    opened = opening.open_store(url, clock=Noon(), durable=False), opening.open_store(url, clock=Noon(), durable=False)
    yield opened
    for store in opened:
        store.close()


@pytest.mark.parametrize("how", ["round_robin", "least_loaded"])
def test_everybody_gets_the_same_number(stores: tuple[SqlStore, SqlStore], how: str, tmp_path: Path) -> None:
    share = f"{{id: share, stage: delivery, kind: assign, name: share, settings: {{to: [ana, rui, zoe], how: {how}}}}}"
    placed = "\n".join(f"  - {{id: {deal}, title: x, stage: new}}" for deal in DEALS)
    text = board(rules(share), deals=placed).replace("connections:", "  - {id: zoe, name: Zoe}\nconnections:", 1)
    stores[0].write_now(apply([boardfile.read(text.encode(), "board.yaml", tmp_path)]))
    stores[0].write_now(commands.move(DEALS, "delivery"))
    asked = [store.submit(running.run_due(Random(1), 2), Priority.RUNS) for _ in range(len(DEALS)) for store in stores]
    wait(asked)
    while stores[0].write_now(running.run_due(Random(1))):
        pass
    found = stores[1].read(lambda reader: reader.deals(DealFilter()))
    assert Counter(deal.responsible for deal in found) == dict.fromkeys(USERS, len(DEALS) // len(USERS))
    if how == "round_robin":
        assert sorted(stores[0].read(lambda reader: reader.turns("share")).values()) == [10, 11, 12]
