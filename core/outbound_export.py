"""The outbound log as JSON and CSV: one shape, whoever asks for it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO

from core.importing.formulas import guarded
from core.model.delivery import Channel
from core.model.moment import iso

if TYPE_CHECKING:  # what shows one line needs no more than its shape
    from core.outbound import Row

Format = Literal["csv", "json"]
COLUMNS: Final = (
    "id at deal rule by channel connection to subject text status reason detail attempts due_at provider_id sent_at "
    "delivered_at cost cost_currency key attachments"
).split()


def shape(row: Row) -> dict[str, Any]:
    """Return a line of the outbound log; an SMS tells its encoding and segments too, a mail or chat message its files
    and the fields that had none for it."""
    message, delivery = row.message, row.delivery
    shown: dict[str, Any] = {
        "id": row.id,
        "at": iso(row.at),
        "deal": row.deal,
        "rule": row.rule,
        "by": delivery.by if delivery else None,
        "channel": message.channel.value,
        "connection": row.connection or None,
        "to": message.to or None,
        "subject": message.subject,
        "text": message.text,
        "status": row.status,
        "reason": row.reason,
        "detail": row.detail.english() or None,
        "attempts": row.attempts,
        "due_at": iso(row.due_at),
        "provider_id": delivery.provider_id if delivery else None,
        "sent_at": iso(delivery.sent_at) if delivery else None,
        "delivered_at": iso(delivery.delivered_at) if delivery else None,
        "cost": str(delivery.cost) if delivery and delivery.cost is not None else None,
        "cost_currency": delivery.cost_currency if delivery else None,
        "key": row.key,
    }
    if message.channel is Channel.SMS:
        shown |= {"encoding": message.data.get("encoding"), "segments": message.data.get("segments")}
    if message.channel is Channel.EMAIL:
        how = message.data.get("tracking") or {}
        shown |= {
            "links": list(how.get("links") or ()),
            "track_clicks": bool(how.get("clicks")),
            "track_opens": bool(how.get("opens")),
        }
    if message.channel in (Channel.EMAIL, Channel.OPEN_CHANNEL):
        shown |= {name: message.data.get(name) or [] for name in ("attachments", "empty_fields")}
    if message.channel is Channel.TELEPHONY:
        shown |= {"voice": message.data.get("voice"), "play": message.data.get("play")}
    return shown


def cells(row: Row) -> Sequence[str]:
    """Return a line as a table has it: one text for each of ``COLUMNS``, nothing where nothing is known."""
    known = shape(row)
    known["attachments"] = ";".join(str(each["name"]) for each in known.get("attachments") or ())
    return ["" if known[name] is None else str(known[name]) for name in COLUMNS]


def write(out: TextIO, rows: Iterable[Row], how: Format) -> int:
    """Write lines as they come, as JSON (a list of :func:`shape`) or CSV (RFC 4180, nothing in it that a spreadsheet
    would compute), and return how many there were."""
    return _write_csv(out, rows) if how == "csv" else _write_json(out, rows)


def _write_csv(out: TextIO, rows: Iterable[Row]) -> int:
    table = csv.writer(out)
    table.writerow(COLUMNS)
    count = 0
    for row in rows:
        table.writerow([guarded(cell) for cell in cells(row)])
        count += 1
    return count


def _write_json(out: TextIO, rows: Iterable[Row]) -> int:
    count = 0
    for line in _lines(rows):
        out.write(line)
        count += 1
    out.write("\n]\n" if count else "[]\n")
    return count


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield (",\n" if number else "[\n") + json.dumps(shape(row))
