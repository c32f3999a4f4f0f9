"""What people type to filter the outbound log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.log_filter import NO_FILTER, LogFilter, mentions, parse
from core.model.delivery import Channel, DeliveryStatus, Message


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", NO_FILTER),
        ("   ", NO_FILTER),
        ("channel:sms", LogFilter(channels=frozenset({Channel.SMS}))),
        ("channel:e-mail", LogFilter(channels=frozenset({Channel.EMAIL}))),
        ("channel:call channel:chat", LogFilter(channels=frozenset({Channel.TELEPHONY, Channel.OPEN_CHANNEL}))),
        ("STATUS:Failed", LogFilter(statuses=frozenset({"failed"}))),
        ("status:held", LogFilter(statuses=frozenset({"held"}))),
        ("status:se", LogFilter(statuses=frozenset({"sent", "sending"}))),
        ("status:", NO_FILTER),
        ('status:"not delivered"', LogFilter(statuses=frozenset({"undelivered"}))),
        ("deal:D12", LogFilter(deal="D12")),
        ("Maria LIMA maria", LogFilter(words=("maria", "lima"))),
        ('"on its way" now', LogFilter(words=("on its way", "now"))),
        ('"on its way', LogFilter(words=("on its way",))),
        ("Olá", LogFilter(words=("ola",))),
        ("https://loja.example 10:02", LogFilter(words=("https://loja.example", "10:02"))),
        (
            "channel:sms status:failed deal:D12 late",
            LogFilter(channels=frozenset({Channel.SMS}), statuses=frozenset({"failed"}), deal="D12", words=("late",)),
        ),
    ],
)
def test_a_line_is_read_as_it_is_meant(typed: str, meant: LogFilter) -> None:
    assert parse(typed) == meant


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("status:faild", "status: “faild” is none of held, queued, sending, sent, delivered, not delivered, failed,"),
        ("channel:fax", "channel: “fax” is none of e-mail, SMS, call, chat, webhook"),
        ("amount:5", "there is no “amount:” here, only channel:, status:, deal: (a word with a colon goes in quotes)"),
        ("deal:D1 deal:D2", "one deal at a time: “D1” or “D2”"),
    ],
)
def test_what_cannot_be_meant_is_told_in_words(typed: str, complaint: str) -> None:
    with pytest.raises(BadInput) as told:
        parse(typed)
    assert complaint in str(told.value)


def test_fields_and_values_are_known_in_the_readers_language_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    found = parse("canal:chamada estado:falhou negócio:D1 status:failed channel:sms")
    assert found == LogFilter(
        deal="D1", channels=frozenset({Channel.TELEPHONY, Channel.SMS}), statuses=frozenset({"failed"})
    )


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    try:
        found = parse(typed)
    except BadInput as error:
        assert str(error)
    else:
        assert all(word.strip() for word in found.words)


def test_statuses_of_messages_are_apart_from_held() -> None:
    assert parse("status:held").delivery_statuses == ()
    assert parse("status:failed status:held").delivery_statuses == (DeliveryStatus.FAILED,)
    assert NO_FILTER.delivery_statuses is None
    assert not NO_FILTER
    assert parse("x")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("maria", True),
        ("MARIA caminho", True),
        ("caminhão", False),
        ('"a caminho"', True),
        ("d1001", True),
        ("(11) 98765-0001", True),
        ('"(11) 98765-0001"', True),
        ("98765-0001", True),
        ("98765-0002", False),
        ("joao", False),
    ],
)
def test_words_are_looked_for_in_recipient_subject_text_and_deal(typed: str, found: bool) -> None:
    message = Message(channel=Channel.SMS, to="+5511987650001", text="Olá María,\nseu pedido está a caminho")
    assert mentions(parse(typed).words, message, "D1001") is found
