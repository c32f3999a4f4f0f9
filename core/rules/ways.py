"""Which connection a rule goes out through: the one that it names, or the only one there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from core.i18n import N_
from core.model.delivery import Channel
from core.model.house import Connection, House
from core.rules.base import CannotAct, Finding
from core.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One kind of connection that a setting names, and what is said where it is missing or in doubt.

    ``field`` is the setting, and the place of its value in the sentences; ``{known}`` are the ids that there are.
    """

    field: str
    reason: str
    among: Callable[[House], Sequence[Connection]]
    none: str
    unknown: str
    unknown_of: str
    several: str

    def pick(self, house: House, wanted: str | None) -> Connection:
        """Return the named connection, or the only one. Raises ``CannotAct`` with the way's reason."""
        connected = self.among(house)
        found = [each for each in connected if wanted in (None, each.id)]
        if len(found) == 1:
            return found[0]
        if wanted is not None:
            raise CannotAct(self.reason, Words(self.unknown, {self.field: wanted}))
        raise CannotAct(self.reason, self._in_doubt(connected) if connected else Words(self.none))

    def findings(self, house: House, wanted: str | None) -> Iterable[Finding]:
        """Find a connection that is missing or in doubt; that there is none yet at all is only a warning."""
        connected = self.among(house)
        if wanted is None:
            if len(connected) > 1:
                yield Finding(self.field, self._in_doubt(connected))
            elif not connected:
                yield Finding(self.field, Words(self.none), error=False)
        elif all(each.id != wanted for each in connected):
            args = {self.field: wanted, "known": _ids(connected)}
            yield Finding(self.field, Words(self.unknown_of if connected else self.unknown, args))

    def _in_doubt(self, connected: Sequence[Connection]) -> Words:
        return Words(self.several, {"known": _ids(connected)})


def _ids(connected: Sequence[Connection]) -> str:
    return ", ".join(each.id for each in connected)


SMS: Final = Way(
    field="provider",
    reason="no_provider",
    among=lambda house: house.connected(Channel.SMS),
    none=N_("no SMS provider is connected"),
    unknown=N_("there is no SMS provider “{provider}”"),
    unknown_of=N_("there is no SMS provider “{provider}”; there are {known}"),
    several=N_("there are several SMS providers; name one of {known}"),
)
TELEPHONY: Final = Way(
    field="line",
    reason="no_line",
    among=lambda house: house.connected(Channel.TELEPHONY),
    none=N_("no telephone line is connected"),
    unknown=N_("there is no telephone line “{line}”"),
    unknown_of=N_("there is no telephone line “{line}”; there are {known}"),
    several=N_("there are several telephone lines; name one of {known}"),
)
TELEGRAM: Final = Way(
    field="channel",
    reason="no_channel",
    among=lambda house: [each for each in house.connected(Channel.OPEN_CHANNEL) if each.bot],
    none=N_("no Telegram channel is connected"),
    unknown=N_("there is no Telegram channel “{channel}”"),
    unknown_of=N_("there is no Telegram channel “{channel}”; there are {known}"),
    several=N_("there are several Telegram channels; name one of {known}"),
)
WEBHOOK: Final = Way(
    field="connection",
    reason="misconfigured",
    among=lambda house: house.connected(Channel.WEBHOOK),
    none=N_("no webhook connection is set up"),
    unknown=N_("there is no webhook connection “{connection}”"),
    unknown_of=N_("there is no webhook connection “{connection}”; there are {known}"),
    several=N_("there are several webhook connections; name one of {known}"),
)
