"""The key of tracking tokens: where it comes from, and that it is made once."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from adapters import house_key
from adapters.secrets import Secrets
from core.errors import BadInput

VARIABLE = "FUNIL_SECRET_GATEWAY_KEY"


def nobody(connection: str, field: str) -> None:
    return None


def secrets_at(path: Path, **environ: str) -> Secrets:
    """Return secrets whose file stands at a path, existing or not."""
    found = Secrets(environ, nobody)
    found.path = lambda: path  # type: ignore[method-assign]
    return found


def test_a_key_is_made_once_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "config" / "funil" / "secrets"
    made = house_key.find(secrets_at(path), make=True)
    assert len(made) == 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_text() == f"{VARIABLE}={made}\n"
    assert house_key.find(secrets_at(path), make=True) == made
    assert house_key.find(secrets_at(path), make=False) == made


@pytest.mark.parametrize("text", ["FUNIL_SECRET_MAIL_PASSWORD=a", "FUNIL_SECRET_MAIL_PASSWORD=a\n# ours\n", ""])
def test_it_is_added_to_what_stands_there(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets"
    path.write_text(text)
    path.chmod(0o600)
    made = house_key.find(secrets_at(path), make=True)
    lines = path.read_text().splitlines()
    assert [line for line in lines if line] == [*text.splitlines(), f"{VARIABLE}={made}"]


def test_the_environment_and_the_key_ring_come_first(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    assert house_key.find(secrets_at(path, **{VARIABLE: "e" * 32}), make=True) == "e" * 32
    assert (
        house_key.find(Secrets({}, lambda connection, field: f"{connection}.{field}" * 4), make=True)
        == "gateway.key" * 4
    )
    assert not path.exists()


def test_a_missing_key_is_not_made_where_the_house_has_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as missing:
        house_key.find(secrets_at(tmp_path / "secrets"), make=False)
    assert VARIABLE in str(missing.value)
    assert "funil init --new-tracking-key" in str(missing.value)
    assert not (tmp_path / "secrets").exists()


def test_a_key_that_can_be_guessed_is_refused_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="too short") as short:
        house_key.find(secrets_at(tmp_path / "secrets", **{VARIABLE: "hunter2"}), make=True)
    assert "hunter2" not in str(short.value)


def test_where_nothing_can_be_written_it_is_said_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object, **__: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(BadInput) as refused:
        house_key.find(secrets_at(tmp_path / "secrets"), make=True)
    assert f"(Read-only file system): set {VARIABLE} to 43 random characters" in str(refused.value)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_file_that_others_may_read_gets_no_key(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.write_text("")
    path.chmod(0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        house_key.find(secrets_at(path), make=True)
    assert path.read_text() == ""


RACER = """
import sys
from pathlib import Path
from adapters import house_key
from adapters.secrets import Secrets
found = Secrets({}, lambda connection, field: None)
found.path = lambda: Path(sys.argv[1])
sys.stdin.readline()
print(house_key.find(found, make=True))
"""


def test_processes_that_race_agree(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    keys = {racer.communicate()[0].strip() for racer in racers}
    assert all(racer.returncode == 0 for racer in racers)
    assert len(keys) == 1
    assert path.read_text() == f"{VARIABLE}={keys.pop()}\n"
