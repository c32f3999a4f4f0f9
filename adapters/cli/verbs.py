"""The verbs and where each is carried out; a module is loaded when its verb is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.i18n import N_


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: a msgid of help, and its module below this package, with ``options(parser)`` and ``run(args, roof)``.

    A family of verbs has no ``run``: each of its members names its own.
    """

    module: str
    about: str


VERBS: Final[Mapping[str, Verb]] = {
    "init": Verb("init", N_("create the database, or bring it to this version, with the default pipeline")),
    "apply": Verb("apply", N_("make the database match a board file; all of it or nothing")),
    "export": Verb("export", N_("print the board file")),
    "schema": Verb("schema", N_("print the JSON schema of board files")),
    "lint": Verb("lint", N_("find what would not work, in the database or in a board file")),
    "deal": Verb(
        "deal", N_("deals: add, show, list, import, move, set, note, remove; undo, redo, stop what their rules do")
    ),
    "contact": Verb("contact", N_("contacts: add, show, list, import, set, remove")),
    "company": Verb("company", N_("client companies: add, show, list, import, set, remove")),
    "file": Verb("file", N_("the files that rules may attach: list, add, remove or save them")),
    "task": Verb("task", N_("what is to be done on deals: list, add, done, reopen")),
    "rule": Verb("rule", N_("switch rules on and off, or apply them to what is there already")),
    "run": Verb("run", N_("let what is due happen, without a screen")),
    "worker": Verb("worker", N_("run the rules until stopped, without a screen")),
    "serve": Verb("serve", N_("show the board in a browser, to whoever has the address with its key")),
    "clock": Verb("clock", N_("show or turn the simulated clock")),
    "outbound": Verb("outbound", N_("the outbound log, newest first; cancel, retry or resolve a line of it")),
    "chat": Verb("chat", N_("chats with clients: list, show; take, answer, close")),
    "inbox": Verb("inbox", N_("what waits for a person, the most urgent first: list, done, back")),
    "event": Verb("event", N_("record what happened outside; the next run acts on it")),
    "timeline": Verb("timeline", N_("a deal's history, newest first")),
    "explain": Verb("explain", N_("why each rule did or did not run")),
    "try": Verb("attempt", N_("what a rule would do on a deal now; sends and stores nothing")),
    "backtest": Verb("backtest", N_("what a rule or trigger would have done in the last days; reads only")),
    "board": Verb("board", N_("open the board; with --plain print it as text, for screen readers and pipes")),
    "connection": Verb("connection", N_("hold back what goes out through a connection, or let it go again")),
    "check": Verb("check", N_("whether the connections are well; contacts no customer")),
    "backup": Verb("backup", N_("write a consistent copy of the database while it is in use")),
    "keys": Verb("keys", N_("the board's keys, and what is wrong with your own")),
    "completion": Verb("completion", N_("print the script that has bash, zsh or fish complete command lines")),
    "demo": Verb("demo", N_("open the offline demo: a small company with simulated customers")),
}
