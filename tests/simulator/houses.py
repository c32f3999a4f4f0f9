"""The houses that seeds are played in: four dozen sets of rules, made once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from core import commands, silence
from core.commands.chats import chat_message
from core.commands.files import add_file
from core.commands.mails import NewMail, write_mail
from core.commands.recording import Report
from core.model.file import NewFile
from core.model.house import CompanySettings, Connection, FieldDef, FieldType, House
from core.model.moment import HOUR, MINUTE, Duration
from core.model.people import Address, Company, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Hours, Order, Rule, RunTime, Trigger, Unknown, When
from core.ports import Tx
from data.reader_base import Memory
from tests.simulator.database import Tables, contents, copy_of, inline_store
from tests.simulator.world import START, WallClock

HOUSES: Final = 48
STAGES: Final = ("a", "b", "c", "won", "lost")
_KINDS: Final = {"won": StageKind.SUCCESS, "lost": StageKind.FAILURE}
_TIMES: Final = (
    RunTime(),
    RunTime(),
    RunTime(),
    RunTime(When.AFTER, Duration(3, "s")),
    RunTime(When.AFTER, Duration(12, "m")),
    RunTime(When.AFTER, Duration(1, "h"), "previous"),
    RunTime(When.AFTER, Duration(1, "h"), "due"),
)
_HOURS: Final = (*[Hours.ANY] * 8, Hours.BUSINESS, Hours.RESPONSIBLE, Hours.BOTH)
_WHEN: Final = {"all": [{"field": "amount", "op": ">", "value": 4}]}
_KINDS_OF: Final = {
    False: ("email", "email", "sms", "sms", "move"),
    True: ("email", "sms", "call", "call", "chat", "chat", "invite", "invite", "move"),
}
"""What the rules of a house do: in every other one they call, chat and invite as well."""
CODES: Final = ("red", "blue")
_TRIGGERS: Final = ("webhook", "webhook", "crm_form", "field_changed")
STEPS: Final = 14
"""Stairs of triggers: more than one chain of moves may have."""
STALE_AFTER: Final = (("10m", 10 * MINUTE), ("1h", HOUR), ("30h", 30 * HOUR))
"""The silences that triggers wait for, where a house waits."""
FALLBACKS: Final = ((), ("type",), ("contact",), ("type", "contact", "company"))
CHANNEL: Final = "talk"
OTHER_CHANNEL: Final = "talk2"
CHATS: Final = {"c1": "+5511987650001", "c2": "+551132650002"}
"""Chats that have begun, Maria's and João's, with the number that each is written from."""
LINE: Final = "line1"
BALANCE: Final = 2
"""What the account of the telephone line holds at first; a call costs one."""
OFFER: Final = NewFile("offer.pdf", b"an offer")
_PEOPLE: Final = {"D0": (("maria",), None), "D1": (("maria", "joao"), "acme"), "D2": (("joao",), "acme")}


@dataclass(frozen=True)
class Made:
    """A database with one of the houses, three deals in it, and what a process remembers that has read it."""

    tables: Tables
    known: House
    revisions: dict[int, tuple[str, Rule]]

    def memory(self, house: str) -> Memory:
        """Return what a process remembers that has read this house under another id."""
        return Memory(house=replace(self.known, id=house), revisions=dict(self.revisions))


@cache
def house(variant: int) -> Made:
    """Make one of the houses."""
    more = talks(variant)
    rng = random.Random(variant * 7919)
    connection = copy_of(None)
    memory = Memory()
    store = inline_store(connection, WallClock(), memory=memory)
    store.write_now(lambda tx: _set_up(tx, rng, more=more))
    if circles(variant):
        store.write_now(lambda tx: _add_circle(tx, stairs=variant == 15))
    elif listens(variant):
        store.write_now(lambda tx: _add_triggers(tx, rng))
    late = waits(variant) and variant % 16 == 1
    if waits(variant) and not late:
        store.write_now(lambda tx: _add_waits(tx, rng))
    if more:
        store.write_now(add_file(OFFER))
        for number, (chat, user) in enumerate(CHATS.items()):
            report = Report(id=f"w{number}", source=CHANNEL)
            store.write_now(chat_message(report, chat, f"text {number}", channel=CHANNEL, sender=user))
    for number in range(3):
        contacts, company = _PEOPLE[f"D{number}"] if more else (("maria",), None)
        new = commands.NewDeal(
            id=f"D{number}",
            title=f"Deal {number}",
            stage="a",
            responsible="ana",
            contacts=contacts,
            company=company,
            amount="5",
        )
        store.write_now(commands.add_deal(new, rules=number == 0))
    if waits(variant):
        store.write_now(write_mail("D0", NewMail(subject="Hello", text="Well?"), "ana"))
    if late:  # as when a board file brings triggers to deals that are there
        store.write_now(lambda tx: _add_waits(tx, rng))
        store.write_now(lambda tx: tx.put_timers([silence.sweep(START)]))
    made = Made(contents(connection), store.read(lambda r: r.house()), memory.revisions)
    connection.close()
    return made


def talks(seed: int) -> bool:
    """Return whether a seed, or a house, is one of those that call and chat as well."""
    return seed % HOUSES % 2 == 1


def listens(seed: int) -> bool:
    """Return whether a seed, or a house, is one of those with triggers, and with rules that change fields for them."""
    return seed % HOUSES % 3 == 0


def waits(seed: int) -> bool:
    """Return whether a seed, or a house, is one of those whose triggers wait for an answer, for something to happen, or
    for hits on mails."""
    return seed % HOUSES % 8 == 1


def _add_waits(tx: Tx, rng: random.Random) -> None:
    """Add triggers of slow answers, silences and opened mails, in any stage, some of which move back."""
    slow = {"seconds": rng.choice((5, 60, 700)), "count_from": rng.choice(("acceptance", "message"))}
    settings: Sequence[tuple[str, dict[str, Any]]] = (
        ("chat_slow", slow),
        ("chat_slow", {"seconds": 60, "count_from": "acceptance", "channel": rng.choice((CHANNEL, OTHER_CHANNEL))}),
        ("stale", {"after": rng.choice(STALE_AFTER)[0]}),
        ("stale", {"after": rng.choice(STALE_AFTER)[0]}),
        ("email_opened", {}),
    )
    for number, (kind, given) in enumerate(settings):
        tx.put_trigger(
            Trigger(
                id=f"w{number}",
                pipeline="sales",
                stage=rng.choice(STAGES[1:]),
                kind=kind,
                name=f"w{number}",
                position=10 + number,
                back=rng.random() < 0.25,
                settings=given,
            )
        )


def circles(seed: int) -> bool:
    """Return whether a seed, or a house, is one of those in which a changed field leads to the next change of it."""
    return seed % HOUSES % 24 == 15


def _add_circle(tx: Tx, *, stairs: bool) -> None:
    """Add rules that change a field wherever triggers on it lead: for ever, or (``stairs``) one step further each time,
    by another trigger, which is no circle and yet too long."""
    tx.put_field(FieldDef(id="mark", type=FieldType.TEXT))
    for number in range(STEPS if stairs else 2):
        settings = {"fields": ["mark"]} | ({"to": "x" * (number + 1)} if stairs else {})
        tx.put_trigger(
            Trigger(
                id=f"t{number}",
                pipeline="sales",
                stage="bc"[number % 2],
                kind="field_changed",
                name=f"t{number}",
                position=number,
                back=True,
                settings=settings,
            )
        )
    for stage in "bc":
        value = {"field": "mark", "value": "{{ deal.fields.mark }}x" if stairs else stage}
        rule = Rule(id=f"s{stage}", pipeline="sales", stage=stage, kind="set_field", name=f"s{stage}", settings=value)
        tx.put_rule(rule, "system", START)


def _add_triggers(tx: Tx, rng: random.Random) -> None:
    tx.put_field(FieldDef(id="mark", type=FieldType.TEXT))
    for number in range(6):
        kind = rng.choice(_TRIGGERS)
        settings: dict[str, dict[str, Any]] = {
            "webhook": {"code": rng.choice(CODES)},
            "crm_form": {},
            "field_changed": {"fields": [rng.choice(("mark", "mark", "amount"))]},
        }
        trigger = Trigger(
            id=f"t{number}",
            pipeline="sales",
            stage=rng.choice(STAGES),
            kind=kind,
            name=f"t{number}",
            position=number,
            back=rng.random() < 0.4,
            enabled=rng.random() < 0.9,
            settings=settings[kind],
        )
        tx.put_trigger(trigger)
    for number, stage in enumerate(STAGES[1:]):
        if rng.random() < 0.6:
            value = {"field": "mark", "value": f"v{number}"}
            rule = Rule(
                id=f"s{number}", pipeline="sales", stage=stage, kind="set_field", name=f"s{number}", settings=value
            )
            tx.put_rule(rule, "system", START)


def lines_of(seed: int) -> Sequence[str]:
    """Return the connections of a seed's house that messages go out through."""
    return ("mail", "sms1", LINE, CHANNEL) if talks(seed) else ("mail", "sms1")


def _set_up(tx: Tx, rng: random.Random, *, more: bool) -> None:
    hours = {"mon-fri": "09:00-18:00"}
    tx.put_company_settings(CompanySettings(grace=rng.choice((0, 0, 5_000)), timezone="America/Sao_Paulo", hours=hours))
    tx.put_user(User(id="ana", name="Ana", mailboxes=("ana@loja.example",), hours={"mon-fri": "09:00-12:00"}))
    pace = rng.choice(({}, {}, {"per_minute": 2}, {"per_minute": 12}))
    tx.put_connection(Connection(id="mail", channel="email", adapter="simulated", settings=pace))
    tx.put_connection(Connection(id="sms1", channel="sms", adapter="simulated"))
    tx.put_field(FieldDef(id="due", type=FieldType.DATE))
    _put_clients(tx, more=more)
    if more:
        tx.put_connection(Connection(id=LINE, channel="telephony", adapter="simulated"))
        for channel, settings in ((CHANNEL, {"bot": "loja_bot"}), (OTHER_CHANNEL, {})):
            tx.put_connection(Connection(id=channel, channel="open_channel", adapter="simulated", settings=settings))
    stages = tuple(
        Stage(id=s, name=s, color="#39A8EF", kind=_KINDS.get(s, StageKind.PROCESS), position=i)
        for i, s in enumerate(STAGES)
    )
    tx.upsert_pipeline(Pipeline(id="sales", name="Sales", stages=stages))
    number = 0
    for stage in STAGES:
        for _ in range(rng.choice((1, 2, 3, 4))):
            number += 1
            tx.put_rule(_rule(rng, number, stage, more=more), "system", START)


def _put_clients(tx: Tx, *, more: bool) -> None:
    phones: tuple[Address, ...] = (Address("MOBILE", "+5511987650001"), Address("WORK", "+551132650001"))
    emails: tuple[Address, ...] = (Address("WORK", "maria@cliente.example"),)
    tx.put_contact(Contact(id="maria", name="Maria", emails=emails, phones=phones if more else phones[:1]))
    if more:
        phones, emails = (Address("HOME", "+551132650002"),), (Address("HOME", "joao@cliente.example"),)
        tx.put_contact(Contact(id="joao", name="João", emails=emails, phones=phones))
        phones, emails = (Address("WORK", "+551132650003"),), (Address("WORK", "info@acme.example"),)
        tx.put_company(Company(id="acme", name="Acme", emails=emails, phones=phones))


def _rule(rng: random.Random, number: int, stage: str, *, more: bool) -> Rule:
    kind = rng.choice(_KINDS_OF[more])
    all_settings: dict[str, dict[str, Any]] = {
        "email": {"subject": "Hello", "body": "Dear {{ contact.first_name }}: {{ deal.amount }}"},
        "sms": {"text": "Hi {{ deal.title }} {{ deal.amount }}", "provider": "sms1"},
        "call": {"say": "Hi {{ deal.amount }}", "tries": 2},
        "chat": {"text": "Well {{ deal.amount }}"},
        "invite": {"text": "{{ deal.amount }} {{ invite_link }}"},
        "move": {"stage": rng.choice(STAGES)},
    }
    settings = all_settings[kind]
    if more and kind in ("email", "chat") and rng.random() < 0.5:
        settings["attach"] = {"files": [OFFER.name]}
    if more and kind in ("email", "sms", "invite"):
        settings["fallback"] = list(rng.choice(FALLBACKS))
    if more and kind in ("sms", "invite"):
        settings["phone"] = rng.choice(("auto", "mobile", "mobile"))
    return Rule(
        id=f"r{number}",
        pipeline="sales",
        stage=stage,
        kind=kind,
        name=f"r{number}",
        position=number,
        run=rng.choice(_TIMES),
        order=rng.choice((Order.PARALLEL, Order.PARALLEL, Order.WAIT)),
        hours=rng.choice(_HOURS),
        when=rng.choice((None, None, None, _WHEN)),
        once=rng.random() < 0.15,
        stop_on_error=rng.random() < 0.3,
        unknown=rng.choice((None, None, Unknown.HOLD, Unknown.RESEND)),
        settings=settings,
    )
