"""docs/ADAPTERS.md tells what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.registry import BUILT_IN, Registry
from adapters.simulated import magic
from core.model.delivery import Outcome, OutcomeKind

TEXT = (Path(__file__).parents[2] / "docs" / "ADAPTERS.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([^`]+)` \| (.+?) \|$", TEXT, re.MULTILINE))
MAGIC: dict[str, Outcome | None] = {**magic.MAILBOXES, **magic.NUMBERS}


@pytest.mark.parametrize("recipient", sorted(MAGIC))
def test_the_magic_recipients_are_told(recipient: str) -> None:
    outcome = MAGIC[recipient] or Outcome(kind=OutcomeKind.ACCEPTED)
    assert ROWS[recipient].startswith(outcome.kind.value)
    assert outcome.reason is None or f"`{outcome.reason}`" in ROWS[recipient]


CALLS = {**magic.CALLS, magic.LATER: magic.CALLS["+15005550010"]}


@pytest.mark.parametrize("number", sorted(CALLS))
def test_what_calling_a_magic_number_brings_about_is_told(number: str) -> None:
    told = ROWS[number].partition(" | ")[2]
    assert told.startswith(CALLS[number].kind.value)
    assert CALLS[number].reason is None or f"`{CALLS[number].reason}`" in told


@pytest.mark.parametrize("name", sorted(magic.AUDIO))
def test_the_magic_audio_files_are_told(name: str) -> None:
    assert f"`{name}.mp3`" in TEXT


def test_no_magic_recipient_is_told_that_there_is_not() -> None:
    assert {r for r in ROWS if r.startswith("+")} == {*magic.NUMBERS, *CALLS}


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_adapter_is_told_with_its_settings(name: str) -> None:
    model = Registry().settings_model(name)
    assert model is not None
    for setting in model.model_fields:
        assert f"`{setting}`" in ROWS[name]
