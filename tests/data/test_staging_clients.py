"""Clients set aside and brought in, on both databases; ids counted, addresses found, nothing half done."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.clock import RealClock
from core import commands
from core.client_ports import ClientKind
from core.commands import NewClient
from core.errors import Refused
from core.importing.clients import import_clients
from core.importing.intake import Wish
from core.importing.report import Report
from core.importing.source import Source
from core.model.house import CompanySettings
from core.model.people import Address, Company, Contact
from data.fresh import fresh_sqlite
from data.opening import init_database, open_store
from data.store import SqlStore


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
    opened.write_now(lambda tx: tx.put_company_settings(CompanySettings()))
    yield opened
    opened.close()


def bring(store: SqlStore, what: ClientKind, text: str) -> Report:
    return import_clients(store, Source(io.BytesIO(text.encode()), "f.csv"), Wish(), what)


def test_clients_come_in_with_ids_of_their_own_or_counted(store: SqlStore) -> None:
    assert store.write_now(commands.add_client("contacts", NewClient(name="by hand"))).id == "C1001"
    text = "id,name,email,phone\nC1003,Ação,HOME:A@x.example,11 98765-0001\n,Two,,\n,Three,,\nx,Four,,\n"
    assert bring(store, "contacts", text).ids == ["C1003", "C1002", "C1004", "x"]
    assert store.write_now(commands.add_client("contacts", NewClient(name="next"))).id == "C1005"
    found = store.read(lambda reader: reader.contacts(["C1003"]))["C1003"]
    assert found == Contact(
        id="C1003", name="Ação", emails=(Address("HOME", "A@x.example"),), phones=(Address("WORK", "+5511987650001"),)
    )
    assert [each.id for each in store.read(lambda reader: reader.found_contacts("acao"))] == ["C1003"]
    assert [each.id for each in store.read(lambda reader: reader.found_contacts("98765 0001"))] == ["C1003"]
    assert store.read(lambda reader: reader.ids_beginning("contacts", "C100", 3)) == ["C1001", "C1002", "C1003"]


def test_companies_have_counted_ids_and_contacts_of_their_own(store: SqlStore) -> None:
    bring(store, "contacts", "id,name,email\nmaria,Maria,m@x.example\n")
    assert bring(store, "companies", "name,contact,phone\nAcme,m@x.example,1140000000\nB,,\n").ids == ["F1001", "F1002"]
    assert store.read(lambda reader: reader.company("F1001")) == Company(
        id="F1001", name="Acme", phones=(Address("WORK", "+551140000000"),), contacts=("maria",)
    )


def test_an_id_that_somebody_takes_meanwhile_gives_all_of_it_up(store: SqlStore, url: str) -> None:
    other = open_store(url, clock=RealClock(), durable=False)
    text = "id,name\nfresh,a\nquick,b\n"

    def at_last(rows: int, share: float) -> None:
        other.write_now(lambda tx: tx.put_contact(Contact(id="quick", name="quicker")))

    rows = text + "".join(f"k{n},x\n" for n in range(1_000))
    source = Source(io.BytesIO(rows.encode()), "f.csv")
    with pytest.raises(Refused, match="made clients with these ids meanwhile: quick"):
        import_clients(store, source, Wish(), "contacts", at_last)
    other.close()
    assert [each.id for each in store.read(lambda reader: reader.all_contacts())] == ["quick"]


def test_what_fails_at_last_leaves_no_gap(store: SqlStore) -> None:
    def fails() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_clients(store, Source(io.BytesIO(b"name\na\n"), "f.csv"), Wish(), "contacts", at_last=fails)
    assert bring(store, "contacts", "name\na\n").ids == ["C1001"]
