"""The board file: a house as YAML, read with places (file, line, column) for every complaint."""

from core.boardfile.document import Document, read, together
from core.boardfile.places import Misplaced, Place
from core.boardfile.shape import BoardFile
from core.boardfile.writing import dump

__all__ = ["BoardFile", "Document", "Misplaced", "Place", "dump", "read", "together"]
