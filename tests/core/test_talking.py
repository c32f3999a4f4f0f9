"""Laws of a chat's sessions: whatever happens in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine import talking
from core.model.moment import Moment
from core.model.talk import Chat, ChatStatus

ACTS = {
    "client": lambda chat, at: talking.written(chat, at),
    "accept ana": lambda chat, at: talking.accepted(chat, "ana", at),
    "accept rui": lambda chat, at: talking.accepted(chat, "rui", at),
    "answer": lambda chat, at: talking.answered(chat, at),
    "close": lambda chat, at: talking.closed(chat, at),
}
"""What happens to a chat after its first message."""


def played(acts: list[str]) -> list[Chat]:
    """Return the chat after each act, the first of which is its beginning; one second an act."""
    states = [Chat(id=1, channel="tg", chat="c", peer="c", created_at=Moment(0), session_at=Moment(0))]
    for second, act in enumerate(acts, 1):
        states.append(ACTS[act](states[-1], Moment(second * 1000)))
    return states


@given(st.lists(st.sampled_from(list(ACTS)), max_size=40))
def test_a_session_lasts_from_a_clients_message_to_closing(acts: list[str]) -> None:
    states = played(acts)
    session, is_open = 1, True
    for act, before, after in zip(acts, states[:-1], states[1:], strict=True):
        if act == "client" and not is_open:
            session, is_open = session + 1, True
            assert after.session_at is not None and after.session_at > (before.closed_at or 0) - 1
        elif act == "close":
            is_open = False
        assert (after.session, after.status is not ChatStatus.CLOSED) == (session, is_open)


@given(st.lists(st.sampled_from(list(ACTS)), max_size=40))
def test_a_session_is_taken_once_and_answered_once_after_that(acts: list[str]) -> None:
    states = played(acts)
    for session in {state.session for state in states}:
        own = [state for state in states if state.session == session]
        taken = {(state.accepted_by, state.accepted_at) for state in own} - {(None, None)}
        answered = {state.answered_at for state in own} - {None}
        assert len(taken) <= 1 and len(answered) <= 1
        for at in answered:
            ((_, accepted_at),) = taken
            assert at > accepted_at  # type: ignore[operator]


@given(st.lists(st.sampled_from(list(ACTS)), max_size=40), st.sampled_from(["accept ana", "answer", "close"]))
def test_the_same_again_makes_no_difference(acts: list[str], again: str) -> None:
    once = played([*acts, again])[-1]
    assert ACTS[again](once, Moment(10**9)) == once


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("/start abc_-9", "abc_-9"),
        ("  /start   abc \n", "abc"),
        ("/start@loja_bot abc", "abc"),
        ("/start", None),
        ("/start a b", None),
        ("/startabc", None),
        ("please /start abc", None),
    ],
)
def test_a_followed_invitation_is_told_from_a_message(text: str, token: str | None) -> None:
    assert talking.token_of(text) == token
