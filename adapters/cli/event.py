"""``funil event``: recording what happened outside."""

from __future__ import annotations

import argparse
import difflib
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from adapters.cli.event_kinds import KINDS, Kind
from adapters.cli.parser import assignments
from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import opened
from core import zones
from core.commands import Recorded, Report
from core.commands.clocks import happened
from core.errors import BadInput, UnknownThing
from core.i18n import N_
from core.i18n import gettext as _
from core.model.moment import Moment, iso
from core.ports import Reader
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    known = " · ".join(" ".join([name, *_words(kind)]) for name, kind in KINDS.items())
    parser.add_argument("kind", metavar=_("KIND"), help=known)
    parser.add_argument("values", metavar=_("NAME=VALUE"), nargs="*", help=_("what the kind says of itself"))
    parser.add_argument("--deal", metavar=_("DEAL"), help=_("the deal that it is about, for kinds that do not tell"))
    parser.add_argument("--id", metavar="EVENT_ID", help=_("its id outside: the same again changes nothing"))
    parser.add_argument("--at", metavar="ISO", help=_("when it happened; default: now"))


def _words(kind: Kind) -> list[str]:
    deal = {True: ["--deal"], None: ["[--deal]"], False: []}[kind.deal]
    return deal + [f"{word}=" for word in kind.needs] + [f"[{word}=]" for word in kind.may]


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Record an event; the next run acts on it."""
    kind = _kind(args.kind)
    given = _checked(args.kind, kind, assignments(args.parser, args.values))
    if args.deal is not None and kind.deal is False:
        msg = N_("{kind} takes no --deal: its {what} tells which deals it is about")
        raise BadInput(msg, kind=args.kind, what=kind.needs[0])
    if not (args.deal or "").strip() and kind.deal is True:
        raise BadInput(N_("{kind} needs --deal: nothing else tells which deal it is about"), kind=args.kind)
    if args.id is not None and not args.id.strip():
        raise BadInput(N_("--id: an event's id is not empty"))
    outside_id = args.id if args.id is not None else uuid.uuid4().hex
    with opened(args, roof) as store:
        at = store.read(lambda reader: _moment(reader, args.at)) if args.at is not None else None
        done = store.write_now(kind.job(Report(id=outside_id, at=at), given, (args.deal or "").strip()))
    return _told(args, done)


def _moment(reader: Reader, text: str) -> Moment:
    return happened(reader, zones.read_moment(text, zones.zone(reader.house().company.timezone)))


def _kind(name: str) -> Kind:
    if name in KINDS:
        return KINDS[name]
    known = list(KINDS)
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
