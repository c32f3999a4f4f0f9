"""What the outside reports in a house with triggers: in any order, sometimes twice, of one deal or of a client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from core import commands
from core.commands import incoming
from core.commands.recording import Report
from core.engine import listening
from core.model.moment import HOUR, SECOND, Moment
from core.ports import Job
from core.views import DealFilter
from tests.simulator import patience
from tests.simulator.hearing import SOURCE
from tests.simulator.houses import CODES
from tests.simulator.person import Acts, Person
from tests.simulator.world import Heard, World

_MARIA: Final = "maria@cliente.example"
_FORMS: Final = (_MARIA, _MARIA, _MARIA, "nobody@new.example")
_LATE: Final = (0, 0, 7 * SECOND, HOUR)
"""How long ago it happened that is reported now: reports come in any order."""


@contextmanager
def few(world: World) -> Iterator[None]:
    """Have some houses match what reaches more than one deal in transactions of its own, as with very many."""
    kept = listening.MANY
    vars(listening).update(MANY=world.rng.choice((1, kept)))
    try:
        yield
    finally:
        vars(listening).update(MANY=kept)


def report(person: Person) -> None:
    """Report something from outside; what was reported may be reported again."""
    world = person.world
    again = bool(world.heard) and world.chance(0.25)
    heard = world.rng.choice(world.heard) if again else _fresh(person)
    done = person.command(f"reported: {heard.id} {heard.kind} {heard.what}", _job(heard))
    if done is None:
        return
    if done.new == again:
        world.violated(f"report {heard.id} acted {'twice' if again else 'never'}")
    if not again:
        world.heard.append(heard)


def _fresh(person: Person) -> Heard:
    """Return a report that nobody has made before, with the deals that it reaches as things stand."""
    rng, number = person.world.rng, f"h{len(person.world.heard)}"
    at = Moment(person.world.clock.at - rng.choice(_LATE))
    if rng.random() < 0.6:
        deal = rng.choice(person.deals())
        return Heard(number, "webhook", rng.choice(CODES), at, frozenset({deal}))
    email = rng.choice(_FORMS)
    deals = person.store.read(lambda r: r.deals(DealFilter())) if email == _MARIA else ()
    return Heard(number, "form", email, at, frozenset(d.id for d in deals if d.contacts[:1] == ("maria",)))


def _job(heard: Heard) -> Job[Any]:
    told = Report(id=heard.id, source=SOURCE, at=heard.at)
    if heard.kind == patience.HIT:
        return patience.opened(heard)
    if heard.kind == "webhook":
        (deal,) = heard.deals
        return incoming.webhook_called(told, deal, heard.what)
    return incoming.form_submitted(told, "contact", "crm", {"name": "Somebody", "email": heard.what})


def climb(person: Person) -> None:
    """Change the field that a circle of rules and triggers, or their stairs, begin with."""
    deal = person.world.rng.choice(person.deals())
    person.command(f"mark {deal}", commands.set_fields(deal, {"mark": "x"}))


CIRCLES: Final[Acts] = {climb: 4}
"""What happens besides where fields lead in circles."""
MORE: Final[Acts] = {report: 6}
"""What happens besides in a house with triggers."""
