"""The key of the house's tracking tokens: a secret like any other, but that Funil makes it when there is none."""

from __future__ import annotations

import secrets
from typing import Final

from adapters.base import variable_of
from adapters.secrets import Secrets
from core.errors import BadInput
from core.i18n import N_
from core.tokens import SHORTEST_KEY

CONNECTION: Final = "gateway"
FIELD: Final = "key"
"""Where a connection's id and field stand in the names of other secrets."""


def find(kept: Secrets, *, make: bool) -> str:
    """Return the key; with ``make`` a missing one is made and written into the user's secrets file.

    Raises ``BadInput``: there is none, it is too short to be one, or it cannot be kept.
    """
    found = kept.get(CONNECTION, FIELD)
    key = found.get_secret_value() if found else _made(kept) if make else None
    names = {"variable": variable_of(CONNECTION, FIELD), "file": str(kept.path())}
    if key is None:
        raise BadInput(
            N_(
                "the key of the house's tracking tokens is not on this machine: copy {variable} from the secrets file "
                "of the machine that has sent tracked mails before into {file} (mode 0600), "
                "or begin anew with “funil init --new-tracking-key”"
            ),
            **names,
        )
    if len(key) < SHORTEST_KEY:
        words = N_("{variable} is too short to be a key: it has {least} random characters at least")
        raise BadInput(words, variable=names["variable"], least=SHORTEST_KEY)
    return key


def _made(kept: Secrets) -> str:
    try:
        return kept.keep(CONNECTION, FIELD, secrets.token_urlsafe(32)).get_secret_value()
    except OSError as error:
        raise BadInput(
            N_(
                "the key of the house's tracking tokens cannot be written into {file} ({why}): set {variable} to "
                "{length} random characters, the same ones wherever this house's engine or gateway runs"
            ),
            file=str(kept.path()),
            why=error.strerror or type(error).__name__,
            variable=variable_of(CONNECTION, FIELD),
            length=SHORTEST_KEY + 11,
        ) from None
