"""Contacts and client companies through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.cli_ground import Shell, at_noon


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return at_noon(tmp_path)


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return at_noon(tmp_path_factory.mktemp("fixed"))


def address(kind: str, value: str, *, out: bool = False) -> dict[str, Any]:
    return {"type": kind, "value": value, "opted_out": out}


def test_a_contact_has_typed_addresses_in_order_and_numbers_of_the_companys_country(shell: Shell) -> None:
    words = ("--email", "eva@x.example", "--email", "home:eva@y.example", "--phone", "(11) 98765-0009")
    more = ("--phone", "MOBILE: +1 212 555 0100", "--opted-out", "11 98765-0009", "--opted-out", "EVA@Y.example")
    assert shell.json("contact", "add", "--name", " Eva ", *words, *more) == {
        "id": "C1001",
        "name": "Eva",
        "emails": [address("WORK", "eva@x.example"), address("HOME", "eva@y.example", out=True)],
        "phones": [address("WORK", "+5511987650009", out=True), address("MOBILE", "+12125550100")],
    }
    assert shell.ok("contact", "add", "--name", "Bo") == "C1002\n"
    assert shell.ok("contact", "add", "--name", "Cy", "--id", "C1003") == "C1003\n"
    assert shell.ok("contact", "add", "--name", "Di") == "C1004\n"
    assert shell.ok("deal", "add", "--title", "x", "--contact", "C1001", "--id", "X") == "X\n"
    assert shell.json("contact", "show", "C1001")["deals"] == ["X"]
    assert "+5511987650009 WORK (opted out)" in shell.ok("contact", "show", "C1001")


def test_a_company_brings_its_contacts(shell: Shell) -> None:
    made = shell.json("company", "add", "--name", "Acme SA", "--contact", "maria", "--phone", "FAX:1140000000")
    assert made == {
        "id": "F1001",
        "name": "Acme SA",
        "emails": [],
        "phones": [address("FAX", "+551140000000")],
        "contacts": ["maria"],
    }
    shell.ok("deal", "add", "--title", "x", "--company", "F1001", "--id", "X")
    assert shell.json("deal", "show", "X")["contacts"] == ["maria"]
    assert shell.json("company", "show", "F1001")["deals"] == ["X"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ávila", ["zoe"]),
        ("ZOE", ["zoe"]),
        ("Zoe@Cliente", ["zoe"]),
        ("98765-0077", ["zoe"]),
        ("+55 (11) 98765-0077", ["zoe"]),
        ("work", []),
        ("%", []),
        ("", ["maria", "zoe"]),
    ],
)
def test_contacts_are_found_by_what_is_known_of_them(tmp_path: Path, search: str, found: list[str]) -> None:
    shell = at_noon(tmp_path)
    shell.ok(
        "contact",
        "add",
        "--id",
        "zoe",
        "--name",
        "João Avila",
        "--email",
        "zoe@cliente.example",
        "--phone",
        "11987650077",
    )
    assert [each["id"] for each in shell.json("contact", "list", "--search", search)] == found


def test_what_is_known_of_a_client_is_changed_and_marks_stay(shell: Shell) -> None:
    shell.ok("contact", "add", "--id", "eva", "--name", "Eva", "--email", "a@x.example", "--opted-out", "a@x.example")
    assert shell.ok("contact", "set", "eva", "name=Eva B", "email=a@x.example;HOME:b@x.example") == "eva: changed\n"
    shown = shell.json("contact", "show", "eva")
    assert shown["emails"] == [address("WORK", "a@x.example", out=True), address("HOME", "b@x.example")]
    assert shell.ok("contact", "set", "eva", "name=Eva B") == "eva: is so already\n"
    shell.ok("contact", "set", "eva", "opted_out=", "phone=+5511987650001")
    assert shell.json("contact", "set", "eva", "email=")["emails"] == []
    shell.ok("company", "add", "--id", "ltda", "--name", "Acme")
    assert shell.json("company", "set", "ltda", "contacts=eva;maria")["contacts"] == ["eva", "maria"]


def test_a_changed_name_is_told_to_the_board(shell: Shell) -> None:
    before = shell.cursor()
    shell.ok("contact", "set", "maria", "name=Mia")
    assert shell.cursor() > before
    assert shell.json("deal", "list", "--search", "mia")[0]["id"] == "D1"


def test_a_client_in_use_does_not_go_and_comes_back(shell: Shell) -> None:
    assert shell.refused("contact", "remove", "maria") == (
        "“maria” cannot go: deal “D1” has it; take it off the deal first"
    )
    shell.ok("deal", "set", "D1", "contacts=", "company=")
    assert shell.refused("contact", "remove", "maria") == (
        "“maria” cannot go: company “acme” has it; take it off the company first"
    )
    shell.ok("company", "remove", "acme")
    assert shell.ok("contact", "remove", "maria") == "maria: removed\n"
    assert shell.json("contact", "list") == []
    assert shell.refused("contact", "show", "maria") == (
        "contact “maria” was removed: “funil contact restore maria” brings it back"
    )
    assert shell.refused("deal", "set", "D1", "contacts=maria") == "there is no contact “maria”"
    assert shell.refused("deal", "add", "--title", "x", "--company", "acme") == "there is no company “acme”"
    assert shell.refused("contact", "add", "--name", "x", "--id", "maria").startswith("contact “maria” was removed")
    assert shell.json("contact", "restore", "maria") == {"restored": ["maria"], "unchanged": []}
    assert shell("contact", "restore", "maria").err == "maria: was not removed\n"
    shell.ok("deal", "set", "D1", "contacts=maria")


REFUSED = [
    (["contact", "show", "nobody"], "there is no contact “nobody”"),
    (["company", "show", "maria"], "there is no company “maria”"),
    (["contact", "add", "--name", " "], "“name” cannot be empty"),
    (["contact", "add", "--name", "x" * 301], "300 characters at most"),
    (["contact", "add", "--name", "a\x1bb"], "control characters"),
    (["contact", "add", "--name", "a\udcff"], "not valid text"),
    (["contact", "add", "--name", "a", "--email", "no address"], "is not an e-mail address like maria@cliente.example"),
    (["contact", "add", "--name", "a", "--email", "WROK:a@x.example"], "did you mean “WORK”?"),
    (["contact", "add", "--name", "a", "--email", "pigeon:a@x.example"], "there are WORK, HOME, MAILING, OTHER"),
    (["contact", "add", "--name", "a", "--phone", "12"], "is not a telephone number"),
    (["contact", "add", "--name", "a", "--phone", "1" * 5000], "is not a telephone number"),
    (["contact", "add", "--name", "a", "--email", "a@x.example", "--email", "work:a@x.example"], "is given twice"),
    (["contact", "add", "--name", "a", "--opted-out", "a@x.example"], "none of the client's addresses"),
    (["contact", "add", "--name", "a", "--id", "maria"], "there is a contact “maria” already"),
    (["contact", "add", "--name", "a", "--id", "a b"], "cannot be an id"),
    (["company", "add", "--name", "a", "--contact", "nobody"], "there is no contact “nobody”"),
    (["contact", "set", "nobody", "name=x"], "there is no contact “nobody”"),
    (["contact", "set", "maria", "nmae=x"], "did you mean “name”?"),
    (["contact", "set", "maria", "contact=joao"], "there are: name, email, phone, opted_out"),
    (["contact", "set", "maria", "name="], "cannot be empty"),
    (["contact", "remove", "nobody"], "there is no contact “nobody”"),
    (["company", "restore", "nobody"], "there is no company “nobody”"),
    (["contact", "list", "--limit", "0"], "is not a whole number above 0"),
    (["contact", "import", "no.csv"], "no.csv cannot be read"),
]


@pytest.mark.parametrize(("words", "sentence"), REFUSED, ids=[" ".join(words)[:60] for words, _ in REFUSED])
def test_what_cannot_be_is_refused(fixed: Shell, words: list[str], sentence: str) -> None:
    before = fixed.cursor(), fixed.json("contact", "list"), fixed.json("company", "list")
    assert sentence in fixed.refused(*words)
    assert (fixed.cursor(), fixed.json("contact", "list"), fixed.json("company", "list")) == before


# Importing ------------------------------------------------------------------------------------------------------------


def bring(shell: Shell, what: str, text: str, *words: str) -> Any:
    said = shell(what, "import", "-", *words, "--json", stdin=text)
    assert said.out, said
    return json.loads(said.out)


def test_rows_become_contacts(shell: Shell) -> None:
    text = (
        "id;Name;email;phone_mobile;PHONES;opted_out\n"
        "eva;Eva;a@x.example;11987650001;fax:1140000000;a@x.example\n"
        ";João;home:b@x.example , c;;;\n"
    )
    done = bring(shell, "contact", text)
    assert (done["imported"], done["skipped"][0]["column"]) == (0, "email")
    done = bring(shell, "contact", text.replace(" , c", ""))
    assert done == {"imported": 2, "skipped": [], "ids": ["eva", "C1001"]}
    assert shell.json("contact", "show", "eva") == {
        "id": "eva",
        "name": "Eva",
        "emails": [address("WORK", "a@x.example", out=True)],
        "phones": [address("MOBILE", "+5511987650001"), address("FAX", "+551140000000")],
        "deals": [],
    }
    assert shell.json("contact", "show", "C1001")["emails"] == [address("HOME", "b@x.example")]


def test_rows_become_companies_with_their_contacts(shell: Shell) -> None:
    text = 'name,contact,opted_out,phone\nAcme SA,"Maria Lima;+5511987650001",yes,11 4000-0000\n'
    assert bring(shell, "company", text)["ids"] == ["F1001"]
    shown = shell.json("company", "show", "F1001")
    assert (shown["contacts"], shown["phones"]) == (["maria"], [address("WORK", "+551140000000", out=True)])


BAD = [
    ("contact", 'name\nx\n ""\n,', None, None),
    ("contact", "name,email\n,a@x.example", "name", "cannot be empty"),
    ("contact", "name,email\nx,nope", "email", "is not an e-mail address"),
    ("contact", "name,email,email_home\nx,a@x.example,nope", "email_home", "is not an e-mail address"),
    ("contact", "name,phone\nx,12", "phone", "is not a telephone number"),
    ("contact", "name,phone\nx,mobil:11987650001", "phone", "did you mean “MOBILE”?"),
    ("contact", "name,id\nx,maria", "id", "there is a contact “maria” already"),
    ("contact", "name,id\nx,k\ny,k", "id", "the row on line 2 has the id “k” already"),
    ("contact", "name,opted_out\nx,z@x.example", "opted_out", "none of the client's addresses"),
    ("company", "name,contact\nx,nobody", "contact", "there is no contact “nobody”"),
    ("company", "name,id\nx,acme", "id", "there is a company “acme” already"),
]


@pytest.mark.parametrize(("what", "text", "column", "reason"), BAD[1:], ids=[text[:40] for _, text, *_ in BAD[1:]])
def test_a_wrong_row_is_told_and_nothing_taken(fixed: Shell, what: str, text: str, column: str, reason: str) -> None:
    before = fixed.cursor()
    done = bring(fixed, what, text)
    assert done["imported"] == 0
    assert done["skipped"][-1]["column"] == column
    assert reason in done["skipped"][-1]["reason"]
    assert fixed.cursor() == before


BAD_FILES = [
    ("contact", "email\na@x.example", "no column is the name"),
    ("contact", "nmae\nx", "column “nmae” is no field; did you mean “name”?"),
    ("contact", "name,contact\nx,maria", "column “contact” is no field"),
    ("contact", "name,email,emails\nx,,", "both mean email"),
    ("company", "", "stdin is empty"),
]


@pytest.mark.parametrize(("what", "text", "sentence"), BAD_FILES, ids=[each[2] for each in BAD_FILES])
def test_a_file_that_cannot_be_understood_is_refused(fixed: Shell, what: str, text: str, sentence: str) -> None:
    assert sentence in fixed.refused(what, "import", "-", stdin=text)


def test_the_good_rows_are_taken_when_asked(shell: Shell) -> None:
    said = shell("contact", "import", "-", "--skip-bad", "--map", "Nome=name", stdin="Nome,phone\nEva,12\nBo,\n")
    assert (said.status, said.out) == (0, "1 contact imported: C1001\n")
    assert said.err.startswith("1 of 2 rows are wrong\n  line 2, phone: ")
    said = shell("contact", "import", "-", "--dry-run", stdin="name\na\nb\n")
    assert said.out == "2 contacts would be imported; nothing was written (--dry-run)\n"


@pytest.mark.parametrize("what", ["contact", "company"])
def test_a_csv_file_of_all_is_taken_back_as_it_was(shell: Shell, tmp_path: Path, what: str) -> None:
    for name in ("=1+1", "'=1+1", '-Ação, “x”;"y"', "+5", "'plain"):
        shell.ok(what, "add", "--name", name, "--phone", "MOBILE:11987650001", "--email", "a@x.example")
    shell.ok("company", "set", "acme", "phone=1140000000", "opted_out=1140000000")
    text = shell.ok(what, "list", "--csv")
    assert "\n=" not in text.replace("\r", "")
    assert ",'=1+1," in text
    folder = tmp_path / "other"
    folder.mkdir()
    other = at_noon(folder)
    other.ok("deal", "set", "D1", "company=", "contacts=")
    other.ok("company", "remove", "acme")
    rows = [line for line in text.splitlines() if not line.startswith(("maria,", "acme,"))]
    bring(other, what, "\n".join(rows))
    assert [each for each in other.json(what, "list") if each["id"] not in ("maria", "acme")] == [
        each for each in shell.json(what, "list") if each["id"] not in ("maria", "acme")
    ]
