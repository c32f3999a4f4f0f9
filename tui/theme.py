"""The two looks of the house, dark and light, and Textual's own beside them; what was chosen is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from textual.theme import Theme

from core.i18n import gettext as _
from tui.board.colours import READ, SEEN, is_colour, mix, readable

if TYPE_CHECKING:
    from tui.app import FunilApp

THEME: Final = "theme"
"""The name under which a person's settings keep it."""

DARK: Final = Theme(
    name="funil-dark",
    primary="#7AA2F7",
    secondary="#9AA5CE",
    accent="#7DCFFF",
    foreground="#D3D7E0",
    background="#13161B",
    surface="#191D24",
    panel="#232934",
    success="#9ECE6A",
    warning="#E0AF68",
    error="#F7768E",
    dark=True,
    variables={"block-cursor-text-style": "none", "input-selection-background": "#7AA2F7 35%"},
)

LIGHT: Final = Theme(
    name="funil-light",
    primary="#2F5FD0",
    secondary="#5B6478",
    accent="#0B7FA8",
    foreground="#2A2E36",
    background="#FBFAF7",
    surface="#F3F1EC",
    panel="#E7E4DC",
    success="#3F7D20",
    warning="#9A6200",
    error="#C0243C",
    dark=False,
    variables={"block-cursor-text-style": "none", "input-selection-background": "#2F5FD0 25%"},
)


_INKS: Final = ("foreground", "primary", "accent", "success", "warning", "error")
_GROUNDS: Final = ("background", "surface", "panel")
_TINT: Final = 0.25
"""How much of the primary colour the ground of what is chosen or typed into has at most."""


def legible(variables: Mapping[str, str]) -> dict[str, str]:
    """Return a theme's variables with inks that can be read on each of its grounds, and two weaker ones: ``muted`` for
    what explains, ``faint`` for what cannot be done now. A theme in the terminal's own colours keeps them.

    Many themes are made for few words in colour on their background; here whole sentences stand in them, on panels too.
    """
    plain = {name: variables.get(name, "")[:7] for name in (*_INKS, *_GROUNDS)}
    if not all(map(is_colour, plain.values())):
        return {**variables, "muted": variables["foreground"], "faint": variables["foreground"]}
    grounds = tuple(plain[name] for name in _GROUNDS)
    grounds += (mix(plain["surface"], readable(plain["primary"], grounds, READ), _TINT),)
    inks = {name: readable(plain[name], grounds, READ) for name in _INKS}
    weaker = {"muted": (0.3, READ), "faint": (0.5, SEEN)}
    mixed = {
        name: readable(mix(inks["foreground"], plain["background"], share), grounds, least)
        for name, (share, least) in weaker.items()
    }
    return {**variables, **inks, **mixed}


def take(app: FunilApp, variables: dict[str, str]) -> dict[str, str]:
    """Have the app know these as its theme's, as Textual does with its own; returns them."""
    app.theme_variables = variables
    return variables


def begin(app: FunilApp) -> None:
    """Dress the screen as this person did last; without colours (NO_COLOR) the terminal's own look is used."""
    for look in (DARK, LIGHT):
        app.register_theme(look)
    last = app.settings.text(THEME, DARK.name)
    app.theme = "ansi-dark" if app.no_color else last if last in app.available_themes else DARK.name


def dress(app: FunilApp, name: str) -> None:
    """Change the theme, and begin with it next time."""
    app.theme = name
    app.keep(THEME, name)


async def choose(app: FunilApp) -> None:
    """Ask for a theme."""
    from tui.panels.picker import Choice, Picker

    looks = sorted(app.available_themes.values(), key=lambda look: (look.name not in OURS, look.name))
    choices = [Choice(look.name, look.name, _kind(look)) for look in looks]
    chosen = await app.push_screen_wait(Picker(_("Theme …"), choices, at=app.theme))
    if chosen is not None:
        dress(app, chosen)


OURS: Final = (DARK.name, LIGHT.name)


def _kind(look: Theme) -> str:
    shade = _("dark") if look.dark else _("light")
    own = _("in the terminal's own colours")
    return f"{shade}, {own}" if look.ansi else shade
