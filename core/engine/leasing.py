"""Taking messages out of the queue for one connection, and giving them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.engine import abandoning, lines, rejudging
from core.model.delivery import Delivery
from core.model.frozen import replace
from core.model.house import Connection
from core.model.line import Line
from core.ports import Job, Random, Reader, Tx


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages leased to a worker, and how their connection's line stood: what rested before is only being probed.
    ``settled`` counts the messages that turned out not to go now, and were put off, ended or given to another."""

    deliveries: Sequence[Delivery]
    line: Line
    settled: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done through one connection now: messages to send, questions to ask, or both."""

    connection: Connection
    house_id: str
    sends: bool
    asks: bool


def due_work(reader: Reader) -> list[Work]:
    """Return what is due now and may go, by connection."""
    house, now = reader.house(), reader.now()
    sends, asks = reader.due_connections(now), reader.due_questions(now)
    return [Work(house.connections[c], house.id, c in sends, c in asks) for c in dict.fromkeys([*sends, *asks])]


def claim(connection: str, worker: str, limit: int, rng: Random) -> Job[Claim]:
    """Return a job that leases what is due for one connection, as much as its line takes now. Messages that come late
    are judged again first."""

    def job(tx: Tx) -> Claim:
        now = tx.now()
        per_minute = lines.rate_of(tx.house().connections.get(connection))
        line = tx.line(connection)
        watched = per_minute is not None or not line.clean
        if watched:
            tx.hold_line(connection)
            line = tx.line(connection)
        most = lines.room(line, per_minute, now, limit)
        claimed = tx.claim(connection, now, worker, most) if most else ()
        going = rejudging.again(tx, claimed, now, rng)
        if watched and going:
            tx.put_line(lines.taken(line, per_minute, now, len(going)))
        return Claim(going, line, len(claimed) - len(going))

    return job


def then(ended: Job[Line | None], connection: Connection, more: Job[Claim]) -> Job[Claim | None]:
    """Return a job that writes what a batch came to and leases the next one: one commit for both. None of a connection
    that was changed meanwhile is leased: its adapter is to be opened anew."""

    def job(tx: Tx) -> Claim | None:
        ended(tx)
        return more(tx) if tx.house().connections.get(connection.id) == connection else None

    return job


def mark(ids: Sequence[int], worker: str) -> Job[Sequence[int]]:
    """Return a job that makes *sending* durable."""
    return lambda tx: tx.mark_sending(ids, worker, tx.now())


def release(leased: Sequence[Delivery], worker: str, *, broken: bool = False) -> Job[None]:
    """Return a job that gives messages back that were not tried, ``broken``: because their connection takes none now;
    what a move has stopped meanwhile is cancelled. Those that another engine has taken over are its own."""

    def job(tx: Tx) -> None:
        tx.hold(d.deal for d in leased)
        ours = tx.leased([d.id for d in leased], worker)
        if back := [replace(d, worker=None) for d in leased if d.id in ours]:
            tx.release([d.id for d in back], worker)
            abandoning.stop_given_back(tx, back, tx.now(), broken=broken)

    return job


def in_use(tx: Tx, connection: str) -> bool:
    """Return whether a connection is open: one that a person has paused stays so, whatever its peer says."""
    line = tx.house().connections.get(connection)
    return line is not None and line.paused is None
