"""What the open message says: where it went and why there, how it stands, each attempt, what came back, its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from textual.content import Content

from core import outbound
from core.commands import lookup
from core.errors import UnknownThing
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.log_filter import CHANNEL_NAMES
from core.model.delivery import OutcomeKind
from core.model.event import Event
from core.model.house import House
from core.model.line import Attempt
from core.model.moment import Moment
from core.outbound import Row
from core.ports import Reader
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui import log_files, reasons
from tui import outbound_paint as paint
from tui.outbound_rows import LogLine, titled

MUTED: Final = "$muted"
OUTCOME_NAMES: Final[Mapping[str, str]] = {
    OutcomeKind.ACCEPTED: N_("accepted"),
    OutcomeKind.DEFERRED: N_("put off"),
    OutcomeKind.REJECTED: N_("refused"),
    OutcomeKind.UNKNOWN: N_("outcome unknown"),
    OutcomeKind.MISCONFIGURED: N_("connection misconfigured"),
}
_OPENED: Final = "email_opened"
_CLICKED: Final = "link_clicked"


@dataclass(frozen=True, slots=True)
class MessageView:
    """All that the panel shows of a message, read in one go."""

    line: LogLine
    house: House | None = None
    attempts: Sequence[Attempt] = ()
    events: Sequence[Event] = ()


def read(reader: Reader, line: LogLine) -> MessageView | None:
    """Read a message again; a held line that has become one is followed to it. None when it is gone."""
    house = reader.house()
    row = _row(reader, house, line.row)
    if row is None:
        return None
    sent = row.delivery
    return MessageView(
        line=titled(reader, [row])[0],
        house=house,
        attempts=reader.attempts(sent.id) if sent else (),
        events=reader.events_about(sent.id) if sent else (),
    )


def _row(reader: Reader, house: House, row: Row) -> Row | None:
    if row.delivery is not None:
        found = reader.delivery(row.delivery.id)
        return outbound.row_of(house, found, reader.lines(), reader.now()) if found else None
    try:
        run = lookup.run(reader, row.id)
    except UnknownThing:
        return None
    written = [d for d in reader.deliveries_of_entry(run.entry) if d.run == run.id]
    if written:
        return outbound.row_of(house, written[0], reader.lines(), reader.now())
    return next(iter(outbound.held_rows(reader, house, run)), None)


def body(row: Row, *, source: bool = False) -> str:
    """Return the text with its line breaks; ``source``: the HTML of a mail as it was written."""
    message = row.message
    if paint.placed(row):
        return ""
    shown = message.data.get("html") if source else message.text or message.data.get("play")
    return safe_text(shown, lines=True) or _("(no text yet)")


def head(view: MessageView, moments: paint.Moments) -> Content:
    """Return what stands above the text: a label and a value a line."""
    pairs = [*_whom(view), *_how(view, moments), *_came_back(view, moments), *_where(view)]
    shown = [(name, safe_text(value)) for name, value in pairs if value]
    wide = max(len(name) for name, _value in shown)
    return Content("\n").join(Content.assemble((name.ljust(wide + 2), MUTED), value) for name, value in shown)


Pairs = list[tuple[str, str | None]]


def _whom(view: MessageView) -> Pairs:
    row = view.line.row
    name = row.message.data.get("to_name")
    to = paint.recipient(row)
    why = row.delivery.why if row.delivery else row.detail
    files = row.message.data.get("attachments") or ()
    return [
        (_("To"), f"{name} · {to}" if name else to),
        (_("Why there"), why.local()),
        (_("From"), _sender(row.message.data)),
        (_("Subject"), row.message.subject),
        *((_("File") if n else _("Files"), f"{f['name']} · {log_files.size_words(f)}") for n, f in enumerate(files)),
        (_("No file in"), ", ".join(row.message.data.get("empty_fields") or ())),
    ]


def _sender(data: Mapping[str, Any]) -> str | None:
    name, mailbox = data.get("from_name"), data.get("from")
    return f"{name} · {mailbox}" if name and mailbox else mailbox


def _how(view: MessageView, moments: paint.Moments) -> Pairs:
    row, sent = view.line.row, view.line.row.delivery
    channel = _(CHANNEL_NAMES.get(row.message.channel, row.message.channel))
    return [
        (_("Way"), " · ".join(filter(None, (channel, row.connection, _parts(row.message.data))))),
        (_("Status"), paint.status_words(row, moments)),
        (_("Written"), fmt.full_time(row.at, moments.zone)),
        *((_attempt_name(each, view.attempts), _attempt(each, moments)) for each in view.attempts),
        (_("Sent"), _sent(row, moments)),
        (_("Delivered"), _time(sent.delivered_at if sent else None, moments)),
        (_("Cost"), paint.price(row)),
    ]


def _parts(data: Mapping[str, Any]) -> str:
    """Say how an SMS was spelt and how many parts it took."""
    count = data.get("segments")
    if not count:
        return ""
    words = fill(ngettext("{n} segment", "{n} segments", int(count)), {"n": int(count)})
    return f"{data.get('encoding')}, {words}"


def _attempt_name(attempt: Attempt, of: Sequence[Attempt]) -> str:
    several = any(each.round > 1 for each in of)
    number = f"{attempt.round}.{attempt.number}" if several else str(attempt.number)
    return fill(_("Attempt {n}"), {"n": number})


def _attempt(attempt: Attempt, moments: paint.Moments) -> str:
    """Return when an attempt was made, its outcome, its code and what the peer said."""
    said = attempt.detail.local() or reasons.words(attempt.reason)
    parts = (_stamp(attempt.at, moments), _(OUTCOME_NAMES[attempt.outcome]), attempt.reason, said)
    return " · ".join(part for part in parts if part)


def _sent(row: Row, moments: paint.Moments) -> str | None:
    sent = row.delivery
    if sent is None or sent.sent_at is None:
        return None
    number = fill(_("attempt {n}"), {"n": sent.attempts}) if sent.attempts > 1 else ""
    return " · ".join(filter(None, (_stamp(sent.sent_at, moments), number, sent.provider_id)))


def _came_back(view: MessageView, moments: paint.Moments) -> Pairs:
    """Say how often a mail was opened and its links clicked; what machines did is told apart."""
    return [
        (_("Opened"), _times([e for e in view.events if e.kind == _OPENED], moments)),
        (_("Clicked"), _times([e for e in view.events if e.kind == _CLICKED], moments)),
    ]


def _times(events: Sequence[Event], moments: paint.Moments) -> str | None:
    if not events:
        return None
    people = [event for event in events if not event.data.get("machine")]
    machines = len(events) - len(people)
    parts = []
    if people:
        parts.append(fill(ngettext("{n} time", "{n} times", len(people)), {"n": len(people)}))
        parts.append(fill(_("last {time}"), {"time": _stamp(people[-1].at, moments)}))
        parts.append(str(people[-1].data.get("link") or ""))
    if machines:
        parts.append(fill(ngettext("{n} by a machine", "{n} by machines", machines), {"n": machines}))
    return " · ".join(filter(None, parts))


def _where(view: MessageView) -> Pairs:
    row, house = view.line.row, view.house
    rule = house.rules.get(row.rule) if house and row.rule else None
    by = row.delivery.by if row.delivery else None
    writer = house.users.get(by) if house and by else None
    return [
        (_("Rule"), rule.name if rule else row.rule),
        (_("Caller") if paint.placed(row) else _("Writer"), writer.name if writer else by),
        (_("Deal"), f"{view.line.title} ({row.deal})"),
        (_("Number"), row.id),
    ]


def _stamp(moment: Moment, moments: paint.Moments) -> str:
    """Return a moment to the second."""
    here = fmt.local(moment, moments.zone)
    clock = fmt.clock_time(moment, moments.zone)
    return clock if here.date() == moments.today else f"{fmt.day(here.date())} {clock}"


def _time(moment: Moment | None, moments: paint.Moments) -> str | None:
    return None if moment is None else _stamp(moment, moments)
