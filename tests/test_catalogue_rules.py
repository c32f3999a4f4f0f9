"""A new rule kind is one file: schema, apply, lint, try, the engine, explain and export know it at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.rules import catalogue
from tests import planting
from tests.proof.ground import Funil, board, rules

THANKS = '''
"""Write a word of thanks on the deal."""

from collections.abc import Iterable, Sequence

from pydantic import Field

from core import context, templates
from core.effects import Comment, Effect, Notify, SetField
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.words import Words


class ThanksSettings(Settings):
    """What is written, where."""

    text: str = Field(min_length=1, title="Text", description="What is said.", json_schema_extra={"template": "text"})
    field: str = Field(default="tracking", title="Field")
    warmth: int = Field(default=1, ge=1, le=3, title="Warmth")


class Thanks(RuleKind[ThanksSettings]):
    """Say thanks."""

    id = "thanks"
    name = "Say thanks"
    about = "Writes a word of thanks on the deal."
    Settings = ThanksSettings

    def plan(self, facts, settings, now, rng) -> Sequence[Effect]:
        """Return the thanks."""
        if not facts.contacts:
            raise CannotAct("no_recipient", Words("nobody is there to be thanked"))
        text = templates.render(settings.text, context.of(facts)) + "!" * settings.warmth
        user = facts.responsible.id if facts.responsible else "ana"
        return (Comment(text=text), SetField(field=settings.field, value="thanked"), Notify(user=user, text=text))

    def sentence(self, settings) -> Words:
        """Say it."""
        return Words("say thanks: {text}", {"text": settings.text})

    def lint(self, settings, house) -> Iterable[Finding]:
        """Find a field that does not exist."""
        yield from templates.check(settings.text, house, field="text")
        if settings.field not in house.fields:
            yield Finding("field", Words("there is no field {field}", {"field": settings.field}))
'''

PAGER = '''
"""Send the client's pager a number."""

from collections.abc import Sequence

from pydantic import Field

from core import recipients
from core.effects import Deliver, Effect
from core.model.delivery import Channel, Message
from core.rules.base import CannotAct, RuleKind, Settings
from core.words import Words


class PagerSettings(Settings):
    """The number, and the provider."""

    number: int = Field(title="Number", ge=0)
    provider: str = Field(title="Provider", json_schema_extra={"picker": "connection:sms"})


class Pager(RuleKind[PagerSettings]):
    """Send a number."""

    id = "pager"
    name = "Page the client"
    about = "Sends a number to the client's first phone."
    group = "communication"
    Settings = PagerSettings
    uses = frozenset({Channel.SMS})
    needs = frozenset({"contacts", "company"})

    def plan(self, facts, settings, now, rng) -> Sequence[Effect]:
        """Return the message."""
        chosen = recipients.phone(facts, "auto")
        message = Message(channel=Channel.SMS, to=chosen.address, text=str(settings.number))
        return (Deliver(connection=settings.provider, message=message, why=chosen.why),)

    def sentence(self, settings) -> Words:
        """Say it."""
        return Words("page the client with {number}", {"number": settings.number})
'''


@pytest.fixture
def thanks(tmp_path: Path) -> Iterator[None]:
    with planting.rule_kind(tmp_path / "kinds", "thanks", THANKS):
        yield


@pytest.fixture
def pager(tmp_path: Path) -> Iterator[None]:
    with planting.rule_kind(tmp_path / "kinds", "pager", PAGER):
        yield


def line(kind: str, settings: str) -> str:
    return rules(f"{{id: r, stage: delivery, kind: {kind}, name: A new kind, settings: {settings}}}")


IN_HOUSE = line("thanks", '{text: "Thank you {{ contact.first_name }}", warmth: 2}')
SENDING = line("pager", "{number: 112, provider: sms1}")


def test_a_kind_is_there_as_long_as_its_file(tmp_path: Path) -> None:
    before = list(catalogue.kinds())
    with planting.rule_kind(tmp_path / "kinds", "thanks", THANKS):
        assert sorted([*before, "thanks"]) == list(catalogue.kinds())
    assert list(catalogue.kinds()) == before


@pytest.mark.usefixtures("thanks", "pager")
def test_schema_has_its_settings(tmp_path: Path) -> None:
    schema = json.loads(Funil(tmp_path)("schema"))
    rule = schema["$defs"]["RulePart"]
    assert {"pager", "thanks", *catalogue.kinds()} == set(rule["properties"]["kind"]["enum"])
    settings = schema["$defs"]["RulePart_thanks"]
    assert settings["title"] == "Say thanks"
    assert set(settings["properties"]) == {"text", "field", "warmth"}
    assert settings["properties"]["warmth"]["maximum"] == 3
    assert set(schema["$defs"]["RulePart_pager"]["properties"]) == {"number", "provider"}


@pytest.mark.usefixtures("thanks")
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("{text: x, warmth: 4}", "warmth"),
        ("{warmth: 1}", "text"),
        ("{text: x, colour: red}", "colour"),
    ],
)
def test_apply_refuses_settings_that_its_model_does_not_take(settings: str, sentence: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path)
    assert funil.apply(board(line("thanks", settings)), status=1) == ""
    assert sentence in funil.notices
    assert "board.yaml:" in funil.notices
    assert funil.json("deal", "list") == []


@pytest.mark.usefixtures("thanks")
def test_lint_tells_what_it_finds(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(line("thanks", '{text: "{{ deal.titel }}", field: nowhere}')))
    found = {(t["place"], t["error"]): t["problem"] for t in funil.json("lint", status=1)}
    assert found["rule r, settings.field", True] == "there is no field nowhere"
    assert any("titel" in problem for problem in found.values())


@pytest.mark.usefixtures("thanks")
def test_try_says_what_it_would_do(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(IN_HOUSE))
    tried = funil.json("try", "r", "--deal", "D1")
    assert (tried["would"], tried["effects"]) == ("done", ["Comment", "SetField", "Notify"])
    assert funil.json("timeline", "D1")[0]["kind"] == "created"


@pytest.mark.usefixtures("pager")
def test_try_shows_the_message_of_a_kind_that_sends(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(SENDING))
    tried = funil.json("try", "r", "--deal", "D1")
    assert (tried["to"], tried["text"], tried["connection"]) == ("+5511987650001", "112", "sms1")
    assert funil.log() == []


@pytest.mark.usefixtures("thanks")
def test_it_acts_and_explain_tells(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(IN_HOUSE))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"r": "done"}
    assert funil.json("deal", "show", "D1")["fields"]["tracking"] == "thanked"
    notes = [entry["text"] for entry in funil.json("timeline", "D1") if entry["kind"] == "note"]
    assert notes == ["Thank you Maria!!"]


@pytest.mark.usefixtures("thanks")
def test_why_it_could_not_act_is_told(tmp_path: Path) -> None:
    nobody = "  - {id: D1, title: x, stage: new, responsible: ana}"
    funil = Funil(tmp_path, board(IN_HOUSE, deals=nobody))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (run,) = funil.json("explain", "--rule", "r")["runs"]
    assert (run["status"], run["reason"], run["detail"]) == ("failed", "no_recipient", "nobody is there to be thanked")


@pytest.mark.usefixtures("thanks")
def test_undo_names_what_it_changed(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(IN_HOUSE))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.json("deal", "undo", "D1")["stays"] == ["what rule “A new kind” changed stays"]
    assert funil.json("deal", "show", "D1")["fields"]["tracking"] == "thanked"


@pytest.mark.usefixtures("pager")
def test_a_kind_that_sends_is_held_sent_and_logged(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(SENDING, grace="5s"))
    funil("deal", "move", "D1", "delivery")
    assert [(row["status"], row["text"]) for row in funil.log()] == [("held", "112")]
    funil.until("2026-12-01T12:01Z")
    assert [(row["status"], row["channel"], row["to"]) for row in funil.log()] == [("sent", "sms", "+5511987650001")]


@pytest.mark.usefixtures("thanks", "pager")
def test_export_has_it_and_applying_that_changes_nothing(tmp_path: Path) -> None:
    both = f"{IN_HOUSE}\n{SENDING.replace('id: r', 'id: p')}"
    funil = Funil(tmp_path, board(both))
    exported = funil("export")
    assert "kind: thanks" in exported
    assert "warmth: 2" in exported
    assert "number: 112" in exported
    again: dict[str, Any] = json.loads(funil.apply(exported, "--json"))
    assert again["changes"] == []


def test_a_rule_whose_kind_is_gone_fails_and_the_others_go_on(tmp_path: Path) -> None:
    with planting.rule_kind(tmp_path / "kinds", "thanks", THANKS):
        mail = "{id: m, stage: delivery, kind: email, name: m, settings: {subject: x, body: x}}"
        funil = Funil(tmp_path, board(f"{IN_HOUSE}\n{rules(mail)}"))
        funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"r": "failed misconfigured", "m": "done"}
    assert "thanks" in funil.runs()["r"]["detail"]
    (found,) = funil.json("lint", status=1)
    assert (found["place"], found["error"]) == ("rule r, kind", True)


BROKEN = THANKS.replace("text = templates", "raise ZeroDivisionError('oops')\n        text = templates")


def test_a_kind_with_a_bug_ends_its_run_and_not_the_engine(tmp_path: Path) -> None:
    with planting.rule_kind(tmp_path / "kinds", "thanks", BROKEN):
        mail = "{id: m, stage: delivery, kind: email, name: m, settings: {subject: x, body: x}}"
        funil = Funil(tmp_path, board(f"{IN_HOUSE}\n{rules(mail)}"))
        funil("deal", "move", "D1", "delivery")
        funil.idle()
        assert funil.states() == {"r": "failed misconfigured", "m": "done"}
        assert "ZeroDivisionError: oops" in funil.runs()["r"]["detail"]
