"""Board files as checked parts: one sentence for what is wrong, with its place and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import boardfile
from core.boardfile import Document
from core.errors import BadInput
from tests.core.board_ground import CONTRACT, complaint, documents


def read(text: str) -> Document:
    return boardfile.read(text, "a.yaml", Path())


def test_the_contracts_example_is_read() -> None:
    board = read(CONTRACT).board
    assert [user.id for user in board.users or ()] == ["ana"]
    assert [deal.id for deal in board.deals or ()] == ["D1"]


@pytest.mark.parametrize("text", ["funil: 1", "funil: 0x1", "deals:", "deals: []"])
def test_a_file_that_lists_nothing_is_one(text: str) -> None:
    assert not read(text).board.deals


@pytest.mark.parametrize("text", ["", " \n\n", "# nothing", "---\n...\n", "{}", "null", "\ufeff"])
def test_an_empty_file_is_none(text: str) -> None:
    assert complaint(text) == "a.yaml is empty: a board file begins with “funil: 1”, and what the house has follows"


def test_the_version_may_be_absent_like_every_other_key() -> None:
    assert read("deals:").unversioned
    assert not read("funil: 1").unversioned


WRONG = {
    "no mapping on top": ("- a", "1:1: a board file has keys"),
    "one word": ("hello", "1:1: a board file has keys"),
    "a later version": ("funil: 2", "1:8: funil: this Funil reads board files of version 1 (funil: 1), not “2”"),
    "a version in words": ("funil: one", "1:8: funil: this Funil reads board files of version 1"),
    "a true version": ("funil: true", "1:8: funil: this Funil reads board files of version 1"),
    "an unknown section": ("pipline: []", "1:1: unknown key “pipline”: did you mean “pipelines”?"),
    "a section in capitals": ("DEALS: []", "1:1: unknown key “DEALS”: did you mean “deals”?"),
    "a key like nothing": (
        "users:\n  - {id: a, zzz: 1}",
        "2:13: unknown key “zzz”; there are: id, name, role, mailboxes",
    ),
    "the misspelt before the missing": ("users:\n  - {idd: a}", "2:6: unknown key “idd”: did you mean “id”?"),
    "an inner name of ours": (
        "pipelines:\n  - id: p\n    triggers: [{id: t, stage: s, kind: k, as_: ana}]",
        "3:43: unknown key “as_”: did you mean “as”?",
    ),
    "a key of run": (
        "pipelines:\n  - id: p\n    rules:\n      - {id: r, stage: s, kind: k, run: {aftr: 2h}}",
        "4:42: unknown key “aftr”: did you mean “after”?",
    ),
    "no id": ("deals:\n  - title: x", "2:5: deals[0].id: it is missing"),
    "no stage": (
        "pipelines: [{id: p, rules: [{id: r, kind: sms}]}]",
        "1:29: pipelines[0].rules[0].stage: it is missing",
    ),
    "a bad id": ("deals: [{id: 'a b'}]", "1:14: deals[0].id: “a b” cannot be an id: 1 to 64 letters, digits"),
    "an id that steers a terminal": ('deals: [{id: "\\e[31m"}]', "1:14: deals[0].id: “"),
    "a long id": (f"deals: [{{id: {'x' * 65}}}]", "1:14: deals[0].id: “xxx"),
    "a true id": ("deals: [{id: true}]", "1:14: deals[0].id: a text stands here, not true; in quotes"),
    "a number as text": (
        "connections: [{id: a, channel: sms, adapter: 5}]",
        "adapter: a text stands here, not “5”; in quotes",
    ),
    "a list as text": ("deals:\n- id: a\n  title:\n    - x", "3:3: deals[0].title: a text stands here, not […]"),
    "a mapping as text": ("deals: [{id: a, title: {x: 1}}]", "1:17: deals[0].title: a text stands here, not {…}"),
    "a text as list": ("users: [{id: a, mailboxes: x}]", "1:28: users[0].mailboxes: a list stands here, not “x”"),
    "a word as things": ("deals: 5", "1:8: deals: a list stands here, not “5”"),
    "a word as thing": ("deals: [5]", "1:9: deals[0]: keys with values stand here, not “5”"),
    "a null thing": ("deals:\n  - \n  - {id: a}", "2:4: deals[0]: keys with values stand here, not null"),
    "a word as settings": (
        "connections: [{id: a, settings: x}]",
        "1:33: connections[0].settings: keys with values stand here",
    ),
    "a word as bool": (
        "fields: [{id: a, multiple: maybe}]",
        "1:28: fields[0].multiple: true or false stands here, not “maybe”",
    ),
    "a word as amount": (
        "deals: [{id: a, amount: much}]",
        "1:25: deals[0].amount: a number like 1250.50 stands here, not “much”",
    ),
    "a list as amount": ("deals: [{id: a, amount: [1]}]", "1:17: deals[0].amount: a number like 1250.50 stands here"),
    "no number as amount": (
        "deals: [{id: a, amount: 'NaN'}]",
        "1:25: deals[0].amount: a number like 1250.50 stands here",
    ),
    "another choice": (
        "users: [{id: a, role: boss}]",
        "1:23: users[0].role: “boss” is none of the choices: manager, admin",
    ),
    "a choice misspelt": (
        "users: [{id: a, role: Admn}]",
        "1:23: users[0].role: “Admn” is none of the choices: did you mean “admin”?",
    ),
    "a choice in small letters": (
        "contacts: [{id: a, emails: [{type: work, value: x}]}]",
        "1:36: contacts[0].emails[0].type: “work” is none of the choices: did you mean “WORK”?",
    ),
    "an unknown channel": (
        "connections: [{id: a, channel: emial}]",
        "1:32: connections[0].channel: “emial” is none of the choices: did",
    ),
    "a run time in words": (
        "pipelines: [{id: p, rules: [{id: r, stage: s, kind: k, run: later}]}]",
        "1:61: pipelines[0].rules[0].run: “later” is no run time: now, {after: 2h}",
    ),
    "a bare duration": (
        "pipelines: [{id: p, rules: [{id: r, stage: s, kind: k, run: 2h}]}]",
        "1:61: pipelines[0].rules[0].run: “2h”",
    ),
    "a bad colour": (
        "pipelines: [{id: p, stages: [{id: s, color: red}]}]",
        "1:45: pipelines[0].stages[0].color: “red” is no colour",
    ),
    "a colour as comment": (
        "pipelines:\n- id: p\n  stages:\n  - id: s\n    color: 'x#'",
        "5:12: pipelines[0].stages[0].color: “x#”",
    ),
    "a bad currency": ("company: {currency: R$}", "1:21: company.currency: “R$” is no currency"),
    "a bad field id": ("fields: [{id: a-b}]", "1:15: fields[0].id: “a-b” is no id of a field"),
    "a bad name of a constant": ("constants: {a-b: 1}", "1:13: constants.a-b: “a-b” is no id of a field"),
    "a mapping as constant": (
        "constants: {a: {b: 1}}",
        "1:13: constants.a: a constant is a text, a number, true or false",
    ),
    "a list in a constant": (
        "constants: {a: [[1]]}",
        "1:13: constants.a: a constant is a text, a number, true or false",
    ),
    "a blank name": ("users: [{id: a, name: ' '}]", "1:23: users[0].name: a name cannot be blank"),
    "a name that steers a terminal": (
        'users: [{id: a, name: "x\\e[2J"}]',
        "1:23: users[0].name: field “name” is one line without control",
    ),
    "an eight-bit control in a name": ('users: [{id: a, name: "\\x9b2J"}]', "(here: U+009B)"),
    "a name of two lines": ('pipelines: [{id: a, name: "x\\ny"}]', "(here: U+000A)"),
    "an endless name": (
        f"users: [{{id: a, name: {'x' * 301}}}]",
        "1:23: users[0].name: field “name” has 300 characters at most, not 301",
    ),
    "an id twice": ("deals:\n  - id: a\n  - id: a", "3:9: “a” is listed twice, first at a.yaml:2:9"),
    "an id twice through an alias": ("deals: [&d {id: a}, *d]", "1:17: “a” is listed twice, first at a.yaml:1:17"),
    "an id twice, as word and number": ("deals: [{id: 7}, {id: '7'}]", "“7” is listed twice"),
    "a stage twice": ("pipelines: [{id: p, stages: [{id: s}, {id: s}]}]", "1:44: “s” is listed twice"),
    "a rule twice in the house": (
        "pipelines:\n- {id: p, rules: [{id: r, stage: s, kind: k}]}\n- {id: q, rules: [{id: r, stage: s, kind: k}]}",
        "3:24: “r” is listed twice, first at a.yaml:2:24",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_with_its_place(what: str) -> None:
    text, says = WRONG[what]
    said = complaint(text)
    assert said.startswith("a.yaml:")
    assert says in said
    assert said.isprintable()


def test_a_rule_and_a_trigger_and_a_deal_may_have_one_id() -> None:
    pipeline = "{id: x, stages: [{id: x}], rules: [{id: x, stage: x, kind: k}], triggers: [{id: x, stage: x, kind: k}]}"
    text = f"{{pipelines: [{pipeline}], deals: [{{id: x}}]}}"
    assert read(text).board.deals


def test_numbers_without_quotes_are_read_as_they_are_written() -> None:
    text = """
        contacts: [{id: 007, name: 1e3, phones: [{value: +5511987650001}]}]
        deals: [{id: 1001, title: 1.10, amount: 12345678901234567.89}]
        company: {grace: 0, holidays: BR-SP}
    """
    board = documents(text)[0].board
    assert board.contacts and board.deals and board.company
    assert (board.contacts[0].id, board.contacts[0].name) == ("007", "1e3")
    assert (board.contacts[0].phones or [])[0].value == "+5511987650001"
    assert (board.deals[0].id, board.deals[0].title, str(board.deals[0].amount)) == (
        "1001",
        "1.10",
        "12345678901234567.89",
    )
    assert (board.company.grace, board.company.holidays) == ("0", ["BR-SP"])


def test_a_file_beyond_64_megabytes_is_not_even_looked_at() -> None:
    with pytest.raises(BadInput, match=r"a\.yaml is larger than 64 MB"):
        boardfile.read(b"#" * (64 * 1024 * 1024 + 1), "a.yaml", Path())


PLACES = {
    ("company", "timezone"): (2, 13),
    ("company", "hours"): (3, 3),
    ("company", "nothing"): (1, 1),
    ("deals", 0): (5, 5),
    ("deals", 0, "title"): (5, 20),
    ("deals", 0, "fields", "x"): (5, 35),
    ("deals", 0, "fields", "y"): (5, 23),
    ("deals", 1, "title"): (7, 12),
    ("deals", 1, "contacts", 1): (10, 9),
    ("deals", 1, "contacts", 7): (8, 5),
    ("deals", 9): (4, 1),
    ("users",): (1, 1),
}


@pytest.mark.parametrize("path", PLACES)
def test_a_part_is_found_where_it_stands(path: tuple[str | int, ...]) -> None:
    text = (
        "company:\n  timezone: UTC\n  hours:\ndeals:\n  - {id: a, title: T, fields: {x: 1}}\n  - id: b\n"
        "    title: 'x'\n    contacts:\n      - m\n      - n\n"
    )
    place = read(text).place(path)
    assert place.file == "a.yaml"
    assert (place.line, place.column) == PLACES[path]


# Several files --------------------------------------------------------------------------------------------------------


def test_several_files_are_one() -> None:
    first = (
        "{company: {grace: 5s, currency: BRL}, constants: {a: 1, b: 2}, deals: [{id: D1, title: One, fields: {x: 1}}]}"
    )
    second = (
        "{company: {grace: 0s}, constants: {b: 3}, users: [{id: ana}],"
        " deals: [{id: D2}, {id: D1, amount: 5, fields: {y: 2}}]}"
    )
    board = boardfile.together(documents(first, second)).board
    assert board.company and board.deals and board.users
    assert (board.company.grace, board.company.currency, board.constants) == ("0s", "BRL", {"a": 1, "b": 3})
    assert [deal.id for deal in board.deals] == ["D1", "D2"]
    assert (board.deals[0].title, str(board.deals[0].amount), board.deals[0].fields) == ("One", "5", {"x": 1, "y": 2})


def test_a_list_under_a_pipeline_is_the_later_files() -> None:
    first = "pipelines: [{id: p, name: One, stages: [{id: a}, {id: b}], rules: [{id: r, stage: a, kind: k}]}]"
    second = "pipelines: [{id: p, stages: [{id: b}, {id: c}]}]"
    pipelines = boardfile.together(documents(first, second)).board.pipelines or []
    assert pipelines[0].name == "One"
    assert [stage.id for stage in pipelines[0].stages or ()] == ["b", "c"]
    assert [rule.id for rule in pipelines[0].rules or ()] == ["r"]


@pytest.mark.parametrize(
    ("first", "second", "deals"),
    [
        ("deals: [{id: a}]", "deals:", ["a"]),
        ("deals:", "deals: [{id: a}]", ["a"]),
        ("funil: 1", "deals: [{id: a}]", ["a"]),
    ],
)
def test_an_empty_section_takes_nothing_from_another_files(first: str, second: str, deals: list[str]) -> None:
    assert [deal.id for deal in boardfile.together(documents(first, second)).board.deals or ()] == deals


def test_each_part_keeps_its_place_in_its_file() -> None:
    both = boardfile.together(
        documents("users:\n  - {id: ana, name: A}", "users:\n\n  - {id: rui}\n  - {id: ana, role: admin}")
    )
    places = {
        path: str(both.place(path))
        for path in [("users", 0, "name"), ("users", 0, "role"), ("users", 0), ("users", 1, "id")]
    }
    assert places == {
        ("users", 0, "name"): "a.yaml:2:21",
        ("users", 0, "role"): "b.yaml:4:21",
        ("users", 0): "b.yaml:4:5",
        ("users", 1, "id"): "b.yaml:3:10",
    }


def test_what_two_files_make_wrong_together_is_said() -> None:
    rule = "pipelines: [{id: %s, rules: [{id: r, stage: s, kind: k}]}]"
    assert "b.yaml:1:34: “r” is listed twice, first at a.yaml:1:34" in complaint(rule % "p", rule % "q")
