"""The house that is hammered, and what people and scripts do to it."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Final

STAGES: Final = ("new", "delivery", "shipped", "parked")
RULES: Final = {
    "delivery": ("mail-1", "mail-2", "switched", "mail-3", "go-on"),
    "shipped": ("mail-4", "mail-late", "mail-far"),
    "parked": ("mail-5",),
}
"""The rules of each stage, in order."""
SWITCHED: Final = "switched"
"""A rule that is switched off and on all the time: a stay may have come without its run."""
FAR: Final = "mail-far"
"""A rule whose moment does not come while this goes on."""
USERS: Final = ("rui", "eva")
"""Who works with command lines; boards act as ana, who is responsible for every deal."""
SOLID: Final = 40
"""Deals that are there from the beginning: D1, D2 …"""

BOARD: Final = """
funil: 1
company: {{timezone: America/Sao_Paulo, grace: 1s}}
users:
  - {{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}}
  - {{id: rui, name: Rui Reis, mailboxes: [rui@loja.example]}}
  - {{id: eva, name: Eva Nunes, mailboxes: [eva@loja.example]}}
connections: [{{id: mail, channel: email, adapter: smtp, settings: {{host: 127.0.0.1, port: {port}}}}}]
fields:
  - {{id: rui, type: text}}
  - {{id: eva, type: text}}
pipelines:
  - id: sales
    name: Sales
    stages:
      - {{id: new, name: New, color: "#39A8EF"}}
      - {{id: delivery, name: Order delivery}}
      - {{id: shipped, name: Shipped}}
      - {{id: parked, name: Parked}}
      - {{id: won, name: Deal won, kind: success}}
      - {{id: lost, name: Deal lost, kind: failure}}
    rules:
{rules}
contacts: [{{id: maria, name: Maria Lima, emails: [{{type: WORK, value: maria@cliente.example}}]}}]
deals:
{deals}
"""
_MAIL: Final = '{subject: "{{ deal.id }}", body: "Olá {{ contact.name }}"}'
_MORE: Final = {
    "mail-3": "order: wait, ",
    "mail-late": "run: {after: 1s}, ",
    FAR: "run: {after: 10h}, ",
}


def board(port: int, unknown: str) -> str:
    """Return the board file of a house whose mail goes to that port, every rule with that policy."""
    rules = [_rule(rule, stage, unknown) for stage, rules in RULES.items() for rule in rules]
    deals = [f"  - {{id: D{n}, title: Order {n}, stage: new, amount: {n}, responsible: ana, contacts: [maria]}}"
             for n in range(1, SOLID + 1)]  # fmt: skip
    return BOARD.format(port=port, rules="\n".join(rules), deals="\n".join(deals))


def _rule(rule: str, stage: str, unknown: str) -> str:
    head = f"      - {{id: {rule}, stage: {stage}, name: {rule}, "
    if rule == "go-on":
        return f"{head}kind: move, order: wait, settings: {{stage: shipped}}}}"
    return f"{head}kind: email, unknown: {unknown}, {_MORE.get(rule, '')}settings: {_MAIL}}}"


def sheet(path: Path, number: int, rows: int) -> Path:
    """Write a file of deals for the import."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("title", "amount", "stage", "responsible", "contact"))
        writer.writerows((f"Import {number} row {n}", n, "parked", "ana", "maria") for n in range(rows))
    return path


KEYS: Final = (b"j", b"k", b"h", b"l", b"L", b"L", b"L", b"H", b"J", b"K", b"u", b" L\\", b"U")
"""What hands do at a board: go, carry, undo, mark and carry, redo."""


def keys(rng: random.Random, count: int) -> bytes:
    """Return some keys, the last of which carries a deal on its way out."""
    return b"".join(rng.choice(KEYS) for _ in range(count)) + b"hhhhhL"
