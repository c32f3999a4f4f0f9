"""Command lines that are really run: what a page shows is what the program said."""

from __future__ import annotations

import io
import os
import re
import shlex
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from adapters import cli
from docs.files import FOLDER
from funil import House

COMMANDS: Final = """
funil init
funil clock set 2026-12-01T12:00Z
funil apply first.yaml --dry-run
funil apply first.yaml
funil lint
funil deal list
funil try on-its-way --deal D1
funil deal move D1 delivery --by ana
funil run --until-idle
funil outbound --status held
funil deal undo
funil deal move D1 delivery
funil run --until 2026-12-01T15:00Z
funil outbound
funil explain --deal D1
funil timeline D1
funil deal add --title "Order 1002" --contact maria --responsible ana --amount 80 --field tracking=BR124 --id D2
funil deal set D2 amount=95.50 close_date=2026-12-24
funil deal show D2
funil deal show D2 --json
funil connection pause mail
funil connection resume --all
funil clock advance 1d
"""
_CONSOLE: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND: Final = re.compile(r"^\$ (.*)$", re.MULTILINE)


def transcript() -> str:
    """Return the session as a terminal would show it."""
    with Session() as session:
        return "".join(session.shown(line) for line in COMMANDS.strip().splitlines())


def rerun(page: str) -> str:
    """Return a page whose console blocks show what their commands say now, run one after another."""
    with Session() as session:

        def block(found: re.Match[str]) -> str:
            return f"```console\n{''.join(map(session.shown, _COMMAND.findall(found[1])))}```"

        return _CONSOLE.sub(block, page)


class Session:
    """A folder with ``first.yaml`` and a database of its own, and commands run there."""

    def __enter__(self) -> Self:
        self._home = TemporaryDirectory()
        self._before = Path.cwd()
        os.chdir(self._home.name)
        Path("first.yaml").write_text((FOLDER / "first.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        os.chdir(self._before)
        self._home.cleanup()

    def shown(self, command: str) -> str:
        """Run a command and return it with what it says on stdout and stderr."""
        program, *words = shlex.split(command)
        out = io.StringIO()
        if program == "funil":
            with redirect_stdout(out), redirect_stderr(out):
                cli.main(["--db", "sqlite:///try.db", *words], House())
        said = out.getvalue().replace(f"{Path.cwd()}/", "…/")
        return f"$ {command}\n{said}"
