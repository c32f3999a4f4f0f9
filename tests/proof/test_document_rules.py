"""Rules that write documents, from outside: files on the deal, history, attaching them, what cannot be made."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from core.documents import Document, Typesetter
from core.engine import running
from core.engine.typesetting import Press
from core.errors import BadInput
from core.i18n import N_
from core.ports import Priority
from tests.proof.ground import Funil, board, mail, mover, rules


def writer(settings: str = "{template: '<p>Dear {{ contact.name }}</p>', field: paper}", **more: str) -> str:
    """Return a rule that writes a document."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return f"{{id: offer, stage: delivery, kind: document, name: Offer{keys}, settings: {settings}}}"


def documents(funil: Funil) -> list[dict[str, Any]]:
    """Return what the history tells of files, oldest first."""
    return [line for line in funil.json("timeline", "D1") if line["kind"] == "document"][::-1]


def moved(tmp_path: Path, *lines: str) -> Funil:
    funil = Funil(tmp_path, board(rules(*lines)))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    return funil


def test_html_and_pdf_stand_on_the_deal(tmp_path: Path) -> None:
    funil = moved(tmp_path, writer())
    assert [(line["text"], line["data"]["media_type"]) for line in documents(funil)] == [
        ("file: Offer.html", "text/html"),
        ("file: Offer.pdf", "application/pdf"),
    ]
    paper = funil.json("deal", "show", "D1")["fields"]["paper"]
    assert paper["name"] == "Offer.pdf"
    assert paper["digest"] == documents(funil)[1]["data"]["digest"]
    assert funil.states() == {"offer": "done"}
    assert funil.json("deal", "undo", "D1")["stays"] == ["what rule “Offer” changed stays"]


def test_one_pass_is_enough(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(writer())))
    funil("deal", "move", "D1", "delivery")
    funil("run", "--once")
    assert funil.states() == {"offer": "done"}


def test_a_field_of_several_files_gets_both(tmp_path: Path) -> None:
    given = board(rules(writer())).replace("{id: paper, type: file}", "{id: paper, type: file, multiple: true}")
    funil = Funil(tmp_path, given)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert [each["name"] for each in funil.json("deal", "show", "D1")["fields"]["paper"]] == ["Offer.html", "Offer.pdf"]


def test_a_mail_behind_it_carries_the_document_and_a_move_of_that_moment_waits(tmp_path: Path) -> None:
    attaching = mail("m", order="wait").replace('body: "Olá"', 'body: "Olá", attach: {fields: [paper]}')
    funil = moved(tmp_path, writer(), attaching, mover("on", "delivery", "billing"))
    assert funil.states()["offer"] == "done"
    assert funil.stage() == "billing"
    funil = Funil(_fresh(tmp_path), board(rules(writer(), attaching)))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (sent,) = funil.log()
    assert [each["name"] for each in sent["attachments"]] == ["Offer.pdf"]


def _fresh(folder: Path) -> Path:
    other = folder / "other"
    other.mkdir()
    return other


def test_it_is_the_same_to_the_byte_for_the_same_moment(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        digests.append([line["data"]["digest"] for line in documents(moved(tmp_path / name, writer()))])
    assert digests[0] == digests[1]


def test_trying_shows_the_text_and_makes_nothing(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(writer())))
    tried = funil.json("try", "offer", "--deal", "D1")
    assert (tried["would"], tried["subject"], tried["to"]) == ("done", "Offer", "paper")
    assert tried["text"] == "Dear Maria Lima"
    assert documents(funil) == []


def test_what_cannot_be_typeset_fails_its_run_alone(tmp_path: Path) -> None:
    many = writer("{template: '" + "<b>x</b>" * 4001 + "'}")
    note = "{id: note, stage: delivery, kind: comment, name: note, settings: {text: x}}"
    funil = moved(tmp_path, many, note)
    assert funil.states() == {"offer": "failed template_error", "note": "done"}
    assert "4000 elements" in funil.runs()["offer"]["detail"]


class Slow:
    """A typesetter that notes what it is asked for, and whether within a transaction."""

    def __init__(self, refuses: bool = False) -> None:
        self.asked: list[Document] = []
        self.refuses = refuses

    def pdf(self, document: Document) -> bytes:
        """Return a token PDF."""
        self.asked.append(document)
        if self.refuses:
            raise BadInput(N_("the document cannot be typeset: {why}"), why="no")
        return b"%PDF-x"


@pytest.mark.parametrize(("refuses", "ends"), [(False, "done"), (True, "failed template_error")])
async def test_no_transaction_typesets(refuses: bool, ends: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(writer())))
    funil("deal", "move", "D1", "delivery")
    slow = Slow(refuses)
    press = Press(cast(Typesetter, slow))
    house = funil.house()
    with house.opened(house.place(funil.url)) as store:
        await store.write(running.run_due(Random(0), press=press), Priority.RUNS)
        assert slow.asked == [], "the run waits, and nothing has been typeset within the transaction"
        assert await press.work()
        await store.write(running.run_due(Random(0), press=press), Priority.RUNS)
        assert not await press.work()
    assert len(slow.asked) == 1
    assert funil.states() == {"offer": ends}


async def test_a_document_that_reads_otherwise_by_then_is_typeset_on_the_spot(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(writer("{template: '<p>{{ now }}</p>'}"))))
    funil("deal", "move", "D1", "delivery")
    slow = Slow()
    press = Press(cast(Typesetter, slow))
    house = funil.house()
    with house.opened(house.place(funil.url)) as store:
        await store.write(running.run_due(Random(0), press=press), Priority.RUNS)
        await press.work()
        funil("clock", "advance", "1m")
        await store.write(running.run_due(Random(0), press=press), Priority.RUNS)
    assert len({document.html for document in slow.asked}) == 2
    assert funil.states() == {"offer": "done"}


def test_an_engine_without_typesetter_says_so(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(writer())))
    funil("deal", "move", "D1", "delivery")
    house = funil.house()
    with house.opened(house.place(funil.url)) as store:
        store.write_now(running.run_due(Random(0)))
    assert funil.states() == {"offer": "failed misconfigured"}
