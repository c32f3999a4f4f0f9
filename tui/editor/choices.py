"""What there is to choose from for an item of the form, and what the chosen things are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from core import fields, voices
from core.fields import Kind, Spec
from core.fields.paths import CUSTOM
from core.i18n import gettext as _
from core.model.delivery import Channel
from core.words import fill
from tui.editor.draft import Draft
from tui.editor.items import Item, Shape
from tui.panels.picker import Choice

NOTHING: Final = "|nothing"
"""The choice that empties an item; no id of anything looks like that."""
DISK: Final = "|disk"
"""The choice that takes a file from the disk."""
OPEN: Final = frozenset({"mailbox", "voice", "date", "value"})
"""Pickers that take what is typed too."""
_UNITS: Final = ("m", "h", "d", "w", "s")
_DATED: Final = (Kind.DATE, Kind.DATETIME)


def choices(draft: Draft, item: Item) -> list[Choice]:
    """Return what an item may be chosen from: what it calls by name, what the house has, and nothing."""
    named = [Choice(value, _(name)) for value, name in item.options]
    known = [*named, *(_of_house(draft, item) if item.picker else ())]
    if item.shape is Shape.SEVERAL:
        taken = draft.value(item.key) or []
        return [choice for choice in known if choice.id not in taken]
    nothing = [Choice(NOTHING, nothing_words(item))] if item.optional else []
    return [*nothing, *known]


def nothing_words(item: Item) -> str:
    """Return what it means that nothing stands in an item."""
    return _(item.none) if item.none else "–"


def shown(draft: Draft, item: Item, value: Any) -> str:
    """Return what a chosen value is called; one that the house does not know goes by its id."""
    if value is None or value == "":
        return nothing_words(item)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if item.picker in ("field", "file_fields", "dates"):
        spec = fields.find(str(value), draft.house)
        return spec.label() if spec else str(value)
    names = {choice.id: choice.words for choice in (Choice(v, _(n)) for v, n in item.options)}
    if item.picker:
        names |= {choice.id: choice.words for choice in _of_house(draft, item)}
    return names.get(str(value), str(value))


def units() -> dict[str, str]:
    """Return the units of a span of time by their letters."""
    names = {"m": _("minutes"), "h": _("hours"), "d": _("days"), "w": _("weeks"), "s": _("seconds")}
    return {unit: names[unit] for unit in _UNITS}


def _of_house(draft: Draft, item: Item) -> list[Choice]:
    picker, _colon, channel = item.picker.partition(":")
    if picker == "connection":
        return list(_connections(draft, channel))
    found = PICKERS.get(picker)
    return list(found(draft, item)) if found else []


def _connections(draft: Draft, channel: str) -> Iterator[Choice]:
    for each in draft.house.connected(Channel(channel)):
        note = fill(_("paused: {reason}"), {"reason": each.paused}) if each.paused else each.adapter
        yield Choice(each.id, each.id, note)


def _stages(draft: Draft, item: Item) -> Iterator[Choice]:
    pipeline = draft.house.pipelines.get(draft.pipeline_of(item))
    for stage in pipeline.stages if pipeline else ():
        yield Choice(stage.id, stage.name, mark=stage.color)


def _pipelines(draft: Draft, _item: Item) -> Iterator[Choice]:
    for each in draft.house.pipelines.values():
        yield Choice(each.id, each.name)


def _users(draft: Draft, _item: Item) -> Iterator[Choice]:
    for user in draft.house.users.values():
        yield Choice(user.id, user.name, " · ".join([user.id, *user.mailboxes[:1]]))


def _mailboxes(draft: Draft, _item: Item) -> Iterator[Choice]:
    owners = {box: user.name for user in draft.house.users.values() for box in user.mailboxes}
    for connection in draft.house.connected(Channel.EMAIL):
        for address in connection.settings.get("addresses") or ():
            owners.setdefault(str(address), connection.id)
    for box, owner in owners.items():
        yield Choice(box, box, owner)


def _specs(draft: Draft) -> Iterator[Spec]:
    yield from (spec for spec in fields.BUILTIN.values() if spec.path.startswith("deal."))
    for name in draft.house.fields:
        spec = fields.find(CUSTOM + name, draft.house)
        if spec is not None:
            yield spec


def _named(draft: Draft, spec: Spec) -> Choice:
    """Return a field by the shortest name that means it."""
    short = fields.find(spec.id, draft.house)
    return Choice(spec.id if short and short.path == spec.path else spec.path, spec.label(), spec.id)


def _fields(draft: Draft, _item: Item) -> Iterator[Choice]:
    yield from (_named(draft, spec) for spec in _specs(draft) if spec.settable)


def _dates(draft: Draft, _item: Item) -> Iterator[Choice]:
    yield from (_named(draft, spec) for spec in _specs(draft) if spec.kind in _DATED)


def _file_fields(draft: Draft, _item: Item) -> Iterator[Choice]:
    yield from (_named(draft, spec) for spec in _specs(draft) if spec.kind is Kind.FILE)


def _files(draft: Draft, _item: Item) -> Iterator[Choice]:
    for each in draft.house.files.values():
        yield Choice(each.name, each.name, fill(_("{n} kB"), {"n": -(-each.size // 1024)}))
    yield Choice(DISK, _("a file of this computer…"), _("it is copied into the house's store"))


def _voices(_draft: Draft, _item: Item) -> Iterator[Choice]:
    first = ("pt-br", "en-us", "en-gb", "es")
    for voice in dict.fromkeys((*first, *voices.LANGUAGES)):
        yield Choice(voice, voice)


def _moments(draft: Draft, _item: Item) -> Iterator[Choice]:
    """Offer common deadlines; anything like them may be typed."""
    yield Choice("today", _("today"), "today")
    for text, n in (("1d", 1), ("2d", 2), ("7d", 7)):
        yield Choice(text, fill(_("{n} days later") if n > 1 else _("a day later"), {"n": n}), text)
    for choice in _dates(draft, _item):
        yield choice
        words = fill(_("a day before: {field}"), {"field": choice.words})
        yield Choice(f"{choice.id} - 1d", words, f"{choice.id} - 1d")


def _values(draft: Draft, item: Item) -> Iterator[Choice]:
    """Offer what the chosen field may hold."""
    spec = draft.spec_of(item)
    match spec.kind if spec else None:
        case Kind.BOOL:
            yield from (Choice("true", _("yes")), Choice("false", _("no")))
        case Kind.LIST if spec is not None:
            yield from (Choice(option, option) for option in spec.options)
        case Kind.USER:
            yield from _users(draft, item)
        case Kind.DATE | Kind.DATETIME if item.template:
            yield from _moments(draft, item)


def offers(draft: Draft, item: Item) -> bool:
    """Return whether the field whose value an item is has values to choose from; else they are typed."""
    spec = draft.spec_of(item)
    return spec is not None and not spec.multiple and any(True for _choice in _values(draft, item))


PICKERS: Final[Mapping[str, Callable[[Draft, Item], Iterator[Choice]]]] = {
    "stage": _stages,
    "pipeline": _pipelines,
    "user": _users,
    "users": _users,
    "mailbox": _mailboxes,
    "field": _fields,
    "dates": _dates,
    "file_fields": _file_fields,
    "files": _files,
    "voice": _voices,
    "date": _moments,
    "value": _values,
}
