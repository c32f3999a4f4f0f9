"""Whether the files that go with a message can go, looked at just before it goes."""

from __future__ import annotations

from core.i18n import N_
from core.model.delivery import Message, Outcome, OutcomeKind
from core.ports import Capabilities, Store
from core.words import Words


class FilesOf:
    """The bytes of a store's files: what adapters read attachments with (:class:`core.ports.Files`)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def content(self, digest: str) -> bytes | None:
        """Return the bytes of a file by their SHA-256; None when they are gone."""
        return self._store.read(lambda reader: reader.content(digest))


def refusal(store: Store, message: Message, peer: Capabilities) -> Outcome | None:
    """Return how a message ends whose files cannot go: the peer carries none, or a content is gone. None: all is well,
    and nothing was read for a message without files."""
    attached = message.attachments
    if not attached:
        return None
    if not peer.attachments:
        words = Words(N_("this connection carries no files"))
        return Outcome(kind=OutcomeKind.REJECTED, reason="bad_attachment", detail=words)
    here = store.read(lambda reader: reader.contents_here({each["digest"] for each in attached}))
    gone = next((each["name"] for each in attached if each["digest"] not in here), None)
    if gone is None:
        return None
    words = Words(N_("the content of “{name}” is not in this database"), {"name": gone})
    return Outcome(kind=OutcomeKind.REJECTED, reason="attachment_missing", detail=words)
