"""Completion scripts: what a real shell makes of them, and the ids that they ask for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from adapters.cli import completion, parser_of
from adapters.cli.verbs import VERBS
from tests.cli.cli_ground import Shell, at_noon

HERE = Path(__file__).parents[2]
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
ASK = {
    "bash": ("--norc", "-c", """
source "$1"
while IFS= read -r COMP_LINE; do
    COMP_LINE="${COMP_LINE%|}"; COMP_POINT=${#COMP_LINE}
    _funil
    echo "${COMPREPLY[*]}"
done
""", "bash"),
    "zsh": ("-f", "-c", """
autoload -Uz compinit; compinit -u -D
source "$1"
while IFS= read -r COMP_LINE; do
    COMP_LINE="${COMP_LINE%|}"; COMP_POINT=${#COMP_LINE}
    _funil
    print -r -- ${(M)COMPREPLY:#${COMP_LINE##* }*}
done
""", "zsh"),
    "fish": ("--no-config", "-c", """
source $argv[1]
while read -l line
    echo (complete -C (string replace -r '[|]$' '' -- $line) | string replace -r '\\t.*' '')
end
"""),
}  # fmt: skip
"""How each shell is asked what it makes of lines, a bar at the end of each; zsh picks by the beginning by itself."""
STUB = """#!/bin/sh
if [ "$1" = --db ]; then [ "$2" = "{url}" ] || exit 0; shift 2; fi
sed -n "s/^$2 \\($3.*\\)/\\1/p" {table}
"""
"""A program that knows ids, and is quicker at it than the real one."""
SHELLS = ("bash", "zsh", "fish")


def program(name: str) -> str:
    """Return where a shell is; the test is skipped where it is not, and fails where it runs for good."""
    found = shutil.which(name)
    if found is None:
        assert not os.environ.get("FUNIL_CI"), f"where this runs for good, {name} must be there"
        pytest.skip(f"{name} is not installed here")
    return found


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = at_noon(tmp_path_factory.mktemp("completion"))
    made.ok("deal", "add", "--title", "x", "--id", "X-1")
    made.ok("deal", "add", "--title", "gone", "--id", "X-2")
    made.ok("deal", "remove", "X-2")
    return made


@pytest.fixture(scope="module")
def scripts(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("scripts")
    for name in SHELLS:
        (folder / f"funil.{name}").write_text(shell.ok("completion", name))
    return {name: folder / f"funil.{name}" for name in SHELLS}


@pytest.fixture(scope="module")
def stub(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a stub in place of the program."""
    folder = tmp_path_factory.mktemp("stub")
    kinds = ("deals", "stages", "pipelines", "rules", "connections", "contacts", "companies", "users", "stored")
    known = "".join(f"{kind} {each}\n" for kind in kinds for each in shell.ok("_complete", kind, "").split())
    (folder / "table").write_text(known)
    (folder / "funil").write_text(STUB.format(url=shell.url, table=folder / "table"))
    (folder / "funil").chmod(0o755)
    return folder


def answers(name: str, script: Path, stub: Path, lines: list[str]) -> dict[str, str]:
    """Return what a shell offers for each line, in alphabetical order."""
    done = subprocess.run(
        [program(name), *ASK[name], str(script)],
        input="".join(f"{line}|\n" for line in lines),
        env={"PATH": f"{stub}:{os.environ['PATH']}", "HOME": str(stub), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return {line: " ".join(sorted(said.split())) for line, said in zip(lines, done.stdout.split("\n"), strict=False)}


FILE_LINE = f"funil apply {HERE}/pypro"
LINES = {
    "funil de": "deal demo",
    "funil deal re": "redo remove restore",
    "funil deal move --p": "--pipeline",
    "funil deal move ": "D1 X-1",
    "funil deal move X": "X-1",
    "funil deal move D1 w": "won",
    "funil deal move D1 --by ": "ana",
    "funil deal list --stage d": "delivery",
    "funil rule off ": "tracking-mail",
    "funil connection pause l": "line1",
    "funil outbound --status he": "held",
    "funil outbound --channel s": "sms",
    "funil outbound resolve M1 ": "sent failed",
    "funil contact show ": "maria",
    "funil company show a": "acme",
    "funil deal add --title ": "",
    "funil nonsense ": "",
    "funil event chat_c": "chat_closed",
    "funil chat list --channel t": "tg",
    "funil chat list --status ": "waiting accepted closed",
    "funil deal remove D1 X": "X-1",
    "funil rule apply tracking-mail --pr": "--present",
    "funil completion f": "fish",
    "funil clock se": "set",
    FILE_LINE: f"{HERE}/pyproject.toml",
}


@pytest.mark.parametrize("name", SHELLS)
def test_each_shell_completes_verbs_options_and_ids(scripts: dict[str, Path], stub: Path, name: str) -> None:
    wanted = {line: " ".join(sorted(words.split())) for line, words in LINES.items()}
    if name == "zsh":  # it looks for files only at its own prompt
        del wanted[FILE_LINE]
    assert answers(name, scripts[name], stub, list(wanted)) == wanted


@pytest.mark.parametrize("name", SHELLS)
def test_the_database_that_the_line_names_is_asked(
    shell: Shell, scripts: dict[str, Path], stub: Path, name: str
) -> None:
    lines = [f"funil --db {shell.url} deal show X", "funil --db sqlite:///none.db deal show "]
    assert list(answers(name, scripts[name], stub, lines).values()) == ["X-1", ""]


START = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}
READY = {
    "bash": "source {script}; echo rea''dy",
    "zsh": "fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; print rea''dy",
}


@pytest.mark.parametrize("name", START)
def test_a_tab_on_a_real_prompt_completes(shell: Shell, scripts: dict[str, Path], name: str, tmp_path: Path) -> None:
    shutil.copy(scripts[name], tmp_path / "_funil")
    environment = {"PATH": PATH, "FUNIL_DB": shell.url, "PS1": "$ ", "TERM": "dumb", "HOME": str(tmp_path)}
    with pexpect.spawn(program(name), START[name], env=environment, encoding="utf-8", timeout=300) as child:
        child.expect_exact("$ ")
        child.sendline(READY[name].format(script=scripts[name], folder=tmp_path))
        child.expect_exact("ready")
        child.send("funil connection pau\t")
        child.expect_exact("pause ")
        child.send("lin\t")
        child.expect_exact("line1 ")
        child.send(f"\x15{FILE_LINE}\t")
        child.expect_exact("pyproject.toml ")
        child.send("\x15exit\n")
        child.close(force=True)


@pytest.mark.parametrize("name", SHELLS)
def test_every_shell_knows_every_verb_and_option(shell: Shell, name: str, tmp_path: Path) -> None:
    text = shell.ok("completion", name)
    for verb in VERBS:
        for option in parser_of(verb)._option_string_actions:
            if option.startswith("--"):
                assert option in text
    (tmp_path / "script").write_text(text)
    subprocess.run([program(name), "-n", str(tmp_path / "script")], check=True)


def test_the_scripts_follow_the_parsers() -> None:
    known = {spec.path: spec for spec in completion.specs()}
    assert set(VERBS) <= set(known)
    assert known["deal move"].places == ["deals", "stages"]
    assert known["deal add"].options["--responsible"] == "users"
    assert known["deal list"].options["--limit"] == completion.NOTHING
    assert known["contact show"].places == ["contacts"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["deals", "X"], "X-1\n"),
        (["deals"], "D1\nX-1\n"),
        (["stages", ""], "new\ndelivery\nwon\nlost\n"),
        (["pipelines", "s"], "sales\n"),
        (["users", ""], "ana\n"),
        (["nonsense", ""], ""),
        ([], ""),
        (["deals", "\udcff"], ""),
    ],
)
def test_ids_are_given_by_kind_and_beginning(shell: Shell, words: list[str], found: str) -> None:
    assert shell.ok("_complete", *words) == found


def test_what_cannot_be_completed_is_nothing_and_makes_no_database(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/none.db", "nonsense", f"sqlite:///{tmp_path}"):
        said = Shell(url)("_complete", "deals", "")
        assert (said.status, said.out, said.err) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_another_shell_is_refused(shell: Shell) -> None:
    assert shell.refused("completion", "csh") == "completion: “csh” is none of bash, zsh, fish"
