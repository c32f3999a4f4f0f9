"""Completion scripts: what a real shell makes of them, and the ids that they ask for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from adapters.cli import completion, parser_of
from adapters.cli.verbs import VERBS
from tests.cli.cli_ground import Shell, at_noon

HERE = Path(__file__).parents[2]
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
ASK = """
source "$1"; shift
while read -r COMP_LINE; do
    COMP_LINE="${COMP_LINE%|}"; COMP_POINT=${#COMP_LINE}
    _funil
    echo "${COMPREPLY[*]}"
done
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = at_noon(tmp_path_factory.mktemp("completion"))
    made.ok("deal", "add", "--title", "x", "--id", "X-1")
    made.ok("deal", "add", "--title", "gone", "--id", "X-2")
    made.ok("deal", "remove", "X-2")
    return made


@pytest.fixture(scope="module")
def script(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("scripts") / "funil.bash"
    file.write_text(shell.ok("completion", "bash"))
    return file


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
    f"funil apply {HERE}/pypro": f"{HERE}/pyproject.toml",
}


def test_bash_completes_verbs_options_and_ids(shell: Shell, script: Path) -> None:
    asked = "".join(f"{line}|\n" for line in LINES)
    environment = {"PATH": PATH, "FUNIL_DB": shell.url, "HOME": os.environ["FUNIL_TEST_HOME"]}
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        [bash, "--norc", "-c", ASK, "bash", str(script)], input=asked, env=environment, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert dict(zip(LINES, done.stdout.split("\n"), strict=False)) == LINES


def test_bash_asks_the_database_that_the_line_names(shell: Shell, script: Path, tmp_path: Path) -> None:
    asked = f"funil --db {shell.url} deal show X|\nfunil --db sqlite:///{tmp_path}/none.db deal show |\n"
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK, "bash", str(script)],
        input=asked,
        env={"PATH": PATH},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("X-1\n\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def terminal(shell: Shell, script: Path) -> Iterator[pexpect.spawn]:
    environment = {"PATH": PATH, "FUNIL_DB": shell.url, "PS1": "$ ", "TERM": "dumb", "HOME": str(script.parent)}
    with pexpect.spawn("bash", ["--norc", "--noprofile", "-i"], env=environment, encoding="utf-8", timeout=60) as child:
        child.expect_exact("$ ")
        yield child
        child.close(force=True)


def test_a_tab_on_a_real_prompt_completes(terminal: pexpect.spawn, script: Path) -> None:
    terminal.sendline(f"source {script}; echo rea''dy")
    terminal.expect_exact("ready")
    terminal.send("funil connection pau\t")
    terminal.expect_exact("pause ")
    terminal.send("lin\t")
    terminal.expect_exact("line1 ")
    terminal.send("\x15exit\n")


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_every_shell_knows_every_verb_and_option(shell: Shell, name: str, tmp_path: Path) -> None:
    text = shell.ok("completion", name)
    for verb in VERBS:
        for option in parser_of(verb)._option_string_actions:
            if option.startswith("--"):
                assert (option if name == "zsh" else f" -l {option[2:]}") in text
    program = shutil.which(name)
    if program is not None:  # its own judgement where it is installed
        file = tmp_path / "script"
        file.write_text(text)
        subprocess.run([program, "--no-execute", str(file)], check=True)


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
