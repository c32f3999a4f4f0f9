"""The text part of an HTML mail, and the HTML of a plain one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.html_text import is_html, to_html, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>Maria</b>,</p><p>thanks.</p>", "Hello Maria,\n\nthanks."),
        ("a<br>b<br/>c<br><br>d", "a\nb\nc\n\nd"),
        ("<p>  much \n  space\t here </p>", "much space here"),
        ("<b>a</b> <i>b</i>", "a b"),
        ("Tom &amp; Jerry &lt;3 &eacute; &#233; &nbsp;x", "Tom & Jerry <3 é é \u00a0x"),
        ('see <a href="https://x.example/a?b=1&amp;c=2">here</a>.', "see here (https://x.example/a?b=1&c=2)."),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="https://x.example"><img src="a.png" alt="Shop"></a>', "Shop (https://x.example)"),
        ('<a href="https://x.example"><img src="a.png"></a>', "https://x.example"),
        ('<a href="mailto:oi@x.example">oi@x.example</a>', "oi@x.example"),
        ('<a href="mailto:oi@x.example">write</a>', "write (oi@x.example)"),
        ('<a href="javascript:alert(1)">no</a> <a href="#top">top</a> <a>none</a>', "no top none"),
        ("<ul><li>one</li><li>two</li></ul>after", "- one\n- two\n\nafter"),
        ("<ol><li>one<li>two</ol>", "1. one\n2. two"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><th>3</th><td>4</td></tr></table>", "1 | 2\n3 | 4"),
        ("<h1>Order</h1>text<hr>end", "Order\n\ntext\n--------------------\nend"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("<style>p {color: red}</style><script>alert(1)</script><p>x</p><!-- hidden -->", "x"),
        ("<html><head><title>T</title></head><body>x</body></html>", "x"),
        ("<head><title>T</title><body>x", "x"),
        ("<![if !mso]>x<![endif]>y", "xy"),
        ("<div><div>a</div></div><div>b</div>", "a\nb"),
        ("</p></ul></a>x", "x"),
        ("<p>1 < 2</p>", "1 < 2"),
        ("", ""),
    ],
)
def test_what_a_reader_without_html_sees(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello", "<p>Hello</p>"),
        ("a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>"),
        ("1 < 2 & \"x\" <b>", "<p>1 &lt; 2 &amp; &quot;x&quot; &lt;b&gt;</p>"),
        ("see https://x.example/a?b=1&c=2.", '<p>see <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.</p>'),
        ("(https://x.example)", '<p>(<a href="https://x.example">https://x.example</a>)</p>'),
        ('https://x.example/"onclick="x', '<p><a href="https://x.example/">https://x.example/</a>&quot;onclick=&quot;x</p>'),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("", ""),
        ("\n\n", ""),
    ],
)  # fmt: skip
def test_plain_text_becomes_html(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Hello {{ contact.name }}", False),
        ("<p>Hello</p>", True),
        ("a<br>b", True),
        ("a <br/> b", True),
        ("<!DOCTYPE html><html>", True),
        ("<H1 class='x'>a</H1>", True),
        ("1 < 2 and 3 > 2, I <3 you", False),
        ("write to <maria@cliente.example>", False),
        ("{{ '<b>' }} {% if deal.title == '<p>' %}x{% endif %}", False),
        ("<beta> and <price>", False),
        ("<!-- note -->", True),
        ("", False),
    ],
)
def test_only_a_tag_in_the_source_makes_a_body_html(source: str, html: bool) -> None:
    assert is_html(source) is html


@given(st.text(st.sampled_from("ab c\n<>&;/!-[]\"'=lipuod1#"), max_size=80))
def test_any_html_can_be_read(html: str) -> None:
    text = to_text(html)
    assert "\n\n\n" not in text or "pre" in html


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=60))
def test_plain_text_survives_the_way_there_and_back(text: str) -> None:
    line = " ".join(text.split())
    assume("://" not in line)
    assert to_text(to_html(line)) == line
