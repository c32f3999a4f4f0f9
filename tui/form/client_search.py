"""Finding a client by name, e-mail or phone while it is typed, or making a new one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from core import phones
from core.client_ports import ClientKind
from core.i18n import gettext as _
from core.model.people import Company, Contact
from core.ports import Reader
from core.safe_text import fold
from core.words import fill
from tui.panels.picker import Choice, Picker

NEW: Final = "|new"
"""The choice that makes a client; no id of anything looks like that."""
NOBODY: Final = "|nobody"
MOST: Final = 50


def search(reader: Reader, what: ClientKind, words: str) -> list[Contact | Company]:
    """Return clients for whom the words stand, those first whose name begins so. Meant for a thread."""
    found: Sequence[Contact | Company]
    if not words.strip():
        ids = reader.ids_beginning(what, "", MOST)
        each = [reader.company(id) for id in ids] if what == "companies" else [*reader.contacts(ids).values()]
        found = [client for client in each if client is not None]
    elif what == "companies":
        found = reader.found_companies(words.strip(), MOST)
    else:
        found = reader.found_contacts(words.strip(), MOST)
    begins = fold(words.strip())
    return sorted(found, key=lambda client: (not fold(client.name).startswith(begins), fold(client.name), client.id))


def address_of(client: Contact | Company) -> str:
    """Return what tells a client from others of that name."""
    known = [*(each.value for each in client.emails[:1]), *(phones.readable(each.value) for each in client.phones[:1])]
    return " · ".join(known)


Find = Callable[[str], Sequence[Contact | Company]]


class ClientSearch(Picker):
    """Returns a client's id, ``NEW`` or ``NOBODY``; ``words`` is what was typed, ``found`` who was shown last."""

    def __init__(
        self, title: str, what: ClientKind, find: Find, *, but: Sequence[str] = (), empty: bool = False
    ) -> None:
        """``but`` are left out; ``empty`` offers to have nobody."""
        super().__init__(title, [], hint=_("a name, an e-mail or a phone"))
        self._what = what
        self._find = find
        self._but = frozenset(but)
        self._empty = empty
        self.words = ""
        self.found: dict[str, Contact | Company] = {}
        self._asked = self._busy = self._hurried = False

    def on_mount(self) -> None:
        """Show the first ones there are."""
        super().on_mount()
        self._search_again()

    @property
    def settled(self) -> bool:
        """Whether what is shown is what was asked for last."""
        return not self._busy

    def narrow(self, typed: str) -> None:
        """Search for other words."""
        self.words = typed
        self._search_again()

    def _search_again(self) -> None:
        self._asked = True
        if not self._busy:
            self._busy = True
            self.run_worker(self._search())

    async def _search(self) -> None:
        """Search until nothing newer has been asked: one at a time, in a thread."""
        try:
            while self._asked:
                self._asked = False
                found = await asyncio.to_thread(self._find, self.words)
                self.found = {client.id: client for client in found if client.id not in self._but}
        finally:
            self._busy = False
        self.show(self._choices_now())
        if self._hurried:
            self._hurried = False
            if len(self.found) <= 1:
                self.enter()

    def _choices_now(self) -> list[Choice]:
        known = [Choice(client.id, client.name, note=address_of(client)) for client in self.found.values()]
        empty = [Choice(NOBODY, _("– empty –"))] if self._empty and not self.words.strip() else []
        return [*known, *empty, Choice(NEW, self._new_words())]

    def _new_words(self) -> str:
        name, contact = self.words.strip(), self._what == "contacts"
        if not name:
            return _("+ new contact") if contact else _("+ new company")
        return fill(_("+ new contact “{name}”") if contact else _("+ new company “{name}”"), {"name": name})

    def enter(self) -> None:
        """Choose what the cursor is on. While the search runs that is not yet to be seen: then only what is found alone
        is chosen."""
        if self._busy:
            self._hurried = True
        else:
            super().enter()
