"""``funil run``."""

from __future__ import annotations

import argparse
from zoneinfo import ZoneInfo

from adapters.cli import working
from adapters.cli.printing import as_json, say
from adapters.cli.reading import opened
from adapters.cli.roof import Engine, Roof
from adapters.cli.working import Stop
from core import zones
from core.commands.clocks import within
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.moment import iso
from core.words import fill


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help=_("one pass"))
    how.add_argument("--until-idle", action="store_true", help=_("pass after pass until nothing is due now"))
    how.add_argument(
        "--until", metavar="ISO", help=_("up to a moment; a simulated clock jumps from one due moment to the next")
    )


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Let what is due happen; without an option until stopped."""
    with opened(args, roof) as store:
        task = _task(args, store.read(lambda r: zones.zone(r.house().company.timezone)))
        done, status = working.work(store, roof, "run", task)
        held = working.tell_held(store) if args.until_idle or args.once else []
        now = store.read(lambda reader: reader.now())
    if args.json:
        as_json({"happened": done, "clock": iso(now), "held": held})
    elif args.once or args.until_idle or args.until:
        say(fill(ngettext("{n} thing happened", "{n} things happened", done), {"n": done}))
    return status


def _task(args: argparse.Namespace, where: ZoneInfo) -> working.Work:
    if args.until is not None:
        moment = within(zones.read_moment(args.until, where))

        async def until(engine: Engine, stop: Stop) -> int:
            await working.interruptible(engine.until(moment), stop)
            return engine.happened

        return until
    if args.until_idle:
        return working.until_idle
    return _once if args.once else working.serve


async def _once(engine: Engine, stop: Stop) -> int:
    return await engine.once()
