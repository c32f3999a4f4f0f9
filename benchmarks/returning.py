"""A whole house out and back in: what ``list --csv`` prints is imported elsewhere and listed again, byte for byte."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.ground import Line, folder

ROWS: Final = int(os.environ.get("FUNIL_BENCH_RETURNING", "100000"))
BOARD_ROWS: Final = 5_000
KINDS: Final = ("contact", "company", "deal")
SETUP: Final = """
funil: 1
company: {timezone: America/Sao_Paulo, currency: BRL}
users: [{id: ana, name: Ana Souza}, {id: bia, name: Bia Reis}]
fields:
  - {id: tracking, type: text}
  - {id: n, type: number}
  - {id: price, type: money}
  - {id: ok, type: bool}
  - {id: d, type: date}
  - {id: t, type: datetime}
  - {id: tags, type: list, multiple: true, options: [a, b, c]}
"""
_NAMES: Final = ("Ana Souza", "=Maria", "-João", "李雷", "O'Brien", "Smith, John", 'Dito "Zé"', "@home", "'=x")
_TITLES: Final = ("Order", "=1+1", "Pedido nº", "-5", "Süß", "a;b")
_TEXTS: Final = ("", "BR1", "'=x", "''=y", "a;b")
_STAGES: Final = "new preparation prepayment executing final_invoice won lost apology".split()
_DEAL: Final = (
    "id title amount pipeline stage responsible contact company begin_date close_date "
    "fields.tracking fields.n fields.price fields.ok fields.d fields.t fields.tags"
).split()


def lines() -> list[Line]:
    """Carry both houses over and return the table: seconds of CPU and the peak memory of each command."""
    with folder() as path:
        return [*_tables(path, ROWS), *_board(path, BOARD_ROWS)]


def write(path: Path, rows: int) -> None:
    """Write files of contacts, companies and deals with much that is easily lost on the way."""
    luck = random.Random(7)
    _file(path / "contact.csv", ["id", "name", "email", "phone", "opted_out"], _contacts(rows, luck))
    _file(path / "company.csv", ["id", "name", "email", "contact"], _companies(rows))
    _file(path / "deal.csv", _DEAL, _deals(rows, luck))


def _file(path: Path, head: Sequence[str], rows: Iterator[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(head)
        table.writerows(rows)


def _contacts(rows: int, luck: random.Random) -> Iterator[Sequence[str]]:
    for i in range(rows):
        emails = [f"{luck.choice(('WORK', 'HOME'))}:c{i}.{k}@cliente{i % 97}.example" for k in range(luck.randrange(3))]
        phones = [f"MOBILE:+55119{80_000_000 + luck.randrange(10**7)}" for _ in range(luck.randrange(3))]
        out = emails[0].partition(":")[2] if emails and i % 5 == 0 else ""
        yield f"c{i}" if i % 2 else "", f"{_NAMES[i % len(_NAMES)]} {i}", ";".join(emails), ";".join(phones), out


def _companies(rows: int) -> Iterator[Sequence[str]]:
    for i in range(rows // 10):
        members = dict.fromkeys(f"c{(i * 7 + k * 2) % rows | 1}" for k in range(i % 3))
        yield f"f{i}", f"Empresa {i} & Cia", f"e{i}@emp.example", ";".join(members)


def _deals(rows: int, luck: random.Random) -> Iterator[Sequence[str]]:
    for i in range(rows):
        contacts = dict.fromkeys(f"c{luck.randrange(rows) | 1}" for _ in range(i % 3))
        face = [
            f"d{i}" if i % 3 else "",
            f"{_TITLES[i % 6]} {i}",
            f"{luck.randrange(10**7) / 100:.2f}" if i % 7 else "",
        ]
        place = ["sales", luck.choice(_STAGES), ("ana", "bia", "")[i % 3], ";".join(contacts)]
        firm = f"f{luck.randrange(rows // 10)}" if i % 4 == 0 else ""
        dates = [f"2026-{i % 12 + 1:02d}-{i % 28 + 1:02d}" if i % 5 else "", "" if i % 3 else "2027-01-31"]
        numbers = [("", "-3", "1.5", "100000")[i % 4], f"{i % 1000}.25" if i % 2 else "", ("", "true", "false")[i % 3]]
        moments = ["2026-05-06", "2026-05-06T12:00:00Z"] if i % 2 else ["", ""]
        yield [*face, *place, firm, *dates, _TEXTS[i % 5], *numbers, *moments, ("", "a;b", "c")[i % 3]]


def _tables(path: Path, rows: int) -> Iterator[Line]:
    write(path, rows)
    first, second = _house(path / "first.db"), _house(path / "second.db")
    for kind in KINDS:
        _run(first, kind, "import", str(path / f"{kind}.csv"))
    for kind in KINDS:
        listed, again = path / f"{kind}1.csv", path / f"{kind}2.csv"
        told = [_run(first, kind, "list", "--csv", to=listed), _run(second, kind, "import", str(listed))]
        told.append(_run(second, kind, "list", "--csv", to=again))
        same = listed.read_bytes() == again.read_bytes()
        count = listed.read_bytes().count(b"\r\n") - 1
        yield Line(f"{count:,} rows of {kind}: listed, imported elsewhere, listed", "; ".join(told), "byte-equal", same)


def _board(path: Path, rows: int) -> Iterator[Line]:
    write(path, rows)
    first, second = _house(path / "third.db"), f"sqlite:///{path / 'fourth.db'}"
    _run(second, "init")
    for kind in KINDS:
        _run(first, kind, "import", str(path / f"{kind}.csv"))
    board, again = path / "1.yaml", path / "2.yaml"
    told = [_run(first, "export", to=board), _run(second, "apply", str(board)), _run(second, "export", to=again)]
    same = board.read_bytes() == again.read_bytes()
    what = f"board file of {rows:,} contacts, {rows // 10:,} companies, {rows:,} deals: exported, applied, exported"
    yield Line(what, "; ".join(told), "byte-equal", same)


def _house(path: Path) -> str:
    url = f"sqlite:///{path}"
    setup = path.with_suffix(".yaml")
    setup.write_text(SETUP, encoding="utf-8")
    _run(url, "init")
    _run(url, "apply", str(setup))
    return url


def _run(url: str, *words: str, to: Path | None = None) -> str:
    """Carry out a command line in a process of its own; returns what it cost."""
    command = [sys.executable, "-m", "funil", *words, "--db", url]
    with (to or Path(os.devnull)).open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, cwd=Path(__file__).parents[1])
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert not process.returncode, said.decode()
    return f"{used.ru_utime + used.ru_stime:.1f} s, {used.ru_maxrss // 1024} MB"
