"""The art of keeping files: what becomes of hostile names, what is known of a content."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import files
from core.errors import BadInput
from core.model.file import NewFile

RTL = "\u202e"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("catalogue.pdf", "catalogue.pdf"),
        ("Catálogo de verão 2027.pdf", "Catálogo de verão 2027.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\proposta.docx", "proposta.docx"),
        ("folder/", "folder"),
        ("..", "file"),
        ("/", "file"),
        ("", "file"),
        ("   ", "file"),
        (".bashrc", "bashrc"),
        ("nota\r\nBcc: todos@x.example\r\n.pdf", "nota Bcc_ todos@x.example .pdf"),
        ("a\x00b\x1b[31m.pdf", "ab[31m.pdf"),
        (f"fatura{RTL}fdp.exe", "faturafdp.exe"),
        ("inv\u200boice\ufeff.pdf", "invoice.pdf"),
        ("=?utf-8?q?x=0d=0aBcc:_y?=.pdf", "=_utf-8_q_x=0d=0aBcc__y_=.pdf"),
        ('a"b<c>d|e?f*.pdf', "a_b_c_d_e_f_.pdf"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("console.log", "console.log"),
        ("report.pdf. .", "report.pdf"),
        ("half \ud800 pair.txt", "half pair.txt"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
    ],
)
def test_a_name_is_cleaned(given_name: str, kept: str) -> None:
    assert files.clean_name(given_name) == kept


@pytest.mark.parametrize("letter", ["x", "ç", "語", "😀"])
def test_a_long_name_keeps_its_ending(letter: str) -> None:
    name = files.clean_name(letter * 500 + ".pdf")
    assert name.endswith(".pdf")
    assert len(name) <= 120
    assert len(name.encode()) <= 200


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_is_harmless_and_stays_so(text: str) -> None:
    name = files.clean_name(text)
    assert name == files.clean_name(name)
    assert 0 < len(name) <= 121
    assert not set(name) & set('/\\<>:"|?*\r\n\t\0')
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in name)
    assert name == name.strip(" ")
    assert not name.startswith(".")
    assert not name.endswith(".")
    name.encode()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.pdf", "application/pdf"),
        ("a.PDF", "application/pdf"),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.jpg", "image/jpeg"),
        ("a.csv", "text/csv"),
        ("a.mp4", "video/mp4"),
        ("a.eml", "application/octet-stream"),
        ("a.exe", "application/octet-stream"),
        ("pdf", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_a_media_type_is_known_by_the_ending_or_not_at_all(name: str, kind: str) -> None:
    assert files.media_type_of(name) == kind


def test_a_file_is_described_by_its_content() -> None:
    assert files.described(NewFile("../a.txt", b"abc")) == {
        "name": "a.txt",
        "digest": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "size": 3,
        "media_type": "text/plain",
    }


def test_a_file_that_is_too_large_is_refused_in_megabytes() -> None:
    files.described(NewFile("a.bin", bytes(files.LARGEST)))
    with pytest.raises(BadInput, match=r"“a\.bin” has 26 MB; a file may have 25 MB at most"):
        files.described(NewFile("a.bin", bytes(files.LARGEST + 1)))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("a" * 64, True), ("A" * 64, False), ("a" * 63, False), ("a" * 64 + "\n", False), (None, False), (5, False)],
)
def test_only_a_digest_is_a_digest(text: object, is_one: bool) -> None:
    assert files.is_digest(text) is is_one
