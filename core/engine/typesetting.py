"""Documents on their way to PDF. Typesetting takes longer than a transaction should: a run that needs a PDF is left as
it is, the PDF is made outside, and the run acts with it at its next turn.

If the document reads otherwise by then (a clock in its text), it is typeset on the spot: no run waits for ever.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from core import files
from core.documents import HTML, PDF, Document, Typesetter
from core.effects import MakeDocument, StoreFile
from core.errors import BadInput
from core.i18n import N_
from core.model.file import NewFile
from core.model.house import House
from core.model.moment import Moment
from core.ports import Tx

_KEPT: Final = 32
_Text = tuple[str, str, str]


@dataclass(slots=True)
class Press:
    """What one engine has typeset, and what it still has to. ``typesetter`` None: this one makes no documents."""

    typesetter: Typesetter | None = None
    _made: dict[_Text, bytes | BadInput] = field(default_factory=dict)
    _wanted: dict[int, Document] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)

    def ready(self, made: MakeDocument, run: int, now: Moment) -> bytes | None:
        """Return the PDF of a run's document; None while it is still to be made. Raises ``BadInput`` for one that
        cannot be."""
        if self.typesetter is None:
            raise BadInput(N_("this engine makes no documents"))
        document = Document(made.html, made.name, made.language, now)
        found = self._made.pop(_text(document), None)
        if isinstance(found, BadInput):
            raise found
        if found is None and run not in self._asked:
            self._wanted[run] = document
            return None
        self._asked.discard(run)
        return found if found is not None else self.typesetter.pdf(document)

    async def work(self) -> bool:
        """Typeset what runs wait for, away from the event loop and from any transaction; returns whether any did."""
        if self.typesetter is None or not self._wanted:
            return False
        wanted, self._wanted = self._wanted, {}
        self._asked |= wanted.keys()
        for document in wanted.values():
            if len(self._made) >= _KEPT:
                del self._made[next(iter(self._made))]
            self._made[_text(document)] = await asyncio.to_thread(_typeset, self.typesetter, document)
        return True


def kept(tx: Tx, made: MakeDocument, pdf: bytes, house: House) -> tuple[StoreFile, ...]:
    """Keep the contents of a document and return its files: a field of one file gets the PDF, one of several both."""
    spec = house.fields.get((made.field or "").removeprefix("deal.fields."))
    both = spec is not None and spec.multiple
    html = _file(tx, f"{made.name}.html", made.html.encode(), HTML, made.field if both else None)
    return html, _file(tx, f"{made.name}.pdf", pdf, PDF, made.field)


def _file(tx: Tx, name: str, content: bytes, media_type: str, into: str | None) -> StoreFile:
    described = files.described(NewFile(name, content))
    tx.keep_content(described["digest"], content)
    return StoreFile(
        name=described["name"], digest=described["digest"], size=len(content), media_type=media_type, field=into
    )


def _text(document: Document) -> _Text:
    return document.html, document.title, document.language


def _typeset(typesetter: Typesetter, document: Document) -> bytes | BadInput:
    try:
        return typesetter.pdf(document)
    except BadInput as error:
        return error
