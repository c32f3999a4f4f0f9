"""``funil backtest``: what a rule or trigger would have done on what has really happened."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, Final

from adapters.cli.csv_out import csv_file
from adapters.cli.parser import at_least_one
from adapters.cli.printing import as_json, note, say, table
from adapters.cli.reading import local, opened
from core.backtesting import Backtest, Row, RuleBacktest, TriggerBacktest
from core.backtesting.base import Say
from core.commands import lookup
from core.i18n import gettext as _
from core.i18n import ngettext, use_zone
from core.model.house import House
from core.model.moment import DAY, Moment, iso
from core.ports import Reader, Store
from core.words import Words, fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

_HEAD: Final = ("deal", "title", "at", "due", "would", "reason", "detail", "to", "text", "today", "event")
_LONGEST_DAYS: Final = 3_660


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("thing", metavar=_("RULE|TRIGGER"), help=_("switched on or off"))
    parser.add_argument("--days", metavar="N", default="30", help=_("how far back to look (30)"))
    parser.add_argument("--csv", action="store_true", help=_("print a CSV file"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print what a rule or trigger would have done, oldest first, and how often; nothing is sent or stored."""
    if args.csv and args.json:
        args.parser.error(_("give --csv or --json, and not both"))
    days = min(at_least_one(args.days), _LONGEST_DAYS)
    with opened(args, roof) as store:
        in_words = Words.english if args.json or args.csv else Words.local
        house, until = store.read(lambda reader: (reader.house(), reader.now()))
        use_zone(house.company.timezone)
        test = store.read(lambda reader: _begun(reader, args.thing, Moment(until - days * DAY), in_words))
        _carry_out(store, test)
    if args.json:
        as_json(_document(test, until))
    elif args.csv:
        csv_file(_HEAD, [_cells(row) for row in test.rows])
    else:
        _print(test, house, days)
    return 0


def _begun(reader: Reader, thing: str, since: Moment, in_words: Say) -> Backtest[Any]:
    house = reader.house()
    trigger = house.triggers.get(thing)
    if trigger is not None and thing not in house.rules:
        return TriggerBacktest(trigger, since, in_words)
    return RuleBacktest(lookup.rule(house, thing), since, in_words)


def _carry_out(store: Store, test: Backtest[Any]) -> None:
    """Go through it step by step; on a terminal a line of progress stands on stderr meanwhile."""
    shown = sys.stderr.isatty()
    while not test.finished:
        store.read(test.step)
        if shown:
            total = "…" if test.total is None else str(test.total)
            sys.stderr.write(f"\r{test.judged} / {total}\x1b[K")
            sys.stderr.flush()
    if shown:
        sys.stderr.write("\r\x1b[K")


def _document(test: Backtest[Any], until: Moment) -> dict[str, Any]:
    return {
        "rule": test.rule.id if isinstance(test, RuleBacktest) else None,
        "trigger": test.trigger.id if isinstance(test, TriggerBacktest) else None,
        "since": iso(test.since),
        "until": iso(until),
        "judged": test.judged,
        "counts": dict(test.counts),
        "reasons": dict(test.reasons),
        "rows": [row.as_json() for row in test.rows],
    }


def _cells(row: Row) -> list[str]:
    shown = row.as_json()
    return [",".join(value) if isinstance(value := shown[name], list) else str(value or "") for name in _HEAD]


def _print(test: Backtest[Any], house: House, days: int) -> None:
    if not test.rows:
        rule = isinstance(test, RuleBacktest)
        nothing = _("No deal has come into its stage in that time.") if rule else _("No such event has reached a deal.")
        note(nothing)
        return
    head = (_("DEAL"), _("TITLE"), _("AT"), _("WOULD BE"), _("TO"), _("TEXT, OR WHY NOT"))
    table(head, [_line(row, house) for row in test.rows])
    said = ", ".join(f"{would}: {count}" for would, count in sorted(test.counts.items()))
    line = ngettext("In the last {days} day: {said}", "In the last {days} days: {said}", days)
    say("")
    say(fill(line, {"days": days, "said": said}))
    today = sorted({name for row in test.rows for name in row.today})
    if today:
        say(fill(_("As they are today, for their past is not kept: {what}"), {"what": ", ".join(today)}))


def _line(row: Row, house: House) -> tuple[str, ...]:
    would = f"{row.would} ({row.reason})" if row.reason else row.would
    at = local(house, row.at, seconds=False)
    told = row.detail if row.reason else row.text
    return row.deal, row.title, at, would, row.to or "", told or row.detail or ""
