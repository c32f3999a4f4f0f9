"""How one mail says which other it answers, so that the client's program shows both as one conversation.

RFC 5322, 3.6.4: ``In-Reply-To`` names the mail that is answered, ``References`` what that one refers to and then the
mail itself. Where its own Message-ID is not known, ``References`` alone keeps the thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from core.safe_text import header_text, wire_text

LONGEST: Final = 250
"""Characters of a Message-ID that is passed on; a longer one would not fit into a line of 998 with others."""
MOST: Final = 20
"""Message-IDs that are passed on: the first, which began the thread, and the latest."""
_ID: Final = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_RE: Final = re.compile(r"\s*(?:re|res|aw|sv|enc)\s*:", re.IGNORECASE)


def ids(text: object) -> tuple[str, ...]:
    """Return the Message-IDs that stand in a text, in order, each once; what is none is left out."""
    found = (each for each in _ID.findall(text if isinstance(text, str) else "") if len(each) <= LONGEST)
    return tuple(dict.fromkeys(found))


def answering(received: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what a mail that answers a received one says of that: ``in_reply_to`` and ``references``, each only if
    there is something to say. ``received`` is the event's data."""
    own = ids(received.get("message_id"))[:1]
    before = [each for each in ids(received.get("in_reply_to")) if each not in own]
    every = [*before, *own]
    kept = every if len(every) <= MOST else [every[0], *every[1 - MOST :]]
    said = {"in_reply_to": " ".join(own), "references": " ".join(kept)}
    return {name: value for name, value in said.items() if value}


def subject(of: str) -> str:
    """Return the subject of an answer: ``Re:`` once, however often the thread has gone back and forth."""
    plain = header_text(of)
    return plain if _RE.match(plain) else f"Re: {plain}".strip()


def quoted(text: str) -> str:
    """Return a text as an answer quotes it: ``>`` before each line (RFC 3676, 4.5)."""
    lines = wire_text(text).strip("\n").split("\n")
    return "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)
