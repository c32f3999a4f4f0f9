"""The fields of the new deal's form that are chosen or ticked: what stands there, what there is to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core import fields, money
from core.fields import Kind, Spec
from core.fields.paths import CUSTOM
from core.i18n import gettext as _
from core.model.house import House
from tui.form.draft import Held, Picked
from tui.panels.picker import Choice

NOTHING: Final = "|nothing"
"""The choice that empties a field; no id of anything looks like that."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Reads and changes what a form holds, by a field's path."""

    house: House
    held: Held

    def _custom(self, key: str) -> Spec | None:
        return fields.find(key, self.house) if key.startswith(CUSTOM) else None

    def ticks(self, key: str) -> bool:
        """Return whether a field is a box to tick."""
        spec = self._custom(key)
        return spec is not None and spec.kind is Kind.BOOL

    def optional(self, key: str) -> bool:
        """Return whether a field may stay empty."""
        return key not in ("deal.pipeline", "deal.stage", "deal.currency")

    def name(self, key: str) -> str:
        """Return a field's name."""
        spec = fields.find(key, self.house)
        return spec.label() if spec else key

    # Shown ------------------------------------------------------------------------------------------------------------

    def filled(self, key: str) -> bool:
        """Return whether something is chosen."""
        return self.ticks(key) or not self.optional(key) or self.at(key) is not None

    def at(self, key: str) -> str | None:
        """Return the id of what is chosen."""
        match key:
            case "deal.currency":
                return self.held.currency
            case "deal.pipeline":
                return self.held.pipeline
            case "deal.stage":
                return self.held.stage
            case "deal.responsible":
                return self.held.responsible
            case "deal.company":
                return self.held.company.name if self.held.company else None
        return next(iter(self.held.chosen.get(key, ())), None)

    def text(self, key: str) -> str:
        """Return what stands in a field of one value."""
        at = self.at(key)
        if self.ticks(key):
            return "[x]" if at else "[ ]"
        if key == "deal.company":
            return _told(self.held.company) if self.held.company else "–"
        if key == "deal.currency":
            return self.held.currency
        names = {choice.id: choice.words for choice in self._every(key)}
        return names.get(at or "", at or "–")

    def texts(self, key: str) -> list[str]:
        """Return what stands in a field of several values."""
        if key == "deal.contacts":
            return [_told(picked) for picked in self.held.contacts]
        names = {choice.id: choice.words for choice in self._every(key)}
        return [names.get(each, each) for each in self.held.chosen.get(key, ())]

    def choices(self, key: str) -> list[Choice]:
        """Return what there is to choose from."""
        spec = self._custom(key)
        if spec is not None and spec.multiple:
            return [choice for choice in self._every(key) if choice.id not in self.held.chosen.get(key, ())]
        empty = [Choice(NOTHING, _("– empty –"))] if self.optional(key) and self.at(key) is not None else []
        return [*self._every(key), *empty]

    def _every(self, key: str) -> list[Choice]:
        match key:
            case "deal.currency":
                return [Choice(code, code) for code in money.CURRENCIES]
            case "deal.pipeline":
                return [Choice(each.id, each.name) for each in self.house.pipelines.values()]
            case "deal.stage":
                stages = self.house.pipelines[self.held.pipeline].stages
                return [Choice(stage.id, stage.name, mark=stage.color) for stage in stages]
        spec = fields.find(key, self.house)
        if spec is not None and spec.kind is Kind.USER:
            return [Choice(user.id, user.name) for user in self.house.users.values()]
        return [Choice(option, option) for option in spec.options] if spec else []

    # Changed ----------------------------------------------------------------------------------------------------------

    def choose(self, key: str, chosen: str) -> None:
        """Take over a choice; another pipeline begins with its first stage."""
        if chosen == NOTHING:
            self.empty(key)
            return
        match key:
            case "deal.currency":
                self.held.currency = chosen
            case "deal.pipeline" if chosen != self.held.pipeline:
                self.held.pipeline, self.held.stage = chosen, self.house.pipelines[chosen].stages[0].id
            case "deal.stage":
                self.held.stage = chosen
            case "deal.responsible":
                self.held.responsible = chosen
            case _ if (spec := self._custom(key)) is not None:
                before = self.held.chosen.get(key, []) if spec.multiple else []
                self.held.chosen[key] = [*before, chosen]

    def empty(self, key: str, place: int | None = None) -> None:
        """Take a value away: one of several by its place."""
        if key == "deal.responsible":
            self.held.responsible = None
        elif key == "deal.company":
            self.held.company = None
        elif key == "deal.contacts":
            if place is not None:
                del self.held.contacts[place : place + 1]
        elif place is None:
            self.held.chosen.pop(key, None)
        else:
            del self.held.chosen[key][place : place + 1]


def _told(picked: Picked) -> str:
    return f"{picked.name}  {picked.note}" if picked.note else picked.name
