"""Values made of their stored form are, to whoever looks at them, what they would have been at once."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import pytest

from core import words
from core.model import frozen
from core.model.delivery import Channel, Message
from core.words import At, Words
from data import mapping_work
from data.mapping import dump
from tests.data.rows_ground import NOON, a_delivery

SENTENCES = [
    Words("plain"),
    Words("{name}: {why}", {"name": "Zé", "why": Words("inside {n}", {"n": 1})}),
    Words("until {at}", {"at": At(NOON)}),
]


@pytest.mark.parametrize("said", SENTENCES)
def test_a_sentence_is_what_was_stored(said: Words) -> None:
    assert words.load(said.dump()) == said
    assert said == words.load(said.dump())
    assert words.load(said.dump()).args == said.args
    assert repr(words.load(said.dump())) == repr(said)
    assert bool(words.load(said.dump()))


@pytest.mark.parametrize("said", SENTENCES)
def test_a_sentence_is_stored_again_and_copied_before_and_after_it_is_looked_at(said: Words) -> None:
    kept = words.load(said.dump())
    assert kept.dump() == said.dump()
    assert copy.copy(kept) == copy.deepcopy(words.load(said.dump())) == said
    assert pickle.loads(pickle.dumps(words.load(said.dump()))) == said
    assert replace(words.load(said.dump()), msg="other").args == said.args
    assert kept.english() == said.english()
    assert kept.dump() == said.dump()


def test_what_is_no_sentence_is_said_when_it_is_looked_at() -> None:
    broken = words.load('["no end')
    with pytest.raises(ValueError):
        broken.english()
    with pytest.raises(AttributeError):
        _ = broken.nothing_like_it  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({}, []),
        ({"html": "<p>attachments</p>"}, []),
        ({"html": '"attachments"'}, []),
        ({"attachments": [{"name": "offer.pdf", "digest": "d"}], "from": "ana@loja.example"}, ["offer.pdf"]),
    ],
)
def test_a_message_read_with_its_row_is_the_one_written(data: dict[str, object], named: list[str]) -> None:
    message = Message(channel=Channel.EMAIL, to="maria@cliente.example", text="Oi", subject=None, data=data)
    delivery = a_delivery(id=7, message=message, why=SENTENCES[1], by="ana", rule=None, worker="w")
    row = [*_row(delivery.id, mapping_work.delivery_params(delivery))]
    assert [each["name"] for each in mapping_work.delivery_of(row).message.attachments] == named
    assert mapping_work.delivery_of(row) == mapping_work.leased_of(row, "w") == delivery
    assert mapping_work.leased_of(row, "w").why.english() == delivery.why.english()
    assert mapping_work.leased_of(row, "me").worker == "me"
    assert frozen.replace(mapping_work.leased_of(row, "w"), attempts=3) == replace(delivery, attempts=3)
    assert dump(mapping_work.delivery_of(row).message.data) == dump(data)


def _row(id_: int, params: dict[str, object]) -> list[object]:
    from data.reader_outbox import deliveries

    return [id_ if column.name == "id" else params[column.name] for column in deliveries.c]
