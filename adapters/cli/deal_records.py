"""What ``funil deal`` notes, removes and restores."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from adapters.cli import shapes
from adapters.cli.files import STDIN
from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import opened
from core import commands
from core.commands import lookup
from core.errors import BadInput
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def note_deal(args: argparse.Namespace, roof: Roof) -> int:
    """Write a note on a deal's history."""
    text = _stdin() if args.text == STDIN else args.text
    with opened(args, roof) as store:
        deal = store.write_now(commands.note(args.deal, text, args.by))
        line = store.read(lambda reader: reader.timeline(deal.id, 1)[0])
    if args.json:
        as_json({"deal": deal.id} | shapes.history(line))
    else:
        say(fill(_("{deal}: noted"), {"deal": deal.id}))
    return 0


def paid(args: argparse.Namespace, roof: Roof) -> int:
    """Mark an invoice as paid."""
    payment = commands.Payment(amount=args.amount, invoice=args.invoice)
    with opened(args, roof) as store:
        done = store.write_now(commands.mark_paid(args.deal, payment, args.by))
        line = store.read(lambda reader: reader.timeline(args.deal, 1)[0])
    if args.json:
        as_json({"deal": args.deal, "event": done.event.public_id} | shapes.history(line))
    else:
        say(f"{args.deal}: {line.text.local()}")
    return 0


def _stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise BadInput(N_("stdin is not text in UTF-8")) from None


def remove(args: argparse.Namespace, roof: Roof) -> int:
    """Take deals off the board; says what was cancelled with them."""
    with opened(args, roof) as store:
        done = store.write_now(commands.remove_deals(args.deals, args.by))
    if args.json:
        lists = {"removed": done.deals, "unchanged": done.unchanged, "runs": done.runs, "messages": done.messages}
        as_json({name: list(ids) for name, ids in lists.items()})
        return 0
    for each in done.deals:
        say(fill(_("{deal}: removed"), {"deal": each}))
    for each in done.unchanged:
        note(fill(_("{deal}: is removed already"), {"deal": each}))
    if done.runs:
        n = len(done.runs)
        say(fill(ngettext("{n} run cancelled", "{n} runs cancelled", n), {"n": n}))
    if done.messages:
        n = len(done.messages)
        say(fill(ngettext("{n} message cancelled", "{n} messages cancelled", n), {"n": n}))
    return 0


def restore(args: argparse.Namespace, roof: Roof) -> int:
    """Put removed deals back where they stood."""
    with opened(args, roof) as store:
        done = store.write_now(commands.restore_deals(args.deals, args.by))
        found = store.read(lambda reader: lookup.deals(reader, [*done.deals]))
        house = store.read(lambda reader: reader.house())
    if args.json:
        shown = [shapes.deal(deal, house) for deal in found]
        as_json({"restored": list(done.deals), "unchanged": list(done.unchanged), "deals": shown})
        return 0
    for deal in found:
        say(fill(_("{deal}: back in {stage}"), {"deal": deal.id, "stage": deal.stage}))
    for each in done.unchanged:
        note(fill(_("{deal}: was not removed"), {"deal": each}))
    return 0
