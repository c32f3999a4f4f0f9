"""``funil deal import``: a CSV file becomes deals, all of them or none."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from adapters.cli import deal_import, importing
from core.importing.bringing import import_deals
from tests.cli.cli_ground import Shell, at_noon

PEOPLE = """
users:
  - {id: bia, name: Bia Reis, mailboxes: [bia@loja.example], phone: "+551133330002"}
contacts:
  - {id: joao, name: João Silva, emails: [{value: joao@cliente.example}], phones: [{value: "+5511987650002"}]}
  - {id: joao2, name: João Silva, emails: [{value: joao2@cliente.example}]}
companies:
  - {id: acme, name: Acme Ltda, emails: [{value: oi@acme.example}], contacts: [joao, maria]}
fields:
  - {id: qty, type: number}
  - {id: tags, type: list, multiple: true, options: [a, b]}
  - {id: paper, type: file}
  - {id: notes, type: text}
"""


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A house in which nothing changes."""
    return furnished(tmp_path_factory.mktemp("import"))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return furnished(tmp_path)


def furnished(folder: Path) -> Shell:
    shell = at_noon(folder)
    shell.ok("apply", "-", stdin=PEOPLE)
    return shell


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A house into which all sorts of things come."""
    return furnished(tmp_path_factory.mktemp("busy"))


@pytest.fixture
def unchanged(fixed: Shell) -> Iterator[Shell]:
    before = fixed.cursor(), fixed.json("deal", "list")
    yield fixed
    assert (fixed.cursor(), fixed.json("deal", "list")) == before


def bring(shell: Shell, text: str, *words: str) -> Any:
    return json_of(shell, "-", *words, stdin=text)


def json_of(shell: Shell, *words: str, stdin: str = "") -> Any:
    said = shell("deal", "import", *words, "--json", stdin=stdin)
    assert said.out, said
    return json.loads(said.out)


def only(shell: Shell, text: str, *words: str) -> Any:
    """Import one row and return the deal."""
    done = bring(shell, text, *words)
    assert done["skipped"] == []
    return shell.json("deal", "show", done["ids"][0])


# What a row says ------------------------------------------------------------------------------------------------------

TAKEN = [
    ("title\nx", {"title": "x", "pipeline": "sales", "stage": "new", "amount": None, "responsible": None}),
    ("TITLE, Amount \nx,10", {"amount": "10.00", "currency": "BRL"}),
    ("title;amount\nx;1.234,56", {"amount": "1234.56"}),
    ("title,amount,currency\nx,500,jpy", {"amount": "500", "currency": "JPY"}),
    ("amount,title,currency\n1.125,x,KWD", {"amount": "1.125", "currency": "KWD"}),
    ("title,stage\nx,won", {"stage": "won", "closed": True}),
    ("title,stage,pipeline\nx,Order delivery,Sales", {"stage": "delivery", "pipeline": "sales", "closed": False}),
    ("title,responsible\nx,bia", {"responsible": "bia"}),
    ("title,responsible\nx,BIA@loja.example", {"responsible": "bia"}),
    ("title,responsible\nx,(11) 3333-0002", {"responsible": "bia"}),
    ("title,responsible\nx,Bia Reis", {"responsible": "bia"}),
    ("title,contact\nx,joao", {"contacts": ["joao"]}),
    ("title,contacts\nx,joao@cliente.example; maria ;joao", {"contacts": ["joao", "maria"]}),
    ("title,contact\nx,+55 11 98765-0002", {"contacts": ["joao"]}),
    ("title,company\nx,Acme Ltda", {"company": "acme", "contacts": ["joao", "maria"]}),
    ("title,company,contact\nx,oi@acme.example,maria", {"company": "acme", "contacts": ["maria", "joao"]}),
    ("title,tracking\nx,007", {"fields": {"tracking": "007"}}),
    ("title,fields.tracking,deal.fields.qty\nx,BR1,\"2,5\"", {"fields": {"qty": 2.5, "tracking": "BR1"}}),
    ("title,tags\nx,a;b", {"fields": {"tags": ["a", "b"]}}),
    ('title,notes\nx,"line 1\nline 2"', {"fields": {"notes": "line 1\nline 2"}}),
    ("title,close_date\nx,2026-12-24", {"close_date": "2026-12-24", "begin_date": None}),
    ("title,deal.begin_date\nx,2026-12-01", {"begin_date": "2026-12-01"}),
    ("title,notes\nx,\"=HYPERLINK(\"\"http://evil\"\")\"", {"fields": {"notes": '=HYPERLINK("http://evil")'}}),
    ("title\n=1+1", {"title": "=1+1"}),
    ("title,id\nx,K-77", {"id": "K-77"}),
    ("title,,\nx,,", {"title": "x"}),
    ("title\nx,,", {"title": "x"}),
    ("title,amount\nx,\n", {"amount": None}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TAKEN, ids=[text[:40] for text, _ in TAKEN])
def test_a_row_becomes_a_deal(busy: Shell, text: str, expected: dict[str, Any]) -> None:
    deal = only(busy, text)
    deal["fields"] = {name: value for name, value in deal["fields"].items() if value is not None}
    assert {name: deal[name] for name in expected} == expected


FIELDS = dict.fromkeys(("tracking", "qty", "tags", "paper", "notes"))


def test_a_column_is_what_the_person_says(busy: Shell) -> None:
    words = ("--map", "Negócio=title", "--map", "Valor (R$)=deal.amount", "--map", "a=b=fields.notes", "--map", "Lixo=")
    deal = only(busy, "Negócio,Valor (R$),a=b,Lixo\nx,5,n,?\n", *words)
    assert (deal["title"], deal["amount"], deal["fields"]) == ("x", "5.00", FIELDS | {"notes": "n"})


BAD_FILES: list[tuple[str, tuple[str, ...], str]] = [
    ("", (), "stdin is empty"),
    ("titel,amount\nx,1", (), "column “titel” is no field; did you mean “title”?"),
    ("title,zzzz\nx,1", (), "“zzzz” is no field (--map COLUMN=FIELD says what it is, --map COLUMN= leaves it out)"),
    ("title,traking\nx,1", (), "did you mean “tracking”?"),
    (",".join(["title", *(f"c{n}q" for n in range(10_000))]) + "\n", (), "and 9995 more"),
    ("amount\n1", (), "no column is the title"),
    ("title,title\nx,y", (), "columns 1, 2 (“title”, “title”) both mean title"),
    ("title,tracking,fields.tracking\nx,y,z", (), "both mean fields.tracking"),
    ("title,paper\nx,y", (), "“paper” is a field for files"),
    ("title,age\nx,1", (), "column “age” cannot be imported"),
    ("title\nx", ("--map", "Valor=amount"), "there is no column “Valor” in the file (it has: title)"),
    ("title,a\nx,1", ("--map", "a=amuont"), "“a” is mapped to “amuont”, which is no field; did you mean “amount”?"),
    ("title\nx", ("--by", "nobody"), "there is no user “nobody”"),
    ("PK\x03\x04", (), "is a spreadsheet or archive"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "sentence"), BAD_FILES, ids=[sentence[:40] for *_, sentence in BAD_FILES])
def test_a_file_that_cannot_be_understood_is_refused(
    unchanged: Shell, text: str, words: tuple[str, ...], sentence: str
) -> None:
    for more in ((), ("--skip-bad",), ("--dry-run",)):
        assert sentence in unchanged.refused("deal", "import", "-", *words, *more, stdin=text)


BAD_ROWS = [
    ("title,amount\n,5", 2, "title", "cannot be empty"),
    ("title\n" + "x" * 301, 2, "title", "300 characters at most, not 301"),
    ("title\na\0b", 2, "title", "(NUL)"),
    ("title\na\x1b[31mb", 2, "title", "control characters"),
    ("title,amount\n\n\nx,abc", 4, "amount", "is not a number; write it like 1250.50"),
    ("title,amount\nx,1.999", 2, "amount", "2 decimal places"),
    ("title,amount\nx,\"1,234\"", 2, "amount", "can mean two numbers; write it like 1234 or 1.234"),
    ("title,amount,currency\nx,1,reais", 2, "currency", "three letters of ISO 4217"),
    ("title,stage\nx,nope", 2, "stage", "pipeline sales has no stage “nope”"),
    ("title,stage\nx,delivry", 2, "stage", "did you mean “delivery”?"),
    ("title,pipeline,stage\nx,nope,new", 2, "pipeline", "there is no pipeline “nope”"),
    ("title,responsible\nx,nobody", 2, "responsible", "no user “nobody”: give an id, e-mail, phone or exact name"),
    ("title,responsible\nx,Bia Reis!", 2, "responsible", "did you mean “Bia Reis”?"),
    ("title,contact\nx,João Silva", 2, "contact", "“João Silva” may be any of joao, joao2; give the id"),
    ("title,contact\nx,maria;ghost@nowhere.example", 2, "contact", "there is no contact “ghost@nowhere.example”"),
    ("title,company\nx,Nobody Inc", 2, "company", "there is no company “Nobody Inc”"),
    ("title,qty\nx,many", 2, "qty", "is not a number"),
    ("title,tags\nx,a;z", 2, "tags", "is none of its options"),
    ("title,Close_Date\nx,24/12/2026", 2, "Close_Date", "is not a date like 2026-12-01"),
    ("title,id\nx,a b", 2, "id", "cannot be an id"),
    ("title,id\nx,D1", 2, "id", "there is a deal “D1” already"),
    ("title,id\nx,K1\n\ny,K1", 4, "id", "the row on line 2 has the id “K1” already"),
    ("title,amount\nx", 2, None, "the row has 1 cells and the header 2"),
    ("title\nx,y", 2, None, "the row has 2 cells and the header 1"),
    ("title,\nx,y", 2, None, "a value stands in column 2, which has no name"),
    ('title,notes\nx,"never closed\ny,z\n', 2, None, "its last quotation mark is never closed"),
    ("title,notes\nx," + "y" * 10_000_000, 2, "notes", "more than 1000000 characters"),
    ("title\n" + "x," * 10_000 + "x", 2, None, "the row has 10001 cells and the header 1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"), BAD_ROWS, ids=[f"{text[:25]}: {reason[:25]}" for text, *_, reason in BAD_ROWS]
)
def test_a_wrong_row_is_told_with_its_place_and_what_would_be_right(
    unchanged: Shell, text: str, line: int, column: str | None, reason: str
) -> None:
    said = unchanged("deal", "import", "-", stdin=text)
    place = f"line {line}" if column is None else f"line {line}, {column}"
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("funil: 1 of ")
    assert f"\n  {place}: " in said.err
    assert reason in said.err
    [skipped] = bring(unchanged, text, "--dry-run")["skipped"]
    assert (skipped["line"], skipped["column"]) == (line, column)
    assert reason in skipped["reason"]


def test_good_rows_are_taken_when_asked_and_the_others_told(shell: Shell) -> None:
    text = "title,amount\nfirst,1\nbad,?\nsecond,2\n"
    assert shell("deal", "import", "-", stdin=text).status == 1
    assert len(shell.json("deal", "list")) == 1
    done = bring(shell, text, "--skip-bad")
    assert (done["imported"], done["ids"]) == (2, ["D1001", "D1002"])
    assert [each["line"] for each in done["skipped"]] == [3]
    said = shell("deal", "import", "-", "--skip-bad", stdin=text)
    assert (said.status, said.out) == (0, "2 deals imported: D1003 … D1004\n")
    assert said.err.startswith("1 of 3 rows are wrong\n  line 3, amount: ")


def test_only_the_first_wrong_rows_are_told_of(unchanged: Shell) -> None:
    text = "title,amount\n" + "x,?\n" * 50 + "x,1\n"
    said = unchanged("deal", "import", "-", stdin=text)
    assert said.err.startswith("funil: 50 of 51 rows are wrong; nothing was changed\n")
    assert said.err.count("\n  line ") == 20
    assert said.err.endswith("\n  and 30 more rows\n")
    assert len(bring(unchanged, text, "--dry-run")["skipped"]) == 50


def test_a_dry_run_only_tells(unchanged: Shell) -> None:
    said = unchanged("deal", "import", "-", "--dry-run", stdin="title\na\nb\n")
    assert (said.status, said.out) == (0, "2 deals would be imported; nothing was written (--dry-run)\n")
    assert bring(unchanged, "title\na\n", "--dry-run") == {"imported": 1, "skipped": [], "ids": [], "dry_run": True}
    assert unchanged("deal", "import", "-", "--dry-run", stdin="title,amount\na,?\n").status == 1


@pytest.mark.parametrize("text", ["title,amount\n", "title,amount", "title,amount\n\n,\n \n"])
def test_a_header_alone_imports_nothing(unchanged: Shell, text: str) -> None:
    assert unchanged.ok("deal", "import", "-", stdin=text) == "No deals imported.\n"


# What comes of the deals ----------------------------------------------------------------------------------------------


def test_new_deals_stand_on_top_in_the_files_order_and_now_is_when_they_came(shell: Shell) -> None:
    shell.ok("clock", "advance", "1h")
    ids = bring(shell, "title,stage\na,new\nb,won\nc,new\nd,new\n")["ids"]
    assert ids == ["D1001", "D1002", "D1003", "D1004"]
    column = [deal["id"] for deal in shell.json("deal", "list", "--stage", "new")]
    assert column == ["D1001", "D1003", "D1004", "D1"]
    deal = shell.json("deal", "show", "D1003")
    assert {deal["created_at"], deal["entered_stage_at"]} == {"2026-12-01T13:00:00Z"}
    assert deal["version"] == 1
    assert shell.ok("deal", "add", "--title", "next") == "D1005\n"


def test_no_rule_starts_and_the_history_tells_of_the_import(shell: Shell) -> None:
    bring(shell, "title,stage,contact,responsible\nx,delivery,maria,ana\n")
    assert shell.json("explain", "--deal", "D1001")["runs"] == []
    [line] = shell.json("timeline", "D1001")
    assert (line["kind"], line["by"], line["text"]) == ("created", "ana", "created in Order delivery")
    assert line["data"] == {"pipeline": "sales", "stage": "delivery", "cause": "import"}
    shell.ok("deal", "move", "D1001", "new", "--no-rules")
    shell.ok("deal", "move", "D1001", "delivery")
    assert [run["rule"] for run in shell.json("explain", "--deal", "D1001")["runs"]] != []


@pytest.mark.parametrize(("words", "by"), [((), ["ana", "system"]), (("--by", "bia"), ["bia", "bia"])])
def test_the_author_is_the_responsible_unless_named(shell: Shell, words: tuple[str, ...], by: list[str]) -> None:
    ids = bring(shell, "title,responsible\nx,ana\ny,\n", *words)["ids"]
    assert [shell.json("timeline", each)[0]["by"] for each in ids] == by


def test_ids_of_the_file_and_fresh_ones_never_meet(shell: Shell) -> None:
    bring(shell, "title,id\na,D1003\nb,D1001\n")
    assert bring(shell, "title,id\nc,\nd,D1005\ne,\nf,X\ng,\n")["ids"] == ["D1002", "D1005", "D1004", "X", "D1006"]
    assert shell.ok("deal", "add", "--title", "next") == "D1007\n"


# Hostile surroundings -------------------------------------------------------------------------------------------------


def test_what_is_no_file_is_refused(unchanged: Shell, tmp_path: Path) -> None:
    assert unchanged.refused("deal", "import", str(tmp_path)).endswith(
        "cannot be read: it is a folder; name the files in it"
    )
    assert unchanged.refused("deal", "import", str(tmp_path / "none.csv")).endswith(
        "none.csv cannot be read: there is no such file"
    )


def test_a_pipe_is_read_like_a_file(shell: Shell, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=lambda: pipe.write_text("title\nx\n"))
    writing.start()
    assert shell.ok("deal", "import", str(pipe)) == "1 deal imported: D1001\n"
    writing.join()


def test_an_old_windows_file_is_read_and_said_so(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes("title;amount\nAção;5\n".encode("cp1252"))
    said = shell("deal", "import", str(file))
    assert said.status == 0
    assert said.err.endswith("old.csv is not in UTF-8: it was read as Windows-1252\n")
    assert shell.json("deal", "show", "D1001")["title"] == "Ação"


def test_unparsable_mappings_are_no_command_line(unchanged: Shell) -> None:
    for word in ("title", "=title"):
        assert unchanged("deal", "import", "-", "--map", word).status == 2


def big_file(path: Path, rows: int) -> Path:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("title", "amount", "stage", "contact"))
        table.writerows((f"Deal {n}", n, ("new", "won")[n % 2], "maria") for n in range(rows))
    return path


def test_ctrl_c_leaves_nothing_behind(shell: Shell, tmp_path: Path) -> None:
    before = shell.cursor(), shell.json("deal", "list")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "funil", "--db", shell.url, "deal", "import", str(pipe)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=Path(__file__).parents[2])
    with pipe.open("wb", buffering=0) as file:  # open means that it reads
        file.write(b"title\n" + b"x\n" * 1000)
        while process.poll() is None:  # one that comes just before a read begins is heard only after it
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
        assert process.communicate()[1] == b""
    assert process.returncode == 130
    assert (shell.cursor(), shell.json("deal", "list")) == before
    assert shell.ok("deal", "add", "--title", "next") == "D1001\n"


def test_an_interrupt_in_the_last_moment_comes_too_late(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(store: Any, source: Any, wish: Any, tell: Any, at_last: Any) -> Any:
        def late() -> None:
            at_last()
            signal.raise_signal(signal.SIGINT)

        return import_deals(store, source, wish, tell, late)

    monkeypatch.setattr(deal_import, "import_deals", interrupted)
    assert shell.ok("deal", "import", "-", stdin="title\nx\n") == "1 deal imported: D1001\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_before_that_changes_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shell.cursor()

    def interrupted(store: Any, source: Any, wish: Any, tell: Any, at_last: Any) -> Any:
        return import_deals(store, source, wish, tell, lambda: signal.raise_signal(signal.SIGINT))

    monkeypatch.setattr(deal_import, "import_deals", interrupted)
    said = shell("deal", "import", "-", stdin="title\nx\n")
    assert (said.status, said.out, shell.cursor()) == (130, "", before)


def test_progress_is_a_bar_on_a_terminal(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(big_file(tmp_path / "big.csv", 3000))
    assert shell("deal", "import", file, "--dry-run").err == ""
    monkeypatch.setattr(importing, "EVERY", 0.0)
    monkeypatch.setattr(importing, "_watched", lambda: True)
    err = shell("deal", "import", file, "--dry-run").err
    assert "  1000 rows read, " in err
    assert err.startswith("\r█")
    assert err.endswith(" \r")


def test_elsewhere_progress_is_a_plain_line_now_and_then(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(big_file(tmp_path / "big.csv", 3000))
    monkeypatch.setattr(importing, "EVERY_LINE", 0.0)
    lines = shell("deal", "import", file, "--dry-run").err.splitlines()
    assert [line.split(",")[0] for line in lines] == ["1000 rows read", "2000 rows read", "3000 rows read"]
