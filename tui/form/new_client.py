"""The small form in which a contact or a company is made along with a deal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from textual import on
from textual.widgets import Input

from core import clients
from core.client_ports import ClientKind
from core.commands.clients import NewClient
from core.errors import FunilError
from core.i18n import N_
from core.i18n import gettext as _
from core.safe_text import safe_text
from tui.form.fields import Field, Line
from tui.form.screen import FormScreen

NAMES: Final = (("name", N_("Name")), ("email", N_("E-mail")), ("phone", N_("Phone")))


def begun(words: str) -> Mapping[str, str]:
    """Return what a search that found nobody says of a new client: an address, a number, or a name."""
    words = words.strip()
    if "@" in words:
        return {"email": words}
    digits = sum(sign.isdigit() for sign in words)
    return {"phone": words} if digits >= 3 and not any(sign.isalpha() for sign in words) else {"name": words}


def read(texts: Mapping[str, str], region: str) -> tuple[NewClient | None, dict[str, str]]:
    """Return the client that was typed, or what is wrong by field. Addresses may stand with their types (HOME:…),
    several between semicolons."""
    wrong: dict[str, str] = {}
    readers: Mapping[str, Callable[[str], object]] = {
        "name": clients.name,
        "email": lambda text: clients.emails(text.split(";")),
        "phone": lambda text: clients.numbers(text.split(";"), region),
    }
    for field, reader in readers.items():
        try:
            reader(texts[field])
        except FunilError as error:
            wrong[field] = safe_text(str(error))
    if wrong:
        return None, wrong
    parts = {field: tuple(part for part in texts[field].split(";") if part.strip()) for field in ("email", "phone")}
    return NewClient(name=texts["name"], emails=parts["email"], phones=parts["phone"]), {}


class NewClientForm(FormScreen[NewClient]):
    """Returns the client, who is made together with the deal."""

    def __init__(self, what: ClientKind, words: str, region: str) -> None:
        super().__init__(_("New contact") if what == "contacts" else _("New company"))
        self._begun = begun(words)
        self._region = region
        self._fields: dict[str, Field] = {}

    def sheet(self) -> Iterator[Field]:
        """Yield name, e-mail and phone."""
        for key, name in NAMES:
            self._fields[key] = Field(_(name), Line(key, self._begun.get(key, "")))
            yield self._fields[key]

    def _texts(self) -> dict[str, str]:
        return {line.key: line.value for line in self.query(Line)}

    def dirty(self) -> bool:
        """Return whether more was typed than the search had."""
        return any(text != self._begun.get(key, "") for key, text in self._texts().items())

    @on(Input.Changed)
    def _recheck(self, event: Input.Changed) -> None:
        """Take a complaint back as soon as it no longer holds."""
        key = event.input.key if isinstance(event.input, Line) else ""
        if key in self._fields and key not in read(self._texts(), self._region)[1]:
            self._fields[key].tell("")

    def action_create(self) -> None:
        """Return the client, or say what is wrong."""
        new, wrong = read(self._texts(), self._region)
        if new is not None:
            self.dismiss(new)
            return
        for key, field in self._fields.items():
            field.tell(wrong.get(key, ""), wrong=key in wrong)
        self.show_wrong(field.controls[0] for key, field in self._fields.items() if key in wrong)
