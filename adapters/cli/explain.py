"""``funil explain``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from adapters.cli.printing import as_json, say, table
from adapters.cli.reading import local, read
from core import explain
from core.commands import lookup
from core.i18n import gettext as _
from core.model.house import House
from core.model.moment import parse_iso
from core.ports import Reader
from core.words import Words, fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--deal", metavar=_("DEAL"), help=_("of one deal"))
    parser.add_argument("--rule", metavar=_("RULE"), help=_("of one rule"))
    parser.add_argument("--event", metavar=_("EVENT"), help=_("of one event"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print why each rule did or did not run, and each trigger did or did not fire, oldest first."""
    house, found = read(args, roof, lambda reader: _explained(reader, args))
    if args.json:
        as_json(found)
        return 0
    _print(found["runs"], house)
    if found["events"]:
        say("")
        _print_events(found["events"], house)
    return 0


def _explained(reader: Reader, args: argparse.Namespace) -> tuple[House, Mapping[str, Any]]:
    event = lookup.event(reader, args.event) if args.event is not None else None
    if args.deal is not None:
        lookup.deal(reader, args.deal, removed=True)
    found = explain.explain(reader, args.deal, args.rule, Words.english if args.json else Words.local, event)
    # The runs of a rule that is no more still tell why.
    if args.rule is not None and args.rule not in reader.house().rules and not found["runs"]:
        lookup.rule(reader.house(), args.rule)
    return reader.house(), found


def _print(runs: Sequence[Mapping[str, Any]], house: House) -> None:
    if not runs:
        say(_("No rule has run or waits to run."))
        return
    head = (_("ID"), _("DEAL"), _("RULE"), _("STAGE"), _("STATUS"), _("WHY"))
    table(head, [(r["id"], r["deal"], r["rule"], r["stage"] or "", _status(r), _why(r, house)) for r in runs])


def _print_events(events: Sequence[Mapping[str, Any]], house: House) -> None:
    head = (_("EVENT"), _("KIND"), _("AT"), _("DEAL"), _("TRIGGER"), _("TARGET"), _("STATUS"), _("WHY"))
    table(head, [row for each in events for row in _event_rows(each, house)])


def _event_rows(event: Mapping[str, Any], house: House) -> list[tuple[str, ...]]:
    """Return a line for each trigger that an event was for, or one that says that there was none."""
    known = (event["id"], event["kind"], local(house, parse_iso(event["at"])), event["deal"] or _("none"))
    if not event["judged"]:
        return [(*known, "", "", "", _("not matched yet"))]
    if not event["candidates"]:
        return [(*known, "", "", "", _("no trigger of the deal's pipeline waits for it") if event["deal"] else "")]
    return [
        (*known, each["trigger"], each["target"], _status({**each, "status": each["verdict"]}), each["detail"] or "")
        for each in event["candidates"]
    ]


def _status(run: Mapping[str, Any]) -> str:
    return f"{run['status']} ({run['reason']})" if run["reason"] else str(run["status"])


def _why(run: Mapping[str, Any], house: House) -> str:
    parts = [run["detail"] or ""]
    if run["due_at"]:
        parts.append(f"→ {local(house, parse_iso(run['due_at']))}")
    if run["waits_for"]:
        parts.append(fill(_("waits for “{rule}”"), {"rule": run["waits_for"]}))
    parts += [comparison(c) for c in run["condition"] or ()]
    return "; ".join(part for part in parts if part)


def comparison(one: Mapping[str, Any]) -> str:
    """Write one comparison of a condition: what was asked, what it was, and whether it held."""
    value = "" if one["value"] is None else f" {one['value']}"
    actual = _("empty") if one["actual"] is None else one["actual"]
    return f"{'✓' if one['holds'] else '✗'} {one['field']} {one['op']}{value} ({actual})"
