"""What ``funil deal`` changes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from adapters.cli import shapes
from adapters.cli.parser import assignments
from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import opened
from core import commands
from core.commands import NewDeal, lookup
from core.i18n import gettext as _
from core.i18n import ngettext
from core.ports import Reader, Store
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def add(args: argparse.Namespace, roof: Roof) -> int:
    """Make a deal and print its id."""
    given = assignments(args.parser, args.field)
    with opened(args, roof) as store:
        new = NewDeal(
            title=args.title,
            pipeline=args.pipeline,
            stage=args.stage,
            responsible=args.responsible,
            contacts=args.contact,
            company=args.company,
            amount=args.amount,
            currency=args.currency,
            values=_values(store, given),
            id=args.id,
        )
        deal_id = store.write_now(commands.add_deal(new, args.by))
        if args.json:
            as_json(_deal(store, deal_id))
        else:
            say(deal_id)
    return 0


def move(args: argparse.Namespace, roof: Roof) -> int:
    """Bring deals into a stage."""
    with opened(args, roof) as store:
        job = commands.move(args.deals, args.stage, by=args.by, pipeline=args.pipeline, rules=not args.no_rules)
        done = store.write_now(job)
        if args.json:
            deals = [_deal(store, each) for each in dict.fromkeys(args.deals)]
            lists = {"moved": list(done.moved), "unchanged": list(done.unchanged)}
            as_json({"batch": done.batch, **lists, "deals": deals})
            return 0
    for each in done.moved:
        say(fill(_("{deal}: moved to {stage}"), {"deal": each, "stage": args.stage}))
    for each in done.unchanged:
        note(fill(_("{deal}: stands in {stage} already"), {"deal": each, "stage": args.stage}))
    return 0


def set_values(args: argparse.Namespace, roof: Roof) -> int:
    """Change fields of a deal."""
    given = assignments(args.parser, args.values)
    with opened(args, roof) as store:
        values = _values(store, given)
        before = store.read(lambda reader: lookup.deal(reader, args.deal).version)
        after = store.write_now(commands.set_fields(args.deal, values, args.by))
        if args.json:
            as_json(_deal(store, args.deal))
            return 0
    changed = after.version != before
    say(fill(_("{deal}: changed") if changed else _("{deal}: is so already"), {"deal": args.deal}))
    return 0


def undo(args: argparse.Namespace, roof: Roof) -> int:
    """Take a move back; says what has gone out and what stays changed."""
    with opened(args, roof) as store:
        done = store.write_now(commands.undo(deal=args.deal, by=args.by))
        stages = store.read(lambda reader: {each: lookup.deal(reader, each).stage for each in done.deals})
    if args.json:
        gone, stays = ([words.english() for words in each] for each in (done.gone_out, done.stays))
        as_json({"deals": list(done.deals), "cancelled": done.cancelled, "gone_out": gone, "stays": stays})
        return 0
    for each, stage in stages.items():
        say(fill(_("{deal}: back in {stage}"), {"deal": each, "stage": stage}))
    if done.cancelled:
        say(fill(ngettext("{n} run cancelled", "{n} runs cancelled", done.cancelled), {"n": done.cancelled}))
    for words in (*done.gone_out, *done.stays):
        note(words.local())
    return 0


def redo(args: argparse.Namespace, roof: Roof) -> int:
    """Do an undone move again."""
    with opened(args, roof) as store:
        done = store.write_now(commands.redo(deal=args.deal, by=args.by))
        stages = store.read(lambda reader: {each: lookup.deal(reader, each).stage for each in done.deals})
    if args.json:
        as_json({"deals": list(done.deals), "revived": done.revived, "cancelled": done.cancelled})
        return 0
    for each, stage in stages.items():
        say(fill(_("{deal}: again in {stage}"), {"deal": each, "stage": stage}))
    if done.revived:
        say(fill(ngettext("{n} run goes on", "{n} runs go on", done.revived), {"n": done.revived}))
    if done.cancelled:
        say(fill(ngettext("{n} run cancelled", "{n} runs cancelled", done.cancelled), {"n": done.cancelled}))
    return 0


def stop(args: argparse.Namespace, roof: Roof) -> int:
    """Stop what has not happened of a deal's stage; says what that was."""
    with opened(args, roof) as store:
        done = store.write_now(commands.stop_deal(args.deal, args.by))
        runs = store.read(lambda reader: [lookup.run(reader, each) for each in done.runs])
    if args.json:
        as_json({"deal": args.deal, "runs": list(done.runs), "messages": list(done.messages)})
        return 0
    for run in runs:
        say(fill(_("{deal}: rule {rule} stopped ({id})"), {"deal": run.deal, "rule": run.rule, "id": run.public_id}))
    for each in done.messages:
        say(fill(_("{deal}: message {id} stopped"), {"deal": args.deal, "id": each}))
    if not runs and not done.messages:
        note(fill(_("{deal}: nothing waits"), {"deal": args.deal}))
    return 0


def _values(store: Store, given: dict[str, str]) -> dict[str, Any]:
    """Return values of fields with the files read that they name."""
    if not any(raw.startswith("@") for raw in given.values()):
        return {**given}
    from adapters.cli import uploads

    return uploads.values(given, store.read(lambda reader: reader.house()))


def _deal(store: Store, deal_id: str) -> dict[str, object]:
    def shape(reader: Reader) -> dict[str, object]:
        return shapes.deal(lookup.deal(reader, deal_id), reader.house())

    return store.read(shape)
