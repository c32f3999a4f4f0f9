"""Reading the outbound log in bounded steps finds exactly what its filter means, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle

import pytest

from core import log_filter, outbound_reading
from core.log_filter import LogFilter, parse
from core.model.delivery import Channel, Delivery, DeliveryStatus, Message
from core.model.event import Event
from core.model.moment import HOUR, Moment
from core.plan import Plan
from core.words import Words
from data.tx import SqlTx
from tests.data.rows_ground import NOON, Ground, a_delivery

TEXTS = ("Olá Maria, até já", "100% sure_thing", "Seu pedido está a caminho", "R$ 1.250,00 \\ pago", "ŁÓDŹ Straße")
TO = {Channel.EMAIL: "maria@cliente.example", Channel.SMS: "+5511987650001", Channel.TELEPHONY: "+15005550001"}


def many(count: int = 60) -> list[Delivery]:
    """Return messages of every channel, status and text, in changing company."""
    channels, texts, statuses = cycle(TO), cycle(TEXTS), cycle(DeliveryStatus)
    return [
        a_delivery(
            ("D1", "D2")[number % 7 == 0],
            message=Message(channel=(way := next(channels)), to=TO[way], text=f"{next(texts)} {number}"),
            status=next(statuses),
            at=Moment(NOON + number * HOUR),
        )
        for number in range(count)
    ]


@pytest.fixture
def written(ground: Ground) -> tuple[SqlTx, Sequence[Delivery]]:
    """A log of sixty messages, and they as they stand there, newest first."""
    tx = ground.tx()
    rows = many()
    ids = tx.apply(Plan(deliveries=rows)).deliveries
    return tx, [replace(row, id=made) for row, made in zip(rows, ids, strict=True)][::-1]


def meant(where: LogFilter, delivery: Delivery) -> bool:
    """Say it again, more slowly: whether a message is one of those that a filter means."""
    return (
        where.deal in (None, delivery.deal)
        and (not where.channels or delivery.message.channel in where.channels)
        and (not where.statuses or delivery.status.value in where.statuses)
        and log_filter.mentions(where.words, delivery.message, delivery.deal)
    )


@pytest.mark.parametrize("span", [7, 4_000])
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "channel:sms",
        "channel:sms channel:call",
        "status:failed",
        "status:delivered",
        "status:failed status:sent channel:email",
        "deal:D2",
        "deal:D2 status:unknown ola",
        "OLA",
        "até",
        "100%",
        "sure_thing",
        "re_t",
        "\\",
        "pedido caminho",
        "98765-0001",
        "d2",
        "a b c d e f",
        "nothing-like-it",
    ],
)
def test_steps_find_what_is_meant(
    written: tuple[SqlTx, Sequence[Delivery]], typed: str, span: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound_reading, "SPAN", span)
    tx, rows = written
    where = parse(typed)
    wanted = [row.public_id for row in rows if meant(where, row)]
    assert [row.id for row in outbound_reading.rows(tx, where) if row.delivery in rows] == wanted
    assert [row.id for row in outbound_reading.rows(tx, where, 3)][:3] == wanted[:3]


def test_a_step_reads_no_more_than_its_share(written: tuple[SqlTx, Sequence[Delivery]]) -> None:
    tx, _rows = written
    first = outbound_reading.step(tx, parse(""), limit=10)
    assert len(first.rows) == 10
    assert first.next is not None
    again = outbound_reading.step(tx, parse(""), first.next, limit=10)
    assert not {row.id for row in first.rows} & {row.id for row in again.rows}


def test_messages_are_counted_by_what_they_came_to_since_a_moment(
    written: tuple[SqlTx, Sequence[Delivery]],
) -> None:
    tx, rows = written
    since = Moment(NOON + 30 * HOUR)
    late = [row for row in rows if row.at >= since]
    found = outbound_reading.counts(tx, since)
    assert sum(found.by_status.values()) == len(late)
    assert found.sent == sum(row.status.value in ("sent", "delivered") for row in late)
    assert found.failed == sum(row.status.value in ("failed", "undelivered") for row in late)
    assert found.held == 0


def test_why_a_recipient_was_chosen_outlives_what_becomes_of_the_message(ground: Ground) -> None:
    tx = ground.tx()
    why = Words("the first address of {name}", {"name": "Maria"})
    (made,) = tx.apply(Plan(deliveries=[a_delivery(why=why, detail=why)])).deliveries
    before = tx.delivery(made)
    assert before is not None
    after = replace(before, status=DeliveryStatus.FAILED, detail=Words("refused"))
    tx.apply(Plan(deliveries_changed=[(before, after)]))
    kept = tx.delivery(made)
    assert kept is not None
    assert (kept.why, kept.detail) == (why, Words("refused"))


def test_events_about_a_message_are_found_by_it(ground: Ground) -> None:
    tx = ground.tx()
    one, other = tx.apply(Plan(deliveries=[a_delivery(), a_delivery()])).deliveries
    for number, delivery in enumerate((one, other, one)):
        tx.record(
            Event(kind="email_opened", source="t", outside_id=f"log-{number}", at=NOON, deal="D1", delivery=delivery)
        )
    assert [event.outside_id for event in tx.events_about(one)] == ["log-0", "log-2"]
