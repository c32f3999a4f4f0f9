"""Calls in the log of what goes out: what they cost, and what is heard."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.model.delivery import Channel, DeliveryStatus, Message
from core.model.moment import Moment
from core.outbound import Row
from tests.data.rows_ground import NOON, a_delivery
from tui import outbound_paint as paint
from tui.outbound_rows import LogLine
from tui.panels import message_sheet as panel

MOMENTS = paint.Moments(Moment(NOON + 60_000), ZoneInfo("UTC"))
MP3 = "https://loja.example/hello.mp3"


def a_call(text: str = "Hello", play: str | None = None, cost: str | None = None, currency: str = "BRL") -> Row:
    """Return the row of a call that was answered at noon."""
    said = Message(
        channel=Channel.TELEPHONY, to="+5511987650001", text=text, data={"play": play} if play else {"voice": "en"}
    )
    made = replace(
        a_delivery(),
        message=said,
        status=DeliveryStatus.SENT,
        sent_at=NOON,
        cost=None if cost is None else Decimal(cost),
        cost_currency=None if cost is None else currency,
    )
    return Row(
        id="M1",
        deal="D1",
        rule="r",
        connection="line1",
        message=said,
        status="sent",
        at=NOON,
        due_at=None,
        delivery=made,
    )


@pytest.mark.parametrize(
    ("cost", "currency", "words"),
    [
        (None, "BRL", "sent 12:00"),
        ("0.30", "BRL", "sent 12:00 · 0.30 BRL"),
        ("7", "JPY", "sent 12:00 · 7 JPY"),
        ("0.0025", "USD", "sent 12:00 · 0.0025 USD"),
    ],
)
def test_what_a_call_has_cost_stands_behind_its_end(cost: str | None, currency: str, words: str) -> None:
    assert paint.status_words(a_call(cost=cost, currency=currency), MOMENTS) == words


def test_a_line_shows_what_is_said_or_played() -> None:
    assert paint.subject(a_call()) == "Hello"
    assert paint.subject(a_call(text="", play=MP3)) == MP3


def test_the_open_message_tells_what_is_heard_and_the_cost() -> None:
    row = a_call(text="", play=MP3, cost="0.30")
    assert panel.body(row) == MP3
    head = panel.head(panel.MessageView(LogLine(row, "Order 1001")), MOMENTS).plain
    assert "Cost" in head
    assert "0.30 BRL" in head
    assert "Cost" not in panel.head(panel.MessageView(LogLine(a_call(), "Order 1001")), MOMENTS).plain
