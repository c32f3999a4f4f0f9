"""What an admin does with rules and triggers: saving, placing, copying, removing, switching, and taking it back.

Each function returns a job that answers a :class:`Changed`, which :func:`restore` undoes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from core.applying import editing
from core.applying.editing import BadField
from core.commands import arranging, lookup
from core.commands.arranging import RULE, TRIGGER, Changed, Draft, Key, Thing, find, key_of, same
from core.errors import Refused, UnknownThing
from core.i18n import N_, gettext
from core.model.frozen import replace
from core.model.house import House
from core.model.rule import Rule, Trigger
from core.naming import LONGEST_NAME
from core.ports import Job, Tx
from core.rule_ports import What
from core.rules import catalogue as rule_kinds
from core.safe_text import fold
from core.triggers import catalogue as trigger_kinds
from core.words import Words

__all__ = [
    "ONLY_ADMINS",
    "RULE",
    "TRIGGER",
    "BadField",
    "Changed",
    "Key",
    "Thing",
    "copy",
    "key_of",
    "may_edit",
    "place",
    "remove",
    "restore",
    "restore_version",
    "save_rule",
    "save_trigger",
    "switch",
]

ONLY_ADMINS: Final = N_("only an admin changes rules and triggers")
_ID_LENGTH: Final = 40
_TRIES: Final = 200
_NOT_IN_IDS: Final = re.compile(r"[^a-z0-9]+")


def may_edit(house: House, by: str | None) -> bool:
    """Return whether somebody may change rules: an admin, or a person who is not named."""
    user = house.users.get(by) if by is not None else None
    return user is None or user.role != "manager"


def save_rule(rule: Rule, by: str | None = None, *, was: Rule | None = None) -> Job[Changed]:
    """Return a job that stores a new rule (an empty id: it gets one of its name) or a new revision of one.

    Its place in the stage stays; new or in another stage it stands last. ``was`` is the rule as the form was opened
    with. Raises :class:`BadField` for what a board file may not bring either, and ``Refused`` for a manager and for a
    rule that somebody has changed since ``was``.
    """

    def job(tx: Tx) -> Changed:
        return _save(tx, rule, by, was)

    return job


def save_trigger(trigger: Trigger, by: str | None = None, *, was: Trigger | None = None) -> Job[Changed]:
    """Return a job that stores a new or changed trigger, likewise."""

    def job(tx: Tx) -> Changed:
        return _save(tx, trigger, by, was)

    return job


def place(
    keys: Sequence[Key], pipeline: str, stage: str, above: str | None = None, by: str | None = None
) -> Job[Changed]:
    """Return a job that puts rules or triggers, in the order given, into a stage: right above another one of the same
    sort (by its id), or last. In another pipeline they are checked as new ones are.

    Runs that wait keep the revision, and so the stage, that they began with. Raises ``UnknownThing``, ``BadField`` and
    ``Refused``.
    """

    def job(tx: Tx) -> Changed:
        house = tx.house()
        author, draft = _author(house, by), Draft(house)
        lookup.stage(house, pipeline, stage)
        doubts: list[Words] = []
        for thing in _all(house, keys):
            moved = replace(thing, pipeline=pipeline, stage=stage)
            if moved.pipeline != thing.pipeline:
                moved, found = _checked(moved, house)
                doubts += found
            draft.insert(moved, _below(keys, moved, above, draft))
        return draft.write(tx, author, doubts)

    return job


def copy(
    keys: Sequence[Key],
    pipeline: str | None = None,
    stage: str | None = None,
    above: str | None = None,
    by: str | None = None,
) -> Job[Changed]:
    """Return a job that makes copies of rules or triggers: each below its original, or all in a stage as
    :func:`place` puts them. Copies are switched off, so that nobody gets a message twice before they are edited."""

    def job(tx: Tx) -> Changed:
        house = tx.house()
        author, draft = _author(house, by), Draft(house)
        doubts: list[Words] = []
        for thing in _all(house, keys):
            name = gettext("{name} (copy)").replace("{name}", thing.name)[:LONGEST_NAME]
            made = replace(thing, name=name, enabled=False, pipeline=pipeline or thing.pipeline)
            made = replace(made, stage=stage or made.stage, id=_fresh_id(tx, key_of(thing)[0], name, draft))
            if made.pipeline != thing.pipeline:
                made, found = _checked(made, house)
                doubts += found
            draft.insert(made, above if stage else _next(draft, thing))
        return draft.write(tx, author, doubts)

    return job


def remove(keys: Sequence[Key], by: str | None = None) -> Job[Changed]:
    """Return a job that puts rules and triggers out of use, as a board file's list that leaves them out does: what
    waits of a rule is cancelled (``disabled``). Raises ``UnknownThing`` and ``Refused``."""

    def job(tx: Tx) -> Changed:
        author, draft = _author(tx.house(), by), Draft(tx.house())
        for thing in _all(tx.house(), keys):
            draft.take(key_of(thing))
        return draft.write(tx, author)

    return job


def switch(keys: Sequence[Key], enabled: bool, by: str | None = None) -> Job[Changed]:
    """Return a job that switches rules and triggers on or off; off cancels what waits of a rule (``disabled``), on
    starts nothing. Raises ``UnknownThing`` and ``Refused``."""

    def job(tx: Tx) -> Changed:
        author, draft = _author(tx.house(), by), Draft(tx.house())
        for thing in _all(tx.house(), keys):
            draft.put(replace(thing, enabled=enabled))
        return draft.write(tx, author)

    return job


def restore(changed: Changed, by: str | None = None) -> Job[Changed]:
    """Return a job that takes a change back: everything says again what it said, on or off as it was, at its place.

    What it answers takes that back in turn. Runs that the change has cancelled stay cancelled. Raises ``Refused`` when
    somebody has changed one of the things since.
    """

    def job(tx: Tx) -> Changed:
        house = tx.house()
        author, draft = _author(house, by), Draft(house)
        _check_untouched(house, changed)
        for which in changed.order_before:
            draft.list_of(*which)
        for key in changed.before:
            draft.take(key)
        for (what, _), ids in changed.order_before.items():
            for thing in (changed.before.get((what, each)) for each in ids):
                if thing is not None:
                    lookup.stage(house, thing.pipeline, thing.stage)
                    draft.follow(thing, changed.order_before[what, thing.pipeline])
        return draft.write(tx, author)

    return job


def restore_version(rule_id: str, revision: int, by: str | None = None) -> Job[Changed]:
    """Return a job that has a rule say again what a former revision of it said, as a new revision; it stays on or off.

    Raises ``UnknownThing``, ``BadField`` for what would not work any more, and ``Refused`` for a manager.
    """

    def job(tx: Tx) -> Changed:
        present, former = lookup.rule(tx.house(), rule_id), tx.revision(revision)
        if former.id != rule_id:
            raise UnknownThing(N_("rule “{id}” has no version {version}"), id=rule_id, version=revision)
        return _save(tx, replace(former, enabled=present.enabled), by, None)

    return job


# Inside ---------------------------------------------------------------------------------------------------------------


def _save(tx: Tx, thing: Thing, by: str | None, was: Thing | None) -> Changed:
    house = tx.house()
    author, draft = _author(house, by), Draft(house)
    if was is not None:
        _check_unchanged(house, was)
    named = replace(thing, name=thing.name if thing.name.strip() else _kind_name(thing))
    if not named.id:
        named = replace(named, id=_fresh_id(tx, key_of(thing)[0], named.name, draft))
    made, doubts = _checked(named, house)
    draft.put(made)
    return draft.write(tx, author, doubts)


def _author(house: House, by: str | None) -> str:
    author = lookup.author(house, by, None)
    if not may_edit(house, by):
        raise Refused(ONLY_ADMINS)
    return author


def _all(house: House, keys: Iterable[Key]) -> list[Thing]:
    found = []
    for what, thing_id in dict.fromkeys(keys):
        thing = find(house, (what, thing_id))
        if thing is None and what == RULE:
            lookup.rule(house, thing_id)
        if thing is None:
            words = N_("there is no trigger “{id}” (there are: {known})")
            raise UnknownThing(words, id=thing_id, known=lookup.names(house.triggers))
        found.append(thing)
    return found


def _checked(thing: Thing, house: House) -> tuple[Thing, Sequence[Words]]:
    if isinstance(thing, Rule):
        return editing.rule(thing, house, house.rules.get(thing.id))
    return editing.trigger(thing, house)


def _below(keys: Sequence[Key], thing: Thing, above: str | None, draft: Draft) -> str | None:
    """Return what a thing is to be put above: where that is one of those that are placed, what follows it there."""
    what = key_of(thing)[0]
    placed = {each for kind, each in keys if kind == what}
    if above not in placed:
        return above
    found = arranging.order(draft.house, what, thing.pipeline)
    after = found[found.index(above) + 1 :] if above in found else []
    return next((each for each in after if each not in placed and _stage_of(draft, what, each) == thing.stage), None)


def _stage_of(draft: Draft, what: What, thing_id: str) -> str | None:
    thing = draft.find((what, thing_id))
    return thing.stage if thing else None


def _next(draft: Draft, thing: Thing) -> str | None:
    """Return what stands right below a thing in its stage."""
    what = key_of(thing)[0]
    ids = draft.list_of(what, thing.pipeline)
    below = ids[ids.index(thing.id) + 1 :]
    return next((each for each in below if _stage_of(draft, what, each) == thing.stage), None)


def _kind_name(thing: Thing) -> str:
    kinds = rule_kinds.kinds() if isinstance(thing, Rule) else trigger_kinds.kinds()
    kind = kinds.get(thing.kind)
    return kind.name if kind else thing.kind


def _fresh_id(tx: Tx, what: What, name: str, draft: Draft) -> str:
    """Return a readable id made of a name, that none has or has had."""
    slug = _NOT_IN_IDS.sub("-", fold(name))[:_ID_LENGTH].strip("-") or what
    wanted = [slug, *(f"{slug}-{number}" for number in range(2, _TRIES))]
    taken = {*tx.taken(what, wanted), *(each for kind, each in draft.things if kind == what)}
    free = next((each for each in wanted if each not in taken), None)
    if free is None:
        raise Refused(N_("there are too many rules named “{name}”: give this one another name"), name=name)
    return free


def _check_unchanged(house: House, was: Thing) -> None:
    """Refuse to write over what somebody else has saved since."""
    present = find(house, key_of(was))
    if present is None:
        raise Refused(N_("“{name}” was removed while you were editing it"), name=was.name)
    if not same(replace(present, enabled=was.enabled), was):
        raise Refused(N_("“{name}” was changed elsewhere while you were editing it"), name=was.name)


def _check_untouched(house: House, changed: Changed) -> None:
    """Refuse to undo a change over which somebody has made another."""
    moved = [key for key, before in changed.before.items() if same(before, changed.after[key])]
    for key, after in changed.after.items():
        present = find(house, key)
        if not same(present, after):
            name = (present or after or changed.before[key] or _NAMELESS).name
            raise Refused(N_("“{name}” has been changed since: it cannot be undone any more"), name=name)
    for (what, pipeline), ids in changed.order_after.items():
        now = arranging.order(house, what, pipeline)
        if any(kind == what for kind, _ in moved) and [i for i in now if i in ids] != [i for i in ids if i in now]:
            raise Refused(N_("the order has been changed since: it cannot be undone any more"))


_NAMELESS: Final = Trigger(id="", pipeline="", stage="", kind="", name="")
