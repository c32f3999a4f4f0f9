"""The system's clock is set back and forward while the engine serves: nothing early, nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.cli.cli_ground import Shell
from tests.proof.house import furnish, log, wait_for
from tests.proof.post_office import PostOffice, post_office
from tests.proof.processes import PATIENCE, Child

HOUR: Final = 3600


@dataclass(slots=True)
class Wall:
    """The clock on the wall, which anybody may set."""

    file: Path
    shell: Shell

    def set(self, seconds: float) -> None:
        """Set it so many seconds off; whoever reads it meanwhile sees the one or the other."""
        new = self.file.with_suffix(".new")
        new.write_text(str(seconds), encoding="ascii")
        new.replace(self.file)

    def funil(self, *words: str) -> Child:
        """Start the command line under this clock."""
        return Child(["-m", "tests.proof.shifted", str(self.file), *words, "--db", self.shell.url], words_on="stderr")

    def move(self, deal: str, stage: str) -> None:
        """Move a deal, by a process of its own."""
        with self.funil("deal", "move", deal, stage) as moving:
            assert moving.finish_with_words() == (0, [])


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def wall(request: pytest.FixtureRequest, tmp_path: Path, office: PostOffice) -> Wall:
    on_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'funil.db'}" if on_file else request.getfixturevalue("fresh_postgres")
    found = Wall(tmp_path / "shift", furnish(url, office))
    found.set(0)
    return found


def test_a_clock_that_is_set_moves_no_message_but_those_whose_moment_it_shows(wall: Wall, office: PostOffice) -> None:
    shell = wall.shell
    with wall.funil("worker") as worker:
        assert "runs" in worker.read_line()
        wall.move("D1", "later")
        wall.set(-2 * HOUR)
        wall.move("D2", "delivery")
        wait_for(lambda: log(shell) == {"D2": "sent"})
        wall.move("D3", "later")
        wall.set(-HOUR - 60)
        wall.move("D4", "delivery")
        wait_for(lambda: log(shell) == {"D2": "sent", "D4": "sent"})  # D3's hour is not over
        wall.set(-HOUR + 60)
        assert office.wait_until(lambda: len(office.mails) == 3, PATIENCE), "the worker never looked again"
        wait_for(lambda: log(shell).get("D3") == "sent")
        assert "D1" not in log(shell)
        wall.set(2 * HOUR)
        assert office.wait_until(lambda: len(office.mails) == 4, PATIENCE), "the worker never looked again"
        wait_for(lambda: log(shell) == {f"D{n}": "sent" for n in range(1, 5)})
        wall.set(40 * 365 * 24 * HOUR)
        wall.move("D5", "delivery")
        wait_for(lambda: log(shell).get("D5") == "sent")
        assert worker.stop_with_words() == (0, [])
    assert sorted(office.copies().values()) == [1] * 5
    assert [mail.parsed["Subject"] for mail in office.mails] == ["D2", "D4", "D3", "D1", "D5"]


def test_the_command_line_too_waits_for_the_moment_that_the_clock_shows(wall: Wall, office: PostOffice) -> None:
    wall.move("D1", "later")
    for shift, mails in ((-HOUR, 0), (HOUR - 60, 0), (HOUR + 60, 1), (0, 1)):
        wall.set(shift)
        with wall.funil("run", "--until-idle") as running:
            assert running.finish() == 0
        assert len(office.mails) == mails, shift
