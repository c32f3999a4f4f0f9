"""Files on the command line: the store, fields of deals, mails that carry them, what is refused."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.files import digest_of
from tests.cli.cli_ground import NOON, Shell, shell_in

PDF = b"%PDF-1.7\x00\xff the catalogue"
BOARD = """
funil: 1
company: {timezone: America/Sao_Paulo, grace: 0s}
users: [{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}]
connections: [{id: mail, channel: email, adapter: simulated}]
fields:
  - {id: doc, type: file, name: Proposal}
  - {id: docs, type: file, multiple: true}
  - {id: tag, type: text}
pipelines:
  - id: sales
    stages:
      - {id: new}
      - {id: delivery}
      - {id: won, kind: success}
      - {id: lost, kind: failure}
    rules:
      - id: send
        stage: delivery
        kind: email
        settings: {subject: Hi, body: Hi, attach: {fields: [doc, docs], files: [papers/Catálogo.pdf]}}
contacts: [{id: maria, name: Maria Lima, emails: [{value: maria@cliente.example}]}]
deals: [{id: D1, responsible: ana, contacts: [maria]}]
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A shell on a house, and the folder that it works in."""

    shell: Shell
    folder: Path

    def file(self, name: str, content: bytes = PDF) -> str:
        """Put a file into the folder; returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return str(path)

    def forget(self, content: bytes) -> None:
        """Lose a content, as a bad restore would."""
        with sqlite3.connect(self.folder / "funil.db") as db:
            db.execute("DELETE FROM contents WHERE digest = ?", [digest_of(content)])
        db.close()

    def sent(self) -> dict[str, Any]:
        """Bring D1 into the stage of the rule, and return its line of the log."""
        self.shell.ok("deal", "move", "D1", "delivery")
        self.shell.ok("run", "--until-idle")
        (row,) = self.shell.json("outbound")
        found: dict[str, Any] = row
        return found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a house whose rule attaches a file of the store and what two fields hold."""
    monkeypatch.chdir(tmp_path)
    shell = shell_in(tmp_path)
    shell.ok("clock", "set", NOON)
    found = Desk(shell, tmp_path)
    found.file("papers/Catálogo.pdf")
    found.file("board.yaml", BOARD.encode())
    shell.ok("apply", "board.yaml")
    return found


def a_file(name: str, content: bytes = PDF, media_type: str = "application/pdf") -> dict[str, Any]:
    """Return a file as JSON shows it."""
    return {"name": name, "digest": digest_of(content), "size": len(content), "media_type": media_type}


# A rule's mail --------------------------------------------------------------------------------------------------------


def test_a_rules_mail_carries_fields_and_stored_files_and_says_what_was_empty(desk: Desk) -> None:
    desk.shell.ok("deal", "set", "D1", "docs=@" + desk.file("a.txt", b"a") + ",@" + desk.file("b, c.txt", b"b"))
    tried = desk.shell.json("try", "send", "--deal", "D1")
    row = desk.sent()
    expected = [
        a_file("a.txt", b"a", "text/plain"),
        a_file("b, c.txt", b"b", "text/plain"),
        a_file("Catálogo.pdf"),
    ]
    assert (row["status"], row["attachments"], row["empty_fields"]) == ("sent", expected, ["doc"])
    assert row["detail"].endswith("; nothing to attach in doc")
    assert (tried["would"], tried["attachments"]) == ("done", expected)
    assert tried["detail"] == row["detail"]
    told = next(line for line in desk.shell.json("timeline", "D1") if line["kind"] == "delivery")
    assert told["data"]["attachments"] == expected


def test_a_content_that_is_gone_fails_the_message(desk: Desk) -> None:
    desk.forget(PDF)
    row = desk.sent()
    assert (row["status"], row["reason"]) == ("failed", "attachment_missing")
    assert row["detail"] == "the content of “Catálogo.pdf” is not in this database"
    (run,) = desk.shell.json("explain", "--deal", "D1")["runs"]
    assert (run["status"], run["reason"]) == ("failed", "attachment_missing")


def test_a_file_that_was_taken_out_of_the_store_fails_the_rule_until_it_is_back(desk: Desk) -> None:
    assert desk.shell("file", "remove", "Catálogo.pdf").err == (
        "send: attach it and will fail with attachment_missing until it is there again\n"
    )
    desk.shell.ok("deal", "move", "D1", "delivery")
    desk.shell.ok("run", "--until-idle")
    assert desk.shell.json("outbound") == []
    (run,) = desk.shell.json("explain", "--deal", "D1")["runs"]
    assert (run["status"], run["reason"]) == ("failed", "attachment_missing")
    assert run["detail"] == "there is no file “Catálogo.pdf” in the house's store"
    desk.shell.ok("file", "add", "papers/Catálogo.pdf")
    desk.shell.ok("outbound", "retry", run["id"])
    desk.shell.ok("run", "--until-idle")
    assert [row["status"] for row in desk.shell.json("outbound")] == ["sent"]


def test_what_is_too_large_together_fails_the_rule(desk: Desk) -> None:
    desk.shell.ok("deal", "set", "D1", "doc=@" + desk.file("large.bin", bytes(19 * 1024 * 1024)))
    desk.shell.ok("deal", "move", "D1", "delivery")
    desk.shell.ok("run", "--until-idle")
    (run,) = desk.shell.json("explain", "--deal", "D1")["runs"]
    assert (run["status"], run["reason"]) == ("failed", "bad_attachment")
    assert run["detail"] == "the attachments have 20 MB together; 18 MB go with one message at most"


# Fields of deals ------------------------------------------------------------------------------------------------------


def test_a_field_takes_a_file_another_and_none(desk: Desk) -> None:
    shell = desk.shell
    shell.ok("deal", "set", "D1", "doc=@" + desk.file("offer.pdf"))
    assert shell.json("deal", "show", "D1")["fields"]["doc"] == a_file("offer.pdf")
    assert "offer.pdf" in shell.ok("deal", "show", "D1")
    assert shell.ok("deal", "set", "D1", "deal.fields.doc=@offer.pdf") == "D1: is so already\n"
    shell.ok("deal", "set", "D1", "doc=@" + desk.file("newer.pdf", b"newer"))
    shell.ok("deal", "set", "D1", "doc=")
    assert shell.json("deal", "show", "D1")["fields"]["doc"] is None
    told = [line["text"] for line in shell.json("timeline", "D1") if line["kind"] == "field"]
    assert told == ["doc: newer.pdf → –", "doc: offer.pdf → newer.pdf", "doc: – → offer.pdf"]


def test_a_deal_is_made_with_files(desk: Desk) -> None:
    desk.file("a.pdf", b"a")
    made = desk.shell.json(
        "deal", "add", "--title", "T", "--field", "doc=@a.pdf", "--field", "docs=@a.pdf", "--field", "tag=@home"
    )
    assert made["fields"]["doc"] == a_file("a.pdf", b"a")
    assert made["fields"]["docs"] == [a_file("a.pdf", b"a")]
    assert made["fields"]["tag"] == "@home"


REFUSED = [
    ("doc=@nowhere.pdf", "nowhere.pdf cannot be read: there is no such file"),
    ("doc=@offer.pdf/x", "offer.pdf/x cannot be read: there is no such file"),
    ("doc=@papers", "papers cannot be read: it is a folder; name the files in it"),
    ("doc=@", "the path of a file is missing: an empty text stands in its place"),
    ("doc=offer.pdf", "field “doc” takes a file: doc=@PATH on the command line, “file: PATH” in a board file"),
    ("doc=@offer.pdf,@offer.pdf", "offer.pdf,@offer.pdf cannot be read: there is no such file"),
    ("docs=@offer.pdf,@no.pdf", "no.pdf cannot be read: there is no such file"),
    ("docs=@offer.pdf,no.pdf", "offer.pdf,no.pdf cannot be read: there is no such file"),
    ("doc=@/dev/zero", "/dev/zero is no ordinary file"),
    ("doc=@huge.bin", "“huge.bin” has 26 MB; a file may have 25 MB at most"),
    ("title=@offer.pdf doc=@no.pdf", None),
]


@pytest.mark.parametrize(("given", "says"), REFUSED)
def test_what_is_no_file_is_refused_and_nothing_changes(desk: Desk, given: str, says: str | None) -> None:
    desk.file("offer.pdf")
    with Path("huge.bin").open("wb") as huge:
        huge.truncate(26 * 1024 * 1024)
    before = desk.shell.json("deal", "show", "D1")
    said = desk.shell.refused("deal", "set", "D1", *given.split(" "))
    assert said == (says or "no.pdf cannot be read: there is no such file")
    assert desk.shell.json("deal", "show", "D1") == before


def test_a_pipe_is_no_file(desk: Desk) -> None:
    os.mkfifo("pipe")
    assert desk.shell.refused("deal", "set", "D1", "doc=@pipe") == "pipe is no ordinary file"


def test_a_csv_brings_no_files(desk: Desk) -> None:
    desk.file("deals.csv", b"title,doc\nA,offer.pdf\n")
    assert (
        desk.shell.refused("deal", "import", "deals.csv") == "column “doc” is a field for files, which no table holds"
    )
    desk.shell.ok("deal", "import", "deals.csv", "--map", "doc=")


# The store ------------------------------------------------------------------------------------------------------------


def test_files_are_added_listed_saved_and_removed(desk: Desk) -> None:
    shell = desk.shell
    assert shell.ok("file", "add", desk.file("terms.txt", b"terms"), "--by", "ana") == "terms.txt: stored\n"
    assert shell.ok("file", "add", "terms.txt") == "terms.txt: is stored already\n"
    own = {"at": "2026-12-01T12:00:00Z", "by": "ana", "rules": [], "here": True}
    rule = {"at": "2026-12-01T12:00:00Z", "by": "system", "rules": ["send"], "here": True}
    assert shell.json("file", "list") == [
        {**a_file("Catálogo.pdf"), **rule},
        {**a_file("terms.txt", b"terms", "text/plain"), **own},
    ]
    assert "terms.txt" in shell.ok("file", "list")
    assert shell.ok("file", "save", "terms.txt", "copy.txt") == "copy.txt\n"
    assert Path("copy.txt").read_bytes() == b"terms"
    assert shell.refused("file", "save", "terms.txt", "copy.txt") == "copy.txt is there already"
    assert shell.ok("file", "save", "terms.txt", "papers") == "papers/terms.txt\n"
    assert shell.ok("file", "save", digest_of(b"terms"), "-") == "terms"
    assert shell.ok("file", "remove", "terms.txt") == "terms.txt: removed\n"
    assert [each["name"] for each in shell.json("file", "list")] == ["Catálogo.pdf"]
    assert shell.json("file", "add", "copy.txt", "--name", "../Terms.txt")["name"] == "Terms.txt"


def test_a_newer_content_of_a_name_is_told_to_whom_it_concerns(desk: Desk) -> None:
    said = desk.shell("file", "add", desk.file("Catálogo.pdf", b"newer"))
    assert (said.status, said.out, said.err) == (0, "Catálogo.pdf: stored\n", "Catálogo.pdf: attached by send\n")
    assert desk.sent()["attachments"] == [a_file("Catálogo.pdf", b"newer")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "no.pdf"), "no.pdf cannot be read: there is no such file"),
        (("add", "papers/Catálogo.pdf", "--by", "nobody"), "nobody"),
        (("remove", "no.pdf"), "there is no file “no.pdf” in the house's store (there are: Catálogo.pdf)"),
        (("save", "no.pdf"), "there is no file “no.pdf” in the house's store (there are: Catálogo.pdf)"),
        (("save", "0" * 64), "is not in this database"),
        (("save", "Catálogo.pdf", "no/where/x.pdf"), "no/where/x.pdf"),
    ],
)
def test_the_store_refuses_what_it_cannot_do(desk: Desk, words: tuple[str, ...], says: str) -> None:
    assert says in desk.shell.refused("file", *words)


def test_a_lost_content_is_told_in_the_list(desk: Desk) -> None:
    desk.forget(PDF)
    assert desk.shell("file", "list").err == "Catálogo.pdf: its content is gone; add it again\n"
    assert [each["here"] for each in desk.shell.json("file", "list")] == [False]
    desk.shell.ok("file", "add", "papers/Catálogo.pdf")
    assert [each["here"] for each in desk.shell.json("file", "list")] == [True]


# Export and back ------------------------------------------------------------------------------------------------------


def test_an_export_changes_nothing_here_and_needs_its_files_elsewhere(desk: Desk, tmp_path: Path) -> None:
    desk.shell.ok("deal", "set", "D1", "doc=@" + desk.file("offer.pdf", b"offer"))
    plain = desk.shell("export")
    assert plain.err == (
        "the files in it are named by their digests; “--files FOLDER” writes them too, for another database\n"
    )
    other = tmp_path / "other"
    other.mkdir()
    (other / "e.yaml").write_text(plain.out, encoding="utf-8")
    assert "Nothing changes" in desk.shell.ok("apply", str(other / "e.yaml"))
    fresh = shell_in(other)
    said = fresh.refused("apply", str(other / "e.yaml"))
    assert "e.yaml:" in said
    assert "the content of “Catálogo.pdf” is not in this database" in said
    whole = desk.shell("export", "--files", "out")
    assert whole.err == ""
    desk.file("whole.yaml", whole.out.encode())
    fresh.ok("apply", "whole.yaml")
    assert fresh.json("export") == desk.shell.json("export")
    assert "Nothing changes" in desk.shell.ok("apply", "whole.yaml")
    assert fresh.ok("file", "save", digest_of(b"offer"), "-") == "offer"


def test_an_export_with_files_does_not_hide_a_lost_one(desk: Desk) -> None:
    desk.forget(PDF)
    assert desk.shell.refused("export", "--files", "out") == ("the content of “Catálogo.pdf” is not in this database")
    assert not Path("out").exists()


def test_the_schema_knows_stored_files(desk: Desk) -> None:
    schema = json.loads(desk.shell.ok("schema"))
    assert "files" in schema["properties"]
