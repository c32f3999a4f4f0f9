"""What may stand where somebody is typing in a filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from core.filtering import names
from core.filtering.names import Field, Kind, fields_of, spelled
from core.filtering.parsing import Asked, tokens
from core.filtering.reading import choices_of
from core.i18n import N_, gettext


def complete(text: str, asked: Asked) -> list[str]:
    """Return whole filters that go on from this one, whose end is being typed; the likeliest first."""
    if not text or text[-1].isspace() or text.count('"') % 2:
        return []
    token = list(tokens(text))[-1]
    before = text[: token.start + token.minus]
    if not token.name:
        return [before + each for each in _names(token.value, fields_of(asked.house))]
    field = names.find(token.name, fields_of(asked.house))
    if field is None or token.op:
        return []
    done, comma, begun = token.value.rpartition(",")
    kept = text[: token.value_start] + done + comma
    return [kept + each for each in _values(field, begun, asked)]


_HINTS: Final[Mapping[Kind, str]] = {
    Kind.MONEY: N_("5000   >5k   100..500   none"),
    Kind.NUMBER: N_("5000   >5k   100..500   none"),
    Kind.DATE: N_("today   <=+7d   2026-12   2026-12-01..   none"),
    Kind.MOMENT: N_("today   <=+7d   2026-12   2026-12-01..   none"),
    Kind.SPAN: N_("3d   <2h   1w..2w"),
    Kind.COUNT: N_("yes   no   >1"),
    Kind.YES_NO: N_("yes   no"),
    Kind.TEXT: N_("words   none"),
}
_MOST: Final = 8


def hint(text: str, asked: Asked) -> str:
    """Say in a few words what may be typed at the end of a filter: values, or names; nothing where it is plain."""
    if not text or text[-1].isspace():
        return ""
    token = list(tokens(text))[-1:]
    if not token or not token[0].name:
        return (
            "   ".join(each[len(text) - len(token[0].value) :] for each in complete(text, asked)[:_MOST])
            if token
            else ""
        )
    field = names.find(token[0].name, fields_of(asked.house))
    if field is None:
        return ""
    if field.kind in _HINTS:
        return gettext(_HINTS[field.kind])
    return "   ".join(
        ([gettext("me")] if field.kind is Kind.USER else []) + [*choices_of(field, asked).values()][:_MOST]
    )


def _names(begun: str, fields: tuple[Field, ...]) -> Iterator[str]:
    wanted = spelled(begun)
    if not wanted or '"' in begun:
        return
    for field in fields:
        for name in dict.fromkeys((spelled(field.name), spelled(field.id))):
            if name.startswith(wanted):
                yield begun + name[len(wanted) :] + ":"
                break


def _values(field: Field, begun: str, asked: Asked) -> Iterator[str]:
    if field.kind not in (Kind.STAGE, Kind.USER, Kind.CHOICE):
        return
    wanted = spelled(begun)
    for each, name in choices_of(field, asked).items():
        shown = next((known for known in (spelled(name), spelled(each)) if known.startswith(wanted)), None)
        if shown is not None:
            yield begun + shown[len(wanted) :]
