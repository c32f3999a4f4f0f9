"""The chat rule's plan: what goes along, and what a channel is given."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from core.effects import ChatNote, Deliver
from core.model.house import Connection
from core.model.talk import Chat
from core.rules.base import CannotAct
from core.rules.chat import ChatRule, ChatSettings
from tests.core.sample_house import HOUSE, NOW, facts

TG = Connection(id="tg", channel="open_channel", adapter="simulated_telegram", settings={"bot": "loja_bot"})
WHERE = replace(HOUSE, connections={"tg": TG})
CHAT = Chat(id=7, channel="tg", chat="tg:555", peer="tg:555", created_at=NOW, contact="maria")
PAPER = {"name": "offer.pdf", "digest": "ab" * 32, "size": 3, "media_type": "application/pdf"}


def plan(settings: dict[str, Any], chat: Chat | None = CHAT, **changes: Any) -> Any:
    """Return the one effect of a rule with these settings."""
    about = replace(facts(where=WHERE, **changes), chat=chat)
    (effect,) = ChatRule().plan(about, ChatSettings.model_validate(settings), NOW, Random(0))
    return effect


def test_a_message_names_its_chat_and_is_not_escaped() -> None:
    effect = plan({"text": "<b>{{ contact.name }}</b>\r\n\x07&"})
    assert isinstance(effect, Deliver)
    assert (effect.connection, effect.message.to, effect.message.text) == ("tg", "tg:tg:555", "<b>Maria Lima</b>\n&")
    assert effect.message.data == {"chat": 7, "recipient": "maria", "peer": "tg:555"}
    assert effect.why.english() == "Maria Lima, the chat created last: tg:tg:555"


def test_a_chat_bound_to_the_deal_may_be_with_somebody_unknown() -> None:
    effect = plan({"text": "x"}, replace(CHAT, contact=None, deal="D1"), contacts=(), company=None)
    assert effect.message.data["recipient"] is None
    assert effect.why.english() == "the chat bound to this deal, created last: tg:tg:555"


def test_files_go_along_with_messages_and_with_notes() -> None:
    settings = {"text": "x", "attach": {"fields": ["paper"]}}
    assert plan(settings, fields={"paper": PAPER}).message.data["attachments"] == [PAPER]
    note = plan({**settings, "hidden": True}, fields={"paper": PAPER})
    assert note == ChatNote(chat=7, address="tg:tg:555", text="x", attachments=(PAPER,))


def test_a_note_can_be_left_where_the_client_has_blocked_us() -> None:
    blocked = replace(CHAT, blocked=True)
    assert isinstance(plan({"text": "x", "hidden": True}, blocked), ChatNote)
    with pytest.raises(CannotAct) as caught:
        plan({"text": "x"}, blocked)
    assert (caught.value.reason, caught.value.detail.english()) == ("blocked", "tg:555 has blocked us on tg")


@pytest.mark.parametrize("text", ["{{ deal.close_date }}", " ", "\x07"])
def test_a_text_that_has_come_out_empty(text: str) -> None:
    with pytest.raises(CannotAct) as caught:
        plan({"text": text}, close_date=None)
    assert caught.value.reason == "template_error"


def test_sentences() -> None:
    rule = ChatRule()
    assert rule.sentence(ChatSettings(text="Oi")).english() == "write to the client in the chat: “Oi”"
    hidden = ChatSettings(text="Oi", hidden=True)
    assert rule.sentence(hidden).english() == "leave a note in the client's chat, for employees only: “Oi”"
    assert (rule.sends(hidden), rule.sends(ChatSettings(text="Oi"))) == (False, True)
