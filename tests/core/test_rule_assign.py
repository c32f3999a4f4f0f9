"""The rules that give the deal to somebody and that tell somebody of it."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.effects import Assign, Deliver, Notify
from core.model.house import Connection
from core.model.people import User
from core.rules.assign import AssignRule, AssignSettings
from core.rules.base import CannotAct, RuleKind
from core.rules.notify import NotifyRule, NotifySettings
from core.views import Facts
from tests.core.sample_house import HOUSE, NOW, facts

ASSIGN: RuleKind[Any] = AssignRule()
NOTIFY: RuleKind[Any] = NotifyRule()
MAIL = Connection(id="mail", channel="email", adapter="simulated")
NAMES = ("ana", "bia", "caio", "davi")
TEAM = replace(
    HOUSE,
    users=dict(HOUSE.users) | {name: User(id=name, name=name) for name in NAMES[2:]},
    connections={"mail": MAIL},
)


def about(**known: Any) -> Facts:
    return replace(facts(where=TEAM), **known)


def given_to(to: Any, how: str = "fixed", **known: Any) -> Assign:
    """Return whom a rule gives the deal to."""
    settings = AssignSettings.model_validate({"to": to, "how": how})
    (effect,) = ASSIGN.plan(about(**known), settings, NOW, Random(0))
    assert isinstance(effect, Assign)
    return effect


@pytest.mark.parametrize(
    ("to", "how", "known", "user"),
    [
        ("bia", "fixed", {}, "bia"),
        (["bia", "ana"], "fixed", {"loads": {"bia": 9}}, "bia"),
        (["bia", "ana"], "round_robin", {}, "bia"),
        (["bia", "ana"], "round_robin", {"turns": {"bia": 1}}, "ana"),
        (["bia", "ana"], "round_robin", {"turns": {"bia": 1, "ana": 2}}, "bia"),
        (["bia", "ana", "caio"], "round_robin", {"turns": {"bia": 7, "ana": 6}}, "caio"),
        (["zoe", "ana"], "round_robin", {"turns": {"ana": 9}}, "ana"),
        (["bia", "ana"], "least_loaded", {"loads": {"bia": 2, "ana": 1}}, "ana"),
        (["bia", "ana"], "least_loaded", {"loads": {"bia": 1, "ana": 1}}, "bia"),
        (["bia", "ana"], "least_loaded", {"loads": {"bia": 1}}, "ana"),
    ],
)
def test_who_gets_the_deal(to: Any, how: str, known: dict[str, Any], user: str) -> None:
    assert given_to(to, how, **known) == Assign(user=user, turn=how == "round_robin")


@pytest.mark.parametrize(
    ("to", "how"),
    [("zoe", "fixed"), (["zoe", "ana"], "fixed"), (["zoe", "yan"], "round_robin"), ("zoe", "least_loaded")],
)
def test_a_user_who_is_gone_gets_nothing(to: Any, how: str) -> None:
    with pytest.raises(CannotAct) as caught:
        given_to(to, how)
    assert caught.value.reason == "not_allowed"


@given(st.lists(st.sets(st.sampled_from(NAMES), min_size=1), min_size=1, max_size=40))
def test_by_turns_nobody_waits_longer_than_the_others_need(lists: list[set[str]]) -> None:
    """Whoever the admin lists: the deal goes to who of them has waited longest; with one list no two counts differ by
    more than one."""
    turns: dict[str, int] = {}
    counts: dict[str, int] = {}
    for number, listed in enumerate(lists, 1):
        user = given_to(sorted(listed), "round_robin", turns=turns).user
        assert all(turns.get(user, 0) <= turns.get(other, 0) for other in listed)
        turns[user] = number
        counts[user] = counts.get(user, 0) + 1
    if all(each == lists[0] for each in lists):
        shares = [counts.get(name, 0) for name in lists[0]]
        assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"to": ["ana", "bia"], "how": "round_robin"}, []),
        ({"to": "ana"}, []),
        ({"to": ["ana", "bia"]}, [("to", False)]),
        ({"to": ["anna"]}, [("to", True)]),
    ],
)
def test_lists_that_would_not_work_are_found_before(settings: dict[str, Any], found: list[tuple[str, bool]]) -> None:
    findings = ASSIGN.lint(AssignSettings.model_validate(settings), TEAM)
    assert [(each.field, each.error) for each in findings] == found


def test_sentences() -> None:
    said = [ASSIGN.sentence(AssignSettings(to=("ana", "bia"), how=how)).english() for how in ("fixed", "round_robin")]
    assert said == ["make ana responsible", "make ana, bia responsible by turns"]
    assert NOTIFY.sentence(NotifySettings(text="Look")).english() == "tell the responsible: “Look”"
    assert (
        NOTIFY.sentence(NotifySettings(to=("bia",), text="Look", email=True)).english()
        == "tell bia, by e-mail too: “Look”"
    )


# Notices --------------------------------------------------------------------------------------------------------------


def told(settings: dict[str, Any], **known: Any) -> list[Any]:
    """Return what a rule does."""
    given_settings = NotifySettings.model_validate({"text": "{{ deal.title }}: look\nnow", **settings})
    return list(NOTIFY.plan(about(**known), given_settings, NOW, Random(0)))


@pytest.mark.parametrize(
    ("to", "users"),
    [
        (None, ["ana"]),
        ("responsible", ["ana"]),
        ("bia", ["bia"]),
        (["bia", "responsible", "ana"], ["bia", "ana"]),
        (["zoe", "bia"], ["bia"]),
    ],
)
def test_who_is_told(to: Any, users: list[str]) -> None:
    assert told({"to": to}) == [Notify(user=user, text="Order 1001: look\nnow") for user in users]


def test_by_mail_too_from_the_users_own_mailbox_without_tracking() -> None:
    *notices, mail = told({"to": ["ana", "bia"], "email": True})
    assert notices == [Notify(user=user, text="Order 1001: look\nnow") for user in ("ana", "bia")]
    assert isinstance(mail, Deliver)
    message = mail.message
    assert (mail.connection, message.to, message.data["from"]) == ("mail", "ana@loja.example", "ana@loja.example")
    assert (message.subject, message.text) == ("Order 1001: Order 1001: look", "Order 1001: look\nnow")
    assert not {"links", "pixel", "gateway"} & message.data.keys()
    assert NOTIFY.sends(NotifySettings(text="x", email=True))
    assert not NOTIFY.sends(NotifySettings(text="x"))


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"to": "zoe"}, "not_allowed"),
        ({"to": "bia", "email": True}, "no_mailbox"),
        ({"text": "{{ deal.begin_date }}"}, "template_error"),
    ],
)
def test_whom_nothing_can_be_told(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(CannotAct) as caught:
        told(settings)
    assert caught.value.reason == reason


def test_a_deal_without_a_responsible_has_nobody_to_be_told() -> None:
    orphan = replace(facts().deal, responsible=None)
    with pytest.raises(CannotAct) as caught:
        told({}, deal=orphan, responsible=None)
    assert caught.value.reason == "no_recipient"
    assert told({"to": ["responsible", "bia"]}, deal=orphan)[0].user == "bia"


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"text": "x"}, []),
        ({"text": "x", "to": "ana", "email": True}, []),
        ({"text": "x", "to": "bia", "email": True}, [("to", False)]),
        ({"text": "x", "to": "bai"}, [("to", True)]),
        ({"text": "{{ nope }}"}, [("text", True)]),
    ],
)
def test_notices_that_would_not_work_are_found_before(
    settings: dict[str, Any], found: list[tuple[str | None, bool]]
) -> None:
    findings = NOTIFY.lint(NotifySettings.model_validate(settings), TEAM)
    assert [(each.field, each.error) for each in findings] == found
