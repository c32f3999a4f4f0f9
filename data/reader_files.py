"""Reading the house's file store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import false, select

from core.model.file import StoredFile
from core.model.moment import Moment
from data.columns import table_of
from data.reader_base import Base, the
from data.sql import Statement, among
from data.tables_files import ContentRow, StoredFileRow

contents: Final = table_of(ContentRow)
stored_files: Final = table_of(StoredFileRow)

CONTENT = Statement(lambda: select(contents.c.content).where(contents.c.digest == the("digest")))
CONTENTS_HERE = Statement(lambda: select(contents.c.digest, contents.c.size).where(among(contents.c.digest, "digests")))
STORED_FILES = Statement(
    lambda: select(stored_files).where(stored_files.c.removed == false()).order_by(stored_files.c.name)
)


class FileReader(Base):
    """What files there are."""

    def content(self, digest: str) -> bytes | None:
        """Return the bytes of a file by their SHA-256; None when they are not kept here."""
        row = self.db.one(CONTENT, digest=digest)
        return bytes(row[0]) if row else None

    def contents_here(self, digests: Iterable[str]) -> Mapping[str, int]:
        """Return which of these contents are kept here, each with its size in bytes."""
        wanted = list(digests)
        return dict(self.db.rows(CONTENTS_HERE, digests=wanted)) if wanted else {}


def stored_file_of(row: tuple[Any, ...]) -> StoredFile:
    """Read a file of the house's store."""
    name, digest, size, media_type, at, by, _ = row
    return StoredFile(name=name, digest=digest, size=size, media_type=media_type, at=Moment(at), by=by)
