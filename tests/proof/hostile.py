"""What customers may call themselves."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from hypothesis import strategies as st

TEXTS: Final[dict[str, str]] = {
    "colours": "\x1b[31mred\x1b[0m",
    "clipboard (OSC 52)": "\x1b]52;c;cm0gLXJmIC8=\x07",
    "window title": "\x1b]0;owned\x1b\\",
    "eight-bit controls (C1)": "a\x9b31mb\x85c\x9d52;c;x\x9c",
    "reversed (bidi)": "invoice\u202egnp.exe\u202c \u2066x\u2069\u200f",
    "zero width": "a\u200b\u200d\ufeffb\U000e0041c",
    "NUL": "a\x00b",
    "header injection": "x\r\nBcc: y@z.example\r\n\r\nbody",
    "bare line feed": "x\nBcc: y@z.example",
    "bare carriage return": "x\rBcc: y@z.example",
    "line separators": "x\u2028Bcc: y@z.example\u2029\x0b\x0c\x1c",
    "encoded word": "=?utf-8?q?x=0d=0aBcc:_y@z.example?=",
    "encoded word in base64": "=?utf-8?b?eA0KQmNjOiB5QHouZXhhbXBsZQ==?=",
    "address in a name": '"Maria" <evil@z.example>, other@z.example',
    "addresses in a long name": '"Maria" <evil@z.example>, other@z.example' * 2,
    "end of mail": "x\r\n.\r\nMAIL FROM:<evil@z.example>\r\n",
    "lone dot": ".\n..\n.",
    "template": "{{ 7*7 }}{% for x in range(9) %}{{ x }}{% endfor %}{# gone #}",
    "placeholders": "{title} {0} {{}} %s %(x)s $HOME ${x}",
    "action markup": "[@click=app.quit]x[/]",
    "closing tag": "a[/]b[bold",
    "HTML": "<script>alert(1)</script><img src=x onerror=y>&amp;",
    "YAML": "a: b\n- c: &x *x\n# no\n'\"",
    "formula": "=cmd|' /C calc'!A0",
    "half pairs": "\ud800x\udce9\udfff",
    "many marks": "e" + "\u0301" * 10_000,
    "one long word": "x" * 5_000,
    "wide": "漢字" * 40,
    "family": "👩‍👩‍👧‍👦" * 5,
    "only space": " \t\u00a0\u3000 ",
    "a shell's": "; rm -rf / `id` $(id)",
}

_REORDERS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNSEEN: Final = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def steers(text: str) -> list[str]:
    """Return what of a text would steer a terminal: controls other than line feeds, what hides or reorders, half
    pairs."""
    return _controls(text) + [repr(c) for c in dict.fromkeys(_UNSEEN.findall(text))]


def breaks_a_header(text: str) -> list[str]:
    """Return what must not stand in a header as it is read: controls, line breaks, what reorders."""
    return _controls(text.replace("\n", "\r")) + [repr(c) for c in dict.fromkeys(_REORDERS.findall(text))]


def _controls(text: str) -> list[str]:
    return [repr(c) for c in dict.fromkeys(text) if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]


def texts() -> st.SearchStrategy[str]:
    """Any text, and any sequence of pieces of the worst."""
    anything = st.text(st.characters(), max_size=40)
    return st.lists(st.one_of(anything, st.sampled_from(_SHORT), _few), max_size=4).map("".join)


_SHORT: Final = sorted(text[:400] for text in TEXTS.values())
_few = st.text("\r\n\x00\x1b\x9b=?{}[]<>@.,:;\"'\\ \u202e\u2028\ud800ab", max_size=12)
