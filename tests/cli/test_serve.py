"""``funil serve``: what it refuses before it listens; who comes in is the business of ``test_web_board``."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.cli_ground import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A command line on an empty house."""
    made = Shell(f"sqlite:///{tmp_path}/funil.db")
    made.ok("init")
    return made


BAD = [
    (["--port", "x"], "--port: “x” is no port: a number from 0 to 65535"),
    (["--port", "-1"], "--port: “-1” is no port: a number from 0 to 65535"),
    (["--port", "65536"], "--port: “65536” is no port: a number from 0 to 65535"),
    (["--port", "٣"], "--port: “٣” is no port: a number from 0 to 65535"),
    (["--host", "board.example", "--port", "0"], "--host: “board.example” is no IP address of this machine"),
    (["--host", "256.1.1.1", "--port", "0"], "--host: “256.1.1.1” is no IP address of this machine"),
    (["--host", "", "--port", "0"], "--host: “” is no IP address of this machine"),
    (["--host", "192.0.2.1", "--port", "0"], "nothing can listen on 192.0.2.1, port 0: "),
    (["--public-url", "board.example"], "--public-url: “board.example” is not an address like"),
    (["--public-url", "ftp://board.example"], "--public-url: “ftp://board.example” is not an address like"),
    (["--public-url", "https://board.example/funil"], "is not an address like https://board.example.com, without"),
    (["--public-url", "https://me:secret@board.example"], "is not an address like"),
    (["--public-url", "https://board.example:99999"], "is not an address like"),
    (["--public-url", "https://"], "is not an address like"),
]


@pytest.mark.parametrize(("words", "said"), BAD)
def test_what_cannot_be_served_is_refused_in_a_sentence(shell: Shell, words: Sequence[str], said: str) -> None:
    assert said in shell.refused("serve", *words)


def test_a_port_that_is_taken_is_named(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} is taken by another program" in shell.refused("serve", "--port", str(port))


def test_without_a_database_it_says_what_makes_one(tmp_path: Path) -> None:
    shell = Shell(f"sqlite:///{tmp_path}/nothing.db")
    said = shell.refused("serve", "--port", "0")
    assert "“funil init” makes one, “funil serve --demo” shows the demo" in said
    assert not (tmp_path / "nothing.db").exists()


@pytest.mark.parametrize("key", ["", "short", "has a space in the key", "naïve-key-naïve-key", "x" * 15])
def test_a_key_that_could_be_guessed_is_refused(shell: Shell, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("FUNIL_SERVE_TOKEN", key)
    said = shell.refused("serve", "--port", "0")
    assert "FUNIL_SERVE_TOKEN must be at least 16 letters, digits, “-” or “_”" in said
