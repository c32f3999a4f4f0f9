"""Tables of the house's file store: contents by their digest, and the files that rules may attach."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlmodel import Field

from data.columns import Table, ident, prose, whole, yes_no


class ContentRow(Table, table=True):
    """The bytes of files, each kept once under its SHA-256."""

    __tablename__ = "contents"

    digest: str = ident(primary_key=True)
    size: int = whole()
    content: bytes = Field(sa_type=LargeBinary)


class StoredFileRow(Table, table=True):
    """A file of the house's own store, which any rule may attach by its name."""

    __tablename__ = "stored_files"

    name: str = ident(primary_key=True)
    digest: str = ident()
    size: int = whole()
    media_type: str = prose()
    at: int = whole()
    by: str = prose()
    removed: bool = yes_no()
