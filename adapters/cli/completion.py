"""``funil completion``: scripts that complete verbs and options by themselves, and ids by asking the program."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapters import cli
from adapters.cli import completion_scripts
from adapters.cli.printing import say
from adapters.cli.reading import one_of
from adapters.cli.verbs import VERBS
from core.i18n import gettext as _
from core.model.delivery import Channel, DeliveryStatus
from core.model.talk import ChatStatus

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

SHELLS: Final = ("bash", "zsh", "fish")
FILE: Final = "file"
NOTHING: Final = "-"
"""A value that nobody can complete."""
_KINDS: Final[Mapping[str, str]] = {
    "deal": "deals",
    "deals": "deals",
    "stage": "stages",
    "pipeline": "pipelines",
    "rule": "rules",
    "connection": "connections",
    "contact": "contacts",
    "company": "companies",
    "channel": "connections",
    "responsible": "users",
    "assignee": "users",
    "task": "tasks",
    "by": "users",
    "file": FILE,
    "files": FILE,
    "attach": FILE,
}
"""What the value of an argument is an id of, by the argument's name."""


@dataclass(slots=True)
class Spec:
    """What may follow a verb: further verbs, options with the kind of their value (None: they take none), and the
    kinds of what stands by its place, the last of which may be repeated."""

    path: str
    about: str
    members: dict[str, str] = field(default_factory=dict)
    options: dict[str, str | None] = field(default_factory=dict)
    helps: dict[str, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    repeats: bool = False


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("shell", metavar="bash|zsh|fish")


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print the script of a shell; it goes where the shell looks for completions, or is sourced."""
    one_of(args.shell, SHELLS, "completion")
    say(completion_scripts.script(args.shell, list(specs())).rstrip("\n"))
    return 0


def specs() -> Iterator[Spec]:
    """Yield what may follow each verb, the program itself (an empty path) first."""
    top = Spec("", "", {name: _(verb.about) for name, verb in VERBS.items()})
    top.options = {"--db": NOTHING, "--help": None, "--version": None}
    yield top
    for name in VERBS:
        yield from _of(cli.parser_of(name), name)


def _of(parser: argparse.ArgumentParser, path: str) -> Iterator[Spec]:
    spec = Spec(path, parser.description or "")
    families: list[argparse._SubParsersAction[argparse.ArgumentParser]] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            families.append(action)
        elif action.option_strings:
            for name in (each for each in action.option_strings if each.startswith("--")):
                spec.options[name] = None if action.nargs == 0 else _kind(action, parser)
                spec.helps[name] = action.help or ""
        elif action.nargs != argparse.REMAINDER:
            spec.places.append(_kind(action, parser))
            spec.repeats = spec.repeats or action.nargs in ("+", "*")
    for family in families:
        spec.members |= {name: member.description or "" for name, member in family.choices.items()}
    yield spec
    for family in families:
        for name, member in family.choices.items():
            yield from _of(member, f"{path} {name}")


def _kind(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    """Return the kind of an argument's value: words to choose from stand there with bars between."""
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    if action.choices:
        return "|".join(map(str, action.choices))
    if "|" in metavar and metavar.replace("|", "").isalpha():
        return metavar
    if action.dest in ("id", "ids") and not action.option_strings:
        return str(parser.get_default("what") or NOTHING)
    known = _OF_ONE_VERB.get((parser.prog.removeprefix("funil "), action.dest))
    return known() if known is not None else _KINDS.get(action.dest, NOTHING)


def _events() -> str:
    from adapters.cli import event_kinds

    return "|".join(event_kinds.KINDS)


_OF_ONE_VERB: Final[Mapping[tuple[str, str], Callable[[], str]]] = {
    ("outbound", "status"): lambda: "|".join(["held", *(status.value for status in DeliveryStatus)]),
    ("outbound", "channel"): lambda: "|".join(map(str, Channel)),
    ("chat list", "status"): lambda: "|".join(status.value for status in ChatStatus),
    ("event", "kind"): _events,
    ("file add", "path"): lambda: FILE,
    ("file remove", "name"): lambda: "stored",
    ("file save", "name"): lambda: "stored",
    ("file save", "path"): lambda: FILE,
}
"""What an argument's value may be where its name alone does not tell."""
