"""A house with two messengers and a web chat, for tests of chats."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.cli.cli_ground import NOON, Shell, shell_in

TABLE: Final = """
funil: 1
company: {timezone: UTC, grace: 0s}
users:
  - {id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}
  - {id: rui, name: Rui Reis}
connections:
  - {id: sms1, channel: sms, adapter: simulated}
  - {id: tg, channel: open_channel, adapter: simulated_telegram, settings: {bot: loja_bot}}
  - {id: tg2, channel: open_channel, adapter: simulated_telegram, settings: {bot: other_bot}}
  - {id: web, channel: open_channel, adapter: simulated}
fields:
  - {id: paper, type: file}
pipelines:
  - id: sales
    name: Sales
    stages:
      - {id: new, name: New}
      - {id: talk, name: Discuss}
      - {id: won, name: Won, kind: success}
      - {id: lost, name: Lost, kind: failure}
    rules: [RULES]
contacts:
  - {id: maria, name: Maria Lima, phones: [{type: MOBILE, value: "+5511987650001"}]}
  - {id: ze, name: José Reis, phones: [{type: MOBILE, value: "+5511987650002"}]}
  - {id: none, name: Nobody}
companies:
  - {id: acme, name: Acme Ltda, phones: [{type: WORK, value: "+551133330000"}]}
deals:
  - {id: D1, title: "Order 1001", amount: 7500, pipeline: sales, stage: new, responsible: ana, contacts: [maria]}
  - {id: D2, title: "Order 1002", amount: 10, pipeline: sales, stage: new, responsible: rui, contacts: [ze]}
  - {id: D3, title: "Order 1003", pipeline: sales, stage: new, responsible: rui, company: acme}
  - {id: D4, title: "Order 1004", pipeline: sales, stage: new}
  - {id: D5, title: "Order 1005", pipeline: sales, stage: lost, responsible: ana, contacts: [maria]}
"""
"""``RULES`` stands for the rules of its one pipeline, in YAML's flow form."""


def furnished(shell: Shell, folder: Path, *rules: str, board: str = TABLE) -> Shell:
    """Lay the house down on a database, its clock standing at noon."""
    shell.ok("clock", "set", NOON)
    path = folder / "board.yaml"
    path.write_text(board.replace("RULES", ", ".join(rules)), encoding="utf-8")
    shell.ok("apply", str(path))
    return shell


def talking_house(folder: Path, *rules: str, board: str = TABLE) -> Shell:
    """Return a shell on such a house in a new SQLite file."""
    return furnished(shell_in(folder), folder, *rules, board=board)


def writes(shell: Shell, text: str = "Olá", *, chat: str = "tg:555", sender: str = "", channel: str = "tg") -> str:
    """Let a client write; returns the event's id."""
    given = [f"channel={channel}", f"chat={chat}", f"from={sender or chat}", f"text={text}"]
    return shell.ok("event", "chat_message", *given).strip()


def chat(shell: Shell, which: str = "tg:555") -> dict[str, Any]:
    """Return a chat with its history."""
    found: dict[str, Any] = shell.json("chat", "show", which)
    return found


def lines(shell: Shell, deal: str = "D1") -> list[tuple[str, str]]:
    """Return who did what in the chats of a deal's history, oldest first."""
    found = shell.json("timeline", deal)
    return [(line["by"], line["text"]) for line in reversed(found) if line["kind"] == "chat"]
