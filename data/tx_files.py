"""Writing the house's file store."""

from __future__ import annotations

from data.reader_files import FileReader


class FileWriter(FileReader):
    """Keeps files by their content."""
