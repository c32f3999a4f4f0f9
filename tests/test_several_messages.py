"""A run that sends several messages ends when all of them have, as the worst of them did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.moment import Moment
from tests import planting
from tests.proof.ground import board, mail, rules
from tests.proof.scripted import GREYLISTED, SILENT, Script, ScriptedFunil

SEVERAL: Final = '''
"""Write the same to several addresses."""

from core.effects import Deliver
from core.model.delivery import Channel, Message
from core.rules.base import RuleKind, Settings
from core.words import Words


class SeveralSettings(Settings):
    """To whom."""

    to: tuple[str, ...]


class Several(RuleKind[SeveralSettings]):
    """Write to several."""

    id = "several"
    name = "Several"
    about = "Writes to several addresses."
    Settings = SeveralSettings
    needs = frozenset({"contacts"})
    uses = frozenset({Channel.SMS})

    def plan(self, facts, settings, now, rng):
        """Return the messages."""
        messages = (Message(channel=Channel.SMS, to=to, text="x") for to in settings.to)
        return tuple(Deliver(connection="sms1", message=message) for message in messages)

    def sentence(self, settings):
        """Say it."""
        return Words("write to several")
'''
OUTCOMES: Final = {
    "ok": Outcome(kind=OutcomeKind.ACCEPTED, provider_id="p"),
    "no": Outcome(kind=OutcomeKind.REJECTED, reason="blocked"),
    "bad": Outcome(kind=OutcomeKind.REJECTED, reason="bad_number"),
    "silent": SILENT,
    "later": GREYLISTED,
}


@pytest.fixture(autouse=True)
def kind(tmp_path: Path) -> Iterator[None]:
    """Let rules of this kind be known."""
    with planting.rule_kind(tmp_path / "kinds", "several", SEVERAL):
        yield


def house(folder: Path, *to: str) -> ScriptedFunil:
    """Return a house whose deal has just entered the stage of a rule that writes to several, one under it waiting."""
    several = f"{{id: several, stage: delivery, kind: several, settings: {{to: [{', '.join(to)}]}}}}"
    script = Script()
    script.send = lambda key, message, now: OUTCOMES[message.to.partition("-")[0]]
    funil = ScriptedFunil(folder, script, board(rules(several, mail(order="wait"))).replace(
        "{id: sms1, channel: sms, adapter: simulated}", "{id: sms1, channel: sms, adapter: scripted}"
    ))  # fmt: skip
    funil("deal", "move", "D1", "delivery")
    return funil


@pytest.mark.parametrize(
    ("to", "state", "below"),
    [
        (["ok-1", "ok-2"], "done", "done"),
        (["no", "ok"], "failed blocked", "done"),
        (["ok", "bad", "no"], "failed bad_number", "done"),
        (["silent", "ok"], "done timeout", "done"),
        (["silent", "no"], "failed blocked", "done"),
        (["no", "later"], "sending", "waiting rule"),
        (["later", "ok"], "sending", "waiting rule"),
    ],
    ids=str,
)
def test_the_run_ends_with_the_last_message_as_the_worst(tmp_path: Path, to: list[str], state: str, below: str) -> None:
    funil = house(tmp_path, *to)
    funil.idle()
    assert funil.states() == {"several": state, "mail": below}


def test_what_waits_below_goes_on_when_the_last_has_ended_and_not_before(tmp_path: Path) -> None:
    funil = house(tmp_path, "no", "later", "ok")
    funil.idle()
    run = funil.runs()["several"]
    assert (run["status"], run["reason"], run["due_at"]) == ("sending", None, funil.log()[1]["due_at"])
    assert funil.runs()["mail"]["waits_for"] == "several"
    funil.script.send = lambda key, message, now: OUTCOMES["ok"]
    funil("clock", "advance", "2h")
    funil.idle()
    assert funil.states() == {"several": "failed blocked", "mail": "done"}
    assert [row["status"] for row in funil.log()] == ["failed", "sent", "sent", "sent"]
    assert sum("sent" in line["text"] for line in funil.json("timeline", "D1")) == 3


def test_a_person_cancels_one_of_several(tmp_path: Path) -> None:
    funil = house(tmp_path, "later", "later", "ok")
    funil.idle()
    funil("outbound", "cancel", "M1")
    assert funil.states()["several"] == "sending"
    funil("outbound", "cancel", "M2")
    assert funil.states()["several"] == "cancelled stopped"
    funil.idle()
    assert funil.states() == {"several": "cancelled stopped", "mail": "done"}


def test_a_person_says_of_one_what_became_of_it_and_has_another_tried_again(tmp_path: Path) -> None:
    funil = house(tmp_path, "silent-1", "silent-2", "ok")
    funil.idle()
    funil("outbound", "resolve", "M1", "sent")
    assert funil.states()["several"] == "done timeout"
    funil("outbound", "resolve", "M2", "failed")
    assert funil.states()["several"] == "failed timeout"
    funil.script.send = lambda key, message, now: OUTCOMES["ok"]
    funil("outbound", "retry", "M2")
    assert funil.states()["several"] == "sending"
    funil.idle()
    assert funil.states()["several"] == "done"


def test_a_peer_that_is_asked_later_tells_of_each(tmp_path: Path) -> None:
    funil = house(tmp_path, "silent-1", "silent-2")
    funil.script.reconciles = True
    answers: dict[str, str] = {"silent-1": "ok", "silent-2": "no"}
    told: list[str] = []

    def answer(key: str, message: Message, now: Moment) -> Any:
        told.append(message.to)
        return OUTCOMES[answers[message.to]]

    funil.script.told = answer
    funil.idle()
    assert funil.states()["several"] == "done timeout"
    funil("clock", "advance", "2m")
    funil.idle()
    assert (sorted(told), funil.states()["several"]) == (["silent-1", "silent-2"], "failed blocked")


def test_undo_revives_a_run_with_what_was_still_to_go(tmp_path: Path) -> None:
    funil = house(tmp_path, "ok", "later")
    funil.idle()
    funil("deal", "move", "D1", "billing")
    assert funil.states()["several"] == "cancelled left_stage"
    funil("deal", "undo", "D1")
    assert funil.states()["several"] == "sending"
    funil.script.send = lambda key, message, now: OUTCOMES["ok"]
    funil("clock", "advance", "2h")
    funil.idle()
    assert funil.states() == {"several": "done", "mail": "done"}
