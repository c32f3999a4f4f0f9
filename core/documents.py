"""Documents that rules write: their page as HTML, and the port through which they become PDF."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Final, Protocol

from core.model.moment import Moment

LONGEST: Final = 100_000
"""Characters of a document's HTML: what can be typeset in about a second."""
HTML: Final = "text/html"
PDF: Final = "application/pdf"
_WHOLE: Final = re.compile(r"\s*<(?:!doctype|html)\b", re.IGNORECASE)
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE: Final = (
    "body{font-family:Georgia,serif;max-width:46em;margin:2em auto;padding:0 1em;line-height:1.4}"
    "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3em .6em;text-align:left}"
)


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be typeset: HTML, a title and a language (``pt_BR``) for readers. ``at`` is when it was written, and
    the only moment that the PDF may tell of."""

    html: str
    title: str
    language: str
    at: Moment


class Typesetter(Protocol):
    """Makes PDF of documents: the same bytes for the same document, without asking anybody for anything."""

    def pdf(self, document: Document) -> bytes:
        """Return the document as PDF. Raises ``BadInput`` for one that cannot be typeset. May take a second."""


def page(body: str, title: str, language: str) -> str:
    """Return HTML as a page of its own that fetches nothing; a text that is a whole page already stays as it is."""
    if _WHOLE.match(body):
        return body
    lang = escape(language.replace("_", "-"))
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
