"""Tokens of tracked mails: they say what they were made of, and nobody else can make one."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import tokens
from core.tokens import Kind, Token

KEY = "k" * 43
LETTERS = string.ascii_letters + string.digits + "-_"
TOKENS = st.builds(
    Token, st.sampled_from(Kind), st.integers(1, (1 << 48) - 1), st.integers(0, tokens.LINKS)
)  # fmt: skip


@given(TOKENS)
def test_a_token_says_what_it_was_made_of_in_24_letters(token: Token) -> None:
    letters = tokens.write(token, KEY, "house")
    assert len(letters) == 24
    assert set(letters) <= set(LETTERS)
    assert tokens.read(letters, KEY, "house") == token
    assert tokens.write(token, KEY, "house") == letters


@given(TOKENS, st.integers(0, 23), st.sampled_from(LETTERS))
def test_a_token_with_another_letter_is_none(token: Token, at: int, letter: str) -> None:
    letters = tokens.write(token, KEY, "house")
    other = letters[:at] + letter + letters[at + 1 :]
    assert (tokens.read(other, KEY, "house") is None) is (other != letters)


@given(TOKENS)
def test_another_house_or_another_key_reads_nothing(token: Token) -> None:
    letters = tokens.write(token, KEY, "house")
    assert tokens.read(letters, KEY, "other") is None
    assert tokens.read(letters, "x" * 43, "house") is None


@given(st.one_of(st.text(max_size=40), st.text(LETTERS, min_size=24, max_size=24)))
def test_garbage_is_none_and_never_an_error(letters: str) -> None:
    assert tokens.read(letters, KEY, "house") is None


@pytest.mark.parametrize("tail", ["\n", " ", "=", "A", "\x00", "é"])
def test_nothing_may_stand_behind_a_token(tail: str) -> None:
    letters = tokens.write(Token(Kind.OPEN, 7), KEY, "house")
    assert tokens.read(letters + tail, KEY, "house") is None
    assert tokens.read(letters[:-1] + tail, KEY, "house") is None


def test_the_kind_is_proved_too() -> None:
    opened, clicked = (tokens.write(Token(kind, 7), KEY, "house") for kind in (Kind.OPEN, Kind.CLICK))
    assert opened[:3] != clicked[:3]
    assert tokens.read(opened[:2] + clicked[2:], KEY, "house") is None


@pytest.mark.parametrize("token", [Token(Kind.OPEN, 0), Token(Kind.CLICK, 1 << 48), Token(Kind.CLICK, 1, 1 << 16)])
def test_numbers_that_do_not_fit_make_no_token(token: Token) -> None:
    with pytest.raises(ValueError, match="no token holds"):
        tokens.write(token, KEY, "house")


def test_a_fingerprint_tells_keys_and_houses_apart_and_holds_no_key() -> None:
    ours = tokens.fingerprint(KEY, "house")
    assert len({ours, tokens.fingerprint("x" * 43, "house"), tokens.fingerprint(KEY, "other")}) == 3
    assert len(ours) == 16
