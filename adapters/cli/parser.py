"""Command lines: argparse in our languages, with the options that every verb has."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from typing import Any, Final, NoReturn

from core.errors import BadInput
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.safe_text import safe_text

# What argparse itself says, marked for translation.
ARGPARSE_TEXTS: Final = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("not allowed with argument %s"),
    N_("one of the arguments %s is required"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("ignored explicit argument %r"),
)

_WORD: Final = re.compile(r"\S{65,}")
"""A word too long to be read in a complaint."""


def translate_argparse() -> None:
    """Have argparse take its own words from our catalogue: its own lookup does not know ``FUNIL_LANG``."""
    vars(argparse).update(_=_, ngettext=ngettext)


class Parser(argparse.ArgumentParser):
    """A parser that abbreviates nothing, so that a new option never changes what an old script means."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("allow_abbrev", False)
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**settings)
        # “-2h” is a wrong duration and no option: the verb says what would be right.
        self._negative_number_matcher = re.compile(r"-\d")
        self._mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Read a line on which options may stand between words of one list: ``event payment --deal D1 amount=5``."""
        found, left = super().parse_known_args(args, namespace)
        if not left or self._mixing or namespace is not None:
            return found, left
        self._mixing = True
        try:
            return self.parse_known_intermixed_args(args)
        except TypeError:  # a family of verbs, or a word that an option excludes
            return found, left
        finally:
            self._mixing = False

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Say which verb of a family may have been meant."""
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:
            verb, known = f"{self.prog.removeprefix('funil ')} {value}", ", ".join(action.choices)
            near = difflib.get_close_matches(str(value)[:60], action.choices, 1)
            if near:
                self.error(_("there is no verb “%(verb)s”: did you mean “%(near)s”?") % {"verb": verb, "near": near[0]})
            self.error(_("there is no verb “%(verb)s” (there are: %(known)s)") % {"verb": verb, "known": known})
        super()._check_value(action, value)

    def error(self, message: str) -> NoReturn:
        """Say how the command line is written, and end with status 2."""
        self.print_usage(None)
        said = _WORD.sub(lambda word: f"{word[0][:60]}…", safe_text(message, lines=True))
        self.exit(2, _("%(prog)s: error: %(message)s\n") % {"prog": self.prog, "message": said})

    def print_usage(self, file: Any = None) -> None:
        """Print the usage; without a file to stderr, since stdout belongs to output."""
        super().print_usage(file or sys.stderr)


def common(parser: argparse.ArgumentParser, *, json: bool = True) -> None:
    """Add ``--db`` and ``--json``, whose absence keeps what a parser further up has read."""
    parser.add_argument(
        "--db",
        metavar="URL",
        default=argparse.SUPPRESS,
        help=_("the database: sqlite:///PATH or postgresql+psycopg://…"),
    )
    if json:
        parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=_("print one JSON document"))


class Family:
    """The verbs of one noun: ``deal add``, ``deal move`` … Where none is ``required`` the noun alone is a verb too."""

    def __init__(self, parser: argparse.ArgumentParser, *, required: bool = True) -> None:
        self._verbs = parser.add_subparsers(metavar=_("VERB"), required=required, dest="member", parser_class=Parser)

    def add(self, name: str, act: str, about: str, *, json: bool = True) -> argparse.ArgumentParser:
        """Add a verb that is carried out by ``act``, a ``module:function`` below this package that is loaded then."""
        verb = self._verbs.add_parser(name, help=about, description=about)
        common(verb, json=json)
        verb.set_defaults(act=act, parser=verb)
        return verb


def at_least_one(text: str) -> int:
    """Read a count. Raises ``BadInput``: the line can be parsed, the value is none."""
    if text.isascii() and text.isdigit() and int(text[:19]) > 0:
        return min(int(text[:19]), sys.maxsize)
    raise BadInput(N_("“{text}” is not a whole number above 0"), text=text)


def assignments(parser: argparse.ArgumentParser, given: list[str]) -> dict[str, str]:
    """Split ``NAME=VALUE`` words at the first ``=``; one without is no command line (status 2)."""
    found: dict[str, str] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            parser.error(_("“%s” is not NAME=VALUE") % word)
        found[name.strip()] = value
    return found


def import_options(verb: argparse.ArgumentParser) -> None:
    """Add what every import takes; what carries it out is loaded by the verb itself."""
    verb.add_argument("file", metavar=_("FILE"), help=_("its first line names the columns; - reads stdin"))
    verb.add_argument(
        "--map",
        metavar=_("COLUMN=FIELD"),
        action="append",
        default=[],
        help=_("read a column as a field; COLUMN= leaves it out; several times for several"),
    )
    verb.add_argument("--skip-bad", action="store_true", help=_("take the good rows and tell of the others"))
    verb.add_argument("--dry-run", action="store_true", help=_("only say what is wrong with the file"))
