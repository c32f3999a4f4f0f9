"""``funil deal call``: a person calls the client through one of the house's lines."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import opened
from core import commands, outbound_export
from core.commands import NewCall
from core.i18n import gettext as _
from core.outbound import row_of
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def place(args: argparse.Namespace, roof: Roof) -> int:
    """Hand the call to the line and print its number; the next run makes it."""
    call = NewCall(phone=args.phone, line=args.line, id=args.id)
    with opened(args, roof) as store:
        done = store.write_now(commands.place_call(args.deal, call, args.by))
        row = store.read(lambda reader: row_of(reader.house(), done.delivery, reader.lines(), reader.now()))
    if not done.new:
        note(fill(_("{id}: was placed before; nothing was done"), {"id": row.id}))
    if args.json:
        as_json(outbound_export.shape(row))
    else:
        say(row.id)
    return 0
