"""Rows set aside and brought in, on both databases: what comes of them, and that nobody waits for them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.clock import RealClock
from core import commands
from core.errors import BadInput, Refused
from core.importing.bringing import Wish, import_deals
from core.importing.report import Report
from core.importing.source import Source
from core.model.deal import CauseKind
from core.model.house import CompanySettings, FieldDef, FieldType
from core.model.people import Company, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.ports import Store, Tx
from core.views import Change, DealFilter
from data.fresh import fresh_sqlite, inline_store, memory_db
from data.opening import init_database, open_store
from data.store import SqlStore

STAGES = (
    Stage(id="new", name="New", color="#39A8EF"),
    Stage(id="won", name="Deal won", color="#7BD500", kind=StageKind.SUCCESS, position=1),
)


def furnish(tx: Tx) -> None:
    """Set up a small house."""
    tx.put_company_settings(CompanySettings())
    tx.put_user(User(id="ana", name="Ana Souza"))
    tx.put_field(FieldDef(id="tracking", type=FieldType.TEXT))
    tx.put_contact(Contact(id="maria", name="Maria Lima"))
    tx.put_contact(Contact(id="joao", name="João"))
    tx.put_company(Company(id="acme", name="Acme", contacts=("joao",)))
    tx.upsert_pipeline(Pipeline(id="sales", name="Sales", stages=STAGES))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either sort."""
    if request.param == "sqlite":
        return fresh_sqlite(tmp_path / "funil.db")
    made: str = request.getfixturevalue("fresh_postgres")
    init_database(made, house="house")
    return made


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    opened = open_store(url, clock=RealClock(), durable=False)
    opened.write_now(furnish)
    yield opened
    opened.close()


@pytest.fixture
def other(url: str, store: SqlStore) -> Iterator[SqlStore]:
    """Another process's way into the same database."""
    opened = open_store(url, clock=RealClock(), durable=False)
    yield opened
    opened.close()


def bring(store: Store, text: str, at_last: Any = lambda: None, **wish: Any) -> Report:
    """Import a text that must be right."""
    report = import_deals(store, Source(io.BytesIO(text.encode()), "f.csv"), Wish(**wish), at_last=at_last)
    assert report.problems == []
    return report


def add(store: Store, title: str = "by hand", **more: Any) -> str:
    """Make a deal as a person does."""
    return store.write_now(commands.add_deal(commands.NewDeal(title=title, **more)))


ROWS = """title,amount,currency,stage,responsible,contact,company,tracking,close_date
Ação “1”,10.50,,won,ana,maria,acme,BR1,2026-12-24
Two,,USD,,,,,,
Three,7,,new,,João,,=1+1,
"""


def test_every_table_gets_its_rows(store: SqlStore) -> None:
    add(store)
    cursor = store.read(lambda r: r.cursor())
    assert bring(store, ROWS).ids == ["D1002", "D1003", "D1004"]
    now = store.read(lambda r: r.now())
    one = store.read(lambda r: r.deal("D1002"))
    assert one is not None
    assert (one.title, one.amount, one.stage, one.closed) == ("Ação “1”", Decimal("10.50"), "won", True)
    assert (one.contacts, one.company, one.fields) == (("maria", "joao"), "acme", {"tracking": "BR1"})
    assert (one.close_date, one.responsible, one.version) == ("2026-12-24", "ana", 1)
    assert one.entered_at == one.created_at == one.active_at
    assert now - 60_000 < one.created_at <= now
    entry = store.read(lambda r: r.entry(one.entry or 0))
    assert entry is not None
    assert (entry.deal, entry.stage, entry.by, entry.at) == ("D1002", "won", "ana", one.created_at)
    assert (entry.cause.kind, entry.previous, entry.batch, entry.ended_at) == (CauseKind.IMPORT, None, None, None)
    assert store.read(lambda r: r.runs_of(deal="D1002")) == []
    [line] = store.read(lambda r: r.timeline("D1003"))
    assert (line.by, line.kind, line.text.english(), line.at) == ("system", "created", "created in New", one.created_at)
    assert store.read(lambda r: r.changes_since(cursor))[1] == [Change("config", "")]
    assert store.read(lambda r: r.column_ids("sales", "new")) == ["D1003", "D1004", "D1001"]
    found = store.read(lambda r: r.deals(DealFilter(search="acao")))
    assert [deal.id for deal in found] == ["D1002"]


def test_the_next_act_finds_everything_in_order(store: SqlStore) -> None:
    bring(store, ROWS)
    store.write_now(commands.move(["D1001", "D1002"], "new"))
    assert add(store) == "D1004"
    entries = store.read(lambda r: r.entries("D1001"))
    assert [(entry.stage, entry.ended_at is None) for entry in entries] == [("won", False), ("new", True)]
    assert bring(store, "title\nx\n").ids == ["D1005"]


CELLS = st.tuples(
    st.sampled_from(("", "new", "won")),
    st.sampled_from(("", "BRL", "JPY", "KWD")),
    st.sampled_from(("", "0", "12", "-7", "999999999")),
    st.sampled_from(("", "maria", "João; maria")),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(files=st.lists(st.lists(CELLS, max_size=8), max_size=3))
def test_totals_links_and_ids_are_what_counting_finds(store: SqlStore, files: list[list[tuple[str, ...]]]) -> None:
    before = store.read(lambda r: [deal.id for deal in r.deals(DealFilter())])
    for rows in files:
        text = "\n".join(["stage,currency,amount,contact,title", *(",".join((*row, "x")) for row in rows)])
        assert len(bring(store, text).ids) == len(rows)
        add(store, amount="5")
    check(store)
    after = store.read(lambda r: [deal.id for deal in r.deals(DealFilter())])
    assert len(after) == len(set(after)) == len(before) + sum(map(len, files)) + len(files)


def check(store: Store) -> None:
    """Compare what is kept with what counting finds."""
    deals = store.read(lambda r: r.deals(DealFilter()))
    totals = store.read(lambda r: r.totals("sales"))
    for stage in STAGES:
        here = [deal for deal in deals if deal.stage == stage.id]
        sums: dict[str, Decimal] = {}
        for deal in here:
            sums[deal.currency] = sums.get(deal.currency, Decimal(0)) + (deal.amount or 0)
        places = {"JPY": 0, "KWD": 3}
        minor = {code: int(total.scaleb(places.get(code, 2))) for code, total in sums.items()}
        assert (totals[stage.id].count, dict(totals[stage.id].sums)) == (len(here), minor)
        ranks = [deal.rank for deal in here]
        assert len(set(ranks)) == len(ranks)
    entries = store.read(lambda r: r.entries_by_id([deal.entry or 0 for deal in deals]))
    assert [entries[deal.entry or 0].deal for deal in deals] == [deal.id for deal in deals]


def test_fresh_ids_pass_by_those_that_are_taken(store: SqlStore) -> None:
    for taken in ("D1002", "D1005", "D01003", "Dx", "E1"):
        add(store, id=taken)
    bring(store, "title,id\na,\nb,D1004\nc,\nd,\n")
    known = store.read(lambda r: {deal.title: deal.id for deal in r.deals(DealFilter())})
    assert [known[title] for title in "abcd"] == ["D1001", "D1004", "D1003", "D1006"]
    assert add(store) == "D1007"


def test_nobody_waits_for_rows_that_are_set_aside(store: SqlStore, other: SqlStore) -> None:
    with store.staging() as staging:
        assert staging.taken(["D1", "D2"]) == {}
        assert add(other, id="D1") == "D1"
        assert add(store, id="D2") == "D2"
        assert staging.taken(["D1", "D2", "D3"]) == {"D1": 0, "D2": 0}
    check(store)


def test_an_id_that_somebody_took_meanwhile_is_refused(store: SqlStore, other: SqlStore, monkeypatch: Any) -> None:
    staging = type(store).staging

    def meanwhile(self: SqlStore) -> Any:
        return _Late(staging(self), lambda: add(other, id="K1"))

    monkeypatch.setattr(SqlStore, "staging", meanwhile)
    with pytest.raises(Refused, match="made deals with these ids meanwhile: K1; try again"):
        bring(store, "title,id\nx,K1\ny,\n")
    assert [deal.id for deal in store.read(lambda r: r.deals(DealFilter()))] == ["K1"]
    assert add(store) == "D1001"


def test_a_house_changed_meanwhile_is_refused_but_a_paused_line_is_not(
    store: SqlStore, other: SqlStore, monkeypatch: Any
) -> None:
    staging = type(store).staging
    acts = iter((lambda tx: tx.put_constant("a", 1), lambda tx: tx.put_user(User(id="bia", name="Bia"))))
    monkeypatch.setattr(SqlStore, "staging", lambda self: _Late(staging(self), lambda: other.write_now(next(acts))))
    assert bring(store, "title\nx\n").ids == ["D1001"]
    with pytest.raises(Refused, match="were changed while the file was read"):
        bring(store, "title\ny\n")
    check(store)


class _Late:
    """A staging in which something else happens just before the last transaction."""

    def __init__(self, staging: Any, act: Any) -> None:
        self._context, self._act = staging, act

    def __enter__(self) -> Any:
        self._staging = self._context.__enter__()
        return self

    def __exit__(self, *how: Any) -> Any:
        return self._context.__exit__(*how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._staging, name)

    def write(self, job: Any) -> Any:
        self._act()
        return self._staging.write(job)


def test_sums_that_no_total_holds_are_refused(store: SqlStore) -> None:
    most = "9999999999999999.99"
    bring(store, "title,amount\n" + f"x,{most}\n" * 5)
    with pytest.raises(BadInput, match="sum up to more BRL than can be kept"):
        bring(store, "title,amount\n" + f"x,{most}\n" * 5)
    check(store)


def test_a_failure_at_the_end_leaves_nothing(store: SqlStore, other: SqlStore) -> None:
    def fail() -> None:
        raise Refused("no")

    cursor = store.read(lambda r: r.cursor())
    with pytest.raises(Refused):
        bring(store, ROWS, at_last=fail)
    assert store.read(lambda r: (list(r.changes_since(cursor)[1]), r.deals(DealFilter()))) == ([], [])
    assert bring(other, ROWS).ids[0] == "D1001"
    check(store)


def test_others_are_told_and_listeners_hear(store: SqlStore, other: SqlStore) -> None:
    heard: list[int] = []
    store.on_commit(lambda: heard.append(1))
    other.changed_elsewhere()
    bring(store, ROWS)
    assert heard == [1]
    assert any(other.changed_elsewhere() for _ in range(20_000))


def test_many_batches_come_in_as_one(store: SqlStore) -> None:
    bring(store, "title,amount,stage\n" + "".join(f"Deal {n},{n},{('new', 'won')[n % 2]}\n" for n in range(2_500)))
    assert store.read(lambda r: r.column_ids("sales", "won"))[:3] == ["D1002", "D1004", "D1006"]
    totals = store.read(lambda r: r.totals("sales"))
    assert [total.count for total in totals.values()] == [1250, 1250]
    check(store)


def test_a_store_without_a_thread_imports_too() -> None:
    store = inline_store(memory_db(), RealClock())
    store.write_now(furnish)
    for first in ("D1001", "D1004"):
        assert bring(store, ROWS).ids[0] == first
    check(store)
