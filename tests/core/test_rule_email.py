"""The e-mail rule: from whom, to whom, what stands in it, and why it could not be written."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from core.effects import Deliver
from core.model.delivery import Channel, Message
from core.model.house import Connection, House
from core.model.people import Address, Contact, User
from core.rules import catalogue
from core.rules.base import CannotAct, RuleKind
from core.rules.email import EmailRule, EmailSettings, serving
from tests.core.sample_house import ANA, HOUSE, MARIA, NOW, facts

KIND: RuleKind[Any] = EmailRule()
MAIL = Connection(id="mail", channel="email", adapter="simulated")
EXAMPLE = {
    "from": "auto", "address": "auto", "use": "first", "subject": "Your order",
    "body": "Code {{ deal.fields.tracking }}", "attach": {"fields": [], "files": []}, "track_clicks": True,
}  # fmt: skip


def with_connections(*connections: Connection) -> House:
    """Return the sample house with these connections."""
    return replace(HOUSE, connections={each.id: each for each in connections})


def plan(settings: dict[str, Any], *, where: House | None = None, **changes: Any) -> tuple[Deliver, Message]:
    """Return the one mail that a rule with these settings plans."""
    about = facts(where=where or with_connections(MAIL), fields={"tracking": "BR123"}, **changes)
    effects = KIND.plan(about, EmailSettings.model_validate({**EXAMPLE, **settings}), NOW, Random(0))
    (effect,) = effects
    assert isinstance(effect, Deliver)
    return effect, effect.message


def reason(settings: dict[str, Any], **changes: Any) -> tuple[str, str]:
    """Return why a rule with these settings cannot act."""
    with pytest.raises(CannotAct) as caught:
        plan(settings, **changes)
    return caught.value.reason, caught.value.detail.english()


def test_the_kind_is_in_the_catalogue() -> None:
    kind = catalogue.kinds()["email"]
    assert (kind.group, kind.uses, kind.moves) == ("communication", frozenset({Channel.EMAIL}), False)


def test_the_example_of_the_board_file_is_written_to_the_first_address() -> None:
    effect, message = plan({})
    assert effect.connection == "mail"
    assert "Maria Lima" in effect.why.english()
    assert (message.channel, message.to, message.subject) == (Channel.EMAIL, "maria@cliente.example", "Your order")
    assert message.text == "Code BR123"
    assert message.data == {
        "html": "<p>Code BR123</p>", "from": "ana@loja.example", "from_name": "Ana Souza", "to_name": "Maria Lima",
        "recipient": "maria", "tracking": {"clicks": True, "opens": True, "gateway": None, "links": []},
    }  # fmt: skip


def test_an_html_body_gets_a_text_part_and_escapes_what_customers_are_called() -> None:
    client = replace(MARIA, name="<img src=x onerror=alert(1)>")
    body = '<p>Dear {{ contact.name }},</p><p><a href="{{ constants.site }}/t">track</a></p>'
    _, message = plan({"body": body}, contacts=(client,))
    assert message.data["html"] == (
        '<p>Dear &lt;img src=x onerror=alert(1)&gt;,</p><p><a href="https://loja.example/t">track</a></p>'
    )
    assert message.text == "Dear <img src=x onerror=alert(1)>,\n\ntrack (https://loja.example/t)"


def test_a_name_with_tags_does_not_turn_a_plain_body_into_html() -> None:
    _, message = plan({"body": "Dear {{ contact.name }}\n\nBye"}, contacts=(replace(MARIA, name="<b>Bo</b>"),))
    assert message.text == "Dear <b>Bo</b>\n\nBye"
    assert message.data["html"] == "<p>Dear &lt;b&gt;Bo&lt;/b&gt;</p>\n<p>Bye</p>"


HOSTILE = "=?utf-8?q?x=0d=0aBcc:_y?=\r\nBcc: evil@x.example\x00\u202e"


def test_no_name_reaches_a_header_unbroken() -> None:
    client = replace(MARIA, name=HOSTILE)
    _, message = plan({"subject": "For {{ contact.name }}"}, contacts=(client,), responsible=replace(ANA, name=HOSTILE))
    for value in (message.subject or "", message.data["to_name"], message.data["from_name"]):
        assert value.endswith("= ?utf-8?q?x=0d=0aBcc:_y?= Bcc: evil@x.example")


def test_control_characters_stay_behind() -> None:
    client = replace(MARIA, name="a\x1b[2Jb\r\nc")
    _, message = plan({"body": "{{ contact.name }}"}, contacts=(client,))
    assert message.text == "a[2Jb\nc"
    _, message = plan({"body": "<p>{{ contact.name }}</p>"}, contacts=(client,))
    assert message.data["html"] == "<p>a[2Jb\nc</p>"


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "maria@cliente.example"),
        ({"use": "last"}, "m@casa.example"),
        ({"address": "home"}, "m@casa.example"),
        ({"address": "work", "use": "last"}, "maria@cliente.example"),
    ],
)
def test_address_type_and_use(settings: dict[str, Any], address: str) -> None:
    assert plan(settings)[1].to == address


FIRST = Connection(id="first", channel="email", adapter="smtp", settings={"addresses": ["sales@loja.example"]})
SECOND = Connection(
    id="second", channel="email", adapter="smtp", settings={"addresses": ["ANA@loja.example", "a2@loja.example"]}
)
ONLY_SALES = with_connections(FIRST)
OTHER = Connection(id="sms1", channel="sms", adapter="simulated", settings={"addresses": ["ana@loja.example"]})


@pytest.mark.parametrize(
    ("connections", "mailbox", "connection"),
    [
        ((MAIL,), "any@x.example", "mail"),
        ((FIRST, SECOND), "ana@loja.example", "second"),
        ((FIRST, SECOND), "sales@loja.example", "first"),
        ((MAIL, SECOND), "ana@loja.example", "second"),
        ((FIRST, MAIL), "ana@loja.example", "mail"),
        ((FIRST,), "ana@loja.example", None),
        ((OTHER,), "ana@loja.example", None),
        ((), "ana@loja.example", None),
    ],
)
def test_which_connection_sends_from_a_mailbox(
    connections: tuple[Connection, ...], mailbox: str, connection: str | None
) -> None:
    found = serving(with_connections(*connections), mailbox)
    assert (found.id if found else None) == connection


def test_a_fixed_mailbox_does_not_mind_the_responsible() -> None:
    effect, message = plan({"from": "sales@loja.example"}, where=with_connections(FIRST), responsible=None)
    assert (effect.connection, message.data["from"], message.data["from_name"]) == ("first", "sales@loja.example", "")


@pytest.mark.parametrize(
    ("settings", "changes", "expected"),
    [
        ({}, {"responsible": None}, ("no_mailbox", "the deal has no responsible to write in the name of")),
        ({}, {"responsible": User(id="rui", name="Rui")}, ("no_mailbox", "Rui has no connected mailbox")),
        ({}, {"where": with_connections()}, ("no_mailbox", "no e-mail connection sends from ana@loja.example")),
        ({"from": "x@y.z"}, {"where": ONLY_SALES}, ("no_mailbox", "no e-mail connection sends from x@y.z")),
        ({}, {"contacts": (), "company": None}, ("no_recipient", "the deal has neither a contact nor a company")),
        ({"address": "newsletter"}, {}, ("no_address", "Maria Lima has no e-mail address of type newsletter")),
        ({"body": "{{ deal.gone }}"}, {}, ("template_error", "“deal.gone” is unknown")),
        ({"subject": "{{ gone }}"}, {}, ("template_error", "“gone” is unknown")),
        (
            {},
            {"contacts": (Contact(id="c", name="C", emails=(Address("WORK", "no"),)),)},
            ("bad_address", "“no” is not an e-mail address like maria@cliente.example"),
        ),
    ],
)  # fmt: skip
def test_why_no_mail_is_written(settings: dict[str, Any], changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert reason(settings, **changes) == expected


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"attach": {"paths": ["a.pdf"]}}, "Extra inputs are not permitted"),
        ({"fallback": ["type", "type"]}, "each step stands in the chain once"),
        ({"from": "nobody"}, "“nobody” is not an e-mail address"),
        ({"address": "mobile"}, "Input should be"),
        ({"use": "second"}, "Input should be"),
        ({"body": ""}, "at least 1 character"),
        ({"bodi": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_settings_that_could_not_be_kept_are_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        EmailSettings.model_validate({**EXAMPLE, **settings})


def test_only_a_text_is_needed() -> None:
    settings = EmailSettings.model_validate({"body": "x"})
    assert settings.model_dump(by_alias=True)["from"] == "auto"
    assert settings.track_clicks and settings.track_opens


@pytest.mark.parametrize(
    ("settings", "connections", "findings"),
    [
        ({}, (MAIL,), []),
        (
            {"body": "{{ deal.titel }}"},
            (MAIL,),
            [("body", "line 1: “deal.titel” is unknown; did you mean “deal.title”?", True)],
        ),
        ({"subject": "{{"}, (MAIL,), [("subject", "line 1: unexpected 'end of template'", True)]),
        ({"subject": " "}, (MAIL,), [("subject", "the e-mail has no subject: write one into “subject”", False)]),
        ({"from": "x@y.example"}, (FIRST,), [("from", "no e-mail connection sends from x@y.example", False)]),
        ({}, (), [(None, "no e-mail connection is set up", False)]),
    ],
)
def test_what_would_not_work_is_found_before(settings: dict[str, Any], connections: Any, findings: list[Any]) -> None:
    checked = KIND.lint(EmailSettings.model_validate({**EXAMPLE, **settings}), with_connections(*connections))
    assert [(each.field, each.words.english(), each.error) for each in checked] == findings


def test_its_sentence_says_what_is_written() -> None:
    settings = EmailSettings.model_validate(EXAMPLE)
    assert KIND.sentence(settings).english() == "write the client an e-mail: “Your order”"
    at_work = settings.model_copy(update={"address": "work"})
    assert KIND.sentence(at_work).english() == "write the client an e-mail at the work address: “Your order”"
