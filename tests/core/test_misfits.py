"""What pydantic refuses is said in our own words, in both languages, whatever model and value it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, SecretStr, ValidationError

from adapters.registry import BUILT_IN, Registry
from core.boardfile import BoardFile
from core.misfits import Unfit, said
from core.rules import catalogue as rule_kinds
from core.triggers import catalogue as trigger_kinds
from core.words import Words

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    70_000,
    1.5,
    "",
    "x",
    "ç" * 400,
    "a b",
    "-5",
    [],
    ["x"],
    [[]],
    [None],
    {},
    {"x": 1},
    "0.00001",
)
BUILT_IN_MODELS = {name: Registry().settings_model(name) for name in BUILT_IN}
MODELS: Mapping[str, Any] = {
    **BUILT_IN_MODELS,
    **{f"rule {name}": kind.Settings for name, kind in rule_kinds.kinds().items()},
    **{f"trigger {name}": kind.Settings for name, kind in trigger_kinds.kinds().items()},
    "board file": BoardFile,
}
PYDANTIC = re.compile(
    r"Input should|Field required|valid (string|integer|number|boolean|dictionary)|Extra inputs|pydantic"
)


def found(model: Any, values: Mapping[str, Any], **how: Any) -> Iterator[tuple[str, Words]]:
    """Yield what is said of values: pydantic's type of error and our sentence."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            yield each["type"], said(each, model, **how)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("unseen", [False, True])
def test_nothing_is_said_in_pydantic_s_words(name: str, unseen: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    model = MODELS[name]
    keys = [info.alias or key for key, info in model.model_fields.items()]
    sentences = [words for key in keys for odd in ODD for _, words in found(model, {key: odd}, unseen=unseen)]
    sentences += [words for _, words in found(model, {"zzz": 1}, unseen=unseen)]
    assert sentences
    assert [w.english() for w in sentences if w.msg == "{problem}" or PYDANTIC.search(w.english())] == []
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    assert [w.english() for w in sentences if w.local() == w.english()] == []


class Wide(BaseModel):
    """Types that settings of other packages may have."""

    code: str = Field(default="a", pattern="^[a-z]$")
    name: str = Field(default="", max_length=3)
    sizes: set[int] = Field(default=set(), max_length=2)
    step: int = Field(default=0, multiple_of=5)
    pin: SecretStr | None = Field(default=None, min_length=8)
    most: Annotated[float, Field(lt=10, ge=1)] = 1


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"code": "A"}, "“A” does not have the right form: ^[a-z]$"),
        ({"name": "long"}, "“long” is too long: 3 characters at most"),
        ({"sizes": [1, 2, 3]}, "the list is too long: it has at most 2"),
        ({"sizes": 1}, "a list stands here, not “1”"),
        ({"step": 7}, "a multiple of 5 stands here, not “7”"),
        ({"most": 10}, "a number below 10 stands here, not “10”"),
        ({"most": "x"}, "a number stands here, not “x”"),
    ],
)
def test_what_would_be_right_is_said(values: Mapping[str, Any], says: str) -> None:
    assert [words.english() for _, words in found(Wide, values)] == [says]


def test_a_value_that_may_be_a_secret_is_not_shown() -> None:
    for values in ({"pin": "hunter2"}, {"code": "hunter2"}, {"most": "hunter2"}, {"sizes": ["hunter2"]}):
        sentences = [words.english() for _, words in found(Wide, values, unseen=True)]
        assert sentences
        assert "hunter2" not in str(sentences)


def test_a_validator_s_own_sentence_is_kept() -> None:
    with pytest.raises(ValueError, match="at most 3, not “4”"):
        raise Unfit("at most 3, not “{n}”", n="4")
