"""Sentences that are stored once and read in any language, on any clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core import i18n, words
from core.model.moment import parse_iso
from core.words import At, Words

NOON = Words("due at {due}", {"due": At(parse_iso("2026-12-01T12:00Z"))})


@pytest.fixture(autouse=True)
def nobodys_clock() -> Iterator[None]:
    before = i18n.zone()
    i18n.use_zone("")
    yield
    i18n.use_zone(before)


@pytest.mark.parametrize("kept", [NOON, words.load(NOON.dump())], ids=["as made", "as stored"])
@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("", "due at 2026-12-01T12:00:00Z"),
        ("America/Sao_Paulo", "due at 2026-12-01 09:00"),
        ("Asia/Tokyo", "due at 2026-12-01 21:00"),
    ],
)
def test_a_moment_is_shown_on_the_readers_clock(kept: Words, zone: str, shown: str) -> None:
    i18n.use_zone(zone)
    assert kept.local() == shown


def test_programs_read_it_in_utc_whoever_looks() -> None:
    i18n.use_zone("Asia/Tokyo")
    assert NOON.english() == "due at 2026-12-01T12:00:00Z"


def test_a_sentence_inside_a_sentence_has_the_same_clock() -> None:
    i18n.use_zone("Asia/Tokyo")
    outer = words.load(Words("no: {why}", {"why": NOON}).dump())
    assert (outer.local(), outer.english()) == ("no: due at 2026-12-01 21:00", "no: due at 2026-12-01T12:00:00Z")
