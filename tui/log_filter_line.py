"""The line in which the outbound log's filter is typed; it says in grey how a field goes on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.suggester import Suggester

from core.i18n import gettext as _
from core.log_filter import CHANNEL_NAMES, FIELDS, STATUS_NAMES
from tui.words_line import WordsLine


class LogFilterLine(WordsLine):
    """Opens above the log; tab takes what is suggested."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "accept", show=False)]

    class Words(WordsLine.Words):
        """The words to filter the log by."""

    def __init__(self, *, id: str | None = None) -> None:
        hint = _("words of recipient, subject, text · channel:sms status:failed deal:D12")
        super().__init__(hint, FieldSuggester(), id=id)

    def action_accept(self) -> None:
        """Take what is suggested."""
        self.action_cursor_right() if self.cursor_at_end else self.action_end()


class FieldSuggester(Suggester):
    """Completes the field or the value that is being typed at the end of the line."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the whole line with its last part completed; None when nothing begins like it."""
        return suggestion(value)


def suggestion(value: str) -> str | None:
    """Return a line with the field or code at its end completed; None when none begins so, or it is whole."""
    last = value.rpartition(" ")[2]
    if not last:
        return None
    field, colon, begun = last.partition(":")
    if colon:
        options = [f"{field}:{code}" for code in _codes(field) if code.startswith(begun.lower())]
    else:
        names = [each for name in FIELDS.values() for each in (name, _(name))]
        options = [f"{name}:" for name in names if name.startswith(last.lower()) and len(last) > 1]
    found = next((option for option in options if option != last), None)
    return None if found is None else value[: len(value) - len(last)] + last + found[len(last) :]


def _codes(field: str) -> Iterable[str]:
    """Return the values that a field may have, whatever language it was typed in."""
    for name, codes in (("channel", CHANNEL_NAMES), ("status", STATUS_NAMES)):
        if field.lower() in (name, _(FIELDS[name])):
            return codes
    return ()
