"""What goes with a message: fields, stored files, what is missing, what is too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from core.files import MEGABYTE
from core.model.file import StoredFile
from core.model.house import FieldDef, FieldType, House
from core.rules.attaching import Attach, attached, lint
from core.rules.base import CannotAct
from core.words import Words
from tests.core.sample_house import HOUSE, facts


def a_file(name: str, size: int = 3) -> dict[str, Any]:
    """Return a file as a deal holds it."""
    return {"name": name, "digest": name[0] * 64, "size": size, "media_type": "application/pdf"}


STORED = {name: StoredFile(**a_file(name)) for name in ("catalogue.pdf", "terms.pdf")}
PAPERS = FieldDef(id="papers", type=FieldType.FILE, multiple=True)
WHERE: House = replace(HOUSE, files=STORED, fields={**HOUSE.fields, "papers": PAPERS})


def what(attach: Mapping[str, Any], held: Mapping[str, Any] | None = None, most: int = 18 * MEGABYTE) -> Any:
    """Return what these settings attach to the message about a deal with these fields."""
    return attached(facts(where=WHERE, fields=held), Attach.model_validate(attach), most)


@pytest.mark.parametrize(
    ("attach", "held", "names", "empty"),
    [
        ({}, {}, [], []),
        ({"files": ["catalogue.pdf"]}, {}, ["catalogue.pdf"], []),
        ({"fields": ["paper"]}, {"paper": a_file("own.pdf")}, ["own.pdf"], []),
        ({"fields": ["deal.fields.paper"]}, {"paper": a_file("own.pdf")}, ["own.pdf"], []),
        ({"fields": ["papers"]}, {"papers": [a_file("a.pdf"), a_file("b.pdf")]}, ["a.pdf", "b.pdf"], []),
        ({"fields": ["papers"]}, {"papers": []}, [], ["papers"]),
        ({"fields": ["paper"]}, {}, [], ["paper"]),
        ({"fields": ["paper", "paper"], "files": ["terms.pdf"]}, {"paper": None}, ["terms.pdf"], ["paper"]),
        (
            {"fields": ["paper"], "files": ["terms.pdf", "catalogue.pdf"]},
            {"paper": a_file("own.pdf")},
            ["own.pdf", "terms.pdf", "catalogue.pdf"],
            [],
        ),
        ({"files": ["terms.pdf", "terms.pdf"]}, {}, ["terms.pdf"], []),
    ],
)
def test_fields_come_first_then_stored_files_each_once(
    attach: Mapping[str, Any], held: Mapping[str, Any], names: list[str], empty: list[str]
) -> None:
    found = what(attach, held)
    assert [each["name"] for each in found.files] == names
    assert list(found.empty) == empty


def test_a_message_says_what_it_carries_and_what_was_empty() -> None:
    found = what({"fields": ["paper", "papers"], "files": ["terms.pdf"]}, {"papers": [a_file("a.pdf")]})
    assert found.data() == {"attachments": [a_file("a.pdf"), a_file("terms.pdf")], "empty_fields": ["paper"]}
    assert found.why(Words("Maria")).english() == "Maria; nothing to attach in paper"
    plain = what({})
    assert (plain.data(), plain.why(Words("Maria"))) == ({}, Words("Maria"))


@pytest.mark.parametrize(
    ("attach", "reason", "words"),
    [
        ({"files": ["gone.pdf"]}, "attachment_missing", "there is no file “gone.pdf” in the house's store"),
        ({"fields": ["nothing"]}, "attachment_missing", "the deal has no file field “nothing”"),
        ({"fields": ["title"]}, "attachment_missing", "the deal has no file field “title”"),
    ],
)
def test_what_is_gone_is_missing(attach: Mapping[str, Any], reason: str, words: str) -> None:
    with pytest.raises(CannotAct) as caught:
        what(attach)
    assert (caught.value.reason, caught.value.detail.english()) == (reason, words)


def test_files_that_are_too_large_together_are_no_attachments() -> None:
    held = {"papers": [a_file("a.pdf", 10 * MEGABYTE), a_file("b.pdf", 8 * MEGABYTE)]}
    assert len(what({"fields": ["papers"]}, held).files) == 2
    with pytest.raises(CannotAct) as caught:
        what({"fields": ["papers"], "files": ["terms.pdf"]}, held)
    assert caught.value.reason == "bad_attachment"
    assert caught.value.detail.english() == ("the attachments have 19 MB together; 18 MB go with one message at most")


@pytest.mark.parametrize(
    ("attach", "found"),
    [
        ({"fields": ["paper", "papers"], "files": ["terms.pdf"]}, []),
        (
            {"fields": ["papr"]},
            [("attach.fields[0]", "there is no field “papr”. Did you mean paper?")],
        ),
        ({"fields": ["paper", "words"]}, [("attach.fields[1]", "field “words” holds no files")]),
        ({"files": ["x.pdf"]}, [("attach.files[0]", "there is no file “x.pdf” in the house's store")]),
    ],
)
def test_lint_finds_what_would_be_missing(attach: Mapping[str, Any], found: list[tuple[str, str]]) -> None:
    said = [(each.field, each.words.english()) for each in lint(Attach.model_validate(attach), WHERE)]
    assert said == found


def test_lint_finds_stored_files_that_are_too_large_together() -> None:
    large = {name: replace(stored, size=10 * MEGABYTE) for name, stored in STORED.items()}
    attach = Attach(files=("terms.pdf", "catalogue.pdf"))
    (finding,) = lint(attach, replace(WHERE, files=large))
    assert (finding.field, finding.error) == ("attach.files", True)
