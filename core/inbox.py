"""The inbox: everything that waits for a person of the house, in one list by urgency: chats, calls, replies, tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.commands import chat_finding
from core.i18n import N_
from core.model.attention import About, WaitingChat, WaitingEvent, about
from core.model.deal import Deal
from core.model.moment import Moment
from core.model.people import Company, Contact
from core.model.talk import ChatStatus
from core.model.task import Task
from core.ports import Reader
from core.safe_text import fold

MOST: Final = 200
"""Things of one sort that are listed; whoever has more sees the oldest."""


class Sort(StrEnum):
    """What waits, the most urgent first: a client who talks to nobody, one who waits for an answer, one to be called,
    a task that is late, one who has written, a task."""

    CHAT = "chat"
    ANSWER = "answer"
    CALL = "call"
    LATE = "late"
    REPLY = "reply"
    TASK = "task"


SORT_NAMES: Final[Mapping[Sort, str]] = {
    Sort.CHAT: N_("chat waits"),
    Sort.ANSWER: N_("answer awaited"),
    Sort.CALL: N_("call back"),
    Sort.LATE: N_("task is late"),
    Sort.REPLY: N_("reply"),
    Sort.TASK: N_("task"),
}
_URGENCY: Final = {sort: place for place, sort in enumerate(Sort)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits. ``id`` names it: ``E12`` an event, ``T3`` a task, ``web:v1`` a chat. ``since`` is when it
    began, ``due`` a task's deadline; ``who`` is the client, ``person`` the user whose it is."""

    id: str
    sort: Sort
    since: Moment
    text: str
    who: str = ""
    deal: str | None = None
    title: str = ""
    due: Moment | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits, the most urgent first; ``cut`` when there is more of something than was read."""

    items: Sequence[Waiting] = ()
    cut: bool = False


def read(reader: Reader, limit: int = MOST) -> Inbox:
    """Read what waits, by urgency, of one sort the longest waiting first."""
    events, chats = reader.waiting_events(limit), reader.waiting_chats(limit)
    tasks = reader.open_tasks(limit=limit)
    talked = {each.chat.address: chat_finding.deal(reader, each.chat) for each in chats}
    known = _Known(reader, events, tasks, talked)
    now = reader.now()
    items = [
        *(known.chat(each) for each in chats),
        *(known.event(each) for each in events),
        *(known.task(each, now) for each in tasks),
    ]
    cut = limit in (len(events), len(chats), len(tasks))
    return Inbox(sorted(items, key=_order), cut)


def _order(item: Waiting) -> tuple[int, Moment, Moment, str]:
    far = Moment(2**62)
    due = item.due or far
    return _URGENCY[item.sort], due if item.sort in (Sort.TASK, Sort.LATE) else item.since, item.since, item.id


class _Known:
    """The deals and clients that the things which wait are about, read at once."""

    def __init__(
        self,
        reader: Reader,
        events: Iterable[WaitingEvent],
        tasks: Iterable[Task],
        talked: Mapping[str, Deal | None],
    ) -> None:
        wanted = {each.deal for each in events} | {task.deal for task in tasks}
        self._talked = talked
        self._deals = dict(reader.deals_by_id(one for one in wanted if one is not None))
        every = [*self._deals.values(), *(deal for deal in talked.values() if deal is not None)]
        self._contacts: Mapping[str, Contact] = reader.contacts({deal.contacts[0] for deal in every if deal.contacts})
        firms = {deal.company for deal in every if deal.company and not deal.contacts}
        self._companies = {firm: reader.company(firm) for firm in firms}

    def chat(self, waiting: WaitingChat) -> Waiting:
        chat, deal = waiting.chat, self._talked[waiting.chat.address]
        return Waiting(
            id=chat.address,
            sort=Sort.CHAT if chat.status is ChatStatus.WAITING else Sort.ANSWER,
            since=waiting.since,
            text=waiting.text,
            who=self._who(deal) or chat.peer,
            deal=deal.id if deal else None,
            title=deal.title if deal else "",
            person=chat.accepted_by or (deal.responsible if deal else None),
        )

    def event(self, waiting: WaitingEvent) -> Waiting:
        event, deal = waiting.event, self._deals.get(waiting.deal or "")
        data = event.data
        said = data.get("subject") or data.get("text") or data.get("phone") or data.get("form") or ""
        came = data.get("name") or data.get("from") or data.get("phone") or ""
        return Waiting(
            id=event.public_id,
            sort=Sort.CALL if about(event) is About.CALL else Sort.REPLY,
            since=event.at,
            text=str(said),
            who=self._who(deal) or str(came),
            deal=deal.id if deal else None,
            title=deal.title if deal else "",
            person=deal.responsible if deal else None,
        )

    def task(self, task: Task, now: Moment) -> Waiting:
        deal = self._deals.get(task.deal)
        late = task.due_at is not None and task.due_at < now
        return Waiting(
            id=task.public_id,
            sort=Sort.LATE if late else Sort.TASK,
            since=task.created_at,
            text=task.title,
            who=self._who(deal),
            deal=task.deal,
            title=deal.title if deal else "",
            due=task.due_at,
            person=task.assignee or (deal.responsible if deal else None),
        )

    def _who(self, deal: Deal | None) -> str:
        if deal is None:
            return ""
        first: Contact | Company | None = self._contacts.get(deal.contacts[0]) if deal.contacts else None
        if first is None and deal.company:
            first = self._companies.get(deal.company)
        return first.name if first is not None else ""


def found(items: Iterable[Waiting], words: str, names: Mapping[str, str], sorts: Mapping[Sort, str]) -> list[Waiting]:
    """Return the things that hold all of some words, in what they say, whose they are (``names``: users by id) or of
    which sort they are (``sorts``: their names)."""
    wanted = fold(words).split()
    return [item for item in items if _holds(item, wanted, names, sorts)]


def _holds(item: Waiting, wanted: Sequence[str], names: Mapping[str, str], sorts: Mapping[Sort, str]) -> bool:
    person = names.get(item.person or "", "")
    text = fold(" ".join((item.text, item.who, item.title, item.deal or "", person, sorts[item.sort])))
    return all(word in text for word in wanted)
