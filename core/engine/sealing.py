"""Mails get their tracking tokens when their bytes are made: the same ones at every attempt, for they depend on nothing
but the message's number, the house and its key.

One key serves a house, wherever its engines run: a gateway turns away what was made with another. The key is a secret
of the machine's; the database keeps its fingerprint, so that a machine without it, or with another, is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core import tokens, tracking
from core.errors import Refused
from core.i18n import N_
from core.model.delivery import Delivery, Message
from core.model.house import Connection
from core.ports import Job, Priority, Store, TrackingKeys, Tx
from core.words import Words

VARIABLE: Final = "FUNIL_SECRET_GATEWAY_KEY"


@dataclass(slots=True)
class Sealer:
    """Puts tokens into tracked messages. Remembers the key as long as the house knows it by its fingerprint."""

    store: Store
    keys: TrackingKeys
    _known: tuple[str, str] | None = None

    async def sealed(self, connection: Connection, delivery: Delivery) -> Message:
        """Return the message as it goes on the wire. Raises ``FunilError`` where its tokens cannot be made.

        What does not leave the house stays as it is: nobody comes to the gateway from there.
        """
        if not tracking.rewrites(delivery.message) or self.keys.simulated(connection):
            return delivery.message
        house, wanted = self.store.read(lambda reader: (reader.house().id, reader.tracking_key()))
        if self._known is None or self._known[0] != wanted:
            key = self.keys.tracking_key(make=wanted is None)
            self._known = await self._agreed(tokens.fingerprint(key, house), wanted), key
        key = self._known[1]

        def token(kind: tokens.Kind, link: int) -> str:
            return tokens.write(tokens.Token(kind, delivery.id, link), key, house)

        return tracking.tracked(delivery.message, token)

    async def _agreed(self, ours: str, wanted: str | None) -> str:
        if wanted is None:
            wanted = await self.store.write(_settle(ours), Priority.DELIVERIES)
        if wanted != ours:
            told = other_key()
            raise Refused(told.msg, **told.args)
        return ours


def other_key() -> Words:
    """Say that this machine's key is not the house's, and what helps."""
    words = N_(
        "this machine makes tracking tokens with another key than the house: copy {variable} from the "
        "machine that has sent tracked mails before, or begin anew with “funil init --new-tracking-key”"
    )
    return Words(words, {"variable": VARIABLE})


def _settle(ours: str) -> Job[str]:
    """Return a job that notes our key as the house's, and answers whose it is: another engine may have been first."""

    def job(tx: Tx) -> str:
        if not tx.set_tracking_key(ours, None):
            return tx.tracking_key() or ours
        return ours

    return job


def forget_key() -> Job[None]:
    """Return a job that lets the next tracked mail decide the house's key. Links sent so far lead nowhere then."""

    def job(tx: Tx) -> None:
        tx.set_tracking_key(None, tx.tracking_key())

    return job
