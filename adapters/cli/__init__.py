"""The command line. Everything that the board can do, it can do, over the same core.

Exit status: 0 done; 1 refused or failed, with one sentence on stderr and nothing changed; 2 a command line that cannot
be parsed; 130 interrupted.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.parser import Parser, common, translate_argparse
from adapters.cli.printing import trouble
from adapters.cli.verbs import VERBS
from core.errors import FunilError
from core.i18n import gettext as _
from core.safe_text import storable
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

_COMPLETE = "_complete"
"""What completion scripts call (:mod:`adapters.cli.complete`)."""
DONE, FAILED, UNPARSABLE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str], roof: Roof) -> int:
    """Carry out one command line and return its exit status."""
    _prepare_streams()
    translate_argparse()
    try:
        status = _status(argv, roof)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except FunilError as error:
        trouble(str(error))
        return FAILED
    except OSError as error:
        trouble(_os_trouble(error))
        _forget_stdout()
        return FAILED
    except UnicodeEncodeError:
        broken = [word for word in argv if storable(word) != word]
        if not broken:
            raise
        trouble(fill(_("“{word}” is not text in UTF-8"), {"word": broken[0]}))
        return FAILED
    return status


def _status(argv: Sequence[str], roof: Roof) -> int:
    try:
        return _carried_out(argv, roof)
    except SystemExit as ended:  # the parser has said what it had to say
        return ended.code if isinstance(ended.code, int) else FAILED


def _carried_out(argv: Sequence[str], roof: Roof) -> int:
    top = _top()
    first = top.parse_args(argv)
    if first.verb is None:
        return int(import_module("adapters.cli.start").run(first, roof))
    if first.verb == _COMPLETE:
        return int(import_module("adapters.cli.complete").run(first.rest, first.db, roof))
    if first.verb not in VERBS:
        top.error(_unknown(first.verb))
    parser = parser_of(first.verb)
    parser.set_defaults(db=first.db)
    args = parser.parse_args(first.rest)
    module, _colon, act = args.act.partition(":")
    try:
        return int(getattr(import_module(f"adapters.cli.{module}"), act)(args, roof))
    except (FunilError, OSError):
        raise
    except Exception as error:  # what a damaged database makes of the program is told as damage
        damage = roof.damage(args.db, error)
        if damage is None:
            raise
        raise damage from error


def parser_of(name: str) -> Parser:
    """Return the parser of one verb, or family of verbs; loads the verb's module."""
    verb = VERBS[name]
    parser = Parser(prog=f"funil {name}", description=_(verb.about))
    common(parser)
    parser.set_defaults(db=None, json=False, parser=parser, act=f"{verb.module}:run")
    import_module(f"adapters.cli.{verb.module}").options(parser)
    return parser


def _top() -> Parser:
    top = Parser(
        prog="funil",
        usage=_("funil [--db URL] [VERB …]"),
        description=_("A sales pipeline in the terminal that works by itself. Without a verb: open the board."),
        epilog=_verbs_help(),
    )
    top.add_argument("--version", action=_Version, nargs=0, help=_("show program's version number and exit"))
    top.add_argument("--db", metavar="URL", help=_("the database: sqlite:///PATH or postgresql+psycopg://…"))
    top.add_argument("verb", nargs="?", help=argparse.SUPPRESS)
    top.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return top


def _verbs_help() -> str:
    lines = [f"  {name:<11} {_(verb.about)}" for name, verb in VERBS.items()]
    return "\n".join([_("verbs:"), *lines, "", _("funil VERB --help tells more of one.")])


def _unknown(verb: str) -> str:
    near = difflib.get_close_matches(verb, VERBS, 1)
    if near:
        return fill(_("there is no verb “{verb}”: did you mean “{near}”?"), {"verb": verb, "near": near[0]})
    return fill(_("there is no verb “{verb}”: “funil --help” lists them"), {"verb": verb})


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: that takes longer than most verbs."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print("funil", version("funil"))
        parser.exit()


def _prepare_streams() -> None:
    """Have a terminal without a character show its number, and take output that nobody wants (``>&-``)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as we run
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _forget_stdout() -> None:
    """Let Python's last flush go nowhere: nobody reads any more."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        return


def _os_trouble(error: OSError) -> str:
    what = error.strerror or type(error).__name__
    return f"{error.filename}: {what}" if error.filename else what
