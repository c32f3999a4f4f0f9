"""A house that is driven from outside: the command line in this process, a database file, the simulated clock."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Final

from adapters import cli
from data import fresh
from funil import House

NOON: Final = "2026-12-01T12:00:00Z"
"""A Tuesday; nine o'clock in São Paulo."""


class Funil:
    """The command line over one database, each call as a process would make it."""

    def __init__(self, folder: Path, board: str = "", clock: str = NOON) -> None:
        self.folder = folder
        self.url = fresh.fresh_sqlite(folder / "funil.db")
        self.notices = ""
        self("clock", "set", clock)
        if board:
            self.apply(board)

    def __call__(self, *words: str, status: int = 0) -> str:
        """Carry out a command line and return what it printed; ``notices`` holds what it said on stderr."""
        ended, printed = self.ends(*words)
        assert ended == status, f"{' '.join(words)} ended with {ended}: {printed}{self.notices}"
        return printed

    def ends(self, *words: str) -> tuple[int, str]:
        """Carry out a command line and return its exit status and what it printed."""
        out, notices = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
        with redirect_stdout(out), redirect_stderr(notices):
            ended = cli.main([*words, "--db", self.url], self.house())
        self.notices = _written(notices)
        return ended, _written(out)

    def house(self) -> House:
        """Return the house that a command line is given."""
        return House()

    def json(self, *words: str, status: int = 0) -> Any:
        """Return what a command line prints as JSON."""
        return json.loads(self(*words, "--json", status=status))

    def refused(self, *words: str) -> str:
        """Return the sentence with which a command line is refused; nothing may be on stdout."""
        assert self(*words, status=1) == ""
        return self.notices

    def apply(self, board: str, *more: str, status: int = 0) -> str:
        """Lay down a board file."""
        path = self.folder / "board.yaml"
        path.write_text(board, encoding="utf-8")
        return self("apply", str(path), *more, status=status)

    def idle(self) -> None:
        """Let happen what is due now."""
        self("run", "--until-idle")

    def until(self, moment: str) -> None:
        """Let time pass, from due moment to due moment."""
        self("run", "--until", moment)

    def runs(self, deal: str = "D1") -> Mapping[str, Mapping[str, Any]]:
        """Return each rule's newest run on a deal."""
        return {run["rule"]: run for run in self.json("explain", "--deal", deal)["runs"]}

    def states(self, deal: str = "D1") -> Mapping[str, str]:
        """Return each rule's newest state on a deal, with the reason where there is one."""
        return {rule: state(run) for rule, run in self.runs(deal).items()}

    def history(self, deal: str = "D1") -> Sequence[str]:
        """Return all states of all runs of a deal, oldest first, as ``rule state``."""
        return [f"{run['rule']} {state(run)}" for run in self.json("explain", "--deal", deal)["runs"]]

    def log(self, deal: str = "D1") -> Sequence[Mapping[str, Any]]:
        """Return a deal's rows of the outbound log, oldest first."""
        rows: list[Mapping[str, Any]] = self.json("outbound", "--deal", deal)
        return rows[::-1]

    def stage(self, deal: str = "D1") -> str:
        """Return where a deal stands."""
        return str(self.json("deal", "show", deal)["stage"])


def _written(stream: io.TextIOWrapper) -> str:
    """Return what has been written to a stream, which must be UTF-8."""
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode()


def state(run: Mapping[str, Any]) -> str:
    """Return a run's status with its reason."""
    return f"{run['status']} {run['reason']}" if run["reason"] else str(run["status"])


def board(rules: str = "", *, grace: str = "0s", more: str = "", deals: str | None = None) -> str:
    """Return a board file: a pipeline of three process stages, simulated mail and SMS, one client, one deal.

    ``more`` stands behind the rules: triggers, or another pipeline.
    """
    placed = (
        deals
        if deals is not None
        else "  - {id: D1, title: Order 1001, amount: 7500, stage: new, responsible: ana, contacts: [maria]}"
    )
    return f"""
funil: 1
company: {{timezone: America/Sao_Paulo, grace: {grace}, hours: {{mon-fri: "09:00-18:00"}}}}
users:
  - {{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}}
  - {{id: rui, name: Rui Reis, mailboxes: [rui@loja.example]}}
connections:
  - {{id: mail, channel: email, adapter: simulated}}
  - {{id: sms1, channel: sms, adapter: simulated}}
fields:
  - {{id: tracking, type: text}}
  - {{id: visit, type: date}}
  - {{id: paper, type: file}}
pipelines:
  - id: sales
    name: Sales
    stages:
      - {{id: new, name: New, color: "#39A8EF"}}
      - {{id: delivery, name: Order delivery}}
      - {{id: billing, name: Billing}}
      - {{id: won, name: Deal won, kind: success}}
      - {{id: lost, name: Deal lost, kind: failure}}
    rules:
{rules or "      []"}
{more}contacts:
  - id: maria
    name: Maria Lima
    emails: [{{type: WORK, value: maria@cliente.example}}]
    phones: [{{type: MOBILE, value: "+5511987650001"}}]
  - {{id: joao, name: João Ávila}}
deals:
{placed}
"""


def rules(*lines: str) -> str:
    """Put rules into a board file."""
    return "\n".join(f"      - {line}" for line in lines)


def mail(rule: str = "mail", stage: str = "delivery", subject: str = "Your order", **more: str) -> str:
    """Return an e-mail rule; ``more`` are further keys as they stand in YAML."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    settings = f'{{subject: "{subject}", body: "Olá"}}'
    return f"{{id: {rule}, stage: {stage}, kind: email, name: {rule}{keys}, settings: {settings}}}"


def sms(rule: str = "sms", stage: str = "delivery", text: str = "Ola", **more: str) -> str:
    """Return an SMS rule."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    settings = f'{{text: "{text}", provider: sms1}}'
    return f"{{id: {rule}, stage: {stage}, kind: sms, name: {rule}{keys}, settings: {settings}}}"


def mover(rule: str, stage: str, target: str, **more: str) -> str:
    """Return a rule that moves the deal on."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return f"{{id: {rule}, stage: {stage}, kind: move, name: {rule}{keys}, settings: {{stage: {target}}}}}"
