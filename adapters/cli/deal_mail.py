"""``funil deal mail``: what a person writes to the client."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from adapters.cli.files import STDIN
from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import opened
from adapters.cli.uploads import new_file
from core import commands, outbound_export
from core.commands import NewMail
from core.errors import BadInput
from core.i18n import N_
from core.i18n import gettext as _
from core.outbound import row_of
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def write(args: argparse.Namespace, roof: Roof) -> int:
    """Put a mail into the outbox and print its number; the next run sends it."""
    mail = NewMail(
        subject=args.subject,
        text=_stdin() if args.text == STDIN else args.text,
        to=args.to,
        files=[new_file(path) for path in args.attach],
        track=not args.no_track,
        id=args.id,
        sender=args.from_,
        answers=args.answers,
    )
    with opened(args, roof) as store:
        done = store.write_now(commands.write_mail(args.deal, mail, args.by))
        row = store.read(lambda reader: row_of(reader.house(), done.delivery, reader.lines(), reader.now()))
    if not done.new:
        note(fill(_("{id}: was written before; nothing was done"), {"id": row.id}))
    if args.json:
        as_json(outbound_export.shape(row))
    else:
        say(row.id)
    return 0


def _stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise BadInput(N_("stdin is not text in UTF-8")) from None
