"""What the deal panel knows of a deal, read in one go: fields, people, chats, rules, messages, history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from core import explain
from core.fields import Kind
from core.i18n import N_
from core.i18n import gettext as _
from core.log_filter import CHANNEL_NAMES
from core.model.deal import Deal
from core.model.delivery import Delivery
from core.model.event import Event, Reach
from core.model.house import FieldType, House
from core.model.line import Attempt
from core.model.people import Company, Contact
from core.model.rule import Rule
from core.model.run import Run
from core.model.talk import Chat, Owner, Said
from core.model.task import Task
from core.ports import DeliveryFilter, Reader, TimelineEntry
from core.safe_text import safe_text
from core.words import Arg, Words
from tui import reasons
from tui.outbound_paint import Moments
from tui.panels import run_words as runs_in_words
from tui.panels import values
from tui.panels.run_words import RUN_NAMES, Told

if TYPE_CHECKING:
    from core.outbound import Row

__all__ = ["ADDRESS_TYPES", "RUN_NAMES", "DealView", "read", "run_words", "value_text"]

HISTORY: Final = 200
"""Lines of history, and messages, that the panel reads."""
SAID: Final = 200
"""Messages of an unfolded chat that are read at first; the rest is asked for."""
MISSED: Final = "condition_false"
WHOLE: Final = " *"
"""What stands behind a chat's address to say that all of it is wanted; no address ends like that."""
ADDRESS_TYPES: Final = {
    "WORK": N_("Work"),
    "MOBILE": N_("Mobile"),
    "FAX": N_("Fax"),
    "HOME": N_("Home"),
    "PAGER": N_("Pager"),
    "MAILING": N_("Newsletter"),
    "OTHER": N_("Other"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DealView:
    """All that the panel shows of a deal. ``idle`` are rules of the stage that have no run on this stay; ``said`` and
    ``attempts`` are read only of what is unfolded, by chat and by message; of the chats in ``cut`` there is more.
    ``reaches`` say by event what the triggers made of it, ``judged`` by run what was compared of a condition that did
    not hold, for the lines of history."""

    house: House
    deal: Deal
    contacts: Sequence[Contact]
    company: Company | None
    told: Sequence[Told]
    idle: Sequence[Rule]
    history: Sequence[TimelineEntry]
    events: Sequence[Event]
    messages: Mapping[str, Row]
    chats: Sequence[Chat]
    said: Mapping[str, Sequence[Said]]
    cut: frozenset[str]
    tasks: Sequence[Task]
    reaches: Mapping[str, Reach]
    attempts: Mapping[str, Sequence[Attempt]]
    judged: Mapping[str, str | None]

    @property
    def runs(self) -> Sequence[Run]:
        """The runs of the deal's present stay, in rule order."""
        return [told.run for told in self.told]


def read(reader: Reader, deal_id: str, unfolded: frozenset[str] = frozenset()) -> DealView | None:
    """Read a deal; ``unfolded`` names the chats (by address) and messages of which more is wanted. None when there is
    no such deal."""
    deal = reader.deal(deal_id)
    if deal is None or deal.removed:
        return None
    house, known = reader.house(), reader.contacts(deal.contacts)
    deliveries = reader.deliveries(DeliveryFilter(deal=deal_id, limit=HISTORY))
    messages = _rows(reader, house, deliveries)
    told = _told(reader, deal, messages)
    owners = [Owner("contact", each) for each in deal.contacts]
    chats = reader.chats_of(deal_id, [*owners, Owner("company", deal.company)] if deal.company else owners)
    said, cut = _said(reader, chats, unfolded)
    begun, history = {each.run.rule for each in told}, reader.timeline(deal_id, HISTORY)
    return DealView(
        house=house,
        deal=deal,
        contacts=[known[contact] for contact in deal.contacts if contact in known],
        company=reader.company(deal.company) if deal.company else None,
        told=told,
        idle=[r for r in house.rules_by_stage.get((deal.pipeline, deal.stage), ()) if r.id not in begun],
        history=history,
        events=reader.events_of(deal_id),
        messages=messages,
        chats=chats,
        said=said,
        cut=cut,
        tasks=reader.tasks(deal_id),
        reaches={f"E{each.event}": each for each in reader.reaches_of(deal_id, limit=HISTORY)},
        attempts={d.public_id: reader.attempts(d.id) for d in deliveries if d.public_id in unfolded},
        judged=_judged(reader, history),
    )


def _judged(reader: Reader, history: Sequence[TimelineEntry]) -> Mapping[str, str | None]:
    """Return what was compared, of the runs that the history says were not started for their condition."""
    missed = [str(entry.data["run"]) for entry in history if entry.data.get("reason") == MISSED and "run" in entry.data]
    runs = reader.runs_by_id(int(run[1:]) for run in missed) if missed else {}
    return {run.public_id: run.condition for run in runs.values()}


def _said(
    reader: Reader, chats: Sequence[Chat], unfolded: frozenset[str]
) -> tuple[Mapping[str, Sequence[Said]], frozenset[str]]:
    """Return what was said in the chats that are unfolded, and those of which there is more."""
    said: dict[str, Sequence[Said]] = {}
    cut: set[str] = set()
    for chat in chats:
        if chat.address in unfolded:
            whole = chat.address + WHOLE in unfolded
            found = reader.said(chat.id, None if whole else SAID + 1)
            cut |= {chat.address} if not whole and len(found) > SAID else set()
            said[chat.address] = found if whole else found[-SAID:]
    return said, frozenset(cut)


def _rows(reader: Reader, house: House, deliveries: Sequence[Delivery]) -> dict[str, Row]:
    from core import outbound

    lines, now = (reader.lines(), reader.now()) if deliveries else ({}, reader.now())
    return {d.public_id: outbound.row_of(house, d, lines, now) for d in deliveries}


def _told(reader: Reader, deal: Deal, messages: Mapping[str, Row]) -> list[Told]:
    if deal.entry is None:
        return []
    runs = reader.runs(deal.entry)
    sent = {row.delivery.run: row for row in reversed(list(messages.values())) if row.delivery}
    told = []
    for run in runs:
        row = sent.get(run.id)
        shape = explain.run_shape(reader, run, runs, row.delivery if row else None, spoken)
        told.append(Told(run, shape, reader.revision(run.revision), row))
    return told


def spoken(words: Words) -> str:
    """Return a stored sentence in the language of the screen, the codes in it too: types of addresses, channels,
    reasons."""
    return _decoded(words).local()


def _decoded(words: Words) -> Words:
    args: dict[str, Arg] = {}
    for name, value in words.args.items():
        if isinstance(value, Words):
            args[name] = _decoded(value)
        else:
            args[name] = _CODED[name](value) if name in _CODED and isinstance(value, str) else value
    return Words(words.msg, args)


def type_name(kind: str) -> str:
    """Return the type of an address in words."""
    return safe_text(_(ADDRESS_TYPES.get(kind.upper(), kind))).lower()


def channel_name(channel: str) -> str:
    """Return a channel in words; what is no code of ours stays as it is."""
    return _(CHANNEL_NAMES.get(channel, channel))


_CODED: Final[Mapping[str, Callable[[str], str]]] = {
    "type": type_name,
    "channel": channel_name,
    "reason": reasons.words,
}
"""Values of stored sentences that are codes, by the name of their place."""


def run_words(view: DealView, run: Run, moments: Moments) -> str:
    """Say how it stands with a run and why."""
    told = next(each for each in view.told if each.run.id == run.id)
    return runs_in_words.words(told, view.house, moments)


def value_text(manner: values.Manner, kind: FieldType | None, value: Any) -> str:
    """Return a custom field's value as people write it."""
    return values.shown(manner, Kind(kind.value) if kind else None, value)
