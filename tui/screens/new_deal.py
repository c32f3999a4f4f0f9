"""The form of a new deal: what is wrong stands beside the field it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label, Select

from core import fields
from core.errors import FunilError
from core.i18n import gettext as _
from core.model.house import House
from core.model.people import Contact
from core.model.pipeline import Pipeline
from core.safe_text import fold, safe_text
from core.words import fill
from tui import format as fmt

SUGGESTED: Final = 2_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What a valid form says."""

    title: str
    amount: Decimal | None
    stage: str
    contact: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A form's outcome: the draft, or what is wrong by field."""

    draft: Draft | None
    wrong: Mapping[str, str]


def check(values: Mapping[str, str], house: House, people: Sequence[Contact]) -> Checked:
    """Read what was typed (``title amount stage contact``) and say what is wrong with it, field by field.

    Title and amount are judged by the rule that the command line and board files obey too.
    """
    wrong: dict[str, str] = {}
    title = _taken("title", values["title"], house, wrong)
    amount = _amount(values["amount"], house, wrong)
    contact = _contact(values["contact"], people, wrong)
    return Checked(None if wrong else Draft(title or "", amount, values["stage"], contact), wrong)


def _taken(field: str, value: object, house: House, wrong: dict[str, str]) -> str | None:
    try:
        taken: str | None = fields.parse(field, value, house)
    except FunilError as error:
        wrong[field] = safe_text(str(error))
        return None
    return taken


def _amount(text: str, house: House, wrong: dict[str, str]) -> Decimal | None:
    if not text.strip():
        return None
    try:
        amount = fmt.parse_money(text)
    except ValueError:
        wrong["amount"] = fill(_("Not an amount like {example}."), {"example": fmt.number(Decimal("1250.50"))})
        return None
    taken = _taken("amount", amount, house, wrong)
    return None if taken is None else Decimal(taken)


def _contact(text: str, people: Sequence[Contact], wrong: dict[str, str]) -> str | None:
    wanted = fold(text.strip())
    if not wanted:
        return None
    found = [person for person in people if wanted in _names(person)]
    if len(found) == 1:
        return found[0].id
    if found:
        wrong["contact"] = fill(_("{n} contacts are called that: give the e-mail or the id."), {"n": len(found)})
    else:
        wrong["contact"] = _("Nobody is called that: give a contact's name, e-mail, phone or id.")
    return None


def _names(person: Contact) -> set[str]:
    addresses = [a.value for a in (*person.emails, *person.phones)]
    return {fold(name) for name in (person.id, person.name, *addresses)}


class NewDealForm(ModalScreen[Draft | None]):
    """Returns the draft, or None."""

    CSS_PATH = "../styles/form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(
        self,
        pipeline: Pipeline,
        values: Mapping[str, str],
        house: House,
        people: Sequence[Contact],
        trouble: str = "",
    ) -> None:
        """``values`` (``title amount stage contact``) are filled in; ``trouble`` is why the deal was not made."""
        super().__init__()
        self._pipeline = pipeline
        self.typed: Mapping[str, str] = {"title": "", "amount": "", "contact": "", **values}
        """What the form holds, or held when it was left."""
        self._house = house
        self._people = people
        self._trouble = trouble

    def compose(self) -> ComposeResult:
        """Lay out a label, a field and a line for what is wrong, four times."""
        stages = [(Content(safe_text(stage.name)), stage.id) for stage in self._pipeline.stages]
        names = SuggestFromList([safe_text(p.name) for p in self._people[:SUGGESTED]], case_sensitive=False)
        amount = fill(_("Amount ({currency})"), {"currency": self._house.company.currency})
        with VerticalScroll(id="form"):
            yield Label(Content(_("New deal")), id="form-title")
            yield from _field("title", _("Title"), Input(self.typed["title"], id="title"))
            yield from _field("amount", amount, Input(self.typed["amount"], id="amount"))
            choice = Select(stages, value=self.typed["stage"], allow_blank=False, id="stage")
            yield from _field("stage", _("Stage"), choice)
            contact = Input(self.typed["contact"], id="contact", suggester=names)
            yield from _field("contact", _("Contact (optional)"), contact)
            yield Label(Content(self._trouble), id="form-trouble", classes="form-wrong")
            with Horizontal(id="form-buttons"):
                yield Button(Content(_("Create")), variant="primary", id="create")
                yield Button(Content(_("Cancel")), id="cancel")

    def on_mount(self) -> None:
        """Begin with the title."""
        self.query_one("#title", Input).focus()

    def _values(self) -> dict[str, str]:
        texts = {name: self.query_one(f"#{name}", Input).value for name in ("title", "amount", "contact")}
        return {**texts, "stage": str(self.query_one(Select).value)}

    @on(Input.Submitted)
    @on(Button.Pressed, "#create")
    def _create(self) -> None:
        checked = check(self._values(), self._house, self._people)
        if checked.draft is not None:
            self.typed = self._values()
            self.dismiss(checked.draft)
            return
        self._show(checked.wrong)
        self.query_one(f"#{next(iter(checked.wrong))}").focus()

    @on(Input.Blurred)
    @on(Input.Changed)
    def _recheck(self, event: Input.Blurred | Input.Changed) -> None:
        """Take a complaint back as soon as it no longer holds; make one when a filled field is left."""
        name = event.input.id or ""
        wrong = check(self._values(), self._house, self._people).wrong.get(name, "")
        left_filled = isinstance(event, Input.Blurred) and event.value
        if not wrong or left_filled:
            self._complain(name, wrong)

    def _show(self, wrong: Mapping[str, str]) -> None:
        for name in ("title", "amount", "contact"):
            self._complain(name, wrong.get(name, ""))

    def _complain(self, name: str, sentence: str) -> None:
        self.query_one(f"#{name}-wrong", Label).update(Content(sentence))
        self.query_one(f"#{name}").set_class(bool(sentence), "wrong")

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)


def _field(name: str, label: str, widget: Input | Select[str]) -> ComposeResult:
    yield Label(Content(label), classes="form-label")
    yield widget
    yield Label("", id=f"{name}-wrong", classes="form-wrong")
