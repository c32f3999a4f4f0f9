"""Languages of the screen and of messages on stderr: English (the msgids) and Brazilian Portuguese.

``gettext`` translates at run time; ``N_`` only marks a text for extraction where it is stored or shown later.
"""

from __future__ import annotations

import gettext as _std
import os
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "pt_BR")
_DOMAIN: Final = "funil"
_reader: Final[dict[str, str]] = {}
_LOCALE_DIR: Final = Path(__file__).parent / "locale"


def language() -> str:
    """Return the language in force: ``FUNIL_LANG``, else the system's, else English."""
    for name in ("FUNIL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "pt_BR" if value.lower().startswith("pt") else "en"
    return "en"


@cache
def _catalogue(lang: str) -> _std.NullTranslations:
    return _std.translation(_DOMAIN, _LOCALE_DIR, languages=[lang], fallback=True)


def gettext(message: str) -> str:
    """Return the message in the language in force; an untranslated one comes back in English."""
    return _catalogue(language()).gettext(message) if message else ""


def ngettext(one: str, many: str, n: int) -> str:
    """Return the singular or plural form that the language in force uses for ``n``."""
    return _catalogue(language()).ngettext(one, many, n)


def use_zone(name: str) -> None:
    """Set the time zone in which moments inside sentences are shown to people."""
    _reader["zone"] = name


def zone() -> str:
    """Return the time zone of who reads; empty as long as it is not known."""
    return _reader.get("zone", "")


def N_(message: str) -> str:  # noqa: N802 - the name that extraction tools look for
    """Mark a text for translation and return it unchanged."""
    return message
