"""A file of text in whatever encoding a spreadsheet wrote it, read line by line."""

from __future__ import annotations

import codecs
import io
from collections.abc import Generator
from typing import BinaryIO, Final

from core.errors import BadInput
from core.i18n import N_

LONGEST_LINE: Final = 16 * 1024 * 1024
"""Characters of a line, and of a cell with line breaks, above which a file cannot be read in bounded memory."""
WINDOWS: Final = "cp1252"

_BLOCK: Final = 1024 * 1024
_ZIP: Final = b"PK\x03\x04"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with UTF-16's mark, so it is looked for first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Source:
    """Text in a file that can be read again from its beginning.

    ``encoding`` is what the file's mark says, else UTF-8, else Windows-1252 where it is not UTF-8. Raises ``BadInput``
    for a spreadsheet's own format.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.size = file.seek(0, io.SEEK_END)
        self._file = file
        self.encoding = self._guess()

    @property
    def guessed(self) -> bool:
        """Whether the encoding is only likely: nothing in the file says so."""
        return self.encoding == WINDOWS

    def share(self) -> float:
        """Return how much of the file has been read, from 0 to 1."""
        return self._file.tell() / self.size if self.size else 1.0

    def lines(self) -> Generator[str, None, None]:
        """Yield the file's lines with their ends (``\\n``, ``\\r\\n`` or ``\\r``). Raises ``BadInput``."""
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, self.encoding, newline="")
        number = 0
        try:
            while line := text.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    msg = N_("{file}, line {line}, is longer than {most} characters: this is no CSV file")
                    raise BadInput(msg, file=self.name, line=number, most=LONGEST_LINE)
                yield line
        except UnicodeDecodeError as error:
            msg = N_("{file} cannot be read as {encoding}: save it as UTF-8")
            raise BadInput(msg, file=self.name, encoding=self.encoding) from error
        finally:
            text.detach()

    def _guess(self) -> str:
        self._file.seek(0)
        head = self._file.read(4)
        if head == _ZIP:
            raise BadInput(N_("{file} is a spreadsheet or archive: save it as “CSV UTF-8”"), file=self.name)
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                return encoding
        return "utf-8" if self._is_utf8() else WINDOWS

    def _is_utf8(self) -> bool:
        decoder = codecs.getincrementaldecoder("utf-8")()
        self._file.seek(0)
        try:
            while block := self._file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True
