"""Customers' text on a terminal, in a header, on the wire, in a search."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.safe_text import BROKEN, fold, header_text, safe_text, storable, wire_text

HOSTILE = st.text(
    st.one_of(
        st.characters(codec=None, categories=None),
        st.sampled_from(
            "\x1b[]\\;?=\x07\x9b\x9d\r\n\t\u2028\u202e\u2066\u200d\u200c\u200b\ufe0f\u0301\ud800\U000e0041"
        ),
    ),
    max_size=80,
)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("São Paulo – R$ 7.500 ✓ 日本", "São Paulo – R$ 7.500 ✓ 日本"),
        ("", ""),
        ("\x1b]52;c;aGk=\x07", f"{BROKEN}]52;c;aGk={BROKEN}"),
        ("\x1b[2J\x1b[H", f"{BROKEN}[2J{BROKEN}[H"),
        ("\x9b2J\x9d0;x\x9c", f"{BROKEN}2J{BROKEN}0;x{BROKEN}"),
        ("a\x00b\x7f", f"a{BROKEN}b{BROKEN}"),
        ("one\r\ntwo\u2028three\x85four", "one two three four"),
        ("a\tb", "a b"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("\u2067x\u2069", "x"),
        ("Ma\u200bri\u2060a\ufeff", "Maria"),
        ("soft\u00adhyphen", "softhyphen"),
        ("❤\ufe0f", "❤"),
        ("👨\u200d👩", "👨👩"),
        ("\ud83d", BROKEN),
        ("\U0010eeee", BROKEN),
        ("\ue000", BROKEN),
        ("\uffff", BROKEN),
        ("[@click=app.quit]a[/]b", "[@click=app.quit]a[/]b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 4),
        ("\u0301x", "x"),
        ("\u3164", " "),
        ("a\u00a0b", "a b"),
        ("\U000e0041\U000e0042", ""),
    ],
)
def test_text_is_harmless_on_one_line_of_a_terminal(given_text: str, shown: str) -> None:
    assert safe_text(given_text) == shown


def test_nothing_reads_as_no_text() -> None:
    assert safe_text(None) == ""


def test_lines_are_kept_where_asked_for() -> None:
    assert safe_text("a\r\nb\rc\u2029d\te", lines=True) == "a\nb\nc\nd    e"


@given(HOSTILE)
def test_whatever_comes_nothing_steers_the_terminal(text: str) -> None:
    shown = safe_text(text)
    shown.encode()
    for at, char in enumerate(shown):
        category = unicodedata.category(char)
        joins = char in "\u200c\u200d" and 0 < at < len(shown) - 1
        visible = char in "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
        assert category not in ("Cc", "Cs", "Co", "Zl", "Zp") and (category != "Cf" or joins or visible)
    assert "\n" not in shown
    assert safe_text(shown) == shown


@given(HOSTILE)
def test_lines_differ_only_by_their_breaks(text: str) -> None:
    assert safe_text(text, lines=True).replace("    ", " ").replace("\n", " ") == safe_text(text).replace("    ", " ")


@given(st.text(st.characters(categories=("L", "N", "P", "S"), max_codepoint=0x2FF)))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Order 1001", "Order 1001"),
        ("Olá, ❤️ São João", "Olá, ❤️ São João"),
        ("=?utf-8?q?x=0d=0aBcc:_y?=", "= ?utf-8?q?x=0d=0aBcc:_y?="),
        ("=\x00?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("=\u2066?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("=\r\n?utf-8", "= ?utf-8"),
        ("==??", "== ??"),
        ("a\r\nBcc: evil@x.example", "a Bcc: evil@x.example"),
        ("a\u2028b\x85c\x0bd", "a b c d"),
        ("\ud800", BROKEN),
        ("  x \n", "x"),
    ],
)
def test_a_header_holds_one_line_and_no_encoded_word(name: str, value: str) -> None:
    assert header_text(name) == value


@given(HOSTILE)
def test_no_text_makes_a_second_header(text: str) -> None:
    value = header_text(text)
    assert "=?" not in value
    assert len(value.splitlines()) <= 1
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in value)
    assert header_text(value) == value


@given(HOSTILE)
def test_a_header_reads_back_as_it_was_written(text: str) -> None:
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = header_text(text)
    mail.set_content("x")
    back = message_from_bytes(mail.as_bytes(), policy=policy.SMTP)
    assert set(back.keys()) == {"Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


def test_a_message_leaves_without_control_characters() -> None:
    assert wire_text("a\x1b[2Jb\r\nc\td\x00\x85e\ud800") == "a[2Jb\nc\td\ne" + BROKEN


def test_a_database_can_keep_it() -> None:
    assert storable("a\x00b\udfffc\nd") == f"a{BROKEN}b{BROKEN}c\nd"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("SÃO PAULO", "sao paulo"),
        ("Ação", "acao"),
        ("Straße", "strasse"),
        ("ﬁm", "fim"),
        ("Łódź Øre", "lodz ore"),
        ("İstanbul", "istanbul"),
        ("Ma\u200bria\u202e", "maria"),
        ("a\tb\nc", "a b c"),
        ("日本", "日本"),
        ("\ud800x", BROKEN + "x"),
    ],
)
def test_case_accents_and_invisible_characters_do_not_count_in_a_search(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(HOSTILE)
def test_folding_again_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    folded.encode()


@given(st.text(st.characters(categories=("L", "Zs"), max_codepoint=0x17F)))
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
