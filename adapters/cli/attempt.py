"""``funil try``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from adapters.cli.explain import comparison
from adapters.cli.printing import as_json, note, pairs
from adapters.cli.printing import say as out
from adapters.cli.reading import local, read
from core.commands import lookup
from core.i18n import gettext as _
from core.model.moment import parse_iso
from core.ports import Reader
from core.trials import try_stage
from core.trying import try_rule
from core.words import Words, fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("rule", metavar=_("RULE"), nargs="?")
    parser.add_argument("--stage", metavar=_("STAGE"), help=_("every rule of a stage, as if the deal came into it now"))
    parser.add_argument("--pipeline", metavar=_("PIPELINE"), help=_("the stage's; the deal's own when left out"))
    parser.add_argument(
        "--play", action="store_true", help=_("with --stage: play a copy of the deal to the end, waits skipped")
    )
    parser.add_argument("--deal", metavar=_("DEAL"), required=True, help=_("the deal to try it on"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print what a rule would do on a deal now, or every rule of a stage if the deal came into it now."""
    if (args.rule is None) is (args.stage is None):
        args.parser.error(_("give a RULE or --stage STAGE, and not both"))
    if args.play and args.stage is None:
        args.parser.error(_("--play belongs to --stage"))
    say = Words.english if args.json else Words.local
    if args.stage is not None:
        return _play(args, roof, say) if args.play else _stage(args, roof, say)
    found = read(args, roof, lambda reader: try_rule(reader, args.rule, args.deal, say))
    if args.json:
        as_json(found)
    else:
        _print(found)
    return 0


def _stage(args: argparse.Namespace, roof: Roof, say: Callable[[Words], str]) -> int:
    def tried(reader: Reader) -> Mapping[str, Any]:
        pipeline = args.pipeline or lookup.deal(reader, args.deal).pipeline
        return try_stage(reader, pipeline, args.stage, args.deal, say)

    found = read(args, roof, tried)
    if args.json:
        as_json(found)
        return 0
    if not found["rules"]:
        note(_("The stage has no rules."))
    for index, each in enumerate(found["rules"]):
        if index:
            out("")
        _print(each)
    return 0


def _play(args: argparse.Namespace, roof: Roof, say: Callable[[Words], str]) -> int:
    """Print what would happen to a copy of the deal in the stage, until nothing waits any more."""
    import asyncio

    from core import playing

    def taken(reader: Reader) -> playing.Copy:
        pipeline = args.pipeline or lookup.deal(reader, args.deal).pipeline
        return playing.copied(reader, pipeline, args.stage, args.deal)

    copy = read(args, roof, taken)
    with roof.playground() as ground:
        asyncio.run(playing.play(ground, copy))
        found = ground.store.read(lambda reader: playing.story(reader, args.deal, say))
    if args.json:
        as_json(found)
        return 0
    for each in found["happened"]:
        out(f"{local(copy.house, parse_iso(each['at']))}  {each['text']}")
        for line in (each["said"] or "").splitlines():
            out(f"    │ {line}")
    for each in found["waiting"]:
        out(fill(_("still waits: {rule} ({status})"), {"rule": each["rule"], "status": each["status"]}))
    out(
        fill(
            _("in the end the deal stands in {stage}; nothing was sent, nothing of it is kept"),
            {"stage": found["stands"]},
        )
    )
    return 0


def _print(found: Mapping[str, Any]) -> None:
    would = f"{found['would']} ({found['reason']})" if found["reason"] else str(found["would"])
    pairs(
        [
            (_("rule"), found["rule"]),
            (_("deal"), found["deal"]),
            (_("when"), found.get("then") or ""),
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
