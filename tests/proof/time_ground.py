"""A house with a calendar, whose deal has just entered the stage of the rules that are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.proof.ground import Funil, board, rules

ENTERED = "2026-12-01T12:00:00Z"
"""A Tuesday; nine o'clock in São Paulo, where the house opens."""
HOURS = 'hours: {mon-fri: "09:00-18:00"}'
ANA = "mailboxes: [ana@loja.example]"
RUI = "mailboxes: [rui@loja.example]"
DEAL = "  - {{id: D1, title: Order 1001, amount: 7500, stage: new, responsible: {who}, contacts: [maria]{more}}}"


def house(
    tmp_path: Path,
    *lines: str,
    clock: str = ENTERED,
    zone: str = "America/Sao_Paulo",
    company: str = HOURS,
    ana: str = "",
    rui: str = "",
    who: str = "ana",
    dates: str = "",
    grace: str = "0s",
) -> Funil:
    """Return a house whose deal has just been moved into the stage of these rules."""
    text = board(rules(*lines), grace=grace, deals=DEAL.format(who=who, more=f", {dates}" if dates else ""))
    text = text.replace("{id: paper, type: file}", "{id: meeting, type: datetime}")
    text = text.replace("timezone: America/Sao_Paulo", f"timezone: {zone}").replace(f", {HOURS}", f", {company}")
    for person, more in ((ANA, ana), (RUI, rui)):
        text = text.replace(person, f"{person}, {more}" if more else person)
    funil = Funil(tmp_path, text.replace(", }", "}"), clock=clock)
    funil("deal", "move", "D1", "delivery")
    return funil


def due(funil: Funil, rule: str = "a") -> Any:
    """Return when a rule's newest run is due."""
    return funil.runs()[rule]["due_at"]


def at(funil: Funil, rule: str = "a") -> tuple[str, Any]:
    """Return a rule's newest state and when it is due."""
    return funil.states()[rule], due(funil, rule)


def sent(funil: Funil) -> Mapping[str, str]:
    """Return when each rule's message has gone out."""
    return {row["rule"]: row["sent_at"] for row in funil.log() if row["sent_at"]}
