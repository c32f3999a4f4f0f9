"""The test run: a copy of the house in memory plays one deal's stay in a stage to its end, with all waits skipped.

The copy has one deal, simulated connections only, silent clients, and a clock of its own that is turned from one due
moment to the next. Nothing of it reaches the real house or anybody outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from core.commands import lookup
from core.commands.files import attached_names
from core.engine import entering
from core.model.deal import Cause, CauseKind, Deal
from core.model.frozen import replace
from core.model.house import Connection, House
from core.model.moment import DAY, Moment, iso
from core.model.people import Company, Contact
from core.model.rule import Rule
from core.ports import DeliveryFilter, Job, Reader, Store, Tx
from core.trials import with_edited
from core.words import Words

FARTHEST: Final = 366 * DAY
"""How far the clock is turned at most."""
MOST_TURNS: Final = 300
"""How often: what goes on after that goes round."""
_KEPT: Final = frozenset({"addresses", "number", "bot", "currency"})
"""Settings of a connection that rules and texts depend on; secrets and hosts stay behind."""


class PlayEngine(Protocol):
    """An engine over the copy, whose every way out is simulated."""

    async def until_idle(self) -> int:
        """Do all that is due now."""

    async def close(self) -> None:
        """Close the ways out."""


@dataclass(frozen=True, slots=True)
class Playground:
    """An empty house in memory, and its engine. The roof makes one."""

    store: Store
    engine: PlayEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What is taken along into the copy: the house, one deal and its people, the files that may be attached."""

    house: House
    deal: Deal
    now: Moment
    contacts: Sequence[Contact] = ()
    company: Company | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict)


def copied(reader: Reader, pipeline: str, stage: str, deal_id: str, edited: Rule | None = None) -> Copy:
    """Read what a test run needs: ``edited`` takes the place of the stored rule of its id. Raises ``UnknownThing``."""
    house, deal = reader.house(), lookup.deal(reader, deal_id)
    found = lookup.stage(house, pipeline, stage)
    if edited is not None:
        there = house.rules_by_stage.get((pipeline, stage), ())
        changed = {rule.id or "edited": rule for rule in with_edited(there, replace(edited, enabled=True))}
        house = replace(house, rules={**house.rules, **changed})
    company = reader.company(deal.company) if deal.company is not None else None
    people = [*deal.contacts, *(company.contacts if company is not None else ())]
    digests = {*_of_deal(deal), *_of_rules(house)}
    contents = {digest: content for digest in digests if (content := reader.content(digest)) is not None}
    return Copy(
        house=house,
        deal=replace(deal, pipeline=pipeline, stage=stage, closed=found.closed, entry=None, version=1, flags=()),
        now=reader.now(),
        contacts=tuple(reader.contacts(people).values()),
        company=company,
        contents=contents,
    )


def _of_deal(deal: Deal) -> Iterable[str]:
    for value in deal.fields.values():
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, Mapping) and "digest" in each:
                yield str(each["digest"])


def _of_rules(house: House) -> Iterable[str]:
    names = {name for rule in house.rules.values() for name in attached_names(rule.settings)}
    return (house.files[name].digest for name in names if name in house.files)


def laid_down(copy: Copy) -> Job[None]:
    """Return the job that makes the copy in an empty house, the deal coming into its stage as a person's act."""

    def job(tx: Tx) -> None:
        house = copy.house
        tx.set_clock(copy.now)
        tx.put_company_settings(house.company)
        for digest, content in copy.contents.items():
            tx.keep_content(digest, content)
        _each(tx.put_file, (file for file in house.files.values() if file.digest in copy.contents))
        _each(tx.put_user, house.users.values())
        _each(tx.put_connection, map(simulated, house.connections.values()))
        for name, value in house.constants.items():
            tx.put_constant(name, value)
        _each(tx.put_field, house.fields.values())
        _each(tx.upsert_pipeline, house.pipelines.values())
        for rule_id, rule in house.rules.items():
            tx.put_rule(replace(rule, id=rule_id), "system", copy.now)
        _each(tx.put_trigger, house.triggers.values())
        _each(tx.put_contact, copy.contacts)
        if copy.company is not None:
            tx.put_company(copy.company)
        _bring_in(tx, copy)

    return job


def _each(put: Callable[[Any], None], things: Iterable[Any]) -> None:
    for thing in things:
        put(thing)


def _bring_in(tx: Tx, copy: Copy) -> None:
    deal = replace(copy.deal, rank=entering.RANK_GAP)
    into = entering.Into(
        pipeline=deal.pipeline,
        stage=deal.stage,
        rank=deal.rank,
        by=deal.responsible or "system",
        cause=Cause(CauseKind.PERSON),
        now=copy.now,
    )
    tx.apply(entering.plan_new(tx.house(), deal, into))


def simulated(connection: Connection) -> Connection:
    """Return a connection that leads nowhere, with the addresses and numbers of the real one; none is paused."""
    settings = {name: value for name, value in connection.settings.items() if name in _KEPT}
    bot = connection.bot is not None
    kept = {"bot": settings["bot"]} if bot else {name: value for name, value in settings.items() if name != "bot"}
    adapter = "simulated_telegram" if bot else "simulated"
    return replace(connection, adapter=adapter, settings=kept, new_deal=None, paused=None)


async def play(ground: Playground, copy: Copy, alive: Callable[[], bool] = lambda: True) -> None:
    """Play the copy to its end: turn the clock to the next due moment and do what is due, until nothing waits, a year
    is over, or nobody wants it any more."""
    store, end = ground.store, Moment(copy.now + FARTHEST)
    await store.write(laid_down(copy))
    try:
        await ground.engine.until_idle()
        for _turn in range(MOST_TURNS):
            due = store.read(lambda reader: reader.next_due(after=reader.now()))
            if due is None or due > end or not alive():
                return
            await store.write(_turned_to(due))
            await ground.engine.until_idle()
    finally:
        await ground.engine.close()


def _turned_to(moment: Moment) -> Job[None]:
    def job(tx: Tx) -> None:
        tx.set_clock(moment)

    return job


def story(reader: Reader, deal: str, say: Callable[[Words], str] = Words.english) -> Mapping[str, Any]:
    """Return what has happened to the deal of a test run, oldest first: ``happened`` (``at kind rule text to said``;
    what a message said stands at the first line about it), ``waiting`` the rules that still wait, and where the deal
    ``stands``.
    """
    sent = {message.public_id: message for message in reader.deliveries(DeliveryFilter(deal=deal))}
    rows = []
    for line in reversed(reader.timeline(deal)):
        message = sent.pop(str(line.data.get("delivery", "")), None)
        rows.append(
            {
                "at": iso(line.at),
                "kind": line.kind.value,
                "rule": line.data.get("rule"),
                "text": say(line.text),
                "to": message.message.to if message is not None else None,
                "said": message.message.text if message is not None else None,
            }
        )
    waiting = [
        {"rule": run.rule, "status": run.status.value, "due_at": iso(run.due_at)}
        for run in reader.runs_of(deal)
        if not run.status.ended
    ]
    stands = reader.deal(deal)
    where = None if stands is None else f"{stands.pipeline}/{stands.stage}"
    return {"deal": deal, "happened": rows, "waiting": waiting, "stands": where}
