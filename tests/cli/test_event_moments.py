"""When an event happened: not yet to come, and not before clocks begin."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.cli.chat_ground import talking_house

REPORT: Final = ("event", "chat_message", "channel=tg", "chat=tg:9", "from=tg:9", "text=a", "--at")


def test_an_event_has_happened_by_the_real_clock(tmp_path: Path) -> None:
    shell = talking_house(tmp_path)
    shell.ok("clock", "set", "real")
    for moment in ("8999-12-31T12:00Z", "9999-12-31T23:59Z"):
        said = shell.refused(*REPORT, moment)
        assert "is in the future: an event has happened already, and the clock shows" in said
    assert "1969-12-31T23:59:00Z is before 1970" in shell.refused(*REPORT, "1969-12-31T23:59Z")
    assert shell.json("chat", "list") == []
    assert shell.json(*REPORT, "2001-02-03T04:05Z")["at"] == "2001-02-03T04:05:00Z"


def test_by_a_simulated_clock_it_may_be_told_beforehand(tmp_path: Path) -> None:
    shell = talking_house(tmp_path)
    assert "the clock ends at 9000" in shell.refused(*REPORT, "9999-12-31T23:59Z")
    assert shell.json(*REPORT, "2026-12-24T18:00Z")["at"] == "2026-12-24T18:00:00Z"
