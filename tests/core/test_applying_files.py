"""Files of a board file: taken from beside it, named by what is stored, exported and brought elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from core import applying, boardfile, exporting
from core.applying import Change
from core.boardfile.writing import dump
from core.commands import add_file, remove_file
from core.errors import FunilError
from core.files import digest_of
from core.linting import lint_files
from core.model.file import NewFile
from tests.core.board_ground import HOUSE, STAGES, Home, done

PDF = b"%PDF-1.7 the catalogue"
CHAT = """
pipelines:
  - id: sales{stages}    rules:
      - {{id: r1, stage: delivery, kind: email, settings: {{subject: Hi, body: Hi, attach: {attach}}}}}
"""
FIELDS = "fields: [{id: doc, type: file}, {id: docs, type: file, multiple: true}]\n"


class Desk:
    """A house in memory, and a folder with the files that its board files name."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(HOUSE, FIELDS)
        self.folder = folder

    def file(self, name: str, content: bytes = PDF) -> None:
        """Put a file into the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def job(self, *texts: str, prune: bool = False) -> Any:
        """Return the job that applies files ``a.yaml``, ``b.yaml`` … of this folder."""
        read = [
            boardfile.read(dedent(text), f"{letter}.yaml", self.folder)
            for letter, text in zip("abc", texts, strict=False)
        ]
        return applying.apply(read, prune=prune, read_file=beside)

    def apply(self, *texts: str, prune: bool = False) -> list[str]:
        """Apply files and return what changed."""
        changes: list[Change] = self.home.write(self.job(*texts, prune=prune))
        return done(changes)

    def refuses(self, *texts: str) -> str:
        """Return the sentence with which files are refused; nothing may have been written."""
        before = self.home.export()
        with pytest.raises(FunilError) as refused:
            self.apply(*texts)
        assert self.home.export() == before
        return str(refused.value)

    def attached(self) -> list[str]:
        """Return what the rule attaches."""
        return list(self.home.house.rules["r1"].settings["attach"]["files"])

    def content(self, digest: str) -> bytes | None:
        """Return a kept content."""
        found: bytes | None = self.home.read(lambda reader: reader.content(digest))
        return found


def beside(folder: Path, name: str) -> NewFile | None:
    """Read a file of the folder."""
    path = folder / name
    return NewFile(path.name, path.read_bytes()) if path.is_file() else None


def rule(*files: str, fields: tuple[str, ...] = ()) -> str:
    """Return a board file whose one rule attaches these."""
    attach = json.dumps({"fields": list(fields), "files": list(files)}, ensure_ascii=False)
    return CHAT.format(stages=STAGES, attach=attach)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a house and an empty folder."""
    return Desk(tmp_path)


# What rules attach ----------------------------------------------------------------------------------------------------


def test_a_path_beside_the_file_is_stored_under_its_name_and_again_changes_nothing(desk: Desk) -> None:
    desk.file("papers/Catálogo.pdf")
    text = rule("papers/Catálogo.pdf")
    assert desk.apply(text) == ["add file Catálogo.pdf", "add rule r1"]
    assert desk.attached() == ["Catálogo.pdf"]
    (stored,) = desk.home.house.files.values()
    assert (stored.name, stored.size, stored.media_type) == ("Catálogo.pdf", len(PDF), "application/pdf")
    assert desk.content(stored.digest) == PDF
    assert desk.apply(text) == []


def test_another_content_beside_the_file_takes_the_place_of_the_stored_one(desk: Desk) -> None:
    desk.file("a.pdf")
    desk.apply(rule("a.pdf"))
    desk.file("a.pdf", b"newer")
    assert desk.apply(rule("a.pdf")) == ["change file a.pdf"]
    assert desk.home.house.files["a.pdf"].digest == digest_of(b"newer")


def test_a_stored_file_can_be_picked_by_its_name(desk: Desk) -> None:
    desk.home.write(add_file(NewFile("terms.pdf", PDF)))
    assert desk.apply(rule("terms.pdf")) == ["add rule r1"]
    assert desk.attached() == ["terms.pdf"]


def test_every_file_of_several_board_files_is_looked_for_beside_its_own(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.pdf").write_bytes(b"of b")
    first = boardfile.read(HOUSE, "a.yaml", tmp_path)
    second = boardfile.read(dedent(rule("x.pdf")), "b.yaml", tmp_path / "b")
    changes = desk.home.write(applying.apply([first, second], read_file=beside))
    assert done(changes) == ["add file x.pdf", "add rule r1"]


def test_what_is_nowhere_is_refused_with_its_place(desk: Desk) -> None:
    said = desk.refuses(rule("nowhere.pdf"))
    assert said.startswith("a.yaml:10:")
    assert said.endswith("there is no file “nowhere.pdf” beside the board file, and none in the house's store")


def test_two_files_of_one_name_are_refused(desk: Desk) -> None:
    desk.file("one/a.pdf", b"one")
    desk.file("two/a.pdf", b"two")
    assert "two different files would be stored as “a.pdf”" in desk.refuses(rule("one/a.pdf", "two/a.pdf"))
    desk.file("two/a.pdf", b"one")
    assert desk.apply(rule("one/a.pdf", "two/a.pdf")) == ["add file a.pdf", "add rule r1"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (("dok",), "there is no field “dok”. Did you mean doc?"),
        (("tracking",), "field “tracking” holds no files"),
    ],
)
def test_a_field_that_holds_no_files_is_refused(desk: Desk, fields: tuple[str, ...], says: str) -> None:
    said = desk.refuses(rule(fields=fields))
    assert said.startswith("a.yaml:10:")
    assert says in said


def test_what_a_chat_rule_attaches_is_taken_in_likewise(desk: Desk) -> None:
    desk.file("papers/a.pdf")
    chat = "kind: chat, settings: {text: Hi, attach:"
    text = rule("papers/a.pdf").replace("kind: email, settings: {subject: Hi, body: Hi, attach:", chat)
    assert desk.apply(text) == ["add file a.pdf", "add rule r1"]
    assert desk.attached() == ["a.pdf"]
    said = desk.refuses(text.replace('"fields": []', '"fields": ["dok"]'))
    assert "there is no field “dok”. Did you mean doc?" in said


def test_too_many_megabytes_are_told_when_the_rule_is_saved(desk: Desk) -> None:
    for name in ("a.bin", "b.bin"):
        desk.file(name, name.encode() * (10 * 1024 * 1024 // 5))
    assert "the attachments have 20 MB together; 18 MB go with one message" in desk.refuses(rule("a.bin", "b.bin"))


def test_lint_judges_files_as_apply_would(desk: Desk) -> None:
    def lint(text: str) -> list[str]:
        job = lint_files([boardfile.read(dedent(text), "a.yaml", desk.folder)], None, beside)
        return [each.words.english() for each in desk.home.rehearse(job) if each.error]

    desk.file("a.pdf")
    assert lint(rule("a.pdf")) == []
    assert desk.home.house.files == {}
    (said,) = lint(rule("b.pdf"))
    assert "there is no file “b.pdf” beside the board file" in said


# The section of stored files ------------------------------------------------------------------------------------------


def test_the_section_puts_files_into_the_store_and_keeps_them(desk: Desk) -> None:
    desk.file("x/a.pdf")
    text = "files: [{name: Prices.pdf, file: x/a.pdf}]"
    assert desk.apply(text) == ["add file Prices.pdf"]
    assert desk.apply(text) == []
    known = f"files: [{{name: Prices.pdf, digest: {digest_of(PDF)}}}]"
    assert desk.apply(known) == []
    assert desk.apply(f"files: [{{name: Other.pdf, digest: {digest_of(PDF)}}}]") == ["add file Other.pdf"]
    assert desk.apply("files: [{name: Prices.pdf}]") == []


def test_a_name_that_the_file_lists_means_the_stored_file_whatever_lies_beside(desk: Desk) -> None:
    desk.home.write(add_file(NewFile("a.pdf", PDF)))
    desk.file("a.pdf", b"something else")
    text = f"files: [{{name: a.pdf, digest: {digest_of(PDF)}}}]\n" + dedent(rule("a.pdf"))
    assert desk.apply(text) == ["add rule r1"]
    assert desk.home.house.files["a.pdf"].digest == digest_of(PDF)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("{name: a.pdf}", "there is no stored file “a.pdf” yet: “file” says where it lies"),
        ("{name: a.pdf, file: no.pdf}", "there is no file “no.pdf” beside the board file"),
        ("{name: a.pdf, digest: xyz}", "“xyz” is no SHA-256"),
        (f"{{name: a.pdf, digest: {'0' * 64}}}", "the content of “a.pdf” is not in this database"),
        (f"{{name: a.pdf, file: here.pdf, digest: {'0' * 64}}}", "has another content than “digest” says"),
        ("{name: ../a.pdf, file: here.pdf}", "“a.pdf” would be one"),
        ("{name: a.pdf, size: 3}", "size"),
    ],
)
def test_what_the_section_cannot_mean_is_refused(desk: Desk, part: str, says: str) -> None:
    desk.file("here.pdf")
    said = desk.refuses(f"files: [{part}]")
    assert said.startswith("a.yaml:1:")
    assert says in said


def test_pruning_takes_files_out_that_no_file_lists(desk: Desk) -> None:
    for name in ("a.pdf", "b.pdf"):
        desk.home.write(add_file(NewFile(name, PDF)))
    assert desk.apply(f"files: [{{name: a.pdf}}]{HOUSE}", prune=True)[-1:] == ["remove file b.pdf"]
    assert list(desk.home.house.files) == ["a.pdf"]


def test_a_file_that_a_rule_attaches_is_not_pruned(desk: Desk) -> None:
    desk.file("a.pdf")
    desk.apply(rule("a.pdf"))
    with pytest.raises(FunilError, match=r"rule “r1” would no longer work: .*no file “a.pdf” in the house's store"):
        desk.apply("files: []", prune=True)


# Values of deals ------------------------------------------------------------------------------------------------------


def held(name: str, content: bytes = PDF) -> dict[str, Any]:
    """Return a file as a deal holds it."""
    return {"name": name, "digest": digest_of(content), "size": len(content), "media_type": "application/pdf"}


def test_a_deal_gets_files_from_beside_and_again_changes_nothing(desk: Desk) -> None:
    desk.file("in/offer.pdf")
    desk.file("b.pdf", b"b")
    text = "deals: [{id: D1, fields: {doc: {file: in/offer.pdf}, docs: [{file: b.pdf}, {file: b.pdf, name: c.pdf}]}}]"
    assert desk.apply(text) == ["add deal D1"]
    fields = desk.home.deal("D1").fields
    assert fields["doc"] == held("offer.pdf")
    assert fields["docs"] == [held("b.pdf", b"b"), held("c.pdf", b"b")]
    assert desk.apply(text) == []
    desk.file("in/offer.pdf", b"newer")
    assert desk.apply(text) == ["change deal D1"]
    assert desk.apply("deals: [{id: D1, fields: {doc: null}}]") == ["change deal D1"]
    assert "doc" not in desk.home.deal("D1").fields


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("{file: no.pdf}", "there is no file “no.pdf” beside the board file"),
        ("{file: 5}", "there is no file “5” beside the board file"),
        ("{path: here.pdf}", "“path” is no key of a file: “file: PATH”"),
        ("{file: here.pdf, digest: x}", "“digest” is no key of a file"),
        ("here.pdf", "field “doc” takes a file: doc=@PATH on the command line, “file: PATH” in a board file"),
        ("'@here.pdf'", "field “doc” takes a file"),
        ("{name: a.pdf, digest: abc, size: 3}", "field “doc” takes a file"),
        (
            f"{{name: a.pdf, digest: {'ab' * 32}}}",
            "the content of “a.pdf” is not in this database: name the file itself",
        ),
        ("{}", "field “doc” takes a file"),
        ("[{file: here.pdf}]", "field “doc” takes a file"),
    ],
)
def test_a_value_that_is_no_file_is_refused(desk: Desk, value: str, says: str) -> None:
    desk.file("here.pdf")
    said = desk.refuses(f"deals: [{{id: D1, fields: {{doc: {value}}}}}]")
    assert said.startswith("a.yaml:1:")
    assert says in said


def test_what_a_file_says_of_a_kept_content_is_not_believed(desk: Desk) -> None:
    desk.home.write(add_file(NewFile("a.pdf", PDF)))
    value = f"{{name: '../x.pdf', digest: {digest_of(PDF)}, size: 1, media_type: text/html}}"
    desk.apply(f"deals: [{{id: D1, fields: {{doc: {value}}}}}]")
    assert desk.home.deal("D1").fields["doc"] == held("x.pdf")


# Exporting ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(desk: Desk) -> Desk:
    """Return a house with a rule that attaches, a file that nobody attaches, and a deal with files."""
    desk.file("papers/catálogo 2027.pdf")
    desk.file("b.pdf", b"b")
    desk.apply(rule("papers/catálogo 2027.pdf", fields=("doc",)))
    desk.home.write(add_file(NewFile("spare.txt", b"spare")))
    desk.apply("deals: [{id: D1, fields: {doc: {file: b.pdf}, docs: [{file: b.pdf}]}}]")
    return desk


def test_an_export_applied_here_from_any_folder_changes_nothing(full: Desk, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "catálogo 2027.pdf").write_bytes(b"quite another")
    for only in (None, "rules"):
        document = boardfile.read(full.home.export(only), "e.yaml", elsewhere)
        assert done(full.home.write(applying.apply([document], read_file=beside))) == []
    assert "files: [catálogo 2027.pdf]" in full.home.export().replace('"', "")


def test_an_export_without_contents_is_refused_by_a_database_that_lacks_them(full: Desk) -> None:
    with pytest.raises(FunilError, match=r"the content of “catálogo 2027\.pdf” is not in this database"):
        Home().apply(full.home.export())


def test_an_export_with_files_brings_them_to_a_new_database(full: Desk, tmp_path: Path) -> None:
    paths = exporting.Paths("out")
    text = dump(full.home.read(lambda reader: exporting.board(reader, None, paths)))
    assert not exporting.names_files(full.home.read(lambda reader: exporting.board(reader, None, paths)))
    for path, digest in paths.wanted.items():
        full.file(path, full.content(digest) or b"gone")
    document = boardfile.read(text, "e.yaml", tmp_path)
    other = Home()
    other.write(applying.apply([document], read_file=beside))
    assert other.export() == full.home.export()
    assert done(full.home.write(applying.apply([document], read_file=beside))) == []


def test_an_export_of_the_rules_names_only_what_they_attach(full: Desk) -> None:
    tree = full.home.read(lambda reader: exporting.board(reader, "rules"))
    assert list(tree) == ["funil", "files", "pipelines"]
    assert [each["name"] for each in tree["files"]] == ["catálogo 2027.pdf"]


def test_an_export_of_a_rule_whose_file_is_gone_changes_nothing_either(full: Desk) -> None:
    full.home.write(remove_file("catálogo 2027.pdf"))
    text = full.home.export()
    assert done(full.home.apply(text)) == []
    changed = text.replace("body: Hi", "body: Hello")
    with pytest.raises(FunilError, match=r"there is no file “catálogo 2027\.pdf” in the house's store"):
        full.home.apply(changed)
