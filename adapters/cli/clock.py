"""``funil clock``: the simulated clock, which only commands and the board's clock bar move."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.cli.parser import Family
from adapters.cli.printing import as_json, say
from adapters.cli.reading import opened, read
from core import commands, zones
from core.errors import BadInput
from core.i18n import N_
from core.i18n import gettext as _
from core.model.moment import Moment, iso, parse_duration
from core.ports import Reader

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

REAL = "real"


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    family = Family(parser)
    family.add("show", "clock:show", _("say what the clock shows"))
    setting = family.add("set", "clock:set_to", _("switch to the simulated clock at a moment; “real” switches back"))
    setting.add_argument("moment", metavar="ISO", help=_("like 2026-12-01T12:00Z, or real"))
    advancing = family.add("advance", "clock:advance", _("turn the simulated clock forward; nothing runs by itself"))
    advancing.add_argument("duration", metavar=_("DURATION"), help=_("like 90s, 10m, 2h, 1d, 1w"))


def show(args: argparse.Namespace, roof: Roof) -> int:
    """Say what the clock shows."""
    return _tell(args, *read(args, roof, _clock))


def set_to(args: argparse.Namespace, roof: Roof) -> int:
    """Set the clock; once a run exists it only goes forward."""
    if args.moment.strip() == REAL:
        return _change(args, roof, None)
    with opened(args, roof) as store:
        where = store.read(lambda r: zones.zone(r.house().company.timezone))
    return _change(args, roof, _moment(args.moment, where))


def advance(args: argparse.Namespace, roof: Roof) -> int:
    """Turn the clock forward by a duration, a day being 24 hours."""
    span = parse_duration(args.duration).millis
    with opened(args, roof) as store:
        store.write_now(commands.advance_clock(span))
        return _tell(args, *store.read(_clock))


def _change(args: argparse.Namespace, roof: Roof, moment: Moment | None) -> int:
    with opened(args, roof) as store:
        store.write_now(commands.set_clock(moment))
        return _tell(args, *store.read(_clock))


def _moment(text: str, where: ZoneInfo) -> Moment:
    moment = zones.read_moment(text, where)
    if moment < 0:
        raise BadInput(N_("{moment} is before 1970: the clock begins there"), moment=text)
    return moment


def _clock(reader: Reader) -> tuple[Moment, bool]:
    return reader.now(), reader.simulated_now() is not None


def _tell(args: argparse.Namespace, now: Moment, simulated: bool) -> int:
    if args.json:
        as_json({"clock": "simulated" if simulated else REAL, "now": iso(now)})
    else:
        kind = _("simulated") if simulated else _("real")
        say(f"{iso(now)}  {kind}")
    return 0
