"""What the table of reasons is made of: a house, what is done in it, and where its reason must then stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.moment import Moment
from core.words import Words
from tests.proof.ground import board, rules
from tests.proof.scripted import Script, ScriptedFunil

Act = Callable[[ScriptedFunil], None]
AFTER = "{after: 1h}"
PHONE = "+5511987650001"


@dataclass(frozen=True)
class Case:
    """One way to a reason. ``english`` and ``portuguese`` are parts of the sentence that tells it.

    ``where``: a ``run`` of ``explain``, a ``row`` of the outbound log, or both; ``status`` what stands there.
    """

    reason: str
    status: str
    english: str
    portuguese: str
    rule: str
    act: Act
    where: str = "run row"
    peer: Outcome | None = None
    change: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What it is called among the tests."""
        return f"{self.reason}-{self.rule.split('kind: ')[1].split(',')[0]}-{self.where.replace(' ', '-')}"


def keyed(kind: str, settings: str, **more: str) -> str:
    """Return a rule ``r`` of the delivery stage."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return f"{{id: r, stage: delivery, kind: {kind}, name: Rule{keys}, settings: {{{settings}}}}}"


def mail(settings: str = "", **more: str) -> str:
    """Return an e-mail rule."""
    return keyed("email", f"subject: Order, body: Hello{settings}", **more)


def sms(settings: str = "text: Ola", **more: str) -> str:
    """Return an SMS rule."""
    return keyed("sms", settings, **more)


def entered(funil: ScriptedFunil) -> None:
    """Let the deal enter the stage, and what is due happen."""
    funil("deal", "move", "D1", "delivery")
    funil.idle()


def then(*lines: str) -> Act:
    """Return an act: the deal enters the stage, then these command lines."""

    def act(funil: ScriptedFunil) -> None:
        entered(funil)
        for line in lines:
            funil(*line.split())

    return act


def made(folder: Path, case: Case) -> ScriptedFunil:
    """Return the case's house, after what it does. The scripted peer stands for mail and SMS where the case has one."""

    def send(key: str, message: Message, now: Moment) -> Outcome:
        return case.peer or Outcome(kind=OutcomeKind.ACCEPTED, provider_id="p")

    text = board(rules(case.rule))
    if case.peer is not None:
        text = text.replace("adapter: simulated", "adapter: scripted")
    for old, new in case.change:
        assert old in text, f"{old} is not in the house"
        text = text.replace(old, new)
    funil = ScriptedFunil(folder, Script(send=send))
    if "terms.pdf" in text:
        (folder / "terms.pdf").write_bytes(b"%PDF-1.4")
        funil("file", "add", str(folder / "terms.pdf"))
    funil.apply(text)
    case.act(funil)
    return funil


def told(funil: ScriptedFunil, monkeypatch: pytest.MonkeyPatch, language: str) -> str:
    """Return all that people read of it in a language: why it ran or not, and the history."""
    monkeypatch.setenv("FUNIL_LANG", language)
    return funil("explain", "--deal", "D1") + funil("timeline", "D1")


def found(funil: ScriptedFunil, where: str) -> Mapping[str, Any]:
    """Return the newest run or row of the rule."""
    if where == "run":
        run: Mapping[str, Any] = funil.json("explain", "--rule", "r")["runs"][-1]
        return run
    row: Mapping[str, Any] = next(row for row in funil.json("outbound") if row["rule"] == "r")
    return row


def outcome(kind: OutcomeKind, reason: str | None = None) -> Outcome:
    """Return what a mail server's or a provider's answer comes to."""
    words = Words("at {phase} the mail server answered {code} {text}", {"phase": "DATA", "code": 550, "text": "No"})
    return Outcome(kind=kind, reason=reason, detail=words)


def reached_and_told(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Assert that a case's reason stands where programs look for it, and is told in both languages."""
    funil = made(folder, case)
    for where in case.where.split():
        seen = found(funil, where)
        assert (seen["reason"], seen["status"]) == (case.reason, case.status)
    english, portuguese = (told(funil, monkeypatch, language) for language in ("en", "pt_BR"))
    assert case.english in english
    assert case.portuguese in portuguese
    assert case.english not in portuguese
