"""HTML as Typst writes it. Whatever is text becomes a string literal, so nothing in a document is ever code.

A part of HTML is known: headings, paragraphs, lists, tables, quotations, emphasis, links, line and page breaks. What
would fetch or run something is left out, of everything else the text remains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.documents import Document
from core.errors import BadInput
from core.i18n import N_

MOST: Final = 4000
"""Elements of one document: a table of a thousand rows of four."""
DEEPEST: Final = 24
_COLUMNS: Final = 30
_SPACE: Final = re.compile(r"[ \t\n\r\f]+")
_UNSEEN: Final = frozenset(
    "head script style template title iframe object embed svg video audio canvas img input select textarea button "
    "noscript map link meta".split()
)
_AROUND: Final[Mapping[str, str]] = {
    "b": "#strong[{}]",
    "strong": "#strong[{}]",
    "th": "#strong[{}]",
    "i": "#emph[{}]",
    "em": "#emph[{}]",
    "cite": "#emph[{}]",
    "u": "#underline[{}]",
    "ins": "#underline[{}]",
    "s": "#strike[{}]",
    "del": "#strike[{}]",
    "strike": "#strike[{}]",
    "mark": "#highlight[{}]",
    "small": "#text(size: 0.85em)[{}]",
    "sup": "#super[{}]",
    "sub": "#sub[{}]",
    "code": '#text(font: "DejaVu Sans Mono", size: 0.9em)[{}]',
    "blockquote": "#quote(block: true)[{}]",
    **{f"h{level}": f"#heading(level: {level})[{{}}]" for level in range(1, 7)},
    **dict.fromkeys("p address dt figcaption caption".split(), "#par[{}]"),
    **dict.fromkeys("div section article header footer main center dd dl figure".split(), "#block(width: 100%)[{}]"),
}
"""What stands around an element's content."""
_BLOCKS: Final = frozenset(
    "p div section article header footer main center blockquote h1 h2 h3 h4 h5 h6 ul ol table pre hr dl dt dd address "
    "figure figcaption caption body".split()
)
_SCHEMES: Final = ("http://", "https://", "mailto:", "tel:")
_ALIGN: Final = re.compile(r"text-align\s*:\s*(left|center|right)", re.IGNORECASE)
_BREAK: Final = re.compile(r"(?:page-)?break-before\s*:\s*(?:always|page)", re.IGNORECASE)
_ESCAPED: Final = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_HEAD: Final = """#set document(title: {title})
#set page(paper: "a4", margin: 2.2cm, numbering: "1 / 1")
#set text(lang: {lang}, font: ("Libertinus Serif", "DejaVu Sans Mono"), size: 11pt)
#show table: set align(left)
#show heading: set block(above: 1.2em, below: 0.8em)
#set table(stroke: 0.5pt + gray, inset: 6pt)
#show link: underline
"""


def source(document: Document) -> str:
    """Return a document as Typst's source. Raises ``BadInput`` for one with more elements than can be typeset soon."""
    lang = document.language[:2].lower()
    head = _HEAD.format(
        title=literal(document.title), lang=literal(lang if lang.isalpha() and lang.isascii() else "en")
    )
    body = LexborHTMLParser(document.html).body
    return head + (_Writer().content(body, 0) if body is not None else "")


def literal(text: str) -> str:
    """Return a text as a string of Typst's."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in '\\"':
        return "\\" + char
    return "\\n" if char == "\n" else "\\t" if char == "\t" else ""


class _Writer:
    """Writes elements down; ``_blank`` says that a blank here would be one too many."""

    def __init__(self) -> None:
        self._count = 0
        self._blank = True
        self._special: Mapping[str, Callable[[LexborNode, int], str]] = {
            "br": self._line_break,
            "hr": self._rule,
            "a": self._link,
            "ul": self._list,
            "ol": self._list,
            "pre": self._verbatim,
            "table": self._table,
        }

    def content(self, parent: LexborNode, depth: int) -> str:
        """Return what stands within an element."""
        return "".join(self._written(node, depth) for node in parent.iter(include_text=True))

    def _written(self, node: LexborNode, depth: int) -> str:
        tag = str(node.tag)
        if tag == "-text":
            return self._text(node.text_content or "")
        if tag in _UNSEEN or tag.startswith(("-", "_")):
            return ""
        self._count += 1
        if self._count > MOST:
            raise BadInput(N_("the document has more than {most} elements"), most=MOST)
        if depth > DEEPEST:
            return self._text(node.text(deep=True))
        block = tag in _BLOCKS
        self._blank = self._blank or block
        special = self._special.get(tag)
        made = special(node, depth) if special else self._plain(node, tag, depth)
        self._blank = block or (self._blank and tag != "br") or tag == "br"
        return _broken(node, depth) + _aligned(node, made) if block else made

    def _text(self, text: str) -> str:
        """Return text with blanks as HTML has them: runs are one, and none begins a line."""
        text = _SPACE.sub(" ", text)
        if self._blank:
            text = text.lstrip(" ")
        if not text:
            return ""
        self._blank = text.endswith(" ")
        return f"#{literal(text)};"

    def _plain(self, node: LexborNode, tag: str, depth: int) -> str:
        return _AROUND.get(tag, "{}").replace("{}", self.content(node, depth + 1), 1)

    def _line_break(self, node: LexborNode, depth: int) -> str:
        return "#linebreak();"

    def _rule(self, node: LexborNode, depth: int) -> str:
        return "#line(length: 100%, stroke: 0.5pt + gray);"

    def _link(self, node: LexborNode, depth: int) -> str:
        shown, address = self.content(node, depth + 1), (node.attributes.get("href") or "").strip()
        if not shown or not address.lower().startswith(_SCHEMES):
            return shown
        return f"#link({literal(address)})[{shown}]"

    def _list(self, node: LexborNode, depth: int) -> str:
        items = [self._apart(item, depth) for item in _children(node, "li")]
        if not items:
            return self.content(node, depth + 1)
        name = "enum" if node.tag == "ol" else "list"
        return f"#{name}({', '.join(f'[{item}]' for item in items)});"

    def _apart(self, node: LexborNode, depth: int) -> str:
        """Return the content of a place of its own: an item, a cell."""
        self._count += 1
        if self._count > MOST:
            raise BadInput(N_("the document has more than {most} elements"), most=MOST)
        self._blank = True
        return self.content(node, depth + 2)

    def _verbatim(self, node: LexborNode, depth: int) -> str:
        text = (node.text(deep=True) or "").removeprefix("\n")
        return f"#raw({literal(text)}, block: true);"

    def _table(self, node: LexborNode, depth: int) -> str:
        rows = [list(_children(row, "td", "th")) for row in _rows(node)]
        width = min(max((sum(map(_span, row)) for row in rows), default=0), _COLUMNS)
        if width == 0:
            return self.content(node, depth + 1)
        cells = [cell for row in rows for cell in self._row(row, width, depth)]
        stroke = ", stroke: none" if node.attributes.get("border") == "0" else ""
        return f"#table(columns: {width}{stroke}, {', '.join(cells)});"

    def _row(self, row: list[LexborNode], width: int, depth: int) -> Iterator[str]:
        """Return a row's cells, as many columns as the table has."""
        left = width
        for cell in row:
            span = min(_span(cell), left)
            if span == 0:
                return
            left -= span
            shown = self._apart(cell, depth)
            shown = f"#strong[{shown}]" if cell.tag == "th" else shown
            align = _alignment(cell)
            aligned = f", align: {align}" if align else ""
            yield f"table.cell(colspan: {span}{aligned})[{shown}]"
        yield from ["[]"] * left


def _children(node: LexborNode, *tags: str) -> Iterator[LexborNode]:
    return (child for child in node.iter() if child.tag in tags)


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    for child in table.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _children(child, "tr")


def _span(cell: LexborNode) -> int:
    given = cell.attributes.get("colspan") or ""
    return min(max(int(given), 1), _COLUMNS) if given.isascii() and given.isdigit() and len(given) < 4 else 1


def _alignment(node: LexborNode) -> str | None:
    found = _ALIGN.search(node.attributes.get("style") or "")
    given = found[1] if found else node.attributes.get("align") or ("center" if node.tag == "center" else "")
    return given.lower() if given.lower() in ("left", "center", "right") else None


def _aligned(node: LexborNode, made: str) -> str:
    align = _alignment(node)
    return f"#align({align})[{made}]" if align and made else made


def _broken(node: LexborNode, depth: int) -> str:
    """Return the page break before an element; only between a page's own parts can one stand."""
    asked = depth == 0 and _BREAK.search(node.attributes.get("style") or "")
    return "#pagebreak(weak: true);" if asked else ""
