"""A damaged file: every verb either works or says so in one sentence; what SQLite does not notice is no traceback."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from random import Random
from typing import Final

import pytest

from adapters.cli import deal_views
from tests.cli.cli_ground import BOARD, Shell, at_noon

FILES: Final = 40 if os.environ.get("FUNIL_CI") else 12
PAGE: Final = 4096
VERBS: Final = (
    "deal list",
    "deal show D1",
    "deal move D1 delivery",
    "deal add --title x",
    "outbound",
    "timeline D1",
    "explain",
    "run --until-idle",
    "export",
    "lint",
    f"apply {BOARD}",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a healthy database."""
    folder = tmp_path_factory.mktemp("whole")
    shell = at_noon(folder)
    shell.ok("deal", "move", "D1", "delivery")
    return Path(shell.url.removeprefix("sqlite:///")).read_bytes()


def damaged(whole: bytes, rng: Random) -> bytes:
    """Return a database after one kind of accident; its first page keeps the head that says what it is."""
    image, pages = bytearray(whole), len(whole) // PAGE
    kind = rng.choice(("bytes", "bits", "zeroed", "swapped", "cut"))
    page, other = rng.randrange(1, pages) * PAGE, rng.randrange(1, pages) * PAGE
    if kind == "bytes":
        for _ in range(rng.randint(1, 40)):
            image[rng.randrange(100, len(image))] = rng.randrange(256)
    elif kind == "bits":
        for _ in range(rng.randint(1, 400)):
            image[rng.randrange(100, len(image))] ^= 1 << rng.randrange(8)
    elif kind == "zeroed":
        image[page : page + PAGE] = bytes(PAGE)
    elif kind == "swapped":
        image[page : page + PAGE] = whole[other : other + PAGE]
    else:
        del image[page + rng.randrange(PAGE) :]
    return bytes(image)


@pytest.mark.parametrize("seed", range(FILES))
def test_a_damaged_file_is_told_or_does_not_matter(whole: bytes, seed: int, tmp_path: Path) -> None:
    (tmp_path / "funil.db").write_bytes(damaged(whole, Random(seed)))
    shell = Shell(f"sqlite:///{tmp_path / 'funil.db'}")
    for verb in VERBS:
        said = shell(*verb.split())
        assert said.status in (0, 1), (verb, said)
        if said.status == 1 and not verb.startswith("lint"):
            assert said.err.startswith("funil: "), (verb, said)
            assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "accident",
    [
        "UPDATE deals SET title = CAST(x'ff41' AS TEXT)",
        "UPDATE connections SET settings = '{'",
        "ALTER TABLE entries RENAME COLUMN stage TO stahe",
    ],
)
def test_what_only_the_program_stumbles_over_is_told_as_damage(tmp_path: Path, accident: str) -> None:
    shell = at_noon(tmp_path)
    with sqlite3.connect(tmp_path / "funil.db") as db:
        db.execute(accident)
    db.close()
    said = [shell(*verb.split()) for verb in VERBS]
    assert any("is damaged; restore it from a backup" in each.err for each in said), said


def test_a_bug_beside_a_healthy_file_still_looks_like_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise KeyError("bug")

    shell = at_noon(tmp_path)
    (tmp_path / "offer.pdf").write_bytes(b"%PDF-1.4 bytes")
    shell.ok("file", "add", str(tmp_path / "offer.pdf"))
    monkeypatch.setattr(deal_views, "list_deals", broken)
    monkeypatch.setattr("data.reader.SqlReader.deals", broken)
    with pytest.raises(KeyError, match="bug"):
        shell("deal", "list")
