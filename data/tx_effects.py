"""Applying the effects of rules on a deal that leave it in its stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from core import fields, money
from core.effects import Assign, Comment, CreateTask, Notify, SetField, StartTimer, StoreFile
from core.errors import UnknownThing
from core.fields import Spec
from core.i18n import N_
from core.model.deal import Deal
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import DealEffect
from core.words import Words
from data import mapping
from data.reader_board import files, notifications, tasks
from data.reader_deals import DealReader
from data.reader_outbox import timers
from data.tx_statements import insertion, upsertion

ADD_NOTIFICATION = insertion(notifications)
ADD_TASK = insertion(tasks)
ADD_FILE = insertion(files)
PUT_TIMER = upsertion(timers)

_LONGEST: Final = 200


class EffectWriter(DealReader):
    """Turns the effects on one deal into rows, and into the deal as it shall stand."""

    def _affect(self, deal_id: str, effects: Sequence[tuple[str, DealEffect]]) -> tuple[Deal, Deal, list[TimelineRow]]:
        """Apply effects, each with who does it; returns the deal before and after, and the lines of its history."""
        before = self.deal(deal_id)
        if before is None:
            raise UnknownThing(N_("there is no deal “{deal}”"), deal=deal_id)
        deal, lines = before, list[TimelineRow]()
        for by, effect in effects:
            deal, line = self._effect(deal, by, effect)
            lines += [line] if line else []
        if deal != before:
            deal = replace(deal, version=before.version + 1)
        return before, deal, lines

    def _effect(self, deal: Deal, by: str, effect: DealEffect) -> tuple[Deal, TimelineRow | None]:
        match effect:
            case SetField():
                return self._set_field(deal, by, effect.field, effect.value)
            case Assign():
                return self._set_field(deal, by, "deal.responsible", effect.user)
            case Comment():
                return deal, self._line(deal, by, TimelineKind.NOTE, Words("{text}", {"text": effect.text}), {})
            case Notify():
                self._notify(deal, by, effect)
                return deal, None
            case StartTimer():
                self._start_timer(deal, effect)
                return deal, None
            case CreateTask():
                return deal, self._create_task(deal, by, effect)
            case StoreFile():
                return self._store_file(deal, by, effect)

    def _set_field(self, deal: Deal, by: str, field: str, value: Any) -> tuple[Deal, TimelineRow | None]:
        """Set a field to what ``value`` means for its type. Raises ``BadInput`` or ``UnknownThing``."""
        house = self.house()
        spec = fields.require(field, house)
        new = fields.parse(spec, value, house, deal.currency)
        old = _held(deal, spec)
        if new == old:
            return deal, None
        data = {"field": spec.id, "old": old, "new": new}
        line = self._line(deal, by, TimelineKind.FIELD, _change(spec, old, new), data)
        return fields.put(deal, field, new, house), line

    def _notify(self, deal: Deal, by: str, effect: Notify) -> None:
        self.db.run(
            ADD_NOTIFICATION, user=effect.user, deal=deal.id, at=self.now(), by=by, text=mapping.kept(effect.text)
        )

    def _start_timer(self, deal: Deal, effect: StartTimer) -> None:
        data = mapping.dump(dict(effect.data))
        self.db.run(PUT_TIMER, key=effect.key, kind=effect.kind, deal=deal.id, at=effect.at, data=data)

    def _create_task(self, deal: Deal, by: str, effect: CreateTask) -> TimelineRow:
        task = self.db.new_id(
            ADD_TASK,
            deal=deal.id,
            title=mapping.kept(effect.title),
            text=mapping.kept(effect.text),
            assignee=effect.assignee,
            due_at=effect.due_at,
            created_at=self.now(),
            by=by,
            done_at=None,
        )
        data = {"task": task, "title": effect.title, "assignee": effect.assignee, "due_at": effect.due_at}
        return self._line(deal, by, TimelineKind.TASK, Words(N_("task: {title}"), {"title": effect.title}), data)

    def _store_file(self, deal: Deal, by: str, effect: StoreFile) -> tuple[Deal, TimelineRow]:
        file = {
            "name": effect.name,
            "digest": effect.digest,
            "size": effect.size,
            "media_type": effect.media_type,
        }
        house = self.house()
        spec = fields.require(effect.field, house) if effect.field else None
        stored = self.db.new_id(
            ADD_FILE,
            **file | {"name": mapping.kept(effect.name)},
            deal=deal.id,
            field=spec and spec.id,
            at=self.now(),
            by=by,
        )
        if spec:
            value = [*(_held(deal, spec) or ()), file] if spec.multiple else file
            deal = fields.put(deal, spec.path, fields.parse(spec, value, house), house)
        data = {"file": stored, "field": spec and spec.id, **file}
        words = Words(N_("file: {name}"), {"name": effect.name})
        return deal, self._line(deal, by, TimelineKind.DOCUMENT, words, data)

    def _line(self, deal: Deal, by: str, kind: TimelineKind, words: Words, data: dict[str, Any]) -> TimelineRow:
        return TimelineRow(deal=deal.id, at=self.now(), kind=kind, by=by, text=words, data=data)


def _held(deal: Deal, spec: Spec) -> Any:
    """Return what a settable field holds, in its JSON form."""
    if spec.custom:
        return deal.fields.get(spec.id)
    if spec.id == "amount":
        return None if deal.amount is None else money.text(deal.amount, deal.currency)
    return getattr(deal, spec.id)


def _change(spec: Spec, old: Any, new: Any) -> Words:
    args: dict[str, str | int | None] = {"field": spec.name, "old": _shown(old), "new": _shown(new)}
    if old is None:
        return Words(N_("{field}: {new}"), args)
    return Words(N_("{field}: {old} → {new}") if new is not None else N_("{field} emptied, it was {old}"), args)


def _shown(value: Any) -> str | None:
    """Return a value for a sentence; the line's data holds it whole."""
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(filter(None, map(_shown, value)))[:_LONGEST]
    text = value["name"] if isinstance(value, dict) and "name" in value else str(value)
    return str(text)[:_LONGEST]
