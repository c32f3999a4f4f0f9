"""What pydantic finds wrong with settings, in sentences of our own: what is wrong and what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic_core import PydanticKnownError

from core.errors import FunilError
from core.i18n import N_
from core.words import Arg, Words

_RAISED: Final = re.compile(r"^(Value error|Assertion failed), ")
_QUOTED: Final = re.compile(r"'([^']*)'")
_A_TEXT: Final = N_("a text stands here, not {given}; in quotes anything is a text")
_A_LIST: Final = N_("a list stands here, not {given}")
_KEYS: Final = N_("keys with values stand here, not {given}")
_WHOLE: Final = N_("a whole number stands here, not {given}")
_NUMBER: Final = N_("a number stands here, not {given}")
_AMOUNT: Final = N_("a number like 1250.50 stands here, not {given}")
_DAY: Final = N_("a date like 2026-12-01 stands here, not {given}")
_TIME: Final = N_("a clock time like 12:00 stands here, not {given}")
_ADDRESS: Final = N_("an address like https://loja.example stands here, not {given}")
_SAYS: Final[Mapping[str, str]] = {
    "string_type": _A_TEXT,
    "string_sub_type": _A_TEXT,
    "string_unicode": N_("{given} is not valid text"),
    "string_too_short": N_("a text stands here, not {given}"),
    "string_too_long": N_("{given} is too long: {max_length} characters at most"),
    "bytes": _A_TEXT,
    "path_type": N_("the path of a file stands here, not {given}"),
    "bool": N_("true or false stands here, not {given}"),
    "int": _WHOLE,
    "float": _NUMBER,
    "decimal": _AMOUNT,
    "decimal_max_digits": N_("{given} is too long: {max_digits} digits at most"),
    "decimal_max_places": N_("{given} has too many decimal places: {decimal_places} at most"),
    "decimal_whole_digits": N_("{given} is too large: {whole_digits} digits before the point at most"),
    "finite_number": _AMOUNT,
    "multiple_of": N_("a multiple of {multiple_of} stands here, not {given}"),
    "greater_than": N_("a number above {gt} stands here, not {given}"),
    "greater_than_equal": N_("a number from {ge} on stands here, not {given}"),
    "less_than": N_("a number below {lt} stands here, not {given}"),
    "less_than_equal": N_("a number up to {le} stands here, not {given}"),
    "list_type": _A_LIST,
    "tuple_type": _A_LIST,
    "set_type": _A_LIST,
    "frozen_set_type": _A_LIST,
    "iterable_type": _A_LIST,
    "too_short": N_("the list is too short: it has at least {min_length}"),
    "too_long": N_("the list is too long: it has at most {max_length}"),
    "dict_type": _KEYS,
    "mapping_type": _KEYS,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "union_tag_not_found": _KEYS,
    "none_required": N_("nothing stands here, and not {given}"),
    "date": _DAY,
    "datetime": N_("a date and time like 2026-12-01T14:30 stands here, not {given}"),
    "time": _TIME,
    "time_delta": N_("a duration like 2h stands here, not {given}"),
    "timezone": N_("a date and time like 2026-12-01T14:30 stands here, not {given}"),
    "url": _ADDRESS,
    "uuid": N_("a UUID stands here, not {given}"),
}
"""By pydantic's type of error, else by its first word."""
_CHOICES: Final = frozenset({"enum", "literal_error", "union_tag_invalid"})


class Unfit(ValueError):
    """A value that does not fit, with the sentence why; for validators of settings."""

    def __init__(self, msg: str, /, **args: Arg) -> None:
        self.words = Words(msg, args).short()
        super().__init__(self.words.english())


def fitting(check: Callable[[str], str], value: str) -> str:
    """Return what a check of ours makes of a value; its complaint becomes :class:`Unfit`."""
    try:
        return check(value)
    except FunilError as error:
        raise Unfit(error.words.msg, **error.words.args) from None


def said(error: Mapping[str, Any], model: Any = None, *, unseen: bool = False) -> Words:
    """Return what one of pydantic's findings means, without its place; ``model`` is what was validated.

    ``unseen`` keeps the value that was given out of the sentence: it may be a secret.
    """
    kind, loc = error["type"], error["loc"]
    if kind == "extra_forbidden":
        return _unknown_key(str(loc[-1]), keys_of(model, loc[:-1]))
    if kind == "missing":
        return Words(N_("it is missing"))
    if kind == "string_too_short" and error.get("input") == "":
        return Words(N_("it is empty"))
    context = error.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, Unfit):
        return cause.words
    given: Arg = Words(N_("this value")) if unseen else shown(error.get("input"))
    if kind in _CHOICES:
        known = _QUOTED.findall(context.get("expected") or context.get("expected_tags") or "")
        return _choice(given, str(error.get("input")), known)
    if kind == "string_pattern_mismatch":
        return Words(N_("{given} does not have the right form: {form}"), {"given": given, "form": _form(model, error)})
    msg = _SAYS.get(kind) or _SAYS.get(kind.rpartition("_")[0]) or _SAYS.get(kind.split("_")[0])
    if msg is None or kind in ("value_error", "assertion_error"):  # a plug-in's own words, or a type that is no setting
        return Words("{problem}", {"problem": _RAISED.sub("", str(error["msg"]))})
    numbers = {name: _number(value) for name, value in context.items() if name != "error"}
    return Words(msg, {**numbers, "given": given})


def _number(limit: Any) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


def number_or_truth(value: Any, annotation: Any) -> Any:
    """Return a value given for a field of that type. Raises where it is ``true`` or ``false`` and a number is wanted:
    pydantic would take them for 1 and 0."""
    parts = {annotation, *get_args(annotation)}
    if isinstance(value, bool) and bool not in parts and parts & {int, float, Decimal}:
        raise PydanticKnownError("int_type" if int in parts else "float_type")
    return value


def choice(given: Any, known: Sequence[str]) -> Words:
    """Say that a value is none of those there are, and which one may have been meant."""
    return _choice(shown(given), str(given), known)


def _choice(given: Arg, text: str, known: Sequence[str]) -> Words:
    near = near_to(text, known)
    if near:
        return Words(N_("{given} is none of the choices: did you mean “{near}”?"), {"given": given, "near": near})
    return Words(N_("{given} is none of the choices: {known}"), {"given": given, "known": ", ".join(known)})


def shown(value: Any) -> str:
    """Return a value as a sentence shows it: short, and told by its kind where it is large."""
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, list | tuple):
        return "[…]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(getattr(value, "written", value))
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def near_to(word: str, known: Iterable[str]) -> str | None:
    """Return the word that was meant, case not counting."""
    folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(word[:60].casefold(), folded, 1)
    return folded[found[0]] if found else None


def keys_of(model: Any, loc: Sequence[str | int]) -> list[str]:
    """Return the keys that a model knows at a location."""
    for key in loc:
        if isinstance(key, str) and key in ("span", "now") and model is not None and _field(model, key) is None:
            continue
        model = model if isinstance(key, int) else _inner(model, key)
        if model is None:
            return []
    return [info.alias or name for name, info in getattr(model, "model_fields", {}).items()]


def _unknown_key(key: str, known: Sequence[str]) -> Words:
    near = near_to(key, known)
    if near:
        return Words(N_("unknown key “{key}”: did you mean “{near}”?"), {"key": key, "near": near}).short()
    if not known:
        return Words(N_("unknown key “{key}”: nothing can be set here"), {"key": key}).short()
    return Words(N_("unknown key “{key}”; there are: {known}"), {"key": key, "known": ", ".join(known)}).short()


def _form(model: Any, error: Mapping[str, Any]) -> Arg:
    """Return what the form shows under such a field, else the pattern itself."""
    for key in error["loc"][:-1]:
        model = model if isinstance(key, int) else _inner(model, key)
    info = _field(model, error["loc"][-1]) if error["loc"] else None
    return Words(info.description) if info is not None and info.description else error["ctx"]["pattern"]


def _field(model: Any, key: object) -> Any:
    fields = getattr(model, "model_fields", {}).items()
    return next((info for name, info in fields if key in (name, info.alias)), None)


def _inner(model: Any, key: str) -> Any:
    info = _field(model, key)
    return None if info is None else _model_in(info.annotation)


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for found in map(_model_in, get_args(annotation)) if found is not None), None)
