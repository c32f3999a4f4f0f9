"""The demo's story without a board: its people act, rules and customers answer, and at the end it is summed up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from adapters.cli.event_kinds import KINDS
from adapters.cli.printing import as_json as print_json
from adapters.cli.printing import say, table
from adapters.cli.roof import Act, Engine, Roof, Story
from core import commands
from core.errors import Refused, UnknownThing
from core.i18n import gettext as _
from core.model.deal import CauseKind, Deal
from core.model.delivery import Delivery, DeliveryStatus
from core.model.moment import Moment, iso
from core.model.run import RunStatus
from core.ports import Job, Reader, Store, Tx
from core.views import DealFilter, DeliveryFilter
from core.words import fill

_TROUBLED = frozenset({DeliveryStatus.FAILED, DeliveryStatus.UNDELIVERED, DeliveryStatus.UNKNOWN})


def play(store: Store, roof: Roof, story: Story, until: Moment) -> None:
    """Let everybody act up to a moment. Told again after an interruption it goes on where the clock stands: an act
    that has been done does nothing then."""
    engine = roof.engine(store, "demo", steady=True)
    try:
        asyncio.run(_live(store, engine, story, until))
    finally:
        engine.release()


async def _live(store: Store, engine: Engine, story: Story, until: Moment) -> None:
    await engine.start()
    try:
        now = store.read(lambda reader: reader.now())
        for act in story.acts:
            if now <= act.at <= until:
                await engine.until(act.at)
                with suppress(Refused, UnknownThing):  # somebody has played with this deal
                    await store.write(_job(act))
        await engine.until(until)
    finally:
        await engine.close()


def _job(act: Act) -> Job[Any]:
    """Return what an act does."""
    if act.verb == "move":
        return _move(act)
    if act.verb == "event":
        return _happens(act)
    if act.verb == "set":
        name, _equals, value = act.value.partition("=")
        return commands.set_fields(act.deal, {name: value}, by=act.by)
    if act.verb == "says":
        return _says(act)
    assert act.verb == "again", act.verb
    return _again(act)


def _move(act: Act) -> Job[Any]:
    """Bring a deal on, unless its client has brought it there or further."""

    def job(tx: Tx) -> Any:
        deal = commands.lookup.deal(tx, act.deal)
        stages = [stage.id for stage in tx.house().pipelines[deal.pipeline].stages]
        if act.value in stages and not deal.closed and stages.index(deal.stage) < stages.index(act.value):
            return commands.move([act.deal], act.value, by=act.by)(tx)
        return None

    return job


def _happens(act: Act) -> Job[Any]:
    """Record what happens by itself, as the command line does."""
    report = commands.Report(id=f"story-{act.value}-{act.at}")
    return KINDS[act.value].job(report, act.data, act.deal)


def _again(act: Act) -> Job[str]:
    """Make a deal like an earlier one, in the first stage of its pipeline."""

    def job(tx: Tx) -> str:
        like = commands.lookup.deal(tx, act.value)
        new = commands.NewDeal(
            id=act.deal,
            title=like.title,
            pipeline=like.pipeline,
            responsible=act.by,
            contacts=like.contacts,
            company=like.company,
            amount=None if like.amount is None else str(like.amount),
            currency=like.currency,
        )
        return commands.add_deal(new, by=act.by)(tx)

    return job


def _says(act: Act) -> Job[Any]:
    """Let client or agent write in a chat, the agent also accept or close it; nothing goes out by it."""
    channel, _colon, chat = act.deal.partition(":")
    report = commands.Report(id=f"{act.deal}-{act.at}")

    def job(tx: Tx) -> Any:
        if act.by not in tx.house().users:
            return commands.chat_message(report, chat, act.value, channel=channel, sender=act.by)(tx)
        if act.value == "/accept":
            return commands.chat_accepted(report, chat, act.by, channel)(tx)
        if act.value == "/close":
            return commands.chat_closed(report, chat, channel, act.by)(tx)
        return commands.chat_answered(report, chat, act.by, act.value, channel)(tx)

    return job


def seed_of(reader: Reader) -> int:
    """Return the seed of the customers' choices."""
    settings = (connection.settings for connection in reader.house().connections.values())
    return next((int(each["seed"]) for each in settings if "seed" in each), 0)


def came_by_itself(reader: Reader, deal: Deal) -> bool:
    """Return whether a deal was made for a client who came by themselves, and by nobody's act."""
    return any(entry.cause.kind is CauseKind.TRIGGER for entry in reader.entries(deal.id)[:1])


# Summing up -----------------------------------------------------------------------------------------------------------


def sum_up(store: Store, story: Story, *, as_json: bool) -> None:
    """Print what has happened and how things stand: nothing in it depends on wall time or place."""
    told = store.read(lambda reader: summary(reader, story))
    if as_json:
        print_json(told)
    else:
        _print(told)


def summary(reader: Reader, story: Story) -> Mapping[str, Any]:
    """Return the story in numbers."""
    deals, messages = reader.deals(DealFilter()), reader.deliveries(DeliveryFilter())
    counted = Counter((deal.pipeline, deal.stage) for deal in deals)
    moves = Counter(entry.cause.kind.value for deal in deals for entry in reader.entries(deal.id)[1:])
    house = reader.house()
    return {
        "seed": seed_of(reader),
        "from": iso(story.founded),
        "until": iso(reader.now()),
        "deals": [
            {"pipeline": pipeline.id, "stage": stage.id, "count": counted[pipeline.id, stage.id]}
            for pipeline in house.pipelines.values()
            for stage in pipeline.stages
        ],
        "moves": dict(sorted(moves.items())),
        "triggers": dict(sorted(_moved_by(reader, deals).items())),
        "stories": [_told(reader, deal) for deal in deals if came_by_itself(reader, deal)],
        "messages": _counts(((m.message.channel.value, m.status.value) for m in messages), "channel", "status"),
        "rules": dict(sorted(Counter(run.status.value for run in reader.runs_of()).items())),
        "failures": _counts(_failures(reader, messages), "rule", "status", "reason"),
        "events": dict(sorted(Counter(event.kind for event in reader.events_of()).items())),
        "costs": _costs(messages),
    }


def _moved_by(reader: Reader, deals: Iterable[Deal]) -> Counter[str]:
    """Count the moves that each trigger made."""
    causes = (entry.cause for deal in deals for entry in reader.entries(deal.id)[1:])
    return Counter(cause.id or "" for cause in causes if cause.kind is CauseKind.TRIGGER)


def _told(reader: Reader, deal: Deal) -> Mapping[str, Any]:
    """Return a deal's way through the stages: when, where to, what brought it there."""
    steps = [
        {"at": iso(entry.at), "stage": entry.stage, "cause": entry.cause.kind.value, "by": entry.cause.id or entry.by}
        for entry in reader.entries(deal.id)
        if entry.undone_at is None
    ]
    return {"deal": deal.id, "title": deal.title, "steps": steps}


def _failures(reader: Reader, messages: Iterable[Delivery]) -> Iterable[tuple[str, str, str]]:
    for message in messages:
        if message.status in _TROUBLED:
            yield message.rule or "", message.status.value, message.reason or ""
    written = {message.run for message in messages}
    for run in reader.runs_of():
        if run.status is RunStatus.FAILED and run.id not in written:
            yield run.rule, run.status.value, run.reason or ""


def _costs(messages: Iterable[Delivery]) -> list[dict[str, Any]]:
    spent: dict[tuple[str, str], Decimal] = {}
    for message in messages:
        if message.cost is not None:
            key = message.message.channel.value, message.cost_currency or ""
            spent[key] = spent.get(key, Decimal(0)) + message.cost
    return [
        {"channel": channel, "currency": currency, "amount": str(amount)}
        for (channel, currency), amount in sorted(spent.items())
    ]


def _counts(found: Iterable[tuple[str, ...]], *names: str) -> list[dict[str, Any]]:
    """Return how often each came, in the order of what it says."""
    return [{**dict(zip(names, each, strict=True)), "count": n} for each, n in sorted(Counter(found).items())]


def _print(told: Mapping[str, Any]) -> None:
    say(fill(_("The demo's story with seed {seed}, from {since} to {until}"), {**told, "since": told["from"]}))
    _section(_("Deals"), (_("pipeline"), _("stage"), _("deals")), [tuple(row.values()) for row in told["deals"]])
    _section(_("Moves"), (_("moved by"), _("moves")), told["moves"].items())
    _section(_("Moved by clients"), (_("trigger"), _("moves")), told["triggers"].items())
    stories = [
        (story["deal"], story["title"], step["at"], step["stage"], step["by"])
        for story in told["stories"]
        for step in story["steps"]
    ]
    heads = (_("deal"), _("title"), _("at"), _("stage"), _("moved by"))
    _section(_("New clients, and how far they came"), heads, stories)
    _section(
        _("Messages"), (_("channel"), _("status"), _("messages")), [tuple(row.values()) for row in told["messages"]]
    )
    _section(_("Rules"), (_("status"), _("runs")), told["rules"].items())
    failures = [tuple(row.values()) for row in told["failures"]]
    _section(_("What went wrong"), (_("rule"), _("status"), _("reason"), _("times")), failures)
    _section(_("Events"), (_("event"), _("times")), told["events"].items())
    costs = [tuple(row.values()) for row in told["costs"]]
    _section(_("Costs"), (_("channel"), _("currency"), _("amount")), costs)


def _section(title: str, head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    found = [tuple(str(cell) for cell in row) for row in rows]
    if found:
        say()
        say(title)
        table(head, found, right=frozenset({len(head) - 1}))
