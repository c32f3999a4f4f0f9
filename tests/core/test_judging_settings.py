"""A rule whose stored settings its kind no longer takes fails, and says why in our words."""

from __future__ import annotations

from random import Random

import pytest

from core.engine.judging import act
from core.model.rule import Rule
from core.model.run import RunStatus
from tests.core.sample_house import facts

SETTINGS = [
    ("email", {}, "setting body: it is missing"),
    ("email", {"bdy": "x", "body": "y"}, "setting bdy: unknown key “bdy”: did you mean “body”?"),
    ("sms", {"text": "x", "phone": "workk"}, "setting phone: “workk” is none of the choices: did you mean “work”?"),
    ("sms", {"text": ["x"]}, "setting text: a text stands here, not […]; in quotes anything is a text"),
    ("email", {"body": "x", "from": "nobody"}, "setting from: “nobody” is not an e-mail address like"),
]


@pytest.mark.parametrize(("kind", "settings", "says"), SETTINGS, ids=[says for _, _, says in SETTINGS])
def test_what_is_wrong_with_a_setting_is_the_runs_reason(kind: str, settings: dict[str, object], says: str) -> None:
    rule = Rule(id="r", pipeline="sales", stage="new", kind=kind, name="R", settings=settings)
    judgement = act(rule, facts(), Random(0))
    assert (judgement.status, judgement.reason) == (RunStatus.FAILED, "misconfigured")
    assert judgement.detail.english().startswith(says)
