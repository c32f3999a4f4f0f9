"""Writing the house's file store."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Insert, true, update

from core.model.file import StoredFile
from data.reader_base import the
from data.reader_files import FileReader, contents, stored_files
from data.sql import Statement
from data.tx_config import ConfigWriter
from data.tx_statements import upsertion


def _keeping() -> Statement:
    def kept(insert: Any) -> Insert:
        values = {name: the(name) for name in ("digest", "size", "content")}
        made: Insert = insert(contents).values(values).on_conflict_do_nothing()
        return made

    def on_sqlite() -> Insert:
        from sqlalchemy.dialects.sqlite import insert

        return kept(insert)

    def on_postgresql() -> Insert:
        from sqlalchemy.dialects.postgresql import insert

        return kept(insert)

    return Statement(on_sqlite, on_postgresql)


KEEP_CONTENT = _keeping()
PUT_FILE = upsertion(stored_files)
REMOVE_FILE = Statement(lambda: update(stored_files).values(removed=true()).where(stored_files.c.name == the("name")))


class FileWriter(ConfigWriter, FileReader):
    """Keeps files by their content."""

    def keep_content(self, digest: str, content: bytes) -> None:
        """Keep bytes under their SHA-256; what is kept already stays."""
        if not self.contents_here([digest]):
            self.db.run(KEEP_CONTENT, digest=digest, size=len(content), content=content)

    def put_file(self, file: StoredFile) -> None:
        """Make or change a file of the house's store; its content is kept already."""
        row = {"name": file.name, "digest": file.digest, "size": file.size, "media_type": file.media_type}
        self._put(PUT_FILE, {**row, "at": file.at, "by": file.by, "removed": False})

    def remove_file(self, name: str) -> None:
        """Take a file out of the house's store; its content stays for the deals and messages that have it."""
        self._put(REMOVE_FILE, {"name": name})
