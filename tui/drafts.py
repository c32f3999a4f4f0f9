"""Mails that were begun and not sent: kept while the board is open, one a deal and one for each letter answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tui.form.mail_draft import MailDraft

Place: TypeAlias = tuple[str, str | None]
"""A deal, and the event whose letter is answered; None: no answer."""


class Drafts:
    """What was begun, by what it is about."""

    def __init__(self) -> None:
        self._kept: dict[Place, MailDraft] = {}
        self._asked = False

    def find(self, place: Place) -> MailDraft | None:
        """Return what was begun there."""
        return self._kept.get(place)

    def keep(self, place: Place, draft: MailDraft) -> None:
        """Keep it for later."""
        self._kept[place] = draft
        self._asked = False

    def drop(self, place: Place) -> None:
        """Forget it: it was sent, or given up."""
        self._kept.pop(place, None)

    def asks(self) -> bool:
        """Return, the first time, that something would be lost; False when there is nothing to ask."""
        asks = bool(self._kept) and not self._asked
        self._asked = asks
        return asks
