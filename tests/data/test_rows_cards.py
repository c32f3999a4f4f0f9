"""What a card says of the work on its deal: held and waiting runs, words of clients, tasks."""

from __future__ import annotations

from typing import Any

import pytest

from core.effects import CreateTask
from core.model.moment import HOUR, Moment
from core.model.run import RunStatus, Waiting
from core.model.talk import Author, Chat, ChatStatus
from core.plan import Plan
from tests.data.rows_ground import NOON, Ground, a_deal, a_run, create
from tests.data.test_rows_talk import a_chat, added, said


@pytest.fixture
def house(ground: Ground) -> Ground:
    """A house with an open and a won deal of Maria, and one of João."""
    tx = ground.tx()
    create(tx, a_deal("D1", contacts=("maria",)))
    create(tx, a_deal("D2", contacts=("joao",)))
    create(tx, a_deal("W1", contacts=("maria",), stage="won", closed=True))
    return ground


def unread(ground: Ground) -> dict[str, int]:
    """Return what is unread by deal."""
    cards = ground.tx().cards_by_id(["D1", "D2", "W1"])
    return {deal: card.unread for deal, card in cards.items() if card.unread}


def talk(ground: Ground, *authors: Author, **more: Any) -> Chat:
    """Make a chat in which these spoke one after another."""
    tx = ground.tx()
    chat = added(tx, a_chat(**{"contact": None, "deal": None, **more}))
    for author in authors:
        tx.say(said(chat, "words", author=author))
    return chat


CLIENT, AGENT, RULE = Author.CLIENT, Author.AGENT, Author.RULE


@pytest.mark.parametrize(
    ("authors", "chat", "wanted"),
    [
        ((CLIENT, CLIENT), {"contact": "maria"}, {"D1": 2}),
        ((CLIENT, AGENT, CLIENT), {"contact": "maria"}, {"D1": 1}),
        ((CLIENT, AGENT), {"contact": "maria"}, {}),
        ((CLIENT, RULE), {"contact": "maria"}, {"D1": 1}),
        ((CLIENT,), {"deal": "W1", "contact": "maria"}, {"W1": 1}),
        ((CLIENT,), {"contact": "maria", "status": ChatStatus.CLOSED}, {}),
        ((CLIENT,), {}, {}),
    ],
    ids=str,
)
def test_unread_is_what_a_client_wrote_since_an_employee_did(
    house: Ground, authors: tuple[Author, ...], chat: dict[str, Any], wanted: dict[str, int]
) -> None:
    talk(house, *authors, **chat)
    assert unread(house) == wanted


def test_the_chats_of_a_client_add_up(house: Ground) -> None:
    talk(house, CLIENT, chat="tg:1", contact="maria")
    talk(house, CLIENT, CLIENT, chat="tg:2", contact="maria", deal="D1")
    assert unread(house) == {"D1": 3}


def test_held_runs_are_counted_apart_from_waiting_ones(house: Ground) -> None:
    runs = [
        a_run("D9", rule="one", reason=Waiting.GRACE),
        a_run("D9", rule="two", reason=Waiting.GRACE),
        a_run("D9", rule="three"),
        a_run("D9", rule="four", status=RunStatus.DONE),
    ]
    create(house.tx(), a_deal("D9"), runs)
    card = house.tx().cards_by_id(["D9"])["D9"]
    assert (card.held, card.waiting) == (2, 1)


def test_open_tasks_are_counted_with_the_first_that_is_due(house: Ground) -> None:
    tx = house.tx()
    for due in (Moment(NOON + 2 * HOUR), Moment(NOON + HOUR), None):
        tx.apply(Plan(effects=[("D1", "ana", CreateTask(title="Call", due_at=due))]))
    card = house.tx().cards_by_id(["D1"])["D1"]
    assert (card.tasks, card.task_due) == (3, NOON + HOUR)
    house.db.text("UPDATE tasks SET done_at = 1 WHERE id <> (SELECT min(id) FROM tasks WHERE deal = 'D1')")
    card = house.tx().cards_by_id(["D1"])["D1"]
    assert (card.tasks, card.task_due) == (1, NOON + 2 * HOUR)


def test_a_card_knows_by_when_it_is_to_be_closed(house: Ground) -> None:
    create(house.tx(), a_deal("D9", close_date="2026-12-24"))
    assert house.tx().cards_by_id(["D9"])["D9"].close_date == "2026-12-24"
