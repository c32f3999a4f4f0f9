"""The text part of an HTML mail, and the HTML of a plain one."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from core.html_tags import TolerantParser

_TAG: Final = re.compile(
    r"<(?:!doctype\b|!--|/?(?:a|abbr|address|article|b|big|blockquote|body|br|button|center|code|div|em|font|footer|h[1-6]|head"
    r"|header|hr|html|i|img|li|main|mark|ol|p|pre|q|s|section|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th"
    r"|thead|title|tr|tt|u|ul)(?=[\s/>]))",
    re.IGNORECASE,
)
_TEMPLATE_CODE: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LINK: Final = re.compile(r"https?://[^\s<>\"]+")
_ENDING: Final = ".,;:!?)]}'”’"
_BLOCKS: Final = frozenset(
    "address article blockquote body center div dl dt dd fieldset footer form h1 h2 h3 h4 h5 h6 header html main nav "
    "ol p pre section table tr ul".split()
)
_APART: Final = frozenset("blockquote h1 h2 h3 h4 h5 h6 ol p pre table ul".split())
_UNSEEN: Final = frozenset("head script style template title".split())
_SHOWN_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_RULE: Final = "-" * 20
_CELLS: Final = " | "
_SPACE: Final = re.compile(r"[ \t\n\r\f]+")


def is_html(source: str) -> bool:
    """Return whether a body's source holds any HTML tag. Judge the source, never the rendered text: a customer's name
    must not turn a plain text into HTML."""
    return _TAG.search(_TEMPLATE_CODE.sub("", source)) is not None


def to_html(text: str) -> str:
    """Return plain text as HTML: paragraphs, line breaks and links, everything else escaped."""
    paragraphs = re.split(r"\n[ \t]*\n\s*", text.strip("\n"))
    return "\n".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs if paragraph.strip())


def to_text(html: str) -> str:
    """Return what a reader without HTML sees: paragraphs and lists as lines, links with their address behind them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


def _linked(paragraph: str) -> str:
    out, at = [], 0
    for found in _LINK.finditer(paragraph):
        address = found[0].rstrip(_ENDING)
        end = found.start() + len(address)
        out += [escape(paragraph[at : found.start()]), f'<a href="{escape(address)}">{escape(address)}</a>']
        at = end
    out.append(escape(paragraph[at:]))
    return "".join(out).replace("\n", "<br>\n")


class _Reader(TolerantParser):
    """Writes down what an HTML text says, line by line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._unseen = 0
        self._preformatted = 0
        self._lists: list[int | None] = []
        self._links: list[tuple[str, list[str]]] = []

    def text(self) -> str:
        """Return everything read so far, without blank lines at the ends or two in a row."""
        self._end_line()
        out: list[str] = []
        for line in self._lines:
            if line or (out and out[-1]):
                out.append(line)
        return "\n".join(out).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, a list, a link … as the tag asks."""
        if tag == "body":
            self._unseen = 0
        elif tag in _UNSEEN:
            self._unseen += 1
        if self._unseen:
            return
        if tag in _BLOCKS:
            self._block(tag)
        self._open(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        """End what the tag began; one that began nothing is passed over."""
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if self._unseen:
            return
        if tag == "a" and self._links:
            self._end_link()
        elif tag in ("ul", "ol") and self._lists:
            self._end_line()
            self._lists.pop()
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        if tag in _BLOCKS or tag == "li":
            self._block(tag)

    def handle_data(self, data: str) -> None:
        """Take over text."""
        if self._unseen:
            return
        if not self._preformatted:
            self._write(_SPACE.sub(" ", data))
            return
        *whole, last = data.split("\n")
        for line in whole:
            self._line += line
            self._end_line(always=True)
        self._line += last

    def _open(self, tag: str, attrs: dict[str, str | None]) -> None:
        match tag:
            case "br":
                self._end_line(always=True)
            case "hr":
                self._end_line()
                self._lines.append(_RULE)
            case "img":
                self._write(attrs.get("alt") or "")
            case "a":
                self._links.append(((attrs.get("href") or "").strip(), []))
            case "ul" | "ol":
                self._lists.append(0 if tag == "ol" else None)
            case "li":
                self._item()
            case "pre":
                self._preformatted += 1
            case "td" | "th" if self._line.strip():
                self._line = self._line.rstrip() + _CELLS

    def _item(self) -> None:
        self._end_line()
        indent = "  " * max(0, len(self._lists) - 1)
        count = self._lists[-1] if self._lists else None
        if count is None:
            self._line = f"{indent}- "
        else:
            self._lists[-1] = count + 1
            self._line = f"{indent}{count + 1}. "

    def _end_link(self) -> None:
        href, said = self._links.pop()
        text = "".join(said).strip()
        scheme, _, rest = href.partition(":")
        if scheme.lower() not in _SHOWN_SCHEMES:
            return
        shown = href if scheme.lower().startswith("http") else rest
        if not text:
            self._write(shown)
        elif _bare(text) != _bare(shown):
            self._write(f" ({shown})")

    def _block(self, tag: str) -> None:
        self._end_line()
        if tag in _APART and not self._lists:
            self._lines.append("")

    def _write(self, text: str) -> None:
        if self._links:
            self._links[-1][1].append(text)
        self._line += text.lstrip(" ") if not self._line or self._line.endswith(" ") else text

    def _end_line(self, always: bool = False) -> None:
        line = self._line.rstrip()
        if line or always:
            self._lines.append(line)
        self._line = ""


def _bare(address: str) -> str:
    return re.sub(r"^https?://", "", address.strip(), flags=re.IGNORECASE).rstrip("/").lower()
