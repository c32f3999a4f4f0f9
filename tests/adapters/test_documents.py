"""Documents as PDF: what HTML becomes, that text is never code, the same bytes each time, within limits."""

from __future__ import annotations

import re

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.documents import markup
from adapters.documents.typst import Typst
from core.documents import Document, page
from core.errors import BadInput
from core.model.moment import Moment

AT = Moment(1_796_126_400_000)
TYPST = Typst()


def document(html: str, title: str = "Offer", language: str = "pt_BR") -> Document:
    return Document(html, title, language, AT)


def body(html: str) -> str:
    """Return what HTML becomes, without what stands before every document."""
    return markup.source(document(html)).split("#show link: underline\n", 1)[1]


@pytest.mark.parametrize(
    ("html", "typst"),
    [
        ("", ""),
        ("<p>Olá &amp; <b>x</b></p>", '#par[#"Olá & ";#strong[#"x";]]'),
        ("a  \n b", '#"a b";'),
        ("<p> a </p> <p>b</p>", '#par[#"a ";]#par[#"b";]'),
        ("x<br> y", '#"x";#linebreak();#"y";'),
        ("<h2>t</h2>", '#heading(level: 2)[#"t";]'),
        ("<ul><li>a<li>b</ul>", '#list([#"a";], [#"b";]);'),
        ("<ol><li>a</ol>", '#enum([#"a";]);'),
        ('<a href="https://x.example/?a=&quot;">y</a>', '#link("https://x.example/?a=\\"")[#"y";]'),
        ('<a href="javascript:alert(1)">y</a>', '#"y";'),
        ('<a href="/etc/passwd">y</a>', '#"y";'),
        ("<pre>a\n b</pre>", '#raw("a\\n b", block: true);'),
        ('<p align="center">c</p>', '#align(center)[#par[#"c";]]'),
        ('<p style="break-before: page">c</p>', '#pagebreak(weak: true);#par[#"c";]'),
        ('<div><p style="break-before: page">c</p></div>', '#block(width: 100%)[#par[#"c";]]'),
        ('x<script>y</script><style>z</style><img src="https://x.example/y.png" alt="w">', '#"x";'),
        (
            "<table><tr><th>a<td colspan=9>b<tr><td style='text-align:right'>c</table>",
            '#table(columns: 10, table.cell(colspan: 1)[#strong[#"a";]], table.cell(colspan: 9)[#"b";], '
            'table.cell(colspan: 1, align: right)[#"c";], [], [], [], [], [], [], [], [], []);',
        ),
        ("<table border=0><tr><td>a</table>", '#table(columns: 1, stroke: none, table.cell(colspan: 1)[#"a";]);'),
        ("<table></table>", ""),
        ("<unknown>x</unknown>", '#"x";'),
        ('#set page(1) [x] $y$ \\ "q" */', '#"#set page(1) [x] $y$ \\\\ \\"q\\" */";'),
    ],
)
def test_what_html_becomes(html: str, typst: str) -> None:
    assert body(html) == typst


@given(st.text(max_size=60))
def test_a_text_is_one_string_and_nothing_else(text: str) -> None:
    made = markup.literal(text)
    assert re.fullmatch(r'"(?:[^"\\\x00-\x1f]|\\["\\nt])*"', made)


TAGS = "p b i u div table tr td th ul ol li a pre h1 br hr blockquote sup small span center code".split()


@given(
    st.recursive(
        st.sampled_from(["x", ' ]#")(', "\\", "# ;", "é[", "漢"]),
        lambda inner: st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=4)).map(
            lambda each: f"<{each[0]} href='https://x.example/' style='text-align:right'>{''.join(each[1])}</{each[0]}>"
        ),
        max_leaves=12,
    )
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_whatever_stands_in_whatever_can_be_typeset(html: str) -> None:
    assert TYPST.pdf(document(html)).startswith(b"%PDF-")


def test_the_same_document_is_the_same_bytes_and_tells_no_time_but_its_own() -> None:
    given_ = document(page("<h1>Proposta</h1><p>ção</p>", "Proposta", "pt_BR"), title="Proposta")
    made = TYPST.pdf(given_)
    assert made == Typst().pdf(given_)
    assert set(re.findall(rb"D:(\d{8,14})", made)) == {b"20261201120000"}


@pytest.mark.parametrize("text", ["Ação", "Привет", "Ελληνικά", "שלום", "مرحبا", "€✓"])
def test_letters_of_many_scripts_have_a_shape(text: str) -> None:
    compiler = typst.Compiler(b"", font_paths=typst.Fonts(include_system_fonts=False), ignore_system_fonts=True)
    (drawn,) = [compiler.compile(markup.source(document(f"<p>{text}</p>")).encode(), format="svg")]
    assert isinstance(drawn, bytes)
    shapes = set(re.findall(r'id="(g[0-9A-Fa-f]+)"', drawn.decode()))
    assert len(shapes) >= len(set(text)), "what a font has not is one box for all"


@pytest.mark.parametrize(
    "html",
    ["<b>x</b>" * (markup.MOST + 1), "<table>" + "<tr><td>x" * (markup.MOST + 1) + "</table>"],
    ids=["elements", "cells"],
)
def test_too_much_is_refused(html: str) -> None:
    with pytest.raises(BadInput) as caught:
        TYPST.pdf(document(html))
    assert str(markup.MOST) in caught.value.words.english()


def test_a_document_nested_without_end_is_flattened() -> None:
    assert TYPST.pdf(document("<div>" * 3000 + "deep")).startswith(b"%PDF-")


@pytest.mark.parametrize("language", ["", "en", "pt_BR", '"); #read("x', "zzzz"])
def test_any_language_can_be_named(language: str) -> None:
    assert TYPST.pdf(document("<p>x</p>", title='"] #x', language=language)).startswith(b"%PDF-")
