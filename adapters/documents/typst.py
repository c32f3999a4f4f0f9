"""The typesetter: Typst, whose one wheel brings its fonts and needs no system library. Loaded at the first document."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from core.documents import Document
from core.errors import BadInput
from core.i18n import N_
from core.model.moment import SECOND

if TYPE_CHECKING:
    from typst import Compiler

_FAR: Final = re.compile("[\u0780-\u1fff\u2e80-\uabff\uac00-\ufaff\uff00-\uffef\U00010000-\U0010ffff]")
"""Letters that the fonts in the wheel have not: for them those of the system are asked too."""
_LONGEST_WHY: Final = 200


class Typst:
    """Makes PDF of documents. The same document gives the same bytes, with the same fonts."""

    def __init__(self) -> None:
        self._compilers: dict[bool, Compiler] = {}
        self._lock = Lock()

    def pdf(self, document: Document) -> bytes:
        """Return the document as PDF. Raises ``BadInput`` for one with too much in it, or that Typst does not take."""
        from adapters.documents import markup

        source = markup.source(document)
        far = _FAR.search(document.html) is not None
        with self._lock:
            return self._compiled(source, far, document)

    def _compiled(self, source: str, far: bool, document: Document) -> bytes:
        try:
            made = self._compiler(far).compile(source.encode(), format="pdf", timestamp=document.at // SECOND)
        except RuntimeError as error:
            why = str(error).split("\n", 1)[0][:_LONGEST_WHY]
            raise BadInput(N_("the document cannot be typeset: {why}"), why=why) from None
        assert isinstance(made, bytes)
        return made

    def _compiler(self, far: bool) -> Compiler:
        if far not in self._compilers:
            from typst import Compiler, Fonts

            fonts = Fonts(include_system_fonts=far)
            # What is typeset is written by us and reads no file; were it to, it would find this folder and no other.
            root = Path(__file__).parent
            self._compilers[far] = Compiler(b"", root=root, font_paths=fonts, ignore_system_fonts=not far)
        return self._compilers[far]
