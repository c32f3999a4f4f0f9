"""What ``funil contact`` and ``funil company`` change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.cli import shapes
from adapters.cli.parser import assignments
from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import opened
from core import commands
from core.commands import NewClient
from core.commands.clients import client
from core.i18n import gettext as _
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def add(args: argparse.Namespace, roof: Roof) -> int:
    """Make a client and print its id."""
    new = NewClient(
        name=args.name,
        emails=args.email,
        phones=args.phone,
        opted_out=args.opted_out,
        contacts=args.contact if args.what == "companies" else (),
        id=args.id,
    )
    with opened(args, roof) as store:
        made = store.write_now(commands.add_client(args.what, new))
    if args.json:
        as_json(shapes.client(made))
    else:
        say(made.id)
    return 0


def set_values(args: argparse.Namespace, roof: Roof) -> int:
    """Change what is known of a client."""
    values = assignments(args.parser, args.values)
    with opened(args, roof) as store:
        changed = store.write_now(commands.set_client(args.what, args.id, values))
        after = store.read(lambda reader: client(reader, args.what, args.id))
    if args.json:
        as_json(shapes.client(after))
    else:
        say(fill(_("{id}: changed") if changed else _("{id}: is so already"), {"id": args.id}))
    return 0


def remove(args: argparse.Namespace, roof: Roof) -> int:
    """Take clients out of use."""
    with opened(args, roof) as store:
        gone = store.write_now(commands.remove_clients(args.what, args.ids))
    return _told(args, "removed", gone, _("{id}: removed"), _("{id}: is removed already"))


def restore(args: argparse.Namespace, roof: Roof) -> int:
    """Take removed clients into use again."""
    with opened(args, roof) as store:
        back = store.write_now(commands.restore_clients(args.what, args.ids))
    return _told(args, "restored", back, _("{id}: restored"), _("{id}: was not removed"))


def _told(args: argparse.Namespace, key: str, done: Sequence[str], words: str, already: str) -> int:
    same = [each for each in dict.fromkeys(args.ids) if each not in done]
    if args.json:
        as_json({key: list(done), "unchanged": same})
        return 0
    for each in done:
        say(fill(words, {"id": each}))
    for each in same:
        note(fill(already, {"id": each}))
    return 0
