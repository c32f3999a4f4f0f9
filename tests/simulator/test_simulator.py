"""The deterministic simulator: seeds by the thousand, every invariant, every planted bug."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.simulator import houses, script
from tests.simulator.planted import LATELY, PLANTED
from tests.simulator.planted_events import PLANTED_EVENTS
from tests.simulator.planted_talk import PLANTED_TALK
from tests.simulator.planted_waits import PLANTED_WAITS

SEEDS = int(os.environ.get("FUNIL_SEEDS", "1000"))
CHUNKS = 16
WITHIN = 1000
BUGS = {**PLANTED, **PLANTED_TALK, **PLANTED_EVENTS, **PLANTED_WAITS}


@pytest.fixture(scope="module", autouse=True)
def _houses() -> None:
    """Make every house before any bug is planted: they are kept for the whole process."""
    for variant in range(houses.HOUSES):
        houses.house(variant)


@pytest.fixture(autouse=True)
def _loop() -> Iterator[None]:
    yield
    script.close_loop()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_seed_breaks_an_invariant(chunk: int) -> None:
    for seed in range(chunk, SEEDS, CHUNKS):
        world = script.play(seed)
        assert not world.broken, f"python -m tests.simulator {seed}\n" + "\n".join(world.trace[-40:])


def test_a_seed_tells_the_same_story_twice() -> None:
    for seed in range(20):
        assert script.play(seed).trace == script.play(seed).trace


@pytest.mark.parametrize("invariant", BUGS)
def test_a_planted_bug_is_found(invariant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, sign = BUGS[invariant]
    plant(monkeypatch)
    for seed in (LATELY.get(invariant, 0), *range(WITHIN)):
        world = script.play(seed)
        if any(sign in problem for problem in world.broken):
            return
    pytest.fail(f"no seed of {WITHIN} found it")


EVENTS = (
    "crash before commit",
    "crash after commit",
    "crash around a send",
    "deferred",
    "rejected",
    "unknown",
    "misconfigured",
    "refused",
    "undo",
    "after claim",
    "before a send",
    "in the middle of a send",
    "before finish",
    "stands still",
    "takes over",
    "the disk is full",
    "cannot be opened",
    "pause",
    "the line of mail breaks",
    "receipt",
    "asked of",
    "redo",
    "stop",
    "run now",
    "retry",
    "cancel",
    " off",
    "apply",
    "serves",
    "hangs",
    "ends",
    "writes text",
    "follows an invitation",
    "answer in",
    "opts out",
    "the bytes of the offer are lost",
    "reported",
    "after expand",
    "after match",
    "after fire",
    "email_opened M",
    "writes a mail",
    "nothing happens for",
    "mark D",
)


def test_the_stories_are_worth_telling() -> None:
    """The seeds reach what they are for: deaths, sleep past a lease, a full disk, a person who acts at any point."""
    missing = list(EVENTS)
    for seed in range(250):
        told = "\n".join(script.play(seed).trace)
        missing = [event for event in missing if event not in told]
        if not missing:
            break
    assert missing == []
