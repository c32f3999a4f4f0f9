"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ConfigDict
from sqlalchemy import BigInteger, Boolean, ColumnElement, Index, Integer, MetaData, Text, false
from sqlalchemy import Table as Core
from sqlmodel import Field, SQLModel

KEY: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Ids and folded texts: compared by code point on both databases, so that order and prefix search agree."""

BIG: Final = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits. SQLite numbers rows by itself only where a key's type is spelled INTEGER."""


class Table(SQLModel):
    """Base of every table. Constraints have names, so that a migration can speak of them on both databases."""

    # Rows are never validated by these models, so that building their validators can wait for ever: a command line
    # that lists deals starts the sooner.
    model_config = ConfigDict(defer_build=True)  # type: ignore[assignment]
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )


def ident(**kw: Any) -> Any:
    """Declare an id made of text."""
    return Field(sa_type=_type(KEY), **kw)


def prose(**kw: Any) -> Any:
    """Declare a text of any length; JSON is kept as text too."""
    return Field(sa_type=_type(Text()), **kw)


def whole(**kw: Any) -> Any:
    """Declare a 64-bit integer: a moment in milliseconds, an amount in minor units, a rank."""
    return Field(sa_type=_type(BIG), **kw)


def serial() -> Any:
    """Declare the key that the database counts up by itself."""
    return Field(default=None, primary_key=True, sa_type=_type(BIG))


def yes_no() -> Any:
    """Declare a yes or no that is no unless said."""
    return Field(default=False, sa_type=_type(Boolean()), sa_column_kwargs={"server_default": false()})


def _type(kind: object) -> Any:
    return kind


def partial(name: str, *columns: Any, where: ColumnElement[bool], unique: bool = False) -> Index:
    """Return an index of only the rows that ``where`` holds for; :mod:`data.tables` tells PostgreSQL of it as well."""
    return Index(name, *columns, unique=unique, sqlite_where=where)


def table_of(model: type[SQLModel]) -> Core:
    """Return the Core table behind a model: what statements are made of."""
    found: Core = vars(model)["__table__"]
    return found
