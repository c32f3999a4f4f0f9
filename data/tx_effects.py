"""Applying the effects of rules on a deal that leave it in its stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from core import fields, money
from core.effects import Assign, ChatNote, Comment, CreateTask, KeepInvite, Notify, SetField, StartTimer, StoreFile
from core.errors import UnknownThing
from core.fields import Spec
from core.i18n import N_
from core.model.deal import Deal
from core.model.talk import Author, ChatMessage, Invite
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import DealEffect
from core.words import Words
from data import mapping
from data.reader_board import files, notifications, tasks
from data.reader_deals import DealReader
from data.tx_statements import insertion
from data.tx_talk import TalkWriter
from data.tx_timers import PUT_TIMER
from data.tx_turns import TurnWriter

ADD_NOTIFICATION = insertion(notifications)
ADD_TASK = insertion(tasks)
ADD_FILE = insertion(files)

_LONGEST: Final = 200


class EffectWriter(DealReader, TalkWriter, TurnWriter):
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
            deal = replace(deal, version=before.version + 1, active_at=max(before.active_at, self.now()))
        return before, deal, lines

    def _effect(self, deal: Deal, by: str, effect: DealEffect) -> tuple[Deal, TimelineRow | None]:
        match effect:
            case SetField():
                return self._set_field(deal, by, effect.field, effect.value)
            case Assign():
                if effect.turn:
                    self._take_turn(effect.rule, effect.user)
                return self._set_field(deal, by, "deal.responsible", effect.user)
            case Comment():
                return deal, self._line(deal, by, TimelineKind.NOTE, Words("{text}", {"text": effect.text}), {})
            case Notify() | StartTimer() | KeepInvite():
                self._beside(deal, by, effect)
                return deal, None
            case CreateTask():
                return deal, self._create_task(deal, by, effect)
            case StoreFile():
                return self._store_file(deal, by, effect)
            case ChatNote():
                return deal, self._chat_note(deal, by, effect)

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

    def _beside(self, deal: Deal, by: str, effect: Notify | StartTimer | KeepInvite) -> None:
        """Write what neither changes the deal nor stands in its history."""
        match effect:
            case Notify():
                self._notify(deal, by, effect)
            case StartTimer():
                self._start_timer(deal, effect)
            case KeepInvite():
                self._keep_invite(deal, effect)

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

    def _chat_note(self, deal: Deal, by: str, effect: ChatNote) -> TimelineRow | None:
        chat = self.chat(effect.chat)
        if chat is None:
            return None
        note = ChatMessage(
            id=0,
            chat=chat.id,
            session=chat.session,
            at=self.now(),
            author=Author.RULE,
            by=effect.rule,
            text=effect.text,
            hidden=True,
            data={"attachments": [dict(one) for one in effect.attachments]} if effect.attachments else {},
        )
        self.say(note)
        words = Words(N_("note in chat {chat}: {text}"), {"chat": chat.address, "text": effect.text[:_LONGEST]})
        data = {"chat": chat.address, "what": "note", "rule": effect.rule, "text": effect.text}
        return self._line(deal, by, TimelineKind.CHAT, words, data)

    def _keep_invite(self, deal: Deal, effect: KeepInvite) -> None:
        self.add_invite(
            Invite(
                token=effect.token,
                deal=deal.id,
                channel=effect.channel,
                at=self.now(),
                contact=effect.contact,
                company=effect.company,
                run=effect.run,
            )
        )

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
