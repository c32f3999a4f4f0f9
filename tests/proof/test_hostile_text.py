"""Whatever customers write: no header, no second recipient, no template, no terminal code, no broken file."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings

from adapters.clock import RealClock
from adapters.registry import Registry
from core import boardfile, commands, exporting
from core.applying import apply
from core.commands import NewDeal
from core.engine.loop import Engine
from core.errors import BadInput
from core.model.delivery import Delivery, DeliveryStatus
from core.model.people import Address, Company, Contact
from core.ports import Store
from core.safe_text import safe_text, storable
from core.views import DeliveryFilter
from data import fresh, opening
from data.sql import Db
from tests.proof import hostile
from tests.proof.ground import Funil, board, rules
from tests.proof.post_office import Mail, PostOffice, post_office

HEADERS: Final = frozenset(
    "From To Subject Date Message-ID MIME-Version Auto-Submitted Content-Type Content-Transfer-Encoding".split()
)
SAID: Final = "{{ deal.title }} / {{ contact.name }} / {{ deal.fields.tracking }} / {{ company.name }}"
MAIL: Final = (
    f'{{id: mail, stage: delivery, kind: email, name: mail, settings: {{subject: "{SAID}", body: "Olá {SAID}"}}}}'
)
PAGE: Final = (
    "{id: page, stage: delivery, kind: email, name: page, settings: "
    f'{{subject: "page", body: "<p><a href=\\"https://loja.example/\\">{SAID}</a></p>"}}}}'
)
SMS: Final = (
    "{id: sms, stage: delivery, kind: sms, name: sms, settings: "
    '{text: "{{ deal.title }} {{ contact.name }}", provider: sms1}}'
)


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


@pytest.fixture(scope="module")
def house(office: PostOffice, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One house for all texts: each makes a deal of its own."""
    return furnished(fresh.inline_store(fresh.memory_db(), RealClock()), office.port, tmp_path_factory.getbasetemp())


def laid_down(port: int) -> str:
    smtp = f"{{id: mail, channel: email, adapter: smtp, settings: {{host: 127.0.0.1, port: {port}}}}}"
    return board(rules(MAIL, PAGE, SMS)).replace("{id: mail, channel: email, adapter: simulated}", smtp)


def furnished(store: Store, port: int, folder: Path) -> Store:
    document = boardfile.read(laid_down(port).encode(), "board.yaml", folder)
    store.write_now(apply([document]))
    return store


def deal_of(store: Store, text: str) -> str:
    """Make a deal whose client, company, title and field are called so; a title that is refused stays out."""
    name = text.strip() or "Eve"  # every way in takes blanks off the ends of a name
    contact = Contact(
        id="eve",
        name=name,
        emails=(Address("WORK", "eve@cliente.example"),),
        phones=(Address("MOBILE", "+5511987650001"),),
    )
    store.write_now(lambda tx: tx.put_contact(contact))
    store.write_now(lambda tx: tx.put_company(Company(id="evil", name=name)))
    new = NewDeal(title="Order", stage="new", responsible="ana", contacts=("eve",), company="evil")
    deal: str = store.write_now(commands.add_deal(new))
    for name_of in ("title", "tracking"):
        with suppress(BadInput):
            store.write_now(commands.set_fields(deal, {name_of: text}))
    return deal


def sent(store: Store, deal: str) -> dict[str | None, Delivery]:
    """Let the deal's rules act; return its messages by rule."""

    async def act() -> None:
        engine = Engine(store, Registry(), Random(1), "test")
        await engine.until_idle()
        await engine.close()

    store.write_now(commands.move([deal], "delivery"))
    asyncio.run(act())
    return {d.rule: d for d in store.read(lambda reader: reader.deliveries(DeliveryFilter(deal=deal)))}


def check_mail(mail: Mail, delivery: Delivery) -> EmailMessage:
    """One recipient, our headers once each, our parts, and what it says is what was written."""
    assert mail.recipients == ("eve@cliente.example",)
    assert set(mail.parsed.keys()) <= HEADERS
    assert len(mail.parsed.keys()) == len(set(mail.parsed.keys()))
    read = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert [(a.username, a.domain) for a in read["To"].addresses] == [("eve", "cliente.example")]
    assert [a.addr_spec for a in read["From"].addresses] == ["ana@loja.example"]
    assert hostile.breaks_a_header(str(read["Subject"])) == []
    assert hostile.breaks_a_header(read["To"].addresses[0].display_name) == []
    text = read.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n").rstrip("\n") == delivery.message.text.rstrip("\n")
    return read


def check(store: Store, office: PostOffice, deal: str, text: str) -> None:
    before = len(office.mails)
    messages = sent(store, deal)
    mails = {mail.id: mail for mail in office.mails[before:]}
    for rule, delivery in messages.items():
        assert delivery.status is DeliveryStatus.SENT, (rule, delivery.reason, delivery.detail.english())
        if rule != "sms":
            read = check_mail(mails[str(delivery.provider_id)], delivery)
            if rule == "page":
                page = read.get_body(("html",))
                assert page is not None
                assert "<script>" not in page.get_content()
                assert "<img" not in page.get_content()
        else:
            assert len(delivery.message.text) <= 200
    assert len(mails) == len([rule for rule in messages if rule != "sms"])
    runs = {run.rule: run for run in store.read(lambda reader: reader.runs_of(deal=deal))}
    assert {rule: run.reason for rule, run in runs.items() if run.status.value != "done"}.items() <= {
        ("sms", "text_too_long")
    }
    if "{{ 7*7 }}" in text:
        assert "{{ 7*7 }}" in messages["mail"].message.text
        assert "{{ 7*7 }}" in str(messages["mail"].message.subject)


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_mail_and_sms_say_what_was_written_and_do_nothing_else(name: str, office: PostOffice, house: Store) -> None:
    check(house, office, deal_of(house, hostile.TEXTS[name]), hostile.TEXTS[name])


@settings(deadline=None)
@given(text=hostile.texts())
def test_no_text_at_all_breaks_a_mail(text: str, office: PostOffice, house: Store) -> None:
    check(house, office, deal_of(house, text), text)


# The command line -----------------------------------------------------------------------------------------------------

VIEWS: Final = (
    ("deal", "show", "{deal}"),
    ("deal", "list"),
    ("deal", "list", "--search", "x"),
    ("outbound",),
    ("timeline", "{deal}"),
    ("explain",),
    ("explain", "--deal", "{deal}"),
    ("try", "mail", "--deal", "{deal}"),
    ("try", "sms", "--deal", "{deal}"),
    ("deal", "move", "{deal}", "billing"),
    ("deal", "undo", "{deal}"),
)


def seen(tmp_path: Path, text: str) -> tuple[Funil, str]:
    """Return a house in which such a customer's deal has been through the stage."""
    simulated = board(rules(MAIL, SMS)).replace("name: Order delivery", "name: Delivery")
    funil = Funil(tmp_path, simulated)
    with closing(opening.open_store(funil.url, clock=RealClock())) as store:
        deal = deal_of(store, text)
    funil("deal", "move", deal, "delivery")
    funil.idle()
    return funil, deal


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_nothing_printed_steers_a_terminal_and_json_is_json(name: str, tmp_path: Path) -> None:
    funil, deal = seen(tmp_path, hostile.TEXTS[name])
    for view in VIEWS:
        words = [word.format(deal=deal) for word in view]
        if view[:2] not in (("deal", "move"), ("deal", "undo")):
            document = funil(*words, "--json")
            assert document.isascii()
            json.loads(document)
        printed = funil(*words)
        assert hostile.steers(printed + funil.notices) == [], view


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_what_is_typed_comes_back_harmless_in_a_complaint(name: str, tmp_path: Path) -> None:
    text = hostile.TEXTS[name].replace("\x00", "")
    funil = Funil(tmp_path, board())
    for words in (
        ("deal", "show", text),
        ("deal", "move", "D1", text),
        (text,),
        ("deal", text),
        ("deal", "list", f"-{text}"),
        ("deal", "set", "D1", f"{text or 'x'}=1"),
        ("deal", "set", "D1", f"amount={text}"),
        ("try", text, "--deal", "D1"),
        ("explain", "--event", text),
        ("outbound", "--status", text),
        ("run", "--until", text),
        ("clock", "advance", text),
        ("apply", f"/nowhere/{text[:40]}"),
    ):
        status, printed = funil.ends(*words)
        assert status in (0, 1, 2), words
        assert (printed == "") is (status != 0), words
        assert hostile.steers(printed + funil.notices) == [], words


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_export_and_apply_lose_nothing(name: str, tmp_path: Path) -> None:
    funil, deal = seen(tmp_path, hostile.TEXTS[name])
    exported = funil("export")
    assert json.loads(funil.apply(exported, "--json"))["changes"] == []
    (tmp_path / "other").mkdir()
    other = Funil(tmp_path / "other")
    other.apply(exported)
    assert other("export") == exported
    assert other.json("deal", "show", deal)["title"] == funil.json("deal", "show", deal)["title"]


@dataclass(frozen=True)
class Bought:
    """A furnished house, as the bytes of its database, of which a failing example shows nothing."""

    database: bytes = field(repr=False)


@pytest.fixture(scope="module")
def bought(tmp_path_factory: pytest.TempPathFactory) -> Bought:
    """Furnish a house once."""
    db = fresh.memory_db()
    furnished(fresh.inline_store(db, RealClock()), 25, tmp_path_factory.getbasetemp())
    assert isinstance(db.connection, sqlite3.Connection)
    return Bought(db.connection.serialize())


def copied(house: Bought) -> Db:
    db = fresh.memory_db()
    assert isinstance(db.connection, sqlite3.Connection)
    db.connection.deserialize(house.database)
    return db


@settings(deadline=None)
@given(text=hostile.texts())
def test_a_board_file_holds_any_text(text: str, bought: Bought, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    store = fresh.inline_store(copied(bought), RealClock())
    deal = deal_of(store, text)
    exported = store.read(exporting.export)
    document = boardfile.read(exported.encode(), "x", folder)
    assert store.write_now(apply([document])) == []
    other = fresh.inline_store(fresh.memory_db(), RealClock())
    other.write_now(apply([document]))
    assert other.read(exporting.export) == exported
    before, after = (each.read(lambda reader: (reader.deal(deal), reader.contacts(["eve"]))) for each in (store, other))
    assert before[1] == after[1]
    assert before[0] is not None
    assert after[0] is not None
    assert (before[0].title, before[0].fields) == (after[0].title, after[0].fields)


@settings(deadline=None)
@given(text=hostile.texts())
def test_history_keeps_the_words_and_shows_them_harmless(text: str, house: Store) -> None:
    deal = house.write_now(commands.add_deal(NewDeal(title="Order")))
    with suppress(BadInput):
        house.write_now(commands.set_fields(deal, {"tracking": text}))
    stored = house.read(lambda reader: reader.deal(deal))
    assert stored is not None
    kept = stored.fields.get("tracking")
    assert kept is None or storable(kept) == kept
    for line in house.read(lambda reader: reader.timeline(deal)):
        assert line.data.get("new") == (kept if line.kind.value == "field" else None)
        assert hostile.steers(safe_text(line.text.english())) == []


def test_the_name_of_a_colleague_is_no_header_either(office: PostOffice, tmp_path: Path) -> None:
    store = furnished(fresh.inline_store(fresh.memory_db(), RealClock()), office.port, tmp_path)
    users = store.read(lambda reader: reader.house().users)
    evil = replace(users["ana"], name=hostile.TEXTS["header injection"] + hostile.TEXTS["encoded word"])
    store.write_now(lambda tx: tx.put_user(evil))
    before = len(office.mails)
    messages = sent(store, deal_of(store, "Order"))
    for mail in office.mails[before:]:
        assert set(mail.parsed.keys()) <= HEADERS
        assert mail.recipients == ("eve@cliente.example",)
    assert messages["mail"].status is DeliveryStatus.SENT
