"""What an edit on the deal's sheet writes: commands that change only what the person has seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from core import commands, fields, phones
from core.commands import clients, lookup
from core.errors import BadInput, Refused
from core.files import LARGEST, MEGABYTE
from core.i18n import N_
from core.i18n import gettext as _
from core.model.deal import Deal
from core.model.file import NewFile
from core.model.people import Address, Company, Contact
from core.ports import Job, Reader, Tx
from core.safe_text import fold
from tui.panels import can, values
from tui.panels.deal_sheet import DealView
from tui.panels.field_items import listed
from tui.panels.spots import AddressSpot, FieldSpot, FlagSpot, LinkSpot, PersonSpot

Editable: TypeAlias = "FieldSpot | AddressSpot | PersonSpot | LinkSpot"


def text_of(manner: values.Manner, spot: Editable) -> str:
    """Return what stands in the line when an edit begins."""
    match spot:
        case FieldSpot():
            return values.text_of(manner, spot.spec.kind, spot.base)
        case AddressSpot():
            return spot.base.value if spot.base else ""
        case PersonSpot():
            return spot.name
    return ""


def typed(view: DealView, manner: values.Manner, spot: Editable, text: str, by: str | None) -> Job[Any]:
    """Return the job that writes what was typed. Raises ``FunilError`` that says what is wrong with it."""
    match spot:
        case FieldSpot():
            return put(view.deal.id, spot, _value(manner, spot, text), by)
        case AddressSpot():
            return _address(spot, text, phones.region_of(view.house.company))
        case PersonSpot():
            return commands.set_client(spot.what, spot.id, {"name": text})
        case LinkSpot():
            return _link(view.deal.id, spot, text, by)


def check(view: DealView, manner: values.Manner, spot: Editable, text: str) -> str:
    """Return how what is typed will be read, where that is not plain. Raises ``FunilError`` for what is wrong."""
    if isinstance(spot, FieldSpot) and spot.spec.kind is not fields.Kind.FILE:
        return values.hint(manner, spot.spec, values.read(manner, spot.spec, text))
    if isinstance(spot, AddressSpot) and text.strip():
        _addressed(spot, text, phones.region_of(view.house.company))
    return ""


def _value(manner: values.Manner, spot: FieldSpot, text: str) -> Any:
    if spot.spec.kind is fields.Kind.FILE:
        return new_file(text) if text.strip() else spot.base
    return values.read(manner, spot.spec, text)


# Fields ---------------------------------------------------------------------------------------------------------------


def put(deal_id: str, spot: FieldSpot, value: Any, by: str | None) -> Job[Any]:
    """Return a job that sets a field, or one of its several values (None takes it away). It raises ``Refused`` where
    somebody else has changed it since it was shown."""

    def job(tx: Tx) -> Any:
        stored = _stored(lookup.deal(tx, deal_id), spot.spec)
        if spot.index is None:
            _need_same(stored, spot.base)
            return commands.set_fields(deal_id, {spot.spec.path: value}, by)(tx)
        return commands.set_fields(deal_id, {spot.spec.path: _several(listed(stored), spot, value)}, by)(tx)

    return job


def _stored(deal: Deal, spec: fields.Spec) -> Any:
    if spec.custom:
        return deal.fields.get(spec.id)
    value = getattr(deal, spec.id)
    return str(value) if spec.id == "amount" and value is not None else value


def _need_same(stored: Any, base: Any) -> None:
    if stored != base:
        raise Refused(N_("Somebody has changed it meanwhile: enter writes yours in its place, esc keeps theirs."))


def _several(stored: Sequence[Any], spot: FieldSpot, value: Any) -> list[Any]:
    """Return the values with one of them changed, taken away or added."""
    after = list(stored)
    place = spot.index if spot.index is not None else len(after)
    if spot.base is None:
        return [*after, value] if value is not None else after
    _need_same(after[place] if place < len(after) else None, spot.base)
    after[place : place + 1] = [] if value is None else [value]
    return after


def put_back(deal_id: str, field: str, old: Any, new: Any, by: str | None) -> Job[Any]:
    """Return a job that takes a change of a field back. It raises ``Refused`` where it has been changed again."""

    def job(tx: Tx) -> Any:
        if can.stored(lookup.deal(tx, deal_id), field) != new:
            raise Refused(N_("It has been changed again since."))
        return commands.set_fields(deal_id, {field: old}, by)(tx)

    return job


def clear_flag(deal_id: str, by: str | None) -> Job[Any]:
    """Return a job that lets rules move the deal again."""
    return commands.set_fields(deal_id, {"flags": []}, by)


def new_file(text: str) -> NewFile:
    """Read a file by its path. Raises ``BadInput`` for one that cannot be read or is too large."""
    path = file_at(text)
    try:
        return NewFile(path.name, path.read_bytes())
    except OSError:
        raise BadInput(N_("“{path}” cannot be read."), path=text.strip()) from None


def file_at(text: str) -> Path:
    """Return the path of a file that may be given away. Raises ``BadInput``."""
    try:
        path = Path(text.strip()).expanduser()
        if not path.is_file():
            raise BadInput(N_("There is no file “{path}”."), path=text.strip())
        if path.stat().st_size > LARGEST:
            raise BadInput(N_("A file may have {most} MB at most."), most=LARGEST // MEGABYTE)
        return path
    except (OSError, ValueError, RuntimeError):
        raise BadInput(N_("“{path}” cannot be read."), path=text.strip()) from None


# People ---------------------------------------------------------------------------------------------------------------


def _addressed(spot: AddressSpot, text: str, region: str) -> tuple[bool, str]:
    """Return whether this is a number, and the address as commands take it. Raises ``BadInput``."""
    kind, colon, rest = text.partition(":")
    if not colon:
        kind, rest = spot.base.type if spot.base else "", text
    phone = spot.phone if spot.base else "@" not in rest
    value = phones.parse(rest.strip(), region) if phone else phones.check_email(rest.strip())
    return phone, f"{kind.strip()}:{value}" if kind.strip() else value


def _address(spot: AddressSpot, text: str, region: str) -> Job[Any]:
    if not text.strip():
        return remove_address(spot)
    phone, written = _addressed(spot, text, region)
    return _addresses(spot, phone, lambda _old: [written])


def remove_address(spot: AddressSpot) -> Job[Any]:
    """Return a job that takes an address away from a client."""
    return _addresses(spot, spot.phone, lambda _old: [])


def retype(spot: AddressSpot, kind: str) -> Job[Any]:
    """Return a job that gives an address another type."""
    return _addresses(spot, spot.phone, lambda old: [f"{kind}:{old.value}"] if old else [])


def _addresses(spot: AddressSpot, phone: bool, change: Callable[[Address | None], list[str]]) -> Job[Any]:
    """Return a job that changes one address of a client, as it stands then, or adds one."""

    def job(tx: Tx) -> Any:
        whose = clients.client(tx, spot.what, spot.id)
        known = list(whose.phones if phone else whose.emails)
        texts = [[f"{each.type}:{each.value}"] for each in known]
        place = next((n for n, each in enumerate(known) if spot.base and each.value == spot.base.value), None)
        if spot.base is None:
            texts.append(change(None))
        elif place is None:
            raise Refused(N_("Somebody has taken it away meanwhile."))
        else:
            texts[place] = change(known[place])
        whole = clients.SEVERAL.join(text for each in texts for text in each)
        return commands.set_client(spot.what, spot.id, {"phone" if phone else "email": whole})(tx)

    return job


def opt(spot: AddressSpot) -> Job[Any]:
    """Return a job that notes that the client wants no messages at an address, or wants them again."""

    def job(tx: Tx) -> Any:
        whose = clients.client(tx, spot.what, spot.id)
        out = {each.value for each in (*whose.emails, *whose.phones) if each.opted_out}
        marks = out ^ {spot.base.value} if spot.base else out
        return commands.set_client(spot.what, spot.id, {"opted_out": clients.SEVERAL.join(sorted(marks))})(tx)

    return job


# Who belongs to the deal ----------------------------------------------------------------------------------------------


def _link(deal_id: str, spot: LinkSpot, text: str, by: str | None) -> Job[Any]:
    if not text.strip():
        return _nothing

    def job(tx: Tx) -> Any:
        found = one_of(tx, spot, text)
        if spot.what == "company":
            return commands.set_fields(deal_id, {"company": found}, by)(tx)
        here = lookup.deal(tx, deal_id).contacts
        return commands.set_fields(deal_id, {"contacts": [*here, found]}, by)(tx) if found not in here else None

    return job


def _nothing(_tx: Tx) -> None:
    return None


def one_of(reader: Reader, spot: LinkSpot, text: str) -> str:
    """Return the client that somebody names by name, address, number or id. Raises ``BadInput``."""
    found: Sequence[Contact | Company] = (
        reader.found_companies(text.strip()) if spot.what == "company" else reader.found_contacts(text.strip())
    )
    wanted = fold(text.strip())
    exact = [each for each in found if wanted in _names(each)] or list(found)
    if len(exact) == 1:
        return exact[0].id
    if exact:
        raise BadInput(N_("{n} clients are called that: give the e-mail or the id."), n=len(exact))
    raise BadInput(N_("Nobody is called that: give a name, an e-mail, a phone or an id."))


def _names(client: Contact | Company) -> set[str]:
    addresses = [each.value for each in (*client.emails, *client.phones)]
    return {fold(name) for name in (client.id, client.name, *addresses)}


def unlink(deal_id: str, spot: PersonSpot, by: str | None) -> Job[Any]:
    """Return a job that takes a client off the deal; the client stays known."""

    def job(tx: Tx) -> Any:
        if spot.what == "companies":
            return commands.set_fields(deal_id, {"company": None}, by)(tx)
        rest = [each for each in lookup.deal(tx, deal_id).contacts if each != spot.id]
        return commands.set_fields(deal_id, {"contacts": rest}, by)(tx)

    return job


def cleared(view: DealView, spot: object, by: str | None) -> Job[Any] | None:
    """Return the job that empties what the cursor stands on; None where there is nothing to empty."""
    match spot:
        case FieldSpot() if spot.base is not None:
            return put(view.deal.id, spot, None, by)
        case AddressSpot() if spot.base is not None:
            return remove_address(spot)
        case PersonSpot():
            return unlink(view.deal.id, spot, by)
        case FlagSpot():
            return clear_flag(view.deal.id, by)
    return None


def placeholder(spot: Editable) -> str:
    """Say what an empty line takes."""
    match spot:
        case FieldSpot() if spot.spec.kind is fields.Kind.FILE:
            return _("the path of a file on this computer")
        case FieldSpot() if spot.spec.kind in (fields.Kind.DATE, fields.Kind.DATETIME):
            return _("a day; also “today” or “+7”")
        case AddressSpot() if spot.base is None:
            return _("an address or a number, with its type if you like: MOBILE:+55 11 98765-0001")
        case LinkSpot():
            return _("a name, an e-mail, a phone or an id")
    return ""
