"""A database copied to another machine: nothing real leaves before a person confirms, and then everything, once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from tests.cli.cli_ground import Shell
from tests.conftest import Databases
from tests.proof.post_office import PostOffice, post_office
from tests.proof.processes import funil

DEALS = [f"D{n}" for n in range(1, 6)]
BOARD = """
funil: 1
company: {{timezone: America/Sao_Paulo, grace: 0s}}
users: [{{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}}]
connections:
  - {{id: mail, channel: email, adapter: smtp, settings: {{host: 127.0.0.1, port: {port}}}}}
  - {{id: second, channel: email, adapter: smtp, settings: {{host: 127.0.0.1, port: {port}}}}}
  - {{id: sms1, channel: sms, adapter: simulated}}
pipelines:
  - id: sales
    name: Sales
    stages:
      - {{id: new, name: New, color: "#39A8EF"}}
      - {{id: delivery, name: Order delivery}}
      - {{id: won, name: Deal won, kind: success}}
      - {{id: lost, name: Deal lost, kind: failure}}
    rules:
      - {{id: letter, stage: delivery, kind: email, name: L, settings: {{subject: Hello, body: Hi}}}}
      - {{id: text, stage: delivery, kind: sms, name: T, settings: {{text: Hello, provider: sms1}}}}
contacts:
  - id: maria
    name: Maria Lima
    emails: [{{type: WORK, value: maria@cliente.example}}]
    phones: [{{type: MOBILE, value: "+5511987650001"}}]
deals:
{deals}
"""
DEAL = "  - {{id: {id}, title: Order {id}, stage: new, responsible: ana, contacts: [maria]}}"
SAID = (
    "this database was copied from another machine: nothing goes out through mail until somebody confirms it: c on the"
    " board, or “funil connection resume NAME” (or --all)"
)
WHY = "the database was copied from another machine; “funil connection resume mail” lets it send"


@dataclass(slots=True)
class Twins:
    """A database whose deals have just been moved, its copy, and the mail server of both."""

    original: Shell
    copy: Shell
    office: PostOffice
    monkeypatch: pytest.MonkeyPatch

    def at(self, machine: str) -> None:
        """Go on at this machine."""
        self.monkeypatch.setenv("FUNIL_MACHINE", machine)

    def log(self, shell: Shell, rule: str) -> list[tuple[str, str | None, str | None]]:
        """Return how it stands with a rule's messages."""
        rows = shell.json("outbound")
        return [(row["status"], row["reason"], row["detail"]) for row in rows if row["rule"] == rule]


@pytest.fixture(params=["sqlite", "postgresql"])
def twins(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twins]:
    monkeypatch.setenv("FUNIL_MACHINE", "office")
    on_file = request.param == "sqlite"
    original = Shell(f"sqlite:///{tmp_path / 'funil.db'}" if on_file else request.getfixturevalue("fresh_postgres"))
    with post_office() as office:
        deals = "\n".join(DEAL.format(id=deal) for deal in DEALS)
        original.ok("init")
        original.ok("apply", "-", stdin=BOARD.format(port=office.port, deals=deals))
        original.ok("connection", "pause", "second")
        assert original("run", "--once").err == ""
        original.ok("deal", "move", *DEALS, "delivery")
        if on_file:
            shutil.copy(tmp_path / "funil.db", tmp_path / "copy.db")
            yield Twins(original, Shell(f"sqlite:///{tmp_path / 'copy.db'}"), office, monkeypatch)
        else:
            servers: Databases = request.getfixturevalue("postgres_databases")
            copy = servers.create(template=original.url.partition("?")[0].rpartition("/")[2])
            yield Twins(original, Shell(servers.url(copy)), office, monkeypatch)
            servers.drop(copy)


def test_a_copy_sends_nothing_real_before_somebody_confirms_and_then_everything_once(twins: Twins) -> None:
    twins.at("laptop")
    with funil("worker", "--db", twins.copy.url, words_on="stderr") as worker:
        assert worker.read_line() == SAID
        assert "runs" in worker.read_line()
        while [row[0] for row in twins.log(twins.copy, "text")] != ["sent"] * len(DEALS):
            assert not worker.ended_within(0)
        assert worker.stop() == 0
    assert twins.log(twins.copy, "letter") == [("queued", "connection_paused", WHY)] * len(DEALS)
    assert twins.office.connections == 0

    again = twins.copy("run", "--until-idle")
    assert (again.status, again.err, twins.office.connections) == (0, "", 0)

    twins.copy.ok("connection", "resume", "mail")
    for _ in range(2):
        assert twins.copy("run", "--until-idle").err == ""
    assert [row[0] for row in twins.log(twins.copy, "letter")] == ["sent"] * len(DEALS)
    assert sorted(twins.office.copies().values()) == [1] * len(DEALS)


def test_who_stays_at_home_notices_nothing(twins: Twins) -> None:
    said = twins.original("run", "--until-idle")
    assert (said.status, said.err) == (0, "")
    assert len(twins.office.mails) == len(DEALS)


def test_only_what_was_open_and_real_is_paused(twins: Twins) -> None:
    twins.at("laptop")
    assert twins.copy("run", "--once").err == f"{SAID}\n"
    found = {trouble["place"]: trouble["problem"] for trouble in twins.copy.json("lint")}
    assert WHY in found["connection mail"]
    assert "by_hand" in found["connection second"]
    assert "connection sms1" not in found


def test_a_board_on_a_copy_says_so(twins: Twins) -> None:
    twins.at("laptop")
    terminal = Terminal(twins.copy.url)
    try:
        terminal.first_paint("copied from another machine")
        terminal.settle()
    finally:
        terminal.close()
    assert twins.office.connections == 0
