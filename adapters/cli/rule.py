"""``funil rule``: switching rules, and applying them to what is there already."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.cli.parser import Family
from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import opened
from core import commands
from core.i18n import gettext as _
from core.i18n import ngettext
from core.ports import Store
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    family = Family(parser)
    _verb(family, "on", _("switch a rule on; deals that are there already do not start it"))
    off = _verb(family, "off", _("switch a rule off; its waiting runs are cancelled"))
    _rehearsed(off)
    apply = _verb(family, "apply", _("apply a rule to what is there already"))
    to = apply.add_mutually_exclusive_group(required=True)
    to.add_argument(
        "--present", action="store_true", help=_("start it on the deals of its stage that have not started it")
    )
    to.add_argument("--waiting", action="store_true", help=_("have the runs that wait take its newest version"))
    _rehearsed(apply)


def _verb(family: Family, name: str, about: str) -> argparse.ArgumentParser:
    verb = family.add(name, f"rule:{'apply' if name == 'apply' else f'switch_{name}'}", about)
    verb.add_argument("rule", metavar=_("RULE"))
    verb.add_argument("--by", metavar=_("USER"), help=_("who does it"))
    return verb


def _rehearsed(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--dry-run", action="store_true", help=_("only say how much it would touch"))


def switch_on(args: argparse.Namespace, roof: Roof) -> int:
    """Switch a rule on."""
    with opened(args, roof) as store:
        _cancel_left(store, args.rule)
        done = store.write_now(commands.switch_rule(args.rule, True, args.by))
    if args.json:
        as_json({"rule": args.rule, "enabled": True, "changed": done.changed, "cancelled": 0})
        return 0
    say(fill(_("{rule}: on") if done.changed else _("{rule}: on already"), {"rule": args.rule}))
    return 0


def switch_off(args: argparse.Namespace, roof: Roof) -> int:
    """Switch a rule off; tells first how many waiting runs that cancels."""
    with opened(args, roof) as store:
        waiting = store.read(commands.reach(args.rule)).waiting
        if not args.json:
            _tell(ngettext("cancels {n} waiting run", "cancels {n} waiting runs", waiting), waiting)
        done = None if args.dry_run else store.write_now(commands.switch_rule(args.rule, False, args.by))
        more = _cancel_left(store, args.rule) if done is not None and done.more else 0
    if args.json:
        cancelled = waiting if done is None else done.cancelled + more
        fate = {"enabled": False, "changed": done is not None and done.changed, "cancelled": cancelled}
        as_json({"rule": args.rule, "dry_run": args.dry_run, **fate})
    elif done is not None:
        say(fill(_("{rule}: off") if done.changed else _("{rule}: off already"), {"rule": args.rule}))
    return 0


def _cancel_left(store: Store, rule: str) -> int:
    """Cancel the waiting runs that switching off has left, part by part; returns their number."""
    cancelled = 0
    while count := store.write_now(commands.cancel_left(rule)):
        cancelled += count
    return cancelled


def apply(args: argparse.Namespace, roof: Roof) -> int:
    """Apply a rule to the deals of its stage, or to its waiting runs; part by part, so that nobody waits for all."""
    to: commands.To = "present" if args.present else "waiting"
    with opened(args, roof) as store:
        jobs = store.read(commands.apply_rule(args.rule, to, args.by))
        reach = store.read(commands.reach(args.rule))
        planned = reach.present if args.present else reach.outdated
        count = planned if args.dry_run else sum(store.write_now(job) for job in jobs)
    if args.json:
        as_json({"rule": args.rule, "to": to, "dry_run": args.dry_run, "count": count})
        return 0
    if args.present:
        _tell(ngettext("{n} deal of its stage starts it", "{n} deals of its stage start it", count), count)
    else:
        _tell(
            ngettext("{n} waiting run takes its newest version", "{n} waiting runs take its newest version", count),
            count,
        )
    return 0


def _tell(pattern: str, n: int) -> None:
    (say if n else note)(fill(pattern, {"n": n}))
