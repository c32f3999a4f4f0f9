"""The rules of the house that no single module can keep: arrows, sizes, quick start, clean files."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGES: Final = ("core", "data", "adapters", "tui")
LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
SLOW_TO_LOAD: Final = ("textual", "alembic", "holidays", "apscheduler", "httpx", "keyring")
# Put together from halves, so that this file passes its own test.
REGISTRIES: Final = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "debian" + ".org")
MACHINE_PATH: Final = re.compile(r"(?<![\w.~-])/(?:root|work|home/\w[\w.-]*|Users/\w[\w.-]*)/")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


@cache
def own_files() -> tuple[Path, ...]:
    """Every file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def test_the_arrows_between_the_packages_hold() -> None:
    program = (
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True, no_cache=True))"
    )
    checked = run("-c", program)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert " 0 broken" in checked.stdout


def test_the_command_line_loads_nothing_that_is_slow() -> None:
    program = "import sys, json, adapters.cli; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    loaded = run("-c", program)
    assert loaded.returncode == 0, loaded.stderr
    assert [name for name in json.loads(loaded.stdout) if name in SLOW_TO_LOAD] == []


def test_no_module_is_longer_than_400_lines() -> None:
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in modules}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_path(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r".*(?:://|file:|(?<!\w)\.{0,2}/\w|--(?:extra-)?index|--find-links|(?m:^-)).*", lock) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(name: str) -> None:
    entries = re.split(r"(?m)^(?=[a-z0-9])", (ROOT / name).read_text(encoding="utf-8"))[1:]
    bare = [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]
    assert entries
    assert bare == []


def test_both_locks_agree() -> None:
    user, developer = (dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", (ROOT / name).read_text("utf-8"))) for name in LOCKS)
    assert {name: version for name, version in user.items() if developer.get(name) != version} == {}


def test_no_file_names_the_machine_it_was_made_on() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match}"
        for path in own_files()
        if (text := path.read_bytes().decode("utf-8", "replace"))
        for match in [*MACHINE_PATH.findall(text), *(host for host in REGISTRIES if host in text)]
    ]
    assert found == []


@pytest.mark.parametrize("name", ["192.0.2.1", "mail.example.com"])
def test_no_test_can_leave_this_machine(name: str, network_attempts: list[str]) -> None:
    with socket.socket() as outside, pytest.raises(RuntimeError, match=name):
        socket.getaddrinfo(name, 25)
        outside.connect((name, 25))
    network_attempts.clear()


def test_two_tests_never_share_a_postgresql_database(fresh_postgres: str, postgres_url: str) -> None:
    assert fresh_postgres.startswith("postgresql+psycopg://")
    assert fresh_postgres != postgres_url
