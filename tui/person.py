"""Who sits at the screen: said when it was opened, or chosen here and remembered for this house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from core.i18n import gettext as _
from core.model.house import House
from core.model.people import User
from core.safe_text import safe_text
from core.words import fill
from tui.keys import keys_text
from tui.settings import Settings

if TYPE_CHECKING:
    from tui.app import FunilApp

PERSON: Final = "person"
"""The name under which a person's settings keep it: by house, since each has users of its own."""
ACTION: Final = "app.person"
_NOBODY: Final = "|nobody"


def kept(settings: Settings, house: House) -> str | None:
    """Return who was chosen last for this house; None for nobody, or a user who is there no more."""
    found = settings.value(PERSON)
    user = found.get(house.id) if isinstance(found, Mapping) else None
    return user if isinstance(user, str) and user in house.users else None


def name(house: House, user: str) -> str:
    """Return what a user is called."""
    found = house.users.get(user)
    return safe_text(found.name if found and found.name.strip() else user)


def why_not(app: FunilApp) -> str | None:
    """Say that there is nobody to choose from; None when there is."""
    return None if app.desk.house.users else _("This house has no users yet: a board file names them.")


def unknown(app: FunilApp) -> str | None:
    """Say that what asks who one is cannot be done while nobody knows it; None when it is known."""
    if app.desk.user is not None:
        return None
    key = keys_text(app.registry[ACTION].keys[:1])
    return fill(_("Say first who you are: {key}"), {"key": key}) if key else _("Nobody knows who you are.")


async def choose(app: FunilApp) -> None:
    """Ask who sits here. What is done on the screen is theirs from now on, and ``me`` in a filter means them."""
    from tui.panels.picker import Choice, Picker

    choices = [
        *(Choice(user.id, name(app.desk.house, user.id), _note(user)) for user in app.desk.house.users.values()),
        Choice(_NOBODY, _("Nobody"), _("what is done counts as done by each deal's responsible")),
    ]
    chosen = await app.push_screen_wait(Picker(_("Who are you?"), choices, at=app.desk.user or _NOBODY))
    if chosen is not None:
        become(app, None if chosen == _NOBODY else chosen)


def _note(user: User) -> str:
    return " · ".join([user.id, *user.mailboxes[:1]])


def become(app: FunilApp, user: str | None) -> None:
    """Let a user of the house act at this screen, next time too; None: nobody in particular."""
    app.desk.become(user)
    found = app.settings.value(PERSON)
    others = (
        {key: each for key, each in found.items() if key != app.desk.house.id} if isinstance(found, Mapping) else {}
    )
    app.keep(PERSON, {**others, **({} if user is None else {app.desk.house.id: user})})
    if app.desk.search:
        app.filter.again()
    app.show_again()
    app.show_header()
    if user is None:
        app.say(_("What you do counts as done by each deal's responsible."))
    else:
        app.say(fill(_("You are {name}."), {"name": name(app.desk.house, user)}))
