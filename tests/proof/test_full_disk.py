"""A disk that is really full: one sentence, nothing lost, nothing twice, and on it goes when there is room again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from benchmarks.terminal import Terminal
from data.fresh import fresh_sqlite
from tests.cli.cli_ground import Shell
from tests.proof.house import furnish, log, wait_for
from tests.proof.post_office import PostOffice, post_office
from tests.proof.processes import PATIENCE, Child, funil

FULL: Final = "funil: The disk that holds {place} is full; nothing was changed"


@dataclass(slots=True)
class Disk:
    """A small disk of its own."""

    folder: Path

    @property
    def url(self) -> str:
        """The address of the database on it."""
        return f"sqlite:///{self.folder / 'funil.db'}"

    @property
    def sentence(self) -> str:
        """What is said of it when it is full."""
        return FULL.format(place=self.folder / "funil.db")

    def fill(self) -> None:
        """Leave no byte free."""
        with (self.folder / "filling").open("wb", buffering=0) as filling:
            try:
                while True:
                    filling.write(bytes(4096))
            except OSError:
                return

    def make_room(self) -> None:
        """Take the filling away."""
        (self.folder / "filling").unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 2 MB; only root can have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no disk of its own can be mounted here")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


def test_every_verb_is_refused_with_the_reason_and_changes_nothing(disk: Disk, office: PostOffice) -> None:
    shell = furnish(disk.url, office)
    disk.fill()
    for words in (["deal", "move", "D1", "delivery"], ["deal", "list"], ["run", "--once"], ["worker"], ["init"]):
        with funil(*words, "--db", disk.url, words_on="stderr") as child:
            assert child.finish_with_words() == (1, [disk.sentence]), words
    disk.make_room()
    assert {deal["stage"] for deal in shell.json("deal", "list")} == {"new"}
    shell.ok("deal", "move", "D1", "delivery")
    shell.ok("run", "--until-idle")
    assert log(shell) == {"D1": "sent"}


def test_an_upgrade_without_room_leaves_everything_as_it_was(disk: Disk) -> None:
    fresh_sqlite(disk.folder / "funil.db")
    before = (disk.folder / "funil.db").read_bytes()
    disk.fill()
    with Child(["-m", "tests.proof.upgrader", disk.url, "fails"], words_on="stderr") as child:
        status, words = child.finish_with_words()
    assert (status, words) == (1, [disk.sentence])
    assert not list(disk.folder.glob("*before-upgrade"))
    disk.make_room()
    Shell(disk.url).ok("deal", "list")
    assert (disk.folder / "funil.db").read_bytes() == before


def _sent_while_the_disk_is_full(
    disk: Disk, office: PostOffice, shell: Shell, told: Callable[[], object], board: Terminal | None = None
) -> None:
    """Fill the disk while the server holds its answer: that the mail was taken cannot be written down."""
    office.set_trap("taken", 1, disk.fill)
    shell.ok("deal", "move", "D1", "delivery")
    assert office.wait_until(office.sprung, PATIENCE)
    told()
    disk.make_room()
    wait_for(lambda: log(shell) == {"D1": "sent"}, beside=board)
    shell.ok("deal", "move", "D2", "delivery")
    wait_for(lambda: log(shell) == {"D1": "sent", "D2": "sent"}, beside=board)
    assert sorted(office.copies().values()) == [1, 1]


def test_a_worker_remembers_what_it_could_not_write_down(disk: Disk, office: PostOffice) -> None:
    shell = furnish(disk.url, office)
    with funil("worker", "--db", disk.url, words_on="stderr") as worker:
        assert "runs" in worker.read_line()

        def told() -> None:
            assert worker.read_line() == disk.sentence

        _sent_while_the_disk_is_full(disk, office, shell, told)
        assert worker.stop_with_words() == (0, [])


def test_a_board_remembers_what_it_could_not_write_down(disk: Disk, office: PostOffice) -> None:
    shell = furnish(disk.url, office)
    terminal = Terminal(disk.url)
    try:
        terminal.first_paint("● engine")
        _sent_while_the_disk_is_full(disk, office, shell, lambda: terminal.first_paint("is full"), terminal)
    finally:
        terminal.close()
