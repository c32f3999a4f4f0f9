"""The form of a new deal: every field a deal has; what is wrong stands below the field it is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from textual import on
from textual.widgets import Input

from core import fields, phones
from core.client_ports import ClientKind
from core.fields import Spec
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.people import Company
from core.words import fill
from tui.form import choices
from tui.form.client_search import NEW, NOBODY, ClientSearch, Find, address_of
from tui.form.draft import AFTER, TICKED, Held, Picked, check, customs
from tui.form.fields import Field, Knob, Line, Several
from tui.form.new_client import NewClientForm
from tui.form.screen import FormScreen
from tui.panels import edits, values
from tui.panels.picker import Picker
from tui.panels.spots import FieldSpot

Save = Callable[[Held], Awaitable[str]]
"""Makes the deal; returns what went wrong, or nothing."""


class NewDealForm(FormScreen[bool]):
    """Returns True when the deal has been made. What could not be made stays as it was typed."""

    def __init__(self, held: Held, manner: values.Manner, find: Callable[[ClientKind], Find], save: Save) -> None:
        super().__init__(_("New deal"))
        self.held = held
        self._manner = manner
        self._find = find
        self._save = save
        self._saving = False
        self._begun = repr(held)
        self._fields: dict[str, Field] = {}
        self._shown = choices.Shown(manner.house, held)

    # Laying out -------------------------------------------------------------------------------------------------------

    def sheet(self) -> Iterator[Field]:
        """Yield the deal's own fields, its people, its dates, and the house's fields."""
        built_in = fields.BUILTIN
        yield self._line(built_in["deal.title"])
        amount = Line("deal.amount", classes="amount")
        yield self._field("deal.amount", _("Amount"), amount, self._knob("deal.currency", classes="currency"))
        for key in ("deal.pipeline", "deal.stage", "deal.responsible"):
            yield self._field(key, built_in[key].label(), self._knob(key))
        yield self._field("deal.contacts", _("Contacts"), Several("deal.contacts", _("+ contact")))
        yield self._field("deal.company", _("Company"), self._knob("deal.company"))
        for name in AFTER:
            yield self._line(built_in[f"deal.{name}"])
        for spec in customs(self._manner.house):
            yield self._custom(spec)

    def _custom(self, spec: Spec) -> Field:
        if values.typed_in_line(spec):
            return self._line(spec)
        if spec.multiple:
            return self._field(spec.path, spec.label(), Several(spec.path, "+"))
        return self._field(spec.path, spec.label(), self._knob(spec.path))

    def _line(self, spec: Spec) -> Field:
        hint = edits.placeholder(FieldSpot(spec))
        if spec.multiple:
            hint = _("several: “;” between them")
        return self._field(spec.path, spec.label(), Line(spec.path, hint=hint))

    def _knob(self, key: str, classes: str = "") -> Knob:
        knob = Knob(key, sign="" if self._shown.ticks(key) else "▾", classes=classes)
        knob.put(self._shown.text(key), dim=not self._shown.filled(key))
        return knob

    def _field(self, key: str, name: str, *controls: Line | Knob | Several) -> Field:
        self._fields[key] = Field(name, *controls)
        return self._fields[key]

    # What is typed ----------------------------------------------------------------------------------------------------

    def dirty(self) -> bool:
        """Return whether something has been filled in."""
        return repr(self.held) != self._begun

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """Take over what is typed; take a complaint back when it no longer holds, and say how a value is understood."""
        if isinstance(event.input, Line):
            key = event.input.key
            if event.value:
                self.held.typed[key] = event.value
            else:
                self.held.typed.pop(key, None)
            self._recheck(key, complain=False)

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        """Complain of what is wrong in a field that was filled in and left."""
        if isinstance(event.input, Line) and event.value:
            self._recheck(event.input.key, complain=True)

    def _recheck(self, key: str, *, complain: bool) -> None:
        checked = check(self.held, self._reading())
        wrong = checked.wrong.get(key, "")
        if complain or not wrong:
            self._fields[key].tell(wrong or checked.hints.get(key, ""), wrong=bool(wrong))

    def _reading(self) -> values.Manner:
        manner = self._manner
        return values.Manner(manner.house, self.held.currency, manner.zone, manner.today)

    def action_create(self) -> None:
        """Make the deal, or say what is wrong with which field."""
        if self._saving:
            return
        wrong = check(self.held, self._reading()).wrong
        for key, field in self._fields.items():
            if key in wrong:
                field.tell(wrong[key], wrong=True)
        if wrong:
            self.show_wrong(field.controls[0] for key, field in self._fields.items() if key in wrong)
        else:
            self._saving = True
            self.run_worker(self._create_now())

    async def _create_now(self) -> None:
        try:
            said = await self._save(self.held)
        finally:
            self._saving = False
        if said:
            self.trouble(said)
        else:
            self.dismiss(True)

    # What is chosen ---------------------------------------------------------------------------------------------------

    @on(Knob.Asked)
    def _asked(self, event: Knob.Asked) -> None:
        key = event.knob.key
        if self._shown.ticks(key):
            self.held.chosen[key] = [] if self.held.chosen.get(key) else [TICKED]
            self._show(key)
        elif key in ("deal.contacts", "deal.company"):
            if event.knob.place is None:
                self.run_worker(self._choose_client(key))
        else:
            picker = Picker(self._shown.name(key), self._shown.choices(key), at=self._shown.at(key))
            self.app.push_screen(picker, partial(self._choose, key))

    @on(Knob.Emptied)
    def _emptied(self, event: Knob.Emptied) -> None:
        if event.knob.place is not None or self._shown.optional(event.knob.key):
            self._shown.empty(event.knob.key, event.knob.place)
            self._show(event.knob.key)

    def _choose(self, key: str, chosen: str | None) -> None:
        if chosen is not None:
            self._shown.choose(key, chosen)
            self._show(key)

    def _show(self, key: str) -> None:
        """Show what stands in a field now, and what follows from it."""
        for control in self._fields["deal.amount" if key == "deal.currency" else key].controls:
            if isinstance(control, Several):
                control.put(self._shown.texts(key))
            elif isinstance(control, Knob):
                control.put(self._shown.text(key), dim=not self._shown.filled(key))
        if key == "deal.pipeline":
            self._show("deal.stage")
        if key == "deal.currency":
            self._recheck("deal.amount", complain=True)
        if key == "deal.company":
            self._tell_company()

    def _tell_company(self) -> None:
        n = len(self.held.company.brings) if self.held.company else 0
        said = ngettext("its contact comes along", "its {n} contacts come along", n) if n else ""
        self._fields["deal.company"].tell(fill(said, {"n": n}))

    async def _choose_client(self, key: str) -> None:
        """Let a client be found, or made."""
        contact = key == "deal.contacts"
        what: ClientKind = "contacts" if contact else "companies"
        taken = [picked.id for picked in self.held.contacts if picked.id] if contact else []
        title = _("Which contact?") if contact else _("Which company?")
        empty = not contact and self.held.company is not None
        search = ClientSearch(title, what, self._find(what), but=taken, empty=empty)
        chosen = await self.app.push_screen_wait(search)
        picked: Picked | None = None
        if chosen == NEW:
            picked = await self._new_client(what, search.words)
        elif chosen in search.found:
            found = search.found[chosen]
            brings = found.contacts if isinstance(found, Company) else ()
            picked = Picked(found.name, found.id, note=address_of(found), brings=brings)
        if picked is None and chosen != NOBODY:
            return
        if contact and picked is not None:
            self.held.contacts.append(picked)
        elif not contact:
            self.held.company = picked
        self._show(key)

    async def _new_client(self, what: ClientKind, words: str) -> Picked | None:
        region = phones.region_of(self._manner.house.company)
        new = await self.app.push_screen_wait(NewClientForm(what, words, region))
        note = _("new")
        return Picked(new.name.strip(), new=new, note=note) if new is not None else None
