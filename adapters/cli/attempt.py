"""``funil try``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from adapters.cli.explain import comparison
from adapters.cli.printing import as_json, pairs
from adapters.cli.reading import read
from core.i18n import gettext as _
from core.trying import try_rule
from core.words import Words

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("rule", metavar=_("RULE"))
    parser.add_argument("--deal", metavar=_("DEAL"), required=True, help=_("the deal to try it on"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print what a rule would do on a deal now."""
    say = Words.english if args.json else Words.local
    found = read(args, roof, lambda reader: try_rule(reader, args.rule, args.deal, say))
    if args.json:
        as_json(found)
    else:
        _print(found)
    return 0


def _print(found: Mapping[str, Any]) -> None:
    would = f"{found['would']} ({found['reason']})" if found["reason"] else str(found["would"])
    pairs(
        [
            (_("rule"), found["rule"]),
            (_("deal"), found["deal"]),
            (_("would be"), would),
            (_("why"), found.get("detail") or ""),
            (_("condition"), "\n".join(comparison(one) for one in found["condition"] or ())),
            (_("recipient"), found["recipient"] or ""),
            (_("to"), found["to"] or ""),
            (_("connection"), found["connection"] or ""),
            (_("subject"), found["subject"] or ""),
            (_("text"), found["text"] or ""),
            (_("attachments"), ", ".join(each["name"] for each in found["attachments"])),
            (_("audio file"), found.get("play") or ""),
            (_("voice"), found.get("voice") or ""),
        ]
    )
