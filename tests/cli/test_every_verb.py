"""Tables over every verb there is: that it works, and what it says without a database, of one that is none, on ctrl-c.

The lines are kept for each verb; which verbs there are the parsers say, so a new one without a line fails.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from adapters.cli import parser_of
from adapters.cli.completion import specs
from core.model.moment import Moment
from data import opening
from data.store import SqlStore
from funil import Engine, House
from tests.cli.cli_ground import BOARD, Shell, at_noon

LINES: Final[Mapping[str, str]] = {
    "init": "",
    "apply": str(BOARD),
    "export": "",
    "schema": "",
    "lint": "",
    "deal add": "--title x",
    "deal show": "D1",
    "deal list": "",
    "deal move": "D1 won",
    "deal set": "D1 title=x",
    "deal undo": "D1",
    "deal redo": "D2",
    "deal import": "deals.csv",
    "deal stop": "D1",
    "deal call": "D1 --by ana",
    "deal mail": "D1 --by ana --subject s --text t",
    "deal note": "D1 --text t",
    "deal paid": "D1",
    "deal remove": "D1",
    "deal restore": "D3",
    "contact add": "--name x",
    "contact show": "maria",
    "contact list": "",
    "contact set": "maria name=x",
    "contact remove": "spare",
    "contact restore": "gone",
    "contact import": "clients.csv",
    "company add": "--name x",
    "company show": "acme",
    "company list": "",
    "company set": "acme name=x",
    "company remove": "spare",
    "company restore": "gone",
    "company import": "clients.csv",
    "task list": "",
    "inbox list": "",
    "inbox done": "T1",
    "inbox back": "T2",
    "task add": "D1 --title x",
    "task done": "T1",
    "task reopen": "T2",
    "file list": "",
    "file add": "deals.csv",
    "file remove": "paper.txt",
    "file save": "paper.txt copy.txt",
    "rule on": "tracking-mail",
    "rule off": "tracking-mail",
    "rule apply": "tracking-mail --present",
    "run": "--until-idle",
    "worker": "",
    "serve": "--port 0",
    "clock show": "",
    "clock set": "2027-01-01T12:00Z",
    "clock advance": "2h",
    "outbound": "",
    "outbound cancel": "R5",
    "outbound retry": "M2",
    "outbound resolve": "M3 sent",
    "chat list": "",
    "chat show": "c1",
    "chat accept": "c1 --by ana",
    "chat answer": "c1 --by ana --text t",
    "chat close": "c1 --by ana",
    "event": "chat_message chat=c1 text=t",
    "timeline": "D1",
    "explain": "",
    "try": "tracking-mail --deal D1",
    "backtest": "tracking-mail",
    "board": "--plain",
    "connection pause": "mail",
    "connection resume": "mail",
    "check": "",
    "backup": "copy.db",
    "keys": "",
    "completion": "bash",
    "demo": "--headless",
}
"""For each verb what follows it on a line that works in the house below, run in its folder."""
ENDLESS: Final = ("worker", "serve")
MAKING: Final = ("init", "demo")
"""Verbs that make the database where there is none."""
ALONE: Final = ("schema", "keys", "completion")
"""Verbs that look at no database."""
WAYS: Final = ("deal list", "deal move", "export", "run", "worker", "lint", "backup", "init", "demo")
"""One verb for each way of opening a database."""
MORE: Final = """
pipelines: [{id: sales, rules: [{id: tracking-mail, stage: delivery, kind: email, unknown: hold}]}]
contacts:
  - {id: blocking, name: B, emails: [{value: block@cliente.example}]}
  - {id: silent, name: S, emails: [{value: timeout@cliente.example}]}
  - {id: spare, name: Spare}
  - {id: gone, name: Gone}
companies: [{id: spare, name: Spare}, {id: gone, name: Gone}]
deals:
  - {id: D2, title: two, amount: 1, stage: new, responsible: ana}
  - {id: D3, title: three, stage: new}
  - {id: D4, title: four, amount: 9000, stage: new, responsible: ana, contacts: [blocking]}
  - {id: D5, title: five, amount: 9000, stage: new, responsible: ana, contacts: [silent]}
  - {id: D6, title: six, stage: new, responsible: ana}
"""


def stands_alone(path: str) -> bool:
    """Return whether a verb is one without a further word: ``outbound`` is, ``deal`` is not."""
    parser = parser_of(path.split(maxsplit=1)[0])
    families = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return " " in path or not any(family.required for family in families)


VERBS: Final = [spec.path for spec in specs() if spec.path and stands_alone(spec.path)]
FILES: Final = {"deals.csv": "title\nx\n", "clients.csv": "name\nx\n", "paper.txt": "hello"}


def test_every_verb_has_its_line() -> None:
    assert set(LINES) == set(VERBS)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which every line has something to work on."""
    folder = tmp_path_factory.mktemp("furnished")
    shell = at_noon(folder)
    shell.ok("apply", "-", stdin=MORE)
    (folder / "paper.txt").write_text("hello")
    shell.ok("file", "add", str(folder / "paper.txt"))
    for deal in ("D1", "D4", "D5", "D2"):
        shell.ok("deal", "move", deal, "delivery")
    shell.ok("deal", "undo", "D2")
    shell.ok("clock", "advance", "6s")
    shell.ok("run", "--until-idle")
    for what, gone in (("deal", "D3"), ("contact", "gone"), ("company", "gone")):
        shell.ok(what, "remove", gone)
    shell.ok("event", "chat_message", "channel=tg", "chat=c1", "from=+5511987650001", "text=hello")
    shell.ok("deal", "move", "D6", "delivery")
    shell.ok("task", "add", "D1", "--title", "open")
    shell.ok("task", "add", "D1", "--title", "done")
    shell.ok("task", "done", "T2")
    return folder / "funil.db"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder to stand in, with the files that lines name."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def line(path: str) -> list[str]:
    return [*path.split(), *LINES[path].split()]


def shell_on(file: Path) -> Shell:
    return Shell(f"sqlite:///{file}")


def listing(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds, without what SQLite keeps beside a database while it is open."""
    beside = ("-shm", "-wal", ".lock", "-lock", "-turnstile")
    return {each.name: each.read_bytes() for each in folder.iterdir() if not each.name.endswith(beside)}


@pytest.mark.parametrize("path", sorted(set(VERBS) - {*ENDLESS, "demo"}))
def test_each_line_works_on_a_house_that_has_it_all(furnished: Path, here: Path, path: str) -> None:
    shutil.copy(furnished, here / "funil.db")
    said = shell_on(here / "funil.db")(*line(path))
    assert said.status == 0, said


@pytest.mark.parametrize("path", sorted(set(VERBS) - {*MAKING, *ALONE}))
def test_without_a_database_each_verb_says_how_to_make_one(here: Path, path: str) -> None:
    before = listing(here)
    said = shell_on(here / "none.db").refused(*line(path))
    assert str(here / "none.db") in said
    assert "“funil init” makes one" in said
    assert listing(here) == before


@pytest.mark.parametrize("path", ALONE)
def test_what_needs_no_database_asks_for_none(here: Path, path: str) -> None:
    before = listing(here)
    assert shell_on(here / "none.db").ok(*line(path))
    assert listing(here) == before


# A database that is none ----------------------------------------------------------------------------------------------


def other_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE songs (name TEXT)")


def revised(revision: str) -> Callable[[Path, Path], None]:
    """Return what makes a database of another Funil."""

    def make(file: Path, furnished: Path) -> None:
        shutil.copy(furnished, file)
        with closing(sqlite3.connect(file)) as db, db:
            db.execute("UPDATE alembic_version SET version_num = ?", (revision,))

    return make


NONE: Final[Mapping[str, tuple[Callable[[Path, Path], object], str]]] = {
    "a text": (lambda file, _: file.write_text("notes\n" * 900), "is no SQLite database"),
    "another program's": (lambda file, _: other_program(file), "holds something else than a Funil database"),
    "a newer Funil's": (revised("9999"), "was made by a newer Funil (revision 9999); upgrade this one to open it"),
    "a folder": (lambda file, _: file.mkdir(), "is a folder; give the path of a database file"),
}


@pytest.mark.parametrize("path", sorted(set(VERBS) - set(ALONE)))
def test_what_is_no_database_of_this_funil_is_told_and_left_alone(furnished: Path, here: Path, path: str) -> None:
    for kind in NONE if path in WAYS else ["a text"]:
        make, sentence = NONE[kind]
        file = here / f"{kind.split()[1]}.db"
        make(file, furnished)
        before = file.is_dir() or file.read_bytes()
        said = shell_on(file).refused(*line(path))
        assert sentence in said
        assert str(file) in said
        assert (file.is_dir() or file.read_bytes()) == before


@pytest.mark.parametrize("path", [path for path in WAYS if path not in MAKING])
def test_a_database_of_an_older_funil_is_upgraded_only_when_asked(furnished: Path, here: Path, path: str) -> None:
    revised(opening.REVISIONS[0])(here / "old.db", furnished)
    said = shell_on(here / "old.db").refused(*line(path))
    assert said == f"{here / 'old.db'} was made by an older Funil; “funil init” upgrades it"


@pytest.mark.parametrize("path", WAYS)
def test_a_server_that_is_not_there_is_told_without_its_password(here: Path, path: str) -> None:
    before = listing(here)
    said = Shell("postgresql+psycopg://ana:geheim@127.0.0.1:9/crm")(*line(path))
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("funil: ")
    assert said.err.count("\n") == 1
    assert "127.0.0.1" in said.err
    assert "geheim" not in said.err
    assert listing(here) == before


# Ctrl-c ---------------------------------------------------------------------------------------------------------------


def interrupted(*_: object, **__: object) -> NoReturn:
    raise KeyboardInterrupt


POINTS: Final[Mapping[str, tuple[type, str]]] = {
    "opening the database": (House, "opened"),
    "looking for it": (House, "exists"),
    "reading": (SqlStore, "read"),
    "writing": (SqlStore, "write_now"),
    "becoming the engine": (House, "engine"),
    "making the database": (House, "make"),
}


@pytest.mark.parametrize("path", sorted(set(VERBS) - set(ALONE)))
def test_ctrl_c_ends_every_verb_quietly(furnished: Path, here: Path, path: str) -> None:
    points = list(POINTS) if path in ("run", "worker", *MAKING) else list(POINTS)[:1]
    for point in ["looking for it"] if path == "serve" else points:
        shutil.copy(furnished, here / "funil.db")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*POINTS[point], interrupted)
            if path in ENDLESS:
                patch.setattr(Engine, "serve", interrupted)
            said = shell_on(here / "funil.db")(*line(path))
        if path == "serve" or point == "opening the database" or said.status not in (0, 1):
            assert (said.status, said.out) == (130, ""), (point, said)
            assert said.err == "" or (path == "worker" and said.err == "The worker runs; ctrl-c stops it.\n")
        else:  # another point than its own; the demo finds a house of somebody's
            assert said.status == 0 or path == "demo", (point, said)


@contextmanager
def asked_to_stop(number: signal.Signals) -> Iterator[None]:
    """Have an engine be asked to stop as soon as it works."""

    async def serve(self: Engine, stop: asyncio.Event) -> None:
        await struck()
        await original(self, stop)

    async def once(self: Engine) -> int:
        await struck()
        return await single(self)

    async def until(self: Engine, moment: Moment) -> int:
        await struck()
        return await far(self, moment)

    async def struck() -> None:
        signal.raise_signal(number)
        for _ in range(10):  # the loop hears of a signal through a pipe to itself
            await asyncio.sleep(0)

    original, single, far = Engine.serve, Engine.once, Engine.until
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "serve", serve)
        patch.setattr(Engine, "once", once)
        patch.setattr(Engine, "until", until)
        yield


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
@pytest.mark.parametrize("words", ["run", "worker", "run --until-idle", "run --once", "run --until 2027-01-01T12:00Z"])
def test_an_engine_stops_when_asked_and_gives_its_place_back(
    furnished: Path, here: Path, words: str, number: signal.Signals, status: int
) -> None:
    shutil.copy(furnished, here / "funil.db")
    shell = shell_on(here / "funil.db")
    with asked_to_stop(number):
        said = shell(*words.split())
    assert said.status == status, said
    assert "Traceback" not in said.err
    assert signal.getsignal(number) in (signal.default_int_handler, signal.SIG_DFL)
    shell.ok("run", "--once")


def test_ctrl_c_while_the_demo_is_told_leaves_a_story_that_goes_on(here: Path) -> None:
    def struck(self: Any, moment: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return until(self, moment)

    until = Engine.until
    shell = shell_on(here / "demo.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "until", struck)
        said = shell("demo", "--headless")
    assert (said.status, said.out, said.err) == (130, "", "")
    assert len(shell.json("deal", "list")) > 10
