"""How people are spoken to."""

from __future__ import annotations

from typing import Final

_TITLES: Final = frozenset(
    "mr mrs ms miss dr dra prof profa sr sra srta eng enga dona seu senhor senhora doutor doutora".split()
)


def first_name(name: str | None) -> str:
    """Return how a person is spoken to: the first name without a title, of ``Lima, Maria`` what follows the comma."""
    given = (name or "").strip()
    family, comma, rest = given.partition(",")
    words = (rest if comma and rest.strip() else family).split()
    plain = [word for word in words if word.rstrip(".").lower() not in _TITLES]
    return (plain or words or [""])[0]
