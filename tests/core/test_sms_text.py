"""Encoding and parts of an SMS, against the standard's table and a second way to count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sms_text import GSM7, UCS2, measure, transliterate

# 3GPP TS 23.038, 6.2.1: the default alphabet in the order of its codes 0x00 to 0x7F; 0x1B is the escape.
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}


def test_the_default_alphabet_has_128_places() -> None:
    assert len(TABLE) == len(set(TABLE)) == 128


@pytest.mark.parametrize("char", [char for char in TABLE if char != "\x1b"])
def test_each_character_of_the_table_is_one_septet(char: str) -> None:
    assert measure(char * 160) == (GSM7, 1, 160)
    assert measure(char * 161) == (GSM7, 2, 161)


@pytest.mark.parametrize("char", EXTENSION)
def test_each_character_of_the_extension_is_two_septets(char: str) -> None:
    assert measure(char * 80) == (GSM7, 1, 80)
    assert measure(char * 81) == (GSM7, 2, 81)


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", GSM7, 0),
        ("a" * 160, GSM7, 1),
        ("a" * 161, GSM7, 2),
        ("a" * 306, GSM7, 2),
        ("a" * 307, GSM7, 3),
        ("a" * 152 + "€" + "a" * 10, GSM7, 2),
        ("a" * 152 + "€" + "a" * 151, GSM7, 2),
        ("a" * 152 + "€" + "a" * 152, GSM7, 3),
        ("Ç", GSM7, 1),
        ("ç", UCS2, 1),
        ("ã", UCS2, 1),
        ("\x1b", UCS2, 1),
        ("á" * 70, UCS2, 1),
        ("á" * 71, UCS2, 2),
        ("á" * 134, UCS2, 2),
        ("á" * 135, UCS2, 3),
        ("😀" * 35, UCS2, 1),
        ("😀" * 36, UCS2, 2),
        ("á" * 66 + "😀" + "á" * 66, UCS2, 3),
        ("R$ 7.500,00 não", UCS2, 1),
    ],
)
def test_parts_of_a_text(text: str, encoding: str, segments: int) -> None:
    assert measure(text) == (encoding, segments, len(text))


def _encoded_parts(text: str) -> list[bytes]:
    """Cut a text by encoding it for real: a list of parts as septets or as UTF-16 units, two bytes each."""
    units: list[bytes] = []
    if all(char in TABLE.replace("\x1b", "") or char in EXTENSION for char in text):
        whole, part = 160, 153
        units = [bytes([0x1B, EXTENSION[c]]) if c in EXTENSION else bytes([TABLE.index(c)]) for c in text]
        width = 1
    else:
        whole, part = 70, 67
        units = [char.encode("utf-16-be") for char in text]
        width = 2
    if len(b"".join(units)) <= whole * width:
        return [b"".join(units)] if units else []
    parts: list[bytes] = []
    while units:
        taken = 0
        while taken < len(units) and len(b"".join(units[: taken + 1])) <= part * width:
            taken += 1
        parts.append(b"".join(units[:taken]))
        units = units[taken:]
    return parts


GSM_TEXT = st.text(st.sampled_from(TABLE.replace("\x1b", "") + "".join(EXTENSION) * 3), max_size=400)
ANY_TEXT = st.text(st.one_of(st.sampled_from("abcção€[😀𝒳é"), st.characters(codec="utf-8")), max_size=300)


@given(st.one_of(GSM_TEXT, ANY_TEXT))
def test_counting_agrees_with_cutting(text: str) -> None:
    assert measure(text).segments == len(_encoded_parts(text))


@given(ANY_TEXT)
def test_a_longer_text_never_takes_fewer_parts(text: str) -> None:
    assert measure(text + "a").segments >= measure(text).segments


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Não há cartões, João!", "Nao ha cartoes, Joao!"),
        ("ç Ç é", "c Ç é"),
        ("“oi” – tudo…", '"oi" - tudo...'),
        ("R$\u00a010", "R$ 10"),
        ("a\u0303", "a"),
        ("10 €", "10 €"),
        ("日 😀", "日 😀"),
    ],
)
def test_transliteration_takes_what_comes_closest(text: str, plain: str) -> None:
    assert transliterate(text) == plain


def test_an_ordinary_portuguese_text_fits_one_part_when_transliterated() -> None:
    text = (
        "Olá Maria, seu pedido já está a caminho. A previsão de entrega é amanhã até às 18h. "
        "Dúvidas? Responda esta mensagem. Até já, João - Loja Açaí!"
    )
    assert measure(text)[:2] == (UCS2, 3)
    assert measure(transliterate(text))[:2] == (GSM7, 1)


@given(GSM_TEXT)
def test_what_gsm_has_is_left_alone(text: str) -> None:
    assert transliterate(text) == text
