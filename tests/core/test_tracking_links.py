"""The links of a mail: which are followed, and that nothing but their addresses changes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from core import html_text, tracking
from core.errors import BadInput
from core.model.delivery import Channel, Message
from core.tokens import Kind

GATE = "https://t.loja.example"


def token(kind: Kind, link: int) -> str:
    return f"{kind.value.decode()}{link:023}"


def message(html: str, *, clicks: bool = True, opens: bool = False, gateway: str | None = GATE) -> Message:
    data = {"html": html, **tracking.noted(html, gateway, clicks=clicks, opens=opens)}
    return Message(channel=Channel.EMAIL, to="maria@cliente.example", text="", data=data)


def out(html: str, *, clicks: bool = True, opens: bool = False) -> str:
    return str(tracking.tracked(message(html, clicks=clicks, opens=opens), token).data["html"])


def to(number: int) -> str:
    return f"{GATE}/c/{token(Kind.CLICK, number)}"


FOLLOWED: dict[str, tuple[str, Sequence[str]]] = {
    "a plain link": ('<a href="https://x.example/a">x</a>', ["https://x.example/a"]),
    "http too": ('<a href="http://x.example">x</a>', ["http://x.example"]),
    "single quotes": ("<a class='b' href='https://x.example/a'>x</a>", ["https://x.example/a"]),
    "no quotes": ("<a href=https://x.example/a?b=c class=d>x</a>", ["https://x.example/a?b=c"]),
    "no quotes, a slash at the end": ("<a href=https://x.example/>x</a>", ["https://x.example/"]),
    "capitals and blanks": ('<A\n  CLASS="b"\tHREF = "HTTPS://X.example/A"  >x</A>', ["HTTPS://X.example/A"]),
    "a closed tag": ('<a href="https://x.example"/>', ["https://x.example"]),
    "an area of a map": ('<map><area shape="rect" href="https://x.example/m"></map>', ["https://x.example/m"]),
    "entities": ('<a href="https://x.example/?a=1&amp;b=2&#38;c=3">x</a>', ["https://x.example/?a=1&b=2&c=3"]),
    "an entity for every letter": ('<a href="&#104;ttps&colon;&sol;&sol;x.example">x</a>', ["https://x.example"]),
    "no entities": ('<a href="https://x.example/?a=1&copy=2&reg3=3&lt;4">x</a>', ["https://x.example/?a=1&copy=2&reg3=3<4"]),
    "blanks around and inside": ('<a href=" https://x.exam\nple/a \t">x</a>', ["https://x.example/a"]),
    "the other attribute first": ("<a title='href=\"https://no.example\"' href='https://x.example'>", ["https://x.example"]),
    "a tag sign within quotes": ('<a title=">" href="https://x.example">x</a>', ["https://x.example"]),
    "of a doubled attribute the first": ('<a href="https://x.example" href="https://y.example">', ["https://x.example"]),
    "Outlook's shown section": ("<![if !mso]><a href='https://x.example'>x</a><![endif]>", ["https://x.example"]),
    "after Outlook's hidden section": (
        '<!--[if mso]><v:roundrect href="https://no.example"><a href="https://no.example">x</a><![endif]-->'
        '<a href="https://x.example">x</a>',
        ["https://x.example"],
    ),
    "the same twice": (
        '<a href="https://x.example/?a&amp;b">1</a><a href="https://y.example">2</a><a href="https://x.example/?a&b">3</a>',
        ["https://x.example/?a&b", "https://y.example"],
    ),
    "letters beyond ASCII": ('<a href="https://açaí.example/olá?q=ç">x</a>', ["https://açaí.example/olá?q=ç"]),
    "a port and a fragment": ('<a href="https://x.example:8443/a#b">x</a>', ["https://x.example:8443/a#b"]),
    "under a base": ('<base href="https://b.example/"><a href="/c">c</a><a href="https://x.example">', ["https://x.example"]),
    "a gateway's neighbour": (f'<a href="{GATE}.evil.example/c/x">x</a>', [f"{GATE}.evil.example/c/x"]),
    "no space between attributes": ('<a class="b"href="https://x.example">x</a>', ["https://x.example"]),
    "an unclosed link": ('<a href="https://x.example">x', ["https://x.example"]),
}  # fmt: skip


@pytest.mark.parametrize("what", FOLLOWED)
def test_these_links_are_followed(what: str) -> None:
    html, addresses = FOLLOWED[what]
    assert tracking.addresses(html, GATE) == addresses
    assert message(html).data["tracking"]["links"] == addresses
    numbers = {address: number for number, address in enumerate(addresses, 1)}
    seen = [node.attributes.get("href") for node in LexborHTMLParser(out(html)).css("a, area")]
    followed = [href for href in seen if href and href.startswith(f"{GATE}/c/") and "evil" not in href]
    assert followed == [to(numbers[link.address]) for link in tracking.links(html, GATE)]


LEFT_ALONE = [
    '<a href="mailto:oi@x.example?subject=https://x.example">x</a>',
    '<a href="tel:+5511987650001">x</a>',
    '<a href="sms:+5511987650001">x</a>',
    '<a href="#top">x</a><a name="top" href="">x</a><a>x</a><a href>x</a>',
    '<a href="/relative">x</a><a href="//x.example/a">x</a><a href="x.html">x</a>',
    "<a href=\"javascript:location='https://x.example'\">x</a>",
    '<a href="ftp://x.example">x</a>',
    '<a href="https:x.example">x</a><a href="https://">x</a><a href="https:///a">x</a>',
    '<a href="https://[::1">x</a>',
    '<a data-no-track href="https://x.example">x</a>',
    '<a href="https://x.example" DATA-NO-TRACK="yes">x</a>',
    f'<a href="{GATE}/c/{"x" * 24}">tracked already</a><a href="{GATE}">x</a><a href="{GATE.upper()}/u/1">x</a>',
    '<!-- <a href="https://x.example">x</a> -->',
    '<!--[if mso]><a href="https://x.example">x</a><![endif]-->',
    "<script>document.write('<a href=\"https://x.example\">')</script>",
    "<style>a { b: '<a href=\"https://x.example\">' }</style>",
    '<link href="https://x.example/a.css"><img src="https://x.example/a.png"><form action="https://x.example">',
    '<base href="https://x.example/">',
    '<abbr href="https://x.example">x</abbr><a data-href="https://x.example" xhref="https://x.example">x</a>',
    "https://x.example and <b>https://y.example</b>",
    '</a href="https://x.example">',
    '&lt;a href="https://x.example"&gt;',
    '<a href="https://x.example',
    f'<a href="https://x.example/{"x" * 4000}">x</a>',
    "",
]


@pytest.mark.parametrize("html", LEFT_ALONE)
def test_these_stay_as_they_are(html: str) -> None:
    assert tracking.addresses(html, GATE) == []
    assert out(html) == html


def test_without_clicks_no_address_changes_and_without_opens_there_is_no_pixel() -> None:
    html = '<p><a href="https://x.example">x</a></p>'
    assert message(html, clicks=False).data["tracking"] == {
        "clicks": False, "opens": False, "gateway": GATE, "links": [],
    }  # fmt: skip
    assert out(html, clicks=False) == html
    assert "<img" not in out(html)
    assert not tracking.rewrites(message(html, clicks=False))
    assert not tracking.rewrites(message(html, opens=True, gateway=None))
    assert not tracking.rewrites(message("<p>no link</p>"))
    assert tracking.rewrites(message("<p>no link</p>", opens=True))


@pytest.mark.parametrize(
    ("html", "before"),
    [
        ("<html><body><p>x</p></body></html>", "</body>"),
        ("<HTML><BODY>x</BODY ></HTML>", "</BODY >"),
        ("<html><p>x</html>", "</html>"),
        ("<p>x</p>", ""),
        ("<body><!-- </body> --><p>x</p></body>", "</body>"),
        ("<body><script>'</body>'</script><p>x</p>", ""),
        ("<body>a</body><body>b</body>", "</body>"),
        ("", ""),
    ],
)
def test_the_pixel_stands_where_the_body_ends(html: str, before: str) -> None:
    changed = out(html, clicks=False, opens=True)
    pixel = re.compile(rf'<img src="{GATE}/o/{token(Kind.OPEN, 0)}\.gif"[^>]*>{re.escape(before)}')
    assert len(pixel.findall(changed)) == 1
    assert pixel.sub(before, changed) == html
    assert LexborHTMLParser(changed).css_first("body img") is not None


def test_the_bare_links_of_a_plain_text_are_followed_and_its_text_keeps_them() -> None:
    text = "Veja https://x.example/a?b=1&c=2.\n\nOu (https://y.example)"
    html = html_text.to_html(text)
    assert tracking.addresses(html, GATE) == ["https://x.example/a?b=1&c=2", "https://y.example"]
    changed = LexborHTMLParser(out(html))
    assert [node.attributes["href"] for node in changed.css("a")] == [to(1), to(2)]
    assert [node.text() for node in changed.css("a")] == ["https://x.example/a?b=1&c=2", "https://y.example"]


# Laws -----------------------------------------------------------------------------------------------------------------

_ADDRESS = st.sampled_from(
    ["https://x.example/a", "http://y.example/?a=1&amp;b=2", "https://z.example/é", "https://x.example", "/r", "#t",
     "mailto:a@b.example", "tel:+55", GATE + "/c/abc", "", "https://"]
)  # fmt: skip
_WRITTEN = st.tuples(_ADDRESS, st.sampled_from(['"{}"', "'{}'", "{}"])).map(lambda it: it[1].format(it[0]))
_LINK = st.tuples(
    st.sampled_from(["a", "A", "area"]),
    st.sampled_from(["", " class=b", ' title=">"', " data-no-track", "\n\tid='x'"]),
    st.sampled_from(["href", "HREF", "hreF ", "data-href"]),
    _WRITTEN,
).map(lambda it: f"<{it[0]}{it[1]} {it[2]}={it[3]} >")
_SNIPPETS = (
    "</a> <p> </p> <!-- --> <!--[if mso]> <![endif]--> <![if !mso]> <script> </script> <style> </style> </body> "
    "</html> <br/> < > \" ' & <!x <?x"
).split(" ")
_PIECE = st.one_of(_LINK, st.sampled_from([*_SNIPPETS, "\n", "\r\n", "text &amp; ç 🙂"]), st.text(max_size=6))
_HTML = st.lists(_PIECE, max_size=14).map("".join)


@given(_HTML)
@example("<a href=https://x.example/>\n<a href='https://x.example/'>")
def test_exchanging_and_putting_back_is_nothing_and_no_other_sign_changes(html: str) -> None:
    links = tracking.links(html, GATE)
    pieces, at = [], 0
    for link in links:
        pieces.append(html[at : link.start])
        at = link.end
    pieces.append(html[at:])
    numbers = {address: number for number, address in enumerate(tracking.addresses(html, GATE), 1)}
    changed = out(html)
    for piece, link in zip(pieces, links, strict=False):
        expected = piece + to(numbers[link.address])
        assert changed.startswith(expected)
        changed = changed.removeprefix(expected)
    assert changed == pieces[-1]
    assert "".join(p + html[k.start : k.end] for p, k in zip(pieces, links, strict=False)) + pieces[-1] == html


@given(_HTML)
def test_what_is_exchanged_is_not_exchanged_again(html: str) -> None:
    once = out(html)
    assert tracking.addresses(once, GATE) == []
    assert out(once) == once


_CALM = st.lists(st.one_of(_LINK, st.sampled_from(["</a>", "<p>", "</p>", "x &lt; ç", "\n"])), max_size=10).map("".join)


@given(_CALM)
def test_a_browsers_parser_sees_the_same_links(html: str) -> None:
    """What lexbor, which reads as browsers do, finds in a text is what is followed, in the same order."""
    numbers = {address: number for number, address in enumerate(tracking.addresses(html, GATE), 1)}
    before, after = LexborHTMLParser(html), LexborHTMLParser(out(html))
    for old, new in zip(before.css("*"), after.css("*"), strict=True):
        given_, got = dict(old.attributes), dict(new.attributes)
        href = given_.get("href")
        if old.tag in ("a", "area") and href in numbers and "data-no-track" not in given_:
            assert got == given_ | {"href": to(numbers[href])}
        else:
            assert (old.tag, got) == (new.tag, given_)


# The gateway's address ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://t.loja.example", "https://t.loja.example"),
        (" HTTPS://T.Loja.Example/ ", "https://t.loja.example"),
        ("https://loja.example:8443/t/", "https://loja.example:8443/t"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://10.0.0.5", "https://10.0.0.5"),
    ],
)
def test_a_gateways_address_has_one_form(text: str, address: str) -> None:
    assert tracking.check_gateway(text) == address
    assert tracking.check_gateway(address) == address


NO_GATEWAYS = [
    "", "t.loja.example", "http://t.loja.example", "http://10.0.0.5", "ftp://x.example", "https://",
    "https://a b.example", "https://u:p@x.example", "https://u@x.example", "https://x.example?a=1", "https://x.example?",
    "https://x.example/#a", "https://x.example:99999", "https://x.example:0", "https://x.example/a b",
    'https://x.example/"><b', "https://[::1", "javascript:alert(1)", "https://x.example/" + "x" * 200,
    "http://localhost.evil.example", "http://127.0.0.1.evil.example", "https://ç.example",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_GATEWAYS)
def test_what_is_no_gateways_address_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"is no address of a gateway|is not encrypted"):
        tracking.check_gateway(text)
