"""What the choices of settings are called that several kinds share; the form shows them."""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from core.i18n import N_

Labels = dict[str, JsonValue]
"""A label (a msgid) for each value that a setting can have."""

EMAIL_TYPES: Final[Labels] = {
    "auto": N_("any address"),
    "work": N_("the one for work"),
    "home": N_("the one at home"),
    "newsletter": N_("the one for newsletters"),
}
PHONE_TYPES: Final[Labels] = {
    "auto": N_("any number: the first"),
    "work": N_("the one for work"),
    "mobile": N_("the mobile phone"),
    "fax": N_("the fax"),
    "home": N_("the one at home"),
    "pager": N_("the pager"),
    "mailing": N_("the one for newsletters"),
    "other": N_("the other one"),
}
USE: Final[Labels] = {"first": N_("the one added first"), "last": N_("the one added last")}
FALLBACK: Final[Labels] = {
    "type": N_("another address of the same person"),
    "contact": N_("the deal's next contact"),
    "company": N_("the deal's company"),
}
NOT_TRIED: Final = N_("nothing is sent then")
