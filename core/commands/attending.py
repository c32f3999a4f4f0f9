"""Seeing to what waits for a person: a chat, a missed call, a reply, a task."""

from __future__ import annotations

from core.commands import chat_finding, lookup, tasks
from core.errors import Refused, UnknownThing
from core.i18n import N_
from core.ports import Job, Tx


def attend(thing: str, by: str | None = None) -> Job[None]:
    """Return a job by which a person says that something of the inbox (``E12``, ``T3``, ``web:v1``) is seen to: a task
    is completed then; a chat comes again when the client writes on. Raises ``UnknownThing`` and ``Refused``."""

    def job(tx: Tx) -> None:
        who = _who(tx, by)
        if tasks_id(thing):
            tasks.complete_task(thing, by)(tx)
        elif _number(thing) is None:
            tx.attend_chat(chat_finding.chat(tx, thing, None).id, tx.now(), who)
        elif not tx.attend_events([_event(tx, thing)], tx.now(), who):
            raise Refused(N_("{thing} does not wait for anybody"), thing=thing)

    return job


def unattend(thing: str, by: str | None = None) -> Job[None]:
    """Return a job that takes :func:`attend` back. Raises ``UnknownThing`` and ``Refused``."""

    def job(tx: Tx) -> None:
        if tasks_id(thing):
            tasks.reopen_task(thing, by)(tx)
        elif _number(thing) is None:
            tx.unattend_chat(chat_finding.chat(tx, thing, None).id)
        elif not tx.unattend_events([_event(tx, thing)]):
            raise Refused(N_("{thing} waits, or never has: nothing to take back"), thing=thing)

    return job


def tasks_id(thing: str) -> bool:
    """Return whether an id is a task's."""
    return thing[:1] in ("T", "t") and thing[1:].isdecimal()


def _number(thing: str) -> int | None:
    """Return an event's number; None where the id is no event's."""
    return int(thing[1:]) if thing[:1] in ("E", "e") and thing[1:].isascii() and thing[1:].isdecimal() else None


def _event(tx: Tx, thing: str) -> int:
    number = _number(thing) or 0
    if number >= 2**63 or tx.event(number) is None:
        raise UnknownThing(N_("there is no event “{id}”"), id=thing)
    return number


def _who(tx: Tx, by: str | None) -> str:
    return lookup.user(tx.house(), by).id if by is not None else "system"
