"""Files from the board file to the client's mailbox: both databases, a real mail server, to the byte."""

from __future__ import annotations

import email
import os
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.files import digest_of
from tests.cli.cli_ground import NOON, Shell
from tests.proof.ground import board
from tests.proof.post_office import PostOffice, post_office
from tests.proof.scripted import Script, ScriptedFunil

BOARD = """
funil: 1
company: {{grace: 0s}}
users: [{{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}}]
connections: [{{id: mail, channel: email, adapter: smtp, settings: {{host: 127.0.0.1, port: {port}}}}}]
fields: [{{id: doc, type: file}}, {{id: spare, type: file}}]
pipelines:
  - id: sales
    stages: [{{id: new}}, {{id: delivery}}, {{id: won, kind: success}}, {{id: lost, kind: failure}}]
    rules:
      - id: send
        stage: delivery
        kind: email
        settings: {{subject: Oi, body: "<p>Oi</p>", attach: {{fields: [doc, spare], files: [Catálogo.pdf]}}}}
contacts: [{{id: maria, name: Maria Lima, emails: [{{value: maria@cliente.example}}]}}]
deals: [{{id: D1, responsible: ana, contacts: [maria], fields: {{doc: {{file: "in/oferta nº 1.bin"}}}}}}]
"""
CATALOGUE = b"%PDF-1.7\r\n.\r\n\x00\xff\n"
OFFER = os.urandom(300_000)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """Return a mail server."""
    with post_office() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def shell(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell on an empty house in either database, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'funil.db'}" if sqlite else request.getfixturevalue("fresh_postgres")
    found = Shell(url)
    found.ok("init")
    found.ok("clock", "set", NOON)
    return found


def read(content: bytes) -> EmailMessage:
    """Return a mail as a modern reader sees it."""
    found = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def files_of(mail: EmailMessage) -> list[tuple[str | None, bytes]]:
    """Return a mail's files."""
    return [(each.get_filename(), each.get_content()) for each in mail.iter_attachments()]


def test_files_arrive_as_they_were_given(shell: Shell, office: PostOffice) -> None:
    Path("in").mkdir()
    Path("in/oferta nº 1.bin").write_bytes(OFFER)
    Path("Catálogo.pdf").write_bytes(CATALOGUE)
    Path("board.yaml").write_text(BOARD.format(port=office.port), encoding="utf-8")
    shell.ok("apply", "board.yaml")
    assert "Nothing changes" in shell.ok("apply", "board.yaml")
    shell.ok("deal", "move", "D1", "delivery")
    shell.ok("deal", "mail", "D1", "--by", "ana", "--subject", "De mim", "--text", "Olá", "--attach", "Catálogo.pdf")
    shell.ok("run", "--until-idle")
    assert {row["status"] for row in shell.json("outbound")} == {"sent"}
    mails = {str(mail["Subject"]): mail for mail in (read(each.content) for each in office.mails)}
    ruled, written = mails["Oi"], mails["De mim"]
    assert files_of(ruled) == [("oferta nº 1.bin", OFFER), ("Catálogo.pdf", CATALOGUE)]
    assert files_of(written) == [("Catálogo.pdf", CATALOGUE)]
    assert (ruled["Auto-Submitted"], written["Auto-Submitted"]) == ("auto-generated", None)
    assert str(written["From"]) == "Ana Souza <ana@loja.example>"
    row = next(each for each in shell.json("outbound") if each["rule"] == "send")
    assert row["empty_fields"] == ["spare"]


def test_the_store_is_worked_from_the_command_line(shell: Shell) -> None:
    Path("Catálogo.pdf").write_bytes(CATALOGUE)
    shell.ok("file", "add", "Catálogo.pdf")
    shell.ok("file", "save", "Catálogo.pdf", "copy.pdf")
    assert Path("copy.pdf").read_bytes() == CATALOGUE
    assert shell.json("file", "list")[0]["digest"] == digest_of(CATALOGUE)
    shell.ok("file", "remove", "Catálogo.pdf")
    assert shell.json("file", "list") == []


def test_a_connection_that_carries_no_files_does_not_send_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("a", encoding="utf-8")
    script = Script()
    funil = ScriptedFunil(
        tmp_path, script, board().replace("channel: email, adapter: simulated", "channel: email, adapter: scripted")
    )
    letter = ("--by", "ana", "--subject", "Oi", "--text", "Oi")
    funil("deal", "mail", "D1", *letter, "--attach", "a.txt")
    funil("deal", "mail", "D1", *letter)
    funil.idle()
    first = funil.log()[0]
    assert (first["status"], first["reason"], first["detail"]) == (
        "failed",
        "bad_attachment",
        "this connection carries no files",
    )
    assert [sent[2] for sent in script.sent] == ["2"]
