"""The invitation's token: its form, and that no two are alike."""

from __future__ import annotations

import re
from random import Random, SystemRandom

import pytest

from adapters.steady import Steady
from core.rules.invite import new_token

FORM = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What Telegram takes behind ``?start=``."""


@pytest.mark.parametrize("rng", [Random(1), SystemRandom(), Steady()], ids=["seeded", "the system's", "always alike"])
def test_no_two_runs_have_the_same_token(rng: Random) -> None:
    tokens = [new_token(rng, run) for run in range(1, 2000)]
    assert all(FORM.fullmatch(token) for token in tokens)
    assert len(set(tokens)) == len(tokens)


def test_luck_makes_other_tokens_of_the_same_run() -> None:
    assert len({new_token(SystemRandom(), 1) for _ in range(1000)}) == 1000
