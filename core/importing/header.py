"""What each column of a table means: by its name, or as the person says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from core.commands.lookup import names as listed
from core.errors import BadInput, UnknownThing
from core.fields.parsing import shown
from core.i18n import N_
from core.words import Words

Suggest: TypeAlias = Callable[[str], str | None]
"""Returns the name that a misspelt one may have meant."""

Mapped: TypeAlias = Mapping[str, str]
"""Columns by name and the fields that they are to be read as; an empty field leaves the column out."""

Find: TypeAlias = Callable[[str], str | None]
"""Returns the field that a name means, None for no field at all; raises ``BadInput`` for one that is not imported."""

_MOST: Final = 5


def meanings(names: Sequence[str], mapped: Mapped, find: Find, suggest: Suggest) -> list[str | None]:
    """Return what each column means; None for one that is left out, or that has no name.

    Raises ``UnknownThing`` and ``BadInput`` for columns that mean nothing, or the same, and for a mapping of a column
    that is not there.
    """
    chosen = {_place(names, column): field for column, field in mapped.items()}
    found: list[str | None] = []
    unknown: list[Words] = []
    for place, name in enumerate(names):
        wanted = chosen.get(place, name)
        meaning = find(wanted) if wanted else None
        if wanted and meaning is None:
            unknown.append(_unknown(name, wanted, suggest if len(unknown) < _MOST else _nothing))
        found.append(meaning)
    if unknown:
        raise _refusal(unknown)
    _check_twice(names, found)
    return found


def spelled(name: str, known: Sequence[str]) -> str | None:
    """Return the known name that this one is, however it is capitalised; an exact one first."""
    if name in known:
        return name
    folded = [each for each in known if each.casefold() == name.casefold()]
    return folded[0] if len(folded) == 1 else None


def _place(names: Sequence[str], column: str) -> int:
    name = spelled(column.strip(), list(dict.fromkeys(names)))
    if name is None:
        msg = N_("there is no column “{column}” in the file (it has: {known})")
        raise UnknownThing(msg, column=shown(column), known=listed(shown(each) for each in names))
    return list(names).index(name)


def _unknown(name: str, wanted: str, suggest: Suggest) -> Words:
    near = suggest(wanted)
    args = {"column": shown(name), "field": shown(wanted), "near": near}
    if name == wanted:
        if near:
            return Words(N_("column “{column}” is no field; did you mean “{near}”?"), args)
        return Words(N_("column “{column}” is no field"), args)
    if near:
        return Words(N_("column “{column}” is mapped to “{field}”, which is no field; did you mean “{near}”?"), args)
    return Words(N_("column “{column}” is mapped to “{field}”, which is no field"), args)


def _nothing(_name: str) -> None:
    return None


def _refusal(unknown: Sequence[Words]) -> UnknownThing:
    hint = N_("{problem} (--map COLUMN=FIELD says what it is, --map COLUMN= leaves it out)")
    problem = unknown[0]
    for more in unknown[1:_MOST]:
        problem = Words(N_("{problem}; {more}"), {"problem": problem, "more": more})
    if len(unknown) > _MOST:
        problem = Words(N_("{problem}; and {n} more"), {"problem": problem, "n": len(unknown) - _MOST})
    return UnknownThing(hint, problem=problem)


def _check_twice(names: Sequence[str], found: Sequence[str | None]) -> None:
    twice = next((each for each, n in Counter(filter(None, found)).items() if n > 1), None)
    if twice is None:
        return
    places = [place for place, each in enumerate(found) if each == twice]
    raise BadInput(
        N_("columns {places} ({columns}) both mean {field}: leave all but one out with --map COLUMN="),
        places=", ".join(str(place + 1) for place in places[:_MOST]),
        columns=", ".join(f"“{shown(names[place])}”" for place in places[:_MOST]),
        field=twice,
    )
