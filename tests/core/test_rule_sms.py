"""The SMS rule: its limit, its provider, and why it could not be sent."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from core.effects import Deliver
from core.model.delivery import Channel
from core.model.house import Connection, House
from core.rules import catalogue
from core.rules.base import CannotAct, RuleKind
from core.rules.sms import SmsRule, SmsSettings
from tests.core.sample_house import HOUSE, MARIA, NOW, facts

KIND: RuleKind[Any] = SmsRule()
ONE = Connection(id="sms1", channel="sms", adapter="simulated")
TWO = Connection(id="sms2", channel="sms", adapter="simulated", settings={"transliterate": True})
MAIL = Connection(id="mail", channel="email", adapter="simulated")


def with_connections(*connections: Connection) -> House:
    """Return the sample house with these connections."""
    return replace(HOUSE, connections={each.id: each for each in connections})


def plan(settings: dict[str, Any], *, where: House | None = None, **changes: Any) -> Deliver:
    """Return the one SMS that a rule with these settings plans."""
    about = facts(where=where or with_connections(MAIL, ONE), **changes)
    (effect,) = KIND.plan(about, SmsSettings.model_validate(settings), NOW, Random(0))
    assert isinstance(effect, Deliver)
    return effect


def reason(settings: dict[str, Any], **changes: Any) -> tuple[str, str]:
    """Return why a rule with these settings cannot act."""
    with pytest.raises(CannotAct) as caught:
        plan(settings, **changes)
    return caught.value.reason, caught.value.detail.english()


def test_the_kind_is_in_the_catalogue() -> None:
    kind = catalogue.kinds()["sms"]
    assert (kind.group, kind.uses, kind.moves) == ("communication", frozenset({Channel.SMS}), False)


def test_an_sms_knows_how_it_travels() -> None:
    effect = plan({"text": "Hi {{ contact.first_name }}", "provider": "sms1"})
    message = effect.message
    assert (effect.connection, message.channel, message.to, message.text) == (
        "sms1",
        Channel.SMS,
        "+5511987650001",
        "Hi Maria",
    )
    assert message.subject is None
    assert message.data == {"encoding": "GSM-7", "segments": 1, "recipient": "maria"}
    assert plan({"text": "Olá, João " * 8}).message.data["segments"] == 2


@pytest.mark.parametrize("given", [None, "auto", ""])
def test_the_only_provider_needs_no_name(given: str | None) -> None:
    assert plan({"text": "x", "provider": given}).connection == "sms1"


@pytest.mark.parametrize("length", [1, 199, 200])
def test_a_text_within_the_limit_goes_out_whole(length: int) -> None:
    assert plan({"text": "ã" * length}).message.text == "ã" * length


def test_characters_are_code_points() -> None:
    assert plan({"text": "😀" * 200}).message.text == "😀" * 200
    assert reason({"text": "😀" * 201})[0] == "text_too_long"


def test_a_text_over_the_limit_after_rendering_is_never_cut() -> None:
    client = replace(MARIA, name="M" * 150)
    text = "Dear {{ contact.name }}, " + "x" * 50
    assert reason({"text": text}, contacts=(client,)) == (
        "text_too_long",
        "the text has 207 characters; an SMS rule sends 200 at most",
    )


def test_a_provider_that_transliterates_gets_plain_letters() -> None:
    effect = plan({"text": "Não há cartões", "provider": "sms2"}, where=with_connections(ONE, TWO))
    assert (effect.message.text, effect.message.data["encoding"]) == ("Nao ha cartoes", "GSM-7")
    effect = plan({"text": "Não há cartões", "provider": "sms1"}, where=with_connections(ONE, TWO))
    assert (effect.message.text, effect.message.data["encoding"]) == ("Não há cartões", "UCS-2")


@pytest.mark.parametrize(
    ("settings", "changes", "expected"),
    [
        ({}, {"where": with_connections(MAIL)}, ("no_provider", "no SMS provider is connected")),
        ({"provider": "sms9"}, {}, ("no_provider", "there is no SMS provider “sms9”")),
        ({"provider": "mail"}, {}, ("no_provider", "there is no SMS provider “mail”")),
        (
            {},
            {"where": with_connections(ONE, TWO)},
            ("no_provider", "there are several SMS providers; name one of sms1, sms2"),
        ),
        ({"phone": "work"}, {}, ("no_address", "Maria Lima has no telephone number of type work")),
        ({}, {"contacts": (), "company": None}, ("no_recipient", "the deal has neither a contact nor a company")),
        ({"text": "{{ deal.gone }}"}, {}, ("template_error", "“deal.gone” is unknown")),
        ({"text": " {{ deal.begin_date }} "}, {}, ("template_error", "the text has come out empty")),
    ],
)
def test_why_no_sms_is_sent(settings: dict[str, Any], changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert reason({"text": "x", **settings}, **changes) == expected


def test_escape_codes_in_a_name_stay_behind_and_nothing_is_html() -> None:
    client = replace(MARIA, name="<b>\x1b[2J & co")
    assert plan({"text": "{{ contact.name }}"}, contacts=(client,)).message.text == "<b>[2J & co"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"text": ""}, "at least 1 character"),
        ({}, "Field required"),
        ({"text": "x", "phone": "car"}, "Input should be"),
        ({"text": "x", "fallback": ["typ"]}, "typ"),
        ({"text": "x", "use": "first"}, "Extra inputs are not permitted"),
    ],
)
def test_settings_that_could_not_be_kept_are_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        SmsSettings.model_validate(settings)


def test_a_phone_type_may_be_written_large() -> None:
    assert SmsSettings.model_validate({"text": "x", "phone": "MOBILE"}).phone == "mobile"


@pytest.mark.parametrize(
    ("settings", "connections", "findings"),
    [
        ({}, (ONE,), []),
        ({"provider": "sms2"}, (ONE, TWO), []),
        ({"text": "x" * 201}, (ONE,), [("text", "the text has 201 characters; an SMS rule sends 200 at most", True)]),
        ({"text": "x" * 200 + "{{ contact.name }}{# a note #}"}, (ONE,), []),
        (
            {"text": "{{ cotact.name }}"},
            (ONE,),
            [("text", "line 1: “cotact.name” is unknown; did you mean “contact.name”?", True)],
        ),
        ({}, (ONE, TWO), [("provider", "there are several SMS providers; name one of sms1, sms2", True)]),
        ({}, (MAIL,), [("provider", "no SMS provider is connected", False)]),
        (
            {"provider": "sms9"},
            (ONE, TWO),
            [("provider", "there is no SMS provider “sms9”; there are sms1, sms2", True)],
        ),
        ({"provider": "sms9"}, (), [("provider", "there is no SMS provider “sms9”", True)]),
    ],
)
def test_what_would_not_work_is_found_before(settings: dict[str, Any], connections: Any, findings: list[Any]) -> None:
    checked = KIND.lint(SmsSettings.model_validate({"text": "x", **settings}), with_connections(*connections))
    assert [(each.field, each.words.english(), each.error) for each in checked] == findings


def test_its_sentence_says_what_is_sent() -> None:
    assert KIND.sentence(SmsSettings(text="Hi")).english() == "send the client an SMS: “Hi”"
    assert (
        KIND.sentence(SmsSettings(text="Hi", phone="work")).english()
        == "send the client an SMS to the work number: “Hi”"
    )
