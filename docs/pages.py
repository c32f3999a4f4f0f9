"""The reference pages: verbs from the parsers, keys from the registry of actions."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from adapters import cli
from adapters.cli.verbs import VERBS
from docs import session
from tui import actions
from tui.keys import key_name
from tui.verbs import REGISTRY

CLI_HEAD = """# The command line

Everything that the board can do, the command line can do, over the same core. This page is made by `make docs`: the
verbs come from the program, and the session at the end was run to write it.

- **Which database**: `--db URL`, else `FUNIL_DB`, else `funil.db` in your data folder. `sqlite:///PATH` or
  `postgresql+psycopg://USER@HOST/DATABASE`.
- **`--json`** after the verb prints one JSON document to stdout and nothing else there; notices go to stderr. Codes,
  kinds and JSON never depend on the language (`FUNIL_LANG`: `en`, `pt_BR`).
- **Exit status**: 0 done; 1 refused or failed, with one sentence on stderr and nothing changed; 2 a command line that
  cannot be parsed; 130 interrupted.
- **Ids** given in a board file (`D1`, `maria`) are the ids everywhere. A deal's field goes by its bare id or its path:
  `amount` is `deal.amount`, `tracking` is `deal.fields.tracking`.
- **A copied database** sends nothing real at first: an engine (`run`, `worker`, the board) that finds that the database
  lived on another machine, or a PostgreSQL database on another server, pauses every connection that is not simulated,
  says so once, and `funil connection resume NAME` (or `--all`) lets it send. A machine is known by its machine id, else
  by its host name; `FUNIL_MACHINE` names it where neither lasts, as in a container that is made anew at each start.

"""

KEYS_HEAD = """# Keys

Made by `make docs` from the board's registry of actions. `?` shows the same on the board.

## Keys of your own

`keys.toml` in your configuration folder (`funil keys` names it: `~/.config/funil/keys.toml` on Linux) gives actions
other keys, by their ids:

```toml
[keys]
"deal.move" = "M"
"log.focus" = ["o", "f9"]
"app.quit" = []
```

A key is a character (`?`), a name (`enter`, `esc`, `space`, `page up`, `f9`, `left`) or one of both with `ctrl+`,
`alt+`, `shift+` before it. An empty list takes an action's keys away; the command palette still has it. A key that the
file gives to one action is taken from the others that work in the same place. What is wrong with the file, two lines
that want the same key too, is told when the board opens, by `?`, and by `funil keys --check`; such a line is left out,
and the rest counts.

"""


def command_line() -> str:
    """Return docs/CLI.md."""
    overview = "".join(f"| [`{name}`](#funil-{name}) | {verb.about} |\n" for name, verb in VERBS.items())
    verbs = "".join(section for name in VERBS for section in sections(cli.parser_of(name)))
    example = f"## A session\n\nOn the board file [first.yaml](first.yaml):\n\n```console\n{session.transcript()}```\n"
    return f"{CLI_HEAD}| verb | does |\n|---|---|\n{overview}\n{verbs}{example}"


def sections(parser: argparse.ArgumentParser, depth: int = 2) -> Iterator[str]:
    """Yield the section of a verb and of each verb of its family."""
    members = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    yield f"{'#' * depth} {parser.prog}\n\n{sentence(parser.description or '')}\n\n"
    if not any(family.required for family in members):
        yield f"    {synopsis(parser)}\n\n"
        rows = [f"- `{name_of(action)}`: {action.help}\n" for action in own(parser) if action.help]
        yield "".join([*rows, "\n"] if rows else [])
    for family in members:
        for member in family.choices.values():
            yield from sections(member, depth + 1)


def own(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return what a verb takes, apart from what every verb takes."""
    return [a for a in parser._actions if a.dest not in ("help", "db", "json", "member")]


def synopsis(parser: argparse.ArgumentParser) -> str:
    """Return how a command line is written."""
    parts = [parser.prog]
    for action in own(parser):
        needed = action.required if action.option_strings else action.nargs not in ("?", "*")
        word = name_of(action) + (" …" if action.nargs in ("+", "*") else "")
        parts.append(word if needed else f"[{word}]")
    return " ".join(parts)


def name_of(action: argparse.Action) -> str:
    """Return an option with its value, or the name of a positional argument."""
    value = str(action.metavar or action.dest.upper())
    if not action.option_strings:
        return value
    return action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {value}"


def sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def keys() -> str:
    """Return docs/KEYS.md."""
    return KEYS_HEAD + "\n".join(_scope(scope, str(title)) for scope, title in actions.SCOPE_TITLES.items())


def _scope(scope: actions.Scope, title: str) -> str:
    rows = [
        f"| `{action.id}` | {' '.join(f'`{key_name(key)}`' for key in action.keys)} | {action.title} | {action.help} |"
        for action in REGISTRY
        if action.scope is scope
    ]
    return "\n".join([f"## {title}", "", "| id | keys | action | |", "|---|---|---|---|", *rows, ""])
