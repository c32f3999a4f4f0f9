"""``funil inbox``: what waits for a person, and that somebody has seen to it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from adapters.cli.parser import Family, at_least_one
from adapters.cli.printing import as_json, say, table
from adapters.cli.reading import local, opened, read
from core import commands, inbox
from core.i18n import gettext as _
from core.model.moment import iso
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    family = Family(parser)
    verb = family.add("list", "inbox:list_inbox", _("print what waits for a person, the most urgent first"))
    verb.add_argument("--limit", metavar="N", type=at_least_one, help=_("the first N only"))
    for name, about in (
        ("done", _("take a thing off the inbox: somebody has seen to it; a task is completed")),
        ("back", _("put a thing onto the inbox again")),
    ):
        verb = family.add(name, f"inbox:{name}", about)
        verb.add_argument("thing", metavar=_("ID"), help=_("E12 an event, T3 a task, CONNECTION:CHAT a chat"))
        verb.add_argument("--by", metavar=_("USER"), help=_("who has seen to it"))


def list_inbox(args: argparse.Namespace, roof: Roof) -> int:
    """Print what waits."""
    house, found = read(args, roof, lambda reader: (reader.house(), inbox.read(reader).items))
    items = found[: args.limit]
    if args.json:
        as_json([shape(each) for each in items])
        return 0
    rows = [
        (
            each.id,
            _(inbox.SORT_NAMES[each.sort]),
            local(house, each.since, seconds=False),
            each.who,
            each.text,
            each.deal or "",
            each.person or "",
        )
        for each in items
    ]
    since = fill(_("SINCE ({zone})"), {"zone": house.company.timezone})
    table((_("ID"), _("WHAT"), since, _("CLIENT"), _("TEXT"), _("DEAL"), _("WHOSE")), rows)
    return 0


def shape(item: inbox.Waiting) -> dict[str, Any]:
    """Return the JSON of a thing that waits."""
    return {
        "id": item.id,
        "sort": item.sort.value,
        "since": iso(item.since),
        "due_at": iso(item.due),
        "client": item.who,
        "text": item.text,
        "deal": item.deal,
        "user": item.person,
    }


def done(args: argparse.Namespace, roof: Roof) -> int:
    """Take a thing off the inbox."""
    with opened(args, roof) as store:
        store.write_now(commands.attend(args.thing, args.by))
    return _told(args, _("{id}: handled"))


def back(args: argparse.Namespace, roof: Roof) -> int:
    """Put a thing onto the inbox again."""
    with opened(args, roof) as store:
        store.write_now(commands.unattend(args.thing, args.by))
    return _told(args, _("{id}: waits again"))


def _told(args: argparse.Namespace, sentence: str) -> int:
    if args.json:
        as_json({"id": args.thing})
    else:
        say(fill(sentence, {"id": args.thing}))
    return 0
