"""What happens besides in a house that waits: hits on its mails, by people and by machines, told in any order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.commands import incoming
from core.commands.mails import NewMail, write_mail
from core.commands.recording import Report
from core.engine import timers
from core.model.delivery import Channel
from core.model.moment import MINUTE, SECOND, Moment
from core.model.talk import ChatStatus
from core.ports import Job
from core.views import DeliveryFilter
from tests.simulator import talk
from tests.simulator.hearing import SOURCE
from tests.simulator.houses import STALE_AFTER
from tests.simulator.person import Acts, Person
from tests.simulator.world import Heard, World

HIT: Final = "email_opened"
AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_NETWORKS: Final = ("192.0.2.7", "198.51.100.7", "203.0.113.7")
_HOW: Final = ("GET", "GET", "GET", "HEAD", "told")
_LATE: Final = (0, 0, 7 * SECOND, 90 * SECOND)


def mail(person: Person) -> None:
    """Write a mail to the client of a deal."""
    deal = person.world.rng.choice(person.deals())
    person.command(f"ana writes a mail for {deal}", write_mail(deal, NewMail(subject="And", text="so?"), "ana"))


@contextmanager
def one_by_one(world: World) -> Iterator[None]:
    """Have some houses give their deals the timers of silence in transactions of their own, as with very many."""
    kept = timers.SWEPT
    vars(timers).update(SWEPT=world.rng.choice((1, kept)))
    try:
        yield
    finally:
        vars(timers).update(SWEPT=kept)


def hit(person: Person) -> None:
    """Let one of our mails be opened, by a person or a machine, or by three networks, which no person has."""
    world, rng = person.world, person.world.rng
    mails = person.store.read(lambda r: r.deliveries(DeliveryFilter(channels=frozenset({Channel.EMAIL}))))
    if not mails:
        return
    mail, everywhere = rng.choice(mails), world.chance(0.4)
    for network in _NETWORKS if everywhere else (rng.choice(_NETWORKS),):
        at = Moment(world.clock.at - rng.choice(_LATE))
        what = f"{mail.public_id} {'GET' if everywhere else rng.choice(_HOW)} {network}"
        heard = Heard(f"h{len(world.heard)}", HIT, what, at, frozenset({mail.deal}))
        done = person.command(f"reported: {heard.id} {heard.kind} {heard.what}", opened(heard))
        if done is None:
            return
        world.heard.append(heard)


def opened(heard: Heard) -> Job[object]:
    """Return the job that takes in that a mail was opened."""
    mail, how, network = heard.what.split()
    said = {} if how == "told" else {"method": how, "ip": network, "agent": AGENT}
    return incoming.mail_hit(Report(id=heard.id, source=SOURCE, at=heard.at), HIT, mail, said)


def take(person: Person) -> None:
    """Take a chat that waits, as an agent does who then lets the client wait."""
    found = [chat for chat in person.store.read(talk.known) if chat.status is ChatStatus.WAITING]
    if found:
        talk.accept(person, person.world.rng.choice(found))


def wait(person: Person) -> None:
    """Do nothing for about as long as one of the silences that triggers wait for."""
    world = person.world
    length = world.rng.choice(STALE_AFTER)[1] + world.rng.choice((0, -SECOND, MINUTE))
    world.turn(Moment(world.clock.at + length))
    world.say(f"nothing happens for {length} ms")


MORE: Final[Acts] = {hit: 5, mail: 1, wait: 2, take: 7, talk.write: 4, Person.let_time_pass: 5}
"""What happens besides, or more often, in a house that waits."""
