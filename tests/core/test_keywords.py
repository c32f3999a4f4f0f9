"""Whole words by Unicode, and the patterns that clients' texts may meet."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import keywords, patterns
from core.errors import BadInput

WORDS = [
    ("", ()),
    (" \n\t.,;!? — … _", ()),
    ("Entregar o pedido amanhã!", ("Entregar", "o", "pedido", "amanhã")),
    ("amanha\u0303", ("amanhã",)),
    ("pedido_1001/2", ("pedido", "1001", "2")),
    ("guarda-chuva d’água don't", ("guarda", "chuva", "d", "água", "don", "t")),
    ("R$ 1.250,50 + 5€", ("R", "$", "1", "250", "50", "+", "5", "€")),
    ("C++ c#", ("C", "+", "+", "c")),
    ("so\u00adft a\u200bb \u202ey", ("soft", "a", "b", "y")),
    ("ok👍👍🏽", ("ok", "👍", "👍🏽")),
    ("❤️ ❤", ("❤", "❤")),
    ("👩\u200d👩\u200d👧!", ("👩👩👧",)),
    ("1\ufe0f\u20e3", ("1\u20e3",)),
    ("我要订单 お願い", ("我", "要", "订", "单", "お", "願", "い")),
    ("カタログ 주문", ("カタログ", "주문")),
    ("हिन्दी में", ("हिन्दी", "में")),
    ("ที่นี่", ("ที่", "นี่")),
    ("\u0301x", ("\u0301x",)),
    ("x\0y", ("x", "y")),
]


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert keywords.words(text) == expected


@pytest.mark.parametrize(
    ("wanted", "text", "options", "found"),
    [
        ("sim!", "sim", {}, True),
        ("guarda chuva", "um guarda-chuva", {}, True),
        ("100", "1000", {}, False),
        ("…", "bem…", {}, True),
        ("…", "bem", {}, False),
        ("STRASSE", "straße", {"ignore_case": True}, True),
        ("istanbul", "İSTANBUL", {"ignore_case": True, "ignore_accents": True}, True),
        ("coração", "CORACAO", {"ignore_case": True, "ignore_accents": True}, True),
        ("coração", "CORACAO", {"ignore_case": True}, False),
    ],
)
def test_occurrence(wanted: str, text: str, options: dict[str, bool], found: bool) -> None:
    assert keywords.occurs(wanted, text, **options) is found


TEXTS = st.text(st.sampled_from("aAáãbß1². -_'’👍🏽\u200d\ufe0f中あนी\u0303\u0301\u00ad\u200b+$"), max_size=12)


@given(TEXTS, TEXTS, st.booleans(), st.booleans())
def test_a_text_occurs_where_its_words_are_one_run_of_words(wanted: str, text: str, case: bool, accents: bool) -> None:
    options = {"ignore_case": case, "ignore_accents": accents}
    sought, said = keywords.words(wanted, **options), keywords.words(text, **options)
    starts = range(len(said) - len(sought) + 1)
    if sought:
        assert keywords.occurs(wanted, text, **options) == any(said[at : at + len(sought)] == sought for at in starts)


@given(TEXTS, st.sampled_from(("NFC", "NFD")))
def test_words_do_not_depend_on_how_accents_are_written(text: str, form: Literal["NFC", "NFD"]) -> None:
    other = unicodedata.normalize(form, text)
    assert keywords.words(other) == keywords.words(text)
    assert keywords.words(f"a {other} b") == ("a", *keywords.words(text), "b")


@given(TEXTS)
def test_a_text_occurs_in_itself_and_between_others(text: str) -> None:
    assert keywords.occurs(text, text)
    assert keywords.occurs(text, f"um, {text}, dois")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "it cannot be read: unclosed group"),
        ("[a", "it cannot be read: unclosed character class"),
        (r"(?=a)", "it cannot be read: look-around, including look-ahead and look-behind, is not supported"),
        (r"(a)\1", "it cannot be read: backreferences are not supported"),
        ("a" * 1_001, "it is longer than 1000 characters"),
        ("(.{0,100}){100}", "with its repetitions written out it is longer than 1000 characters"),
        ("(?:a{40}){40}", "with its repetitions written out it is longer than 1000 characters"),
        ("a{999999999999}", "with its repetitions written out it is longer than 1000 characters"),
        (r"\w{900}", "it cannot be read: Compiled regex exceeds size limit of 10485760 bytes."),
    ],
)
def test_patterns_that_cannot_be_used(pattern: str, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        patterns.compiled(pattern)
    assert refused.value.words.english() == why


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("", "", True),
        ("a{100}b{100}(c{10}){10}", "a" * 100 + "b" * 100 + "c" * 100, True),
        (r"[{100}]{5}\{100}", "{100}{100}", True),
        (r"^\w+ \d$", "maçã 7", True),
        (r"^\w+ \d$", "maçã 7\n", False),
        ("a$", "a\n", False),
        ("É", "é", False),
        ("(?i)É", "é", True),
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    assert patterns.compiled(pattern)(text) is found
