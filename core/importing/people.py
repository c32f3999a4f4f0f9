"""Finding the person or company that a cell names: by id, else by e-mail, phone or exact name."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final, TypeAlias

from core import phones
from core.commands.lookup import names
from core.errors import BadInput, UnknownThing
from core.fields.parsing import shown
from core.i18n import N_
from core.model.people import Company, Contact, User
from core.words import Words

Somebody: TypeAlias = "Contact | Company | User"
_NUMBER: Final = re.compile(r"\+?[\d(][\d\s()./-]{5,30}", re.ASCII)
_FEW: Final = 500
"""How many people a misspelt name is compared with at most: it takes 20 µs each."""
_REMEMBERED: Final = 20_000


class Directory:
    """People of one sort. ``region`` is the country of phone numbers without a code.

    ``missing`` is the sentence for who is not there, with the place ``{text}``; it makes its sentences only once.
    """

    def __init__(self, people: Iterable[Somebody], region: str, missing: str) -> None:
        self._region = region
        self._missing = missing
        self._ids: set[str] = set()
        self._keys: dict[str, str | list[str]] = {}
        self._names: list[str] = []
        self._found: dict[str, str | BadInput | UnknownThing] = {}
        for one in people:
            self._enter(one)

    def find(self, text: str) -> str:
        """Return an id. Raises ``UnknownThing``, and ``BadInput`` that names the candidates where there are several."""
        found = self._found.get(text)
        if found is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = self._found[text] = self._look(unicodedata.normalize("NFC", text.strip()))
        if isinstance(found, str):
            return found
        raise found

    def _enter(self, one: Somebody) -> None:
        self._ids.add(one.id)
        self._names.append(one.name)
        if isinstance(one, User):
            emails, numbers = list(one.mailboxes), [one.phone] if one.phone else []
        else:
            emails, numbers = [each.value for each in one.emails], [each.value for each in one.phones]
        keys = {f"@{each.casefold()}" for each in emails} | {f"+{each}" for each in numbers}
        for key in (*keys, f"={unicodedata.normalize('NFC', one.name.strip())}"):
            known = self._keys.setdefault(key, one.id)
            if isinstance(known, list):
                known.append(one.id)
            elif known != one.id:
                self._keys[key] = [known, one.id]

    def _look(self, text: str) -> str | BadInput | UnknownThing:
        if text in self._ids:
            return text
        for key in (f"@{text.casefold()}", self._number(text), f"={text}"):
            found = self._keys.get(key)
            if isinstance(found, list):
                msg = N_("“{text}” may be any of {known}; give the id")
                return BadInput(msg, text=shown(text), known=names(sorted(found)))
            if found is not None:
                return found
        return self._nobody(text)

    def _number(self, text: str) -> str:
        if not _NUMBER.fullmatch(text):
            return ""
        try:
            return f"+{phones.parse(text, self._region)}"
        except BadInput:
            return ""

    def _nobody(self, text: str) -> UnknownThing:
        sentence = Words(self._missing, {"text": shown(text)})
        known = [*sorted(self._ids), *self._names] if len(self._ids) <= _FEW else []
        near = difflib.get_close_matches(text[:60], known, 1)
        if near:
            return UnknownThing(N_("{sentence}; did you mean “{near}”?"), sentence=sentence, near=near[0])
        return UnknownThing(N_("{sentence}: give an id, e-mail, phone or exact name"), sentence=sentence)
