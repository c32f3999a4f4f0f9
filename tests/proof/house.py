"""A house whose mail really goes out, for proofs with real processes: board file, books, a board on a terminal."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Final

from benchmarks.terminal import Terminal
from tests.cli.cli_ground import Shell
from tests.proof.post_office import PostOffice
from tests.proof.processes import PATIENCE

BOARD: Final = """
funil: 1
company: {{timezone: America/Sao_Paulo, grace: 0s}}
users: [{{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}}]
connections: [{{id: mail, channel: email, adapter: smtp, settings: {{host: 127.0.0.1, port: {port}}}}}]
pipelines:
  - id: sales
    name: Sales
    stages:
      - {{id: new, name: New, color: "#39A8EF"}}
      - {{id: delivery, name: Order delivery}}
      - {{id: later, name: Later}}
      - {{id: won, name: Deal won, kind: success}}
      - {{id: lost, name: Deal lost, kind: failure}}
    rules:
      - {{id: letter, stage: delivery, kind: email, name: L, unknown: {unknown}, settings: {{subject: "{{{{ deal.id }}}}", body: Hi}}}}
      - {{id: hour, stage: later, kind: email, name: H, run: {{after: 1h}}, settings: {{subject: "{{{{ deal.id }}}}", body: Hi}}}}
contacts: [{{id: maria, name: Maria Lima, emails: [{{type: WORK, value: maria@cliente.example}}]}}]
deals:
{deals}
"""  # noqa: E501 - a rule is a line
DEAL: Final = "  - {{id: {id}, title: Order {id}, stage: new, responsible: ana, contacts: [maria]}}"


def furnish(url: str, office: PostOffice, deals: int = 5, unknown: str = "resend") -> Shell:
    """Make a database with deals D1… in the stage *new*, whose rules write through the post office."""
    shell = Shell(url)
    shell.ok("init")
    rows = "\n".join(DEAL.format(id=f"D{n}") for n in range(1, deals + 1))
    shell.ok("apply", "-", stdin=BOARD.format(port=office.port, deals=rows, unknown=unknown))
    return shell


def log(shell: Shell) -> dict[str, str]:
    """Return how it stands with each deal's newest message."""
    rows: list[dict[str, Any]] = shell.json("outbound")
    return {row["deal"]: row["status"] for row in reversed(rows)}


def wait_for(true: Callable[[], bool], seconds: float = PATIENCE, beside: Terminal | None = None) -> None:
    """Look again and again until something is true; fails after that many seconds.

    What a board paints ``beside`` is read meanwhile, since it waits for its terminal.
    """
    until = time.monotonic() + seconds
    while not true():
        while beside is not None and beside._read(0.0):
            pass
        assert time.monotonic() < until, "it never came true"


def ended(terminal: Terminal) -> int:
    """Read a board's terminal until the program has ended; returns its exit status."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        pid, status = os.waitpid(terminal.pid, os.WNOHANG)
        if pid:
            while terminal._read(0.0):
                pass
            return os.waitstatus_to_exitcode(status)
        terminal._read(0.05)
    raise AssertionError("the board does not end")
