"""What the deal panel says: fields, people, automation and history of one deal, as lines of styled text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from textual.content import Content

from core import phones
from core.i18n import N_
from core.i18n import gettext as _
from core.model.deal import Deal
from core.model.delivery import DeliveryStatus
from core.model.house import FieldType, House
from core.model.people import Company, Contact
from core.model.run import Run, RunStatus, Waiting
from core.ports import Reader, TimelineEntry
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui.outbound_paint import Moments, status_words

if TYPE_CHECKING:
    from core.outbound import Row

MUTED: Final = "$foreground 55%"
HISTORY: Final = 200
"""Lines of history that the panel reads."""

RUN_SIGNS: Final = {
    RunStatus.WAITING: ("◷", "$accent"),
    RunStatus.NO_DATE: ("◌", "$warning"),
    RunStatus.SENDING: ("▸", "$accent"),
    RunStatus.DONE: ("✓", "$success"),
    RunStatus.FAILED: ("✗", "$error"),
    RunStatus.SKIPPED: ("–", MUTED),
    RunStatus.CANCELLED: ("⊘", MUTED),
}
RUN_NAMES: Final = {
    RunStatus.WAITING: N_("waiting"),
    RunStatus.NO_DATE: N_("waiting: its date is empty"),
    RunStatus.SENDING: N_("sending"),
    RunStatus.DONE: N_("done"),
    RunStatus.FAILED: N_("failed"),
    RunStatus.SKIPPED: N_("skipped"),
    RunStatus.CANCELLED: N_("cancelled"),
}
ADDRESS_TYPES: Final = {
    "WORK": N_("Work"),
    "MOBILE": N_("Mobile"),
    "FAX": N_("Fax"),
    "HOME": N_("Home"),
    "PAGER": N_("Pager"),
    "MAILING": N_("Newsletter"),
    "OTHER": N_("Other"),
}


@dataclass(frozen=True, slots=True)
class DealView:
    """All that the panel shows of a deal, read in one go."""

    house: House
    deal: Deal
    contacts: Sequence[Contact]
    company: Company | None
    runs: Sequence[Run]
    history: Sequence[TimelineEntry]
    queued: Mapping[int, Row]
    """Messages that have not gone out yet, by their run."""


def read(reader: Reader, deal_id: str) -> DealView | None:
    """Read a deal with its people, the runs of its present stay and its history; None when there is no such deal."""
    deal = reader.deal(deal_id)
    if deal is None or deal.removed:
        return None
    known = reader.contacts(deal.contacts)
    return DealView(
        house=reader.house(),
        deal=deal,
        contacts=[known[contact] for contact in deal.contacts if contact in known],
        company=reader.company(deal.company) if deal.company else None,
        runs=reader.runs(deal.entry) if deal.entry is not None else (),
        history=reader.timeline(deal_id, HISTORY),
        queued=_queued(reader, deal),
    )


def _queued(reader: Reader, deal: Deal) -> Mapping[int, Row]:
    from core import outbound

    found = reader.deliveries_of_entry(deal.entry) if deal.entry is not None else ()
    queued = [d for d in found if d.status is DeliveryStatus.QUEUED and d.run is not None]
    lines, now, house = reader.lines() if queued else {}, reader.now(), reader.house()
    return {d.run or 0: outbound.row_of(house, d, lines, now) for d in queued}


def sheet(view: DealView, moments: Moments) -> Content:
    """Return the whole panel."""
    blocks = [
        _title(view),
        _pairs(_facts(view, moments)),
        _section(_("Client"), _people(view)),
        _section(_("Automation"), _runs(view, moments) or [Content.styled(_("no rule acts here"), MUTED)]),
        _section(_("History"), [_history(view.house, row, moments) for row in view.history]),
    ]
    return Content("\n\n").join(block for block in blocks if block.plain)


def _title(view: DealView) -> Content:
    deal = view.deal
    amount = fmt.money(deal.amount, deal.currency) if deal.amount is not None else ""
    return Content.assemble((safe_text(deal.title), "bold"), "\n", (safe_text(f"{deal.id}  {amount}"), MUTED))


def _facts(view: DealView, moments: Moments) -> list[tuple[str, str]]:
    house, deal = view.house, view.deal
    stage, pipeline = house.stage(deal.pipeline, deal.stage), house.pipelines.get(deal.pipeline)
    user = house.users.get(deal.responsible or "")
    facts = [
        (_("Stage"), f"{stage.name if stage else deal.stage} · {pipeline.name if pipeline else deal.pipeline}"),
        (_("Since"), fmt.short_time(deal.entered_at, moments.zone, moments.today)),
        (_("Responsible"), user.name if user else deal.responsible or ""),
        (_("Begins"), deal.begin_date or ""),
        (_("Closes"), deal.close_date or ""),
        (_("Flags"), ", ".join(deal.flags)),
    ]
    for key, value in deal.fields.items():
        definition = house.fields.get(key)
        name = definition.name if definition and definition.name else key
        facts.append((name, value_text(house, definition.type if definition else None, value)))
    return [(name, value) for name, value in facts if value]


def value_text(house: House, kind: FieldType | None, value: Any) -> str:
    """Return a custom field's value as people write it."""
    if isinstance(value, list | tuple):
        return ", ".join(value_text(house, kind, one) for one in value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if kind is FieldType.USER and str(value) in house.users:
        return house.users[str(value)].name
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    return str(value)


def _people(view: DealView) -> list[Content]:
    lines: list[Content] = []
    for contact in view.contacts:
        lines.append(Content(safe_text(contact.name)))
        lines += _addresses(contact)
    if view.company is not None:
        lines.append(Content.assemble(safe_text(view.company.name), ("  " + _("company"), MUTED)))
        lines += _addresses(view.company)
    return lines


def _addresses(whose: Contact | Company) -> list[Content]:
    found = [("✉", a.value, a.type) for a in whose.emails]
    found += [("☎", phones.readable(a.value), a.type) for a in whose.phones]
    return [
        Content.assemble(
            (f"  {sign} ", MUTED),
            safe_text(value),
            (f"  {safe_text(_(ADDRESS_TYPES.get(kind, kind))).lower()}", MUTED),
        )
        for sign, value, kind in found
    ]


def _runs(view: DealView, moments: Moments) -> list[Content]:
    lines = []
    for run in view.runs:
        sign, tone = RUN_SIGNS[run.status]
        words = f"  {safe_text(run_words(view, run, moments))}"
        rule = view.house.rules.get(run.rule)
        lines.append(
            Content.assemble(
                (f"{sign} ", tone),
                safe_text(rule.name if rule else run.rule),
                (words, tone if run.status is RunStatus.FAILED else MUTED),
            )
        )
    return lines


def run_words(view: DealView, run: Run, moments: Moments) -> str:
    """Say how it stands with a run and why: until when it waits, or for which rule, or what went wrong."""
    from core.engine import chaining

    if run.status is RunStatus.SENDING and run.id in view.queued:
        return status_words(view.queued[run.id], moments)
    name, why = _(RUN_NAMES[run.status]), run.detail.local()
    if run.status is RunStatus.WAITING:
        above = chaining.waits_for(view.runs, run) if run.reason == Waiting.RULE else None
        if above is not None:
            rule = view.house.rules.get(above)
            return fill(_("waits for “{rule}”"), {"rule": rule.name if rule else above})
        if run.due_at is not None and run.reason == Waiting.GRACE:
            return fill(_("held until {time}"), {"time": fmt.clock_time(run.due_at, moments.zone)})
        if run.due_at is not None:
            until = fmt.short_time(run.due_at, moments.zone, moments.today)
            return fill(_("waits until {time}"), {"time": until}) + (f" ({why})" if why else "")
    return f"{name}: {why}" if why else name


def _history(house: House, row: TimelineEntry, moments: Moments) -> Content:
    user = house.users.get(row.by)
    by = user.name if user else {"client": _("client"), "system": ""}.get(row.by, row.by)
    time = fmt.short_time(row.at, moments.zone, moments.today)
    return Content.assemble(
        (f"{time}  ", MUTED),
        safe_text(row.text.local() or row.kind.value),
        (f"  {safe_text(by)}" if by else "", MUTED),
    )


def _pairs(pairs: Iterable[tuple[str, str]]) -> Content:
    shown = list(pairs)
    wide = max((len(name) for name, _value in shown), default=0)
    return Content("\n").join(
        Content.assemble((safe_text(name).ljust(wide + 2), MUTED), safe_text(value)) for name, value in shown
    )


def _section(title: str, lines: Sequence[Content]) -> Content:
    if not lines:
        return Content("")
    return Content.assemble((title, "bold $accent"), "\n", Content("\n").join(lines))
