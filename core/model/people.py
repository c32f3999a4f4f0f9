"""Clients (contacts, companies) with their addresses, and the house's own users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class EmailType(StrEnum):
    """Types of a client's e-mail address (Bitrix24's list)."""

    WORK = "WORK"
    HOME = "HOME"
    MAILING = "MAILING"
    OTHER = "OTHER"


class PhoneType(StrEnum):
    """Types of a client's phone number (Bitrix24's list)."""

    WORK = "WORK"
    MOBILE = "MOBILE"
    FAX = "FAX"
    HOME = "HOME"
    PAGER = "PAGER"
    MAILING = "MAILING"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Address:
    """One e-mail address or E.164 phone number with its type; they stand in the order of adding."""

    type: str
    value: str
    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person at the client's side. ``removed``: no longer in use, but still known to old deals."""

    id: str
    name: str
    emails: tuple[Address, ...] = ()
    phones: tuple[Address, ...] = ()
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A client company; linking it to a deal adds its contacts to the deal."""

    id: str
    name: str
    emails: tuple[Address, ...] = ()
    phones: tuple[Address, ...] = ()
    contacts: tuple[str, ...] = ()
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An employee. ``mailboxes`` in the order they were connected; ``hours`` as :data:`WeekHours`."""

    id: str
    name: str
    role: str = "manager"
    mailboxes: tuple[str, ...] = ()
    phone: str | None = None
    timezone: str | None = None
    hours: Mapping[str, str] = field(default_factory=dict)
