"""What the screen reads: columns, cards, searches, what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from core.engine import removing
from core.model.delivery import Channel, DeliveryStatus, Message
from core.model.moment import Moment
from core.model.people import Contact
from core.model.run import RunStatus
from core.model.talk import Author, Chat, ChatMessage, ChatStatus
from core.plan import Plan
from core.ports import Card, Change, DealFilter, DeliveryFilter
from data.tx_feed import KEPT
from tests.data.rows_ground import (
    JOAO,
    NOON,
    SALES,
    Ground,
    a_deal,
    a_delivery,
    a_run,
    connect,
    create,
    furnish,
    kept,
    make_tables,
)


@pytest.fixture
def column(ground: Ground) -> Ground:
    """A house whose first column holds four deals, D4 on top."""
    tx = ground.tx()
    create(tx, a_deal("D1", rank=10))
    create(tx, a_deal("D2", rank=20, contacts=(), company="acme", title="Café 100%"))
    create(tx, a_deal("D3", rank=30, contacts=("joao", "maria"), amount=None, responsible=None))
    create(tx, a_deal("D4", rank=40, contacts=()))
    create(tx, a_deal("W1", stage="won", closed=True))
    return ground


def test_a_column_is_read_top_first_and_in_pages(column: Ground) -> None:
    tx = column.tx()
    assert tx.column_ids("sales", "new") == ["D4", "D3", "D2", "D1"]
    assert [card.id for card in tx.cards("sales", "new", 1, 2)] == ["D3", "D2"]
    assert tx.cards("sales", "delivery", 0, 10) == []


def test_a_card_says_what_the_board_shows(column: Ground) -> None:
    tx = column.tx()
    runs = [
        a_run("D9", rule="waits"),
        a_run("D9", rule="dateless", status=RunStatus.NO_DATE),
        a_run("D9", rule="failed", status=RunStatus.FAILED),
        a_run("D9", rule="done", status=RunStatus.DONE),
    ]
    create(tx, a_deal("D9", rank=90), runs)
    wanted = Card(
        "D9", "Order 1001", "Maria Lima", 750_000, "BRL", "ana", NOON, 1, waiting=2, failed=1,
        pipeline="sales", stage="new", rank=90,
    )  # fmt: skip
    assert tx.cards("sales", "new", 0, 1) == [wanted]
    assert tx.cards_by_id(["D9", "ghost"]) == {"D9": wanted}
    assert tx.cards_by_id([]) == {}


def test_the_client_of_a_card_is_the_primary_contact_else_the_company(column: Ground) -> None:
    cards = column.tx().cards("sales", "new", 0, 10)
    assert [(card.id, card.client, card.amount, card.responsible) for card in cards] == [
        ("D4", "", 750_000, "ana"),
        ("D3", "João Ávila", None, ""),
        ("D2", "Acme Ltda", 750_000, "ana"),
        ("D1", "Maria Lima", 750_000, "ana"),
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("order", ["D4", "D3", "D1", "W1"]),
        ("cafe", ["D2"]),
        ("CAFÉ", ["D2"]),
        ("100%", ["D2"]),
        ("%", ["D2"]),
        ("_", []),
        ("joao", ["D3"]),
        ("avila", ["D3"]),
        ("acme", ["D2"]),
        ("d3", ["D3"]),
        ("  ", ["D4", "D3", "D2", "D1", "W1"]),
    ],
)
def test_a_search_finds_titles_clients_and_ids_without_case_and_accents(
    column: Ground, search: str, found: list[str]
) -> None:
    assert [deal.id for deal in column.tx().deals(DealFilter(search=search))] == found


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (DealFilter(), ["D4", "D3", "D2", "D1", "W1"]),
        (DealFilter(pipeline="sales", stage="won"), ["W1"]),
        (DealFilter(stage="new", limit=2), ["D4", "D3"]),
        (DealFilter(pipeline="other"), []),
        (DealFilter(removed=True), []),
    ],
    ids=str,
)
def test_deals_are_listed_in_board_order(column: Ground, where: DealFilter, found: list[str]) -> None:
    tx = column.tx()
    assert [deal.id for deal in tx.deals(where)] == found
    assert list(tx.deals(where)) == [kept(tx, deal) for deal in found]


@pytest.mark.parametrize(
    "where",
    [
        DealFilter(),
        DealFilter(pipeline="sales"),
        DealFilter(stage="new"),
        DealFilter(pipeline="sales", stage="won"),
        DealFilter(search="order"),
        DealFilter(search="nothing of the kind"),
        DealFilter(pipeline="elsewhere"),
        DealFilter(removed=True),
    ],
    ids=str,
)
def test_the_first_few_deals_are_those_that_the_whole_list_begins_with(column: Ground, where: DealFilter) -> None:
    tx = column.tx()
    tx.upsert_pipeline(replace(SALES, id="more", position=1))
    for deal, stage in (("M1", "delivery"), ("M2", "new"), ("M3", "new")):
        create(tx, a_deal(deal, pipeline="more", stage=stage))
    removing.remove(tx, ["D2", "M3"])
    every = list(tx.deals(where))
    for limit in (1, 2, 3, len(every) + 1):
        assert list(tx.deals(replace(where, limit=limit))) == every[:limit]


def test_the_first_few_clients_are_those_that_the_whole_list_begins_with(column: Ground) -> None:
    tx = column.tx()
    assert list(tx.all_contacts(1)) == tx.all_contacts()[:1] == [JOAO]
    assert list(tx.all_companies(9)) == tx.all_companies()
    assert (
        [each.id for each in tx.found_contacts("i", 1)] == [each.id for each in tx.found_contacts("i")][:1] == ["joao"]
    )


def test_removed_deals_are_listed_apart(column: Ground) -> None:
    tx = column.tx()
    removing.remove(tx, ["D2"])
    assert [deal.id for deal in tx.deals(DealFilter(removed=True))] == ["D2"]
    assert tx.cards_by_id(["D2"]) == {}


@pytest.mark.parametrize(
    ("above", "ranks"),
    [(None, (None, 40)), ("D4", (40, 30)), ("D1", (10, None)), ("W1", (None, 40)), ("ghost", (None, 40))],
)
def test_neighbours_of_a_drop(column: Ground, above: str | None, ranks: tuple[int | None, int | None]) -> None:
    assert column.tx().neighbours("sales", "new", above) == ranks


def test_neighbours_of_equal_rank_leave_no_room(column: Ground) -> None:
    tx = column.tx()
    d4, d3 = kept(tx, "D4"), kept(tx, "D3")
    tx.apply(Plan(deals_changed=[(d4, replace(d4, rank=30, version=2))]))
    assert tx.column_ids("sales", "new")[:2] == ["D3", "D4"]
    assert tx.neighbours("sales", "new", d3.id) == (30, 30)
    assert tx.neighbours("sales", "new", d4.id) == (30, 20)


def test_renumbering_keeps_the_order(column: Ground) -> None:
    tx = column.tx()
    tx.renumber("sales", "new", 1 << 20)
    assert [card.rank >> 20 for card in tx.cards("sales", "new", 0, 10)] == [4, 3, 2, 1]
    assert tx.column_ids("sales", "new") == ["D4", "D3", "D2", "D1"]
    assert tx.top_rank("sales", "new") == 4 << 20
    assert tx.top_rank("sales", "delivery") == 0
    assert kept(tx, "W1").rank == 1_000


def test_facts_hold_what_is_known_of_a_deal(column: Ground) -> None:
    tx = column.tx()
    deal = kept(tx, "D3")
    facts = tx.facts(deal, NOON)
    assert [contact.id for contact in facts.contacts] == ["joao", "maria"]
    assert (facts.contact, facts.company, facts.responsible) == (JOAO, None, None)
    assert facts.entry == tx.entry(deal.entry or 0)
    assert facts.house is tx.house()
    other = tx.facts(kept(tx, "D2"), NOON)
    assert other.company is not None
    assert other.responsible is not None
    assert (other.contacts, other.company.id, other.responsible.id) == ((), "acme", "ana")


def test_totals_name_every_column_of_the_pipeline(column: Ground) -> None:
    totals = column.tx().totals("sales")
    assert list(totals) == ["new", "delivery", "won", "lost"]
    assert (totals["new"].count, totals["new"].sums) == (4, {"BRL": 2_250_000})
    assert (totals["lost"].count, totals["lost"].sums) == (0, {})


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (DeliveryFilter(), [4, 3, 2, 1]),
        (DeliveryFilter(limit=2), [4, 3]),
        (DeliveryFilter(before=3), [2, 1]),
        (DeliveryFilter(deal="D2"), [3]),
        (DeliveryFilter(channels=frozenset({Channel.SMS})), [4]),
        (DeliveryFilter(statuses=frozenset({DeliveryStatus.SENT, DeliveryStatus.FAILED})), [3, 2]),
        (
            DeliveryFilter(
                statuses=frozenset({DeliveryStatus.QUEUED, DeliveryStatus.FAILED}),
                channels=frozenset({Channel.SMS, Channel.EMAIL}),
                limit=2,
            ),
            [4, 3],
        ),
        (DeliveryFilter(words=("maria@",)), [4, 3, 2, 1]),
        (DeliveryFilter(words=("100%",), deal="D1"), [2]),
        (DeliveryFilter(words=("+55 (11) 9",)), []),
    ],
    ids="all limit before deal channel statuses merged words words-and-deal digits".split(),
)
def test_the_log_is_read_newest_first_by_its_filters(ground: Ground, where: DeliveryFilter, found: list[int]) -> None:
    tx = ground.tx()
    sms = replace(a_delivery().message, channel=Channel.SMS)
    rows = [
        a_delivery(),
        a_delivery(status=DeliveryStatus.SENT, message=replace(sms, channel=Channel.EMAIL, text="100% sure")),
        a_delivery("D2", status=DeliveryStatus.FAILED),
        a_delivery(message=sms),
    ]
    made = tx.apply(Plan(deliveries=rows)).deliveries
    first = made[0] - 1
    where = replace(where, before=None if where.before is None else where.before + first)
    assert [delivery.id - first for delivery in tx.deliveries(where)] == found


# The change feed ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def feed(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """A database of this test's own: the feed is read after commits."""
    url = request.getfixturevalue("fresh_postgres") if request.param == "postgresql" else ""
    ground = Ground(connect(request.param, url))
    make_tables(ground.db)
    furnish(ground.tx())
    yield ground
    ground.db.close()


def test_the_feed_tells_each_change_once(feed: Ground) -> None:
    start = feed.tx().cursor()
    assert feed.tx().changes_since(start) == (start, ())
    create(feed.tx(), a_deal(), [a_run()])
    (sent,) = feed.tx().apply(Plan(deliveries=[a_delivery()])).deliveries
    after, changes = feed.tx().changes_since(start)
    assert [change for change in changes if change.what != "config"] == [
        Change("deal", "D1"),
        Change("run", ""),
        Change("delivery", str(sent)),
    ]
    assert after > start
    assert feed.tx().changes_since(after) == (after, ())
    feed.tx().put_contact(JOAO)
    feed.tx().put_contact(replace(kept_contact(feed), name="Maria Luz"))
    assert feed.tx().changes_since(after)[1] == [Change("deal", "D1")]


def kept_contact(ground: Ground) -> Contact:
    """Return the first deal's contact."""
    return ground.tx().contacts(["maria"])["maria"]


def test_the_feed_tells_of_a_chat_that_no_deal_has(feed: Ground) -> None:
    def told() -> list[Change]:
        after, changes = feed.tx().changes_since(seen[-1])
        seen.append(after)
        return [change for change in changes if change.what in ("chat", "deal")]

    seen = [feed.tx().cursor()]
    new = Chat(id=0, channel="tg", chat="tg:555", peer="tg:555", created_at=NOON, session_at=NOON)
    number = feed.tx().add_chat(new)
    assert number is not None
    chat, this = replace(new, id=number), [Change("chat", str(number))]
    assert told() == this
    feed.tx().say(ChatMessage(id=0, chat=number, session=1, at=NOON, author=Author.CLIENT, by="tg:555", text="Oi"))
    assert told() == this
    feed.tx().put_chat(replace(chat, status=ChatStatus.CLOSED))
    assert told() == this
    assert feed.tx().add_chat(new) is None
    assert told() == []
    message = Message(channel=Channel.OPEN_CHANNEL, to="tg:tg:555", text="Oi", data={"chat": number})
    feed.tx().apply(Plan(deliveries=[a_delivery(connection="tg", message=message)]))
    assert told() == this


def test_a_new_configuration_is_told(feed: Ground) -> None:
    start = feed.tx().cursor()
    feed.tx().put_constant("site", "https://loja.example")
    assert Change("config", "") in feed.tx().changes_since(start)[1]
    feed.tx().set_clock(NOON)
    assert feed.tx().simulated_now() == NOON


def test_a_reader_who_comes_too_late_reads_everything_again(feed: Ground) -> None:
    start = feed.tx().cursor()
    create(feed.tx(), a_deal())
    for _ in range(2):
        feed.tx()._tell([("deal", str(number)) for number in range(KEPT)])
    _, changes = feed.tx().changes_since(start)
    assert changes[0] == Change("config", "")
    row = feed.db.text("SELECT count(*) FROM changes")[0]
    assert row[0] <= KEPT


def test_a_line_of_a_transaction_that_ends_later_is_not_missed(fresh_postgres: str) -> None:
    first, second, reader = (Ground(connect("postgresql", fresh_postgres)) for _ in range(3))
    make_tables(first.db)
    furnish(first.tx())
    start = reader.tx().cursor()
    first.db.text("BEGIN")
    create(first.tx(), a_deal("SLOW"))
    create(second.tx(), a_deal("QUICK", stage="won"))
    cursor, _ = reader.tx().changes_since(start)
    first.db.text("COMMIT")
    cursor, late = reader.tx().changes_since(cursor)
    seen = {change.id for change in late if change.what == "deal"}
    assert seen == {"SLOW", "QUICK"}
    assert reader.tx().changes_since(cursor)[1] == ()
    for ground in (first, second, reader):
        ground.db.close()


def test_amounts_of_a_card_are_minor_units_of_its_currency(ground: Ground) -> None:
    tx = ground.tx()
    for currency, amount in (("BRL", "1.50"), ("JPY", "150"), ("KWD", "0.150")):
        create(tx, a_deal(currency, currency=currency, amount=Decimal(amount)))
    assert {card.amount for card in tx.cards("sales", "new", 0, 10)} == {150}
    assert Moment(NOON) == tx.cards("sales", "new", 0, 1)[0].entered_at
