"""People of the house whom rules name: the responsible, or users by id."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from core.i18n import N_
from core.model.house import House
from core.model.people import User
from core.rules.base import CannotAct, Finding
from core.words import Words

RESPONSIBLE: Final = "responsible"
"""Stands for whoever is responsible for the deal then."""


def user(house: House, user_id: str) -> User:
    """Return a user. Raises ``CannotAct("not_allowed")`` for one who is there no more."""
    found = house.users.get(user_id)
    if found is None:
        raise CannotAct("not_allowed", Words(N_("there is no user “{user}” any more"), {"user": user_id}))
    return found


def findings(ids: Iterable[str], house: House, field: str) -> Iterable[Finding]:
    """Find users who do not exist, with the nearest who do."""
    for each in ids:
        if each in house.users:
            continue
        near = difflib.get_close_matches(each[:60], list(house.users), n=1) or list(house.users)[:6]
        words = N_("there is no user “{user}”; there are {known}")
        yield Finding(field, Words(words, {"user": each, "known": ", ".join(near) or "-"}))
