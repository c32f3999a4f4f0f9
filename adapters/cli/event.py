"""``funil event``: recording what happened outside. A kind is one declaration below."""

from __future__ import annotations

import argparse
import difflib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.cli.parser import assignments
from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import opened
from core import commands, zones
from core.commands import Recorded, Report
from core.commands.clocks import happened
from core.errors import BadInput, Refused, UnknownThing
from core.i18n import N_
from core.i18n import gettext as _
from core.model.moment import Moment, iso
from core.ports import Job, Reader
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: the values that it ``needs`` and ``may`` have, and the job that records it."""

    needs: tuple[str, ...]
    may: tuple[str, ...]
    job: Callable[[Report, Mapping[str, str]], Job[Recorded]]


KINDS: Final[Mapping[str, Kind]] = {
    "chat_message": Kind(
        ("chat", "text"),
        ("channel", "from"),
        lambda report, given: commands.chat_message(
            report, given["chat"], given["text"], channel=given.get("channel"), sender=given.get("from")
        ),
    ),
    "chat_accepted": Kind(
        ("chat", "by"),
        ("channel",),
        lambda report, given: commands.chat_accepted(report, given["chat"], given["by"], given.get("channel")),
    ),
    "chat_answered": Kind(
        ("chat", "by", "text"),
        ("channel",),
        lambda report, given: commands.chat_answered(
            report, given["chat"], given["by"], given["text"], given.get("channel")
        ),
    ),
    "chat_closed": Kind(
        ("chat",),
        ("channel", "by"),
        lambda report, given: commands.chat_closed(report, given["chat"], given.get("channel"), given.get("by")),
    ),
}
LATER: Final = (
    "email_opened link_clicked email_received email_sent form call_made call_received call_missed payment webhook "
    "task_done"
).split()
"""Kinds that are known and cannot be recorded yet."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    known = " · ".join(" ".join([name, *_words(kind)]) for name, kind in KINDS.items())
    parser.add_argument("kind", metavar=_("KIND"), help=known)
    parser.add_argument("values", metavar=_("NAME=VALUE"), nargs="*", help=_("what the kind says of itself"))
    parser.add_argument("--deal", metavar=_("DEAL"), help=_("the deal that it is about, for kinds that do not tell"))
    parser.add_argument("--id", metavar="EVENT_ID", help=_("its id outside: the same again changes nothing"))
    parser.add_argument("--at", metavar="ISO", help=_("when it happened; default: now"))


def _words(kind: Kind) -> list[str]:
    return [f"{word}=" for word in kind.needs] + [f"[{word}=]" for word in kind.may]


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Record an event; the next run acts on it."""
    kind = _kind(args.kind)
    given = _checked(args.kind, kind, assignments(args.parser, args.values))
    if args.deal is not None:
        raise BadInput(N_("{kind} takes no --deal: its chat tells which deals it is about"), kind=args.kind)
    if args.id is not None and not args.id.strip():
        raise BadInput(N_("--id: an event's id is not empty"))
    outside_id = args.id if args.id is not None else uuid.uuid4().hex
    with opened(args, roof) as store:
        at = store.read(lambda reader: _moment(reader, args.at)) if args.at is not None else None
        done = store.write_now(kind.job(Report(id=outside_id, at=at), given))
    return _told(args, done)


def _moment(reader: Reader, text: str) -> Moment:
    return happened(reader, zones.read_moment(text, zones.zone(reader.house().company.timezone)))


def _kind(name: str) -> Kind:
    if name in KINDS:
        return KINDS[name]
    if name in LATER:
        raise Refused(N_("events of kind {kind} cannot be recorded yet"), kind=name)
    known = [*KINDS, *LATER]
    near = difflib.get_close_matches(name[:60], known, 1)
    if near:
        raise UnknownThing(N_("there is no kind of event “{kind}”: did you mean “{near}”?"), kind=name, near=near[0])
    raise UnknownThing(N_("there is no kind of event “{kind}” (there are: {known})"), kind=name, known=", ".join(known))


def _checked(name: str, kind: Kind, given: Mapping[str, str]) -> Mapping[str, str]:
    known = (*kind.needs, *kind.may)
    for word in given:
        if word in known:
            continue
        near = difflib.get_close_matches(word[:60], known, 1)
        if near:
            msg = N_("{kind} has no “{name}”: did you mean “{near}”?")
            raise UnknownThing(msg, kind=name, name=word, near=near[0])
        raise UnknownThing(N_("{kind} has no “{name}” (it has: {known})"), kind=name, name=word, known=", ".join(known))
    missing = [word for word in kind.needs if not given.get(word, "").strip()]
    if missing:
        msg = N_("{kind} needs {missing}")
        raise BadInput(msg, kind=name, missing=", ".join(f"{word}=" for word in missing))
    return {word: value for word, value in given.items() if value.strip()}


def _told(args: argparse.Namespace, done: Recorded) -> int:
    event = done.event
    if not done.new:
        note(
            fill(
                _("event “{id}” is known already ({event}): nothing has changed"),
                {"id": event.outside_id, "event": event.public_id},
            )
        )
    for words in done.notes:
        note(words.local())
    if args.json:
        as_json(
            {
                "id": event.public_id,
                "kind": event.kind,
                "at": iso(event.at),
                "deal": event.deal,
                "connection": event.connection,
                "outside_id": event.outside_id,
                "new": done.new,
                "data": dict(event.data),
            }
        )
    else:
        say(event.public_id)
    return 0
