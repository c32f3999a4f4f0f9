"""The books compared: what the database says went out against what the mail server took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.engine.dispatching import key_of
from core.model.deal import CauseKind
from core.model.delivery import Delivery, DeliveryStatus
from core.model.rule import Unknown
from core.model.run import RunStatus
from core.model.timeline import TimelineKind
from core.ports import Reader
from core.views import DealFilter, DeliveryFilter
from tests.proof.post_office import Mail, PostOffice

STAYS: Final[Mapping[str, Sequence[str]]] = {
    "new": (),
    "delivery": ("mail-1", "mail-2", "mail-3", "go-on"),
    "shipped": ("mail-4",),
}
"""The stays of every deal, in order, with the rules that act in each."""
ENDS: Final = {DeliveryStatus.SENT, DeliveryStatus.UNKNOWN}


@dataclass(slots=True)
class Found:
    """Counts, and what does not hold."""

    deals: int = 0
    runs: int = 0
    deliveries: int = 0
    unknown: int = 0
    unknown_taken: int = 0
    mails: int = 0
    repeated: int = 0
    problems: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Write it for people."""
        yield f"deals moved         {self.deals}"
        yield f"runs                {self.runs}"
        yield f"deliveries          {self.deliveries}"
        yield f"  of them unknown   {self.unknown} (the server had {self.unknown_taken})"
        yield f"mails taken         {self.mails} ({self.repeated} repeats, each with the Message-ID of the first)"
        yield f"problems            {len(self.problems)}"
        yield from (f"  {problem}" for problem in self.problems)


def compare(reader: Reader, office: PostOffice, moved: Sequence[str]) -> Found:
    """Compare the deals that were moved, their runs and messages, the history and the server's mails."""
    found = Found(deals=len(moved), mails=len(office.mails))
    log = list(reader.deliveries(DeliveryFilter()))
    ids = {message_id(reader.house().id, d): d for d in log}
    found.deliveries = len(log)
    found.unknown = sum(d.status is DeliveryStatus.UNKNOWN for d in log)
    found.unknown_taken = sum(
        d.status is DeliveryStatus.UNKNOWN and known in office.copies() for known, d in ids.items()
    )
    found.repeated = len(office.mails) - len(office.copies())
    found.problems = [
        *_strangers(reader, moved),
        *(p for deal in moved for p in _deal(reader, deal, found)),
        *(p for known, delivery in ids.items() for p in _delivery(reader, delivery, known, office.copies())),
        *(f"the server took {mail.id}, which nobody sent" for mail in office.mails if mail.id not in ids),
        *_repeats(office.mails),
        *_order(office.mails, ids),
    ]
    return found


def message_id(house: str, delivery: Delivery) -> str:
    """Return the Message-ID that every attempt of a delivery carries."""
    return f"<{key_of(house, delivery)}@loja.example>"


def _strangers(reader: Reader, moved: Sequence[str]) -> Iterator[str]:
    there = {deal.id for deal in reader.deals(DealFilter())}
    if there != set(moved):
        yield f"other deals than those made: {there ^ set(moved)}"


def _deal(reader: Reader, deal: str, found: Found) -> Iterator[str]:
    """Every stay that should be, once; in each exactly the runs of its rules, all done."""
    entries = reader.entries(deal)
    if [e.stage for e in entries] != list(STAYS):
        yield f"{deal} has been in {[e.stage for e in entries]}"
    if [e.cause.kind for e in entries] != [CauseKind.IMPORT, CauseKind.PERSON, CauseKind.RULE]:
        yield f"{deal} was moved by {[e.cause.kind.value for e in entries]}"
    if [e.ended_at is None for e in entries] != [False] * (len(entries) - 1) + [True]:
        yield f"{deal} has other open stays than its last"
    for entry in entries:
        runs = reader.runs(entry.id)
        found.runs += len(runs)
        if [r.rule for r in runs] != list(STAYS.get(entry.stage, ())):
            yield f"{deal} in {entry.stage}: runs of {[r.rule for r in runs]}"
        if any(r.status is not RunStatus.DONE for r in runs):
            yield f"{deal} in {entry.stage}: {[f'{r.rule} {r.status.value} {r.reason}' for r in runs]}"
        made = Counter(d.run for d in reader.deliveries_of_entry(entry.id))
        if made != Counter(r.id for r in runs if r.rule.startswith("mail")):
            yield f"{deal} in {entry.stage}: deliveries of runs {dict(made)}"


def _delivery(reader: Reader, delivery: Delivery, known: str, copies: Counter[str]) -> Iterator[str]:
    """Each message ends once, has gone out at least once when it is *sent*, and at most once under ``hold``."""
    name = f"{delivery.public_id} of {delivery.deal}"
    if delivery.status not in ENDS or (
        delivery.unknown is Unknown.RESEND and delivery.status is not DeliveryStatus.SENT
    ):
        yield f"{name} is {delivery.status.value} ({delivery.reason})"
    if delivery.worker is not None:
        yield f"{name} is still leased to {delivery.worker}"
    if delivery.status is DeliveryStatus.SENT and delivery.provider_id != known:
        yield f"{name} was sent as {delivery.provider_id}, not {known}"
    if delivery.status is DeliveryStatus.SENT and not copies[known]:
        yield f"{name} is lost: the server never took it"
    if delivery.unknown is Unknown.HOLD and copies[known] > 1:
        yield f"{name} went out {copies[known]} times under hold"
    lines = [t for t in reader.timeline(delivery.deal) if t.data.get("delivery") == delivery.public_id]
    said = [t.data["status"] for t in lines if t.kind is TimelineKind.DELIVERY]
    if said != [delivery.status.value]:
        yield f"{name} is {delivery.status.value}, the timeline says {said}"


def _repeats(mails: Sequence[Mail]) -> Iterator[str]:
    """A repeat is the same to the byte."""
    first: dict[str, bytes] = {}
    for mail in mails:
        if first.setdefault(mail.id, mail.content) != mail.content:
            yield f"{mail.id} came with other bytes"


def _order(mails: Sequence[Mail], ids: Mapping[str, Delivery]) -> Iterator[str]:
    """A deal's messages reach the server in the order of their moments and rules, repeats included."""
    last: dict[str, Delivery] = {}
    for mail in mails:
        now = ids.get(mail.id)
        if now is None:
            continue
        before = last.get(now.deal, now)
        if (before.moment, before.position, before.id) > (now.moment, now.position, now.id):
            yield f"{_told(now)} of {now.deal} went out after {_told(before)}"
        last[now.deal] = now


def _told(delivery: Delivery) -> str:
    return f"{delivery.public_id} ({delivery.attempts} attempts, sent at {delivery.sent_at})"
