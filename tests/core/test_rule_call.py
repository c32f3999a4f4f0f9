"""The call rule: what is said or played, on which line, and why nobody is called."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from core import speech
from core.effects import Deliver
from core.model.delivery import Channel
from core.model.house import Connection, House
from core.model.people import Address
from core.rules import catalogue
from core.rules.base import CannotAct, RuleKind
from core.rules.call import CallRule, CallSettings
from tests.core.sample_house import HOUSE, MARIA, NOW, facts, house

KIND: RuleKind[Any] = CallRule()
ONE = Connection(id="line1", channel="telephony", adapter="simulated")
TWO = Connection(id="line2", channel="telephony", adapter="simulated")
MAIL = Connection(id="mail", channel="email", adapter="simulated")
MP3 = "https://loja.example/hello.mp3"


def with_connections(*connections: Connection, where: House = HOUSE) -> House:
    """Return a house with these connections."""
    return replace(where, connections={each.id: each for each in connections})


def plan(settings: dict[str, Any], *, where: House | None = None, **changes: Any) -> Deliver:
    """Return the one call that a rule with these settings plans."""
    about = facts(where=where or with_connections(MAIL, ONE), **changes)
    (effect,) = KIND.plan(about, CallSettings.model_validate(settings), NOW, Random(0))
    assert isinstance(effect, Deliver)
    return effect


def reason(settings: dict[str, Any], **changes: Any) -> tuple[str, str]:
    """Return why a rule with these settings cannot act."""
    with pytest.raises(CannotAct) as caught:
        plan(settings, **changes)
    return caught.value.reason, caught.value.detail.english()


def test_the_kind_is_in_the_catalogue_and_raises_no_event() -> None:
    kind = catalogue.kinds()["call"]
    assert (kind.group, kind.uses, kind.moves) == ("communication", frozenset({Channel.TELEPHONY}), False)
    assert kind.emits == frozenset()


def test_a_call_says_a_text_in_the_companys_language() -> None:
    effect = plan({"say": "Hi <{{ contact.first_name }}>", "line": "line1"})
    message = effect.message
    assert (effect.connection, message.channel, message.to, message.text, message.subject) == (
        "line1",
        Channel.TELEPHONY,
        "+5511987650001",
        "Hi <Maria>",
        None,
    )
    assert message.data == {
        "voice": "en",
        "volume": 100,
        "speed": 100,
        "tries": 3,
        "every": 600_000,
        "recipient": "maria",
    }
    brazil = with_connections(ONE, where=house(language="pt_BR"))
    assert plan({"say": "Oi"}, where=brazil).message.data["voice"] == "pt-br"


def test_a_call_is_made_as_the_rule_says() -> None:
    wanted = {"say": "x", "voice": "PT-BR+F2", "volume": 150, "speed": 80, "tries": 5, "every": "90s"}
    data = plan(wanted).message.data
    assert [data[key] for key in ("voice", "volume", "speed", "tries", "every")] == ["pt-br+f2", 150, 80, 5, 90_000]


def test_a_call_plays_a_file() -> None:
    message = plan({"play": MP3}).message
    assert (message.text, message.gist, message.data["play"]) == ("", MP3, MP3)
    assert "voice" not in message.data


def test_it_is_the_clients_first_number_whatever_its_type() -> None:
    client = replace(MARIA, phones=(Address("FAX", "+551133334444"), Address("MOBILE", "+5511987650001")))
    assert plan({"say": "x"}, contacts=(client,)).message.to == "+551133334444"


@pytest.mark.parametrize("given", [None, "auto", ""])
def test_the_only_line_needs_no_name(given: str | None) -> None:
    assert plan({"say": "x", "line": given}).connection == "line1"


@pytest.mark.parametrize("length", [1, 201, speech.LIMIT])
def test_a_text_within_the_limit_is_said_whole(length: int) -> None:
    assert plan({"say": "ã" * length}).message.text == "ã" * length


@pytest.mark.parametrize(
    ("settings", "changes", "expected"),
    [
        ({}, {"where": with_connections(MAIL)}, ("no_line", "no telephone line is connected")),
        ({"line": "line9"}, {}, ("no_line", "there is no telephone line “line9”")),
        ({"line": "mail"}, {}, ("no_line", "there is no telephone line “mail”")),
        (
            {},
            {"where": with_connections(ONE, TWO)},
            ("no_line", "there are several telephone lines; name one of line1, line2"),
        ),
        ({}, {"contacts": (replace(MARIA, phones=()),)}, ("no_address", "Maria Lima has no telephone number")),
        (
            {},
            {"contacts": (replace(MARIA, phones=(Address("WORK", "12"),)),)},
            ("bad_number", "“12” of Maria Lima is not a telephone number"),
        ),
        (
            {},
            {"contacts": (replace(MARIA, phones=(Address("WORK", "+5511987650001", opted_out=True),)),)},
            ("opted_out", "Maria Lima does not want messages at +5511987650001"),
        ),
        ({}, {"contacts": (), "company": None}, ("no_recipient", "the deal has neither a contact nor a company")),
        ({"say": "{{ deal.gone }}"}, {}, ("template_error", "“deal.gone” is unknown")),
        ({"say": " {{ deal.begin_date }} "}, {}, ("template_error", "the text has come out empty")),
        (
            {"say": "{{ contact.name }}" + "x" * 4090},
            {},
            ("text_too_long", "the text has 4100 characters; a call says 4096 at most"),
        ),
    ],
)
def test_why_nobody_is_called(settings: dict[str, Any], changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert reason({"say": "x", **settings}, **changes) == expected


BOTH = "either “say” or “play” is set, not both: write null for the other"
NEITHER = "a call needs a text in “say” or the address of an mp3 in “play”"
APART = "between two tries lie a second at least and 30 days at most"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, NEITHER),
        ({"say": "", "play": " "}, NEITHER),
        ({"say": None}, NEITHER),
        ({"say": "x", "play": MP3}, BOTH),
        ({"say": "x", "volume": 201}, "less than or equal to 200"),
        ({"say": "x", "volume": -1}, "greater than or equal to 0"),
        ({"say": "x", "speed": 49}, "greater than or equal to 50"),
        ({"say": "x", "speed": 201}, "less than or equal to 200"),
        ({"say": "x", "tries": 0}, "greater than or equal to 1"),
        ({"say": "x", "tries": 11}, "less than or equal to 10"),
        ({"say": "x", "every": "soon"}, "is not a duration"),
        ({"say": "x", "every": "0m"}, APART),
        ({"say": "x", "every": "31d"}, APART),
        ({"say": "x", "voice": "pt_BR"}, "did you mean “pt-br”"),
        ({"say": "x", "phone": "work"}, "Extra inputs are not permitted"),
        ({"play": "http://loja.example/a.mp3"}, "begins with https://"),
    ],
)
def test_settings_that_could_not_be_kept_are_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        CallSettings.model_validate(settings)


@pytest.mark.parametrize("volume", [0, 200])
@pytest.mark.parametrize("speed", [50, 200])
def test_volume_and_speed_reach_their_ends(volume: int, speed: int) -> None:
    settings = CallSettings.model_validate({"say": "x", "volume": volume, "speed": speed})
    assert (settings.volume, settings.speed) == (volume, speed)


@pytest.mark.parametrize(
    ("settings", "connections", "findings"),
    [
        ({}, (ONE,), []),
        ({"line": "line2"}, (ONE, TWO), []),
        ({"say": "x" * 4097}, (ONE,), [("say", "the text has 4097 characters; a call says 4096 at most", True)]),
        (
            {"say": "{{ cotact.name }}"},
            (ONE,),
            [("say", "line 1: “cotact.name” is unknown; did you mean “contact.name”?", True)],
        ),
        ({}, (ONE, TWO), [("line", "there are several telephone lines; name one of line1, line2", True)]),
        ({}, (MAIL,), [("line", "no telephone line is connected", False)]),
        ({"line": "line9"}, (ONE,), [("line", "there is no telephone line “line9”; there are line1", True)]),
        ({"line": "line9"}, (MAIL,), [("line", "there is no telephone line “line9”", True)]),
        (
            {"say": None, "play": "https://loja.invalid/a.mp3"},
            (ONE,),
            [("play", "loja.invalid cannot be reached: no server has a name that ends in .invalid", False)],
        ),
        (
            {"say": None, "play": "https://loja.example/audio?id=7"},
            (ONE,),
            [("play", "the address does not end in .mp3: only the call will show whether it is audio", False)],
        ),
    ],
)
def test_what_would_not_work_is_found_before(settings: dict[str, Any], connections: Any, findings: list[Any]) -> None:
    checked = KIND.lint(CallSettings.model_validate({"say": "x", **settings}), with_connections(*connections))
    assert [(each.field, each.words.english(), each.error) for each in checked] == findings


def test_its_sentence_says_what_is_heard() -> None:
    assert KIND.sentence(CallSettings(say="Hi")).english() == "call the client and say: “Hi”"
    assert KIND.sentence(CallSettings(play=MP3)).english() == f"call the client and play {MP3}"


def test_speech_is_told_to_cost_beside_the_text() -> None:
    assert "paid service, debited from the line's account" in str(CallSettings.model_fields["say"].description)
