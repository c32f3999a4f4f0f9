"""Who opened a mail or followed its link: a person, or a machine that looks at mail for people. Pure.

A hit is judged by itself (how it asked, who it says it is, where it comes from) and by the other hits on the same mail:
security software opens everything at once and from many places. All hits are kept as they came; a verdict is an
opinion of a certain version of these rules, and a later hit may change it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from core.i18n import N_
from core.model.event import Event
from core.model.moment import SECOND, Moment
from core.words import Words

VERSION: Final = 1
"""The version of these rules. Raise it with every change: what older versions have judged is judged anew."""
SETTLES: Final = 10 * SECOND
"""How long a hit waits for what comes with it before it may move a deal."""
KINDS: Final = frozenset({"email_opened", "link_clicked", "unsubscribed"})
"""Kinds of event that are hits."""

_AT_ONCE: Final = 2 * SECOND
"""Nobody has read a mail so soon after its sending."""
_LINKS: Final = 3
_LINKS_WITHIN: Final = 10 * SECOND
_NETWORKS: Final = 3
_NETWORKS_WITHIN: Final = 120 * SECOND
_UNSUBSCRIBED_WITHIN: Final = 60 * SECOND
_PREFETCH: Final = ("sec-purpose", "purpose", "x-moz", "x-purpose")
_PREFETCHES: Final = ("prefetch", "preview", "prerender")
_PRIVACY_RELAY: Final = "Mozilla/5.0"
"""All that Apple's Mail Privacy Protection says of itself: it loads every picture, whether the mail is read or not."""


def settles_at(kind: str, at: Moment) -> Moment | None:
    """Return when an event may be matched that happened at ``at``: a hit once it has settled; None: at once."""
    return Moment(at + SETTLES) if kind in KINDS else None


class Who(StrEnum):
    """Verdicts. A ``proxy`` fetches when its user opens the mail, so that it counts as the user; of a ``suspect``
    nobody can tell, so that it moves nothing."""

    HUMAN = "human"
    PROXY = "proxy"
    SUSPECT = "suspect"
    MACHINE = "machine"

    @property
    def counts(self) -> bool:
        """Whether it stands for the client."""
        return self in (Who.HUMAN, Who.PROXY)


REASONS: Final[Mapping[str, str]] = {
    "said": N_("whoever reported it says that it was a machine"),
    "head": N_("it asked for the headers only"),
    "prefetch": N_("it fetched ahead, before anybody looked"),
    "no_agent": N_("it does not say what program it is"),
    "crawler": N_("its program is known as a robot"),
    "scanner_network": N_("it comes from a network of mail scanners"),
    "at_once": N_("it came within two seconds of the sending"),
    "many_links": N_("three different links were followed within ten seconds"),
    "many_networks": N_("it came from three networks within two minutes"),
    "unsubscribed_too": N_("the unsubscribe link and another were followed within a minute"),
    "privacy_relay": N_("a privacy relay loads every picture, whether the mail is read or not"),
    "mail_proxy": N_("a mail provider fetched it for its user"),
}
"""What each reason code says."""


class Lists(Protocol):
    """What is known of programs and networks."""

    def robot(self, agent: str) -> bool:
        """Return whether a program that names itself so is a robot."""

    def mail_proxy(self, agent: str) -> bool:
        """Return whether it is a mail provider's proxy that fetches pictures when its user opens the mail."""

    def scanner_network(self, ip: str) -> bool:
        """Return whether links are followed from that address by security software."""


class NoLists:
    """No list at hand: only the rules that need none."""

    def robot(self, agent: str) -> bool:
        """Know nobody."""
        return False

    def mail_proxy(self, agent: str) -> bool:
        """Know nobody."""
        return False

    def scanner_network(self, ip: str) -> bool:
        """Know no network."""
        return False


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with the codes of its reasons, the weightiest first; ``version`` of the rules that gave it."""

    who: Who
    reasons: tuple[str, ...] = ()
    version: int = VERSION

    @property
    def detail(self) -> Words:
        """Say why, in words."""
        return Words("{why}", {"why": Words(REASONS[self.reasons[0]])}) if self.reasons else Words("")


def judge(hits: Sequence[Event], sent_at: Moment | None, lists: Lists) -> Mapping[int, Judged]:
    """Judge all hits on one mail, by the number of the event; ``sent_at`` is when the mail was taken by its peer."""
    alone = {hit.id: list(_alone(hit, sent_at, lists)) for hit in hits}
    proxies = {hit.id for hit in hits if not alone[hit.id] and _proxy(hit, lists)}
    for ids, reason in _together(hits, alone, proxies):
        for number in ids:
            alone[number].append(reason)
    return {hit.id: _verdict(hit, alone[hit.id], hit.id in proxies) for hit in hits}


def _verdict(hit: Event, reasons: Sequence[str], proxy: bool) -> Judged:
    if reasons:
        return Judged(Who.MACHINE, tuple(dict.fromkeys(reasons)))
    if proxy:
        return Judged(Who.PROXY, ("mail_proxy",))
    relayed = hit.kind == "email_opened" and _text(hit, "agent").strip() == _PRIVACY_RELAY
    return Judged(Who.SUSPECT, ("privacy_relay",)) if relayed else Judged(Who.HUMAN)


def told(hit: Event) -> bool:
    """Return whether a hit says nothing of how it came: a person's report, which counts as it is."""
    return not any(name in hit.data for name in ("agent", "ip", "method", "headers"))


def _alone(hit: Event, sent_at: Moment | None, lists: Lists) -> Iterable[str]:
    """Find what speaks against a hit by itself. What somebody says of it outweighs all else, either way."""
    if (said := hit.data.get("machine")) is not None:
        yield from ("said",) if _true(said) else ()
        return
    if told(hit):
        return
    agent, ip = _text(hit, "agent"), _text(hit, "ip")
    if _text(hit, "method").upper() == "HEAD":
        yield "head"
    if _prefetched(hit):
        yield "prefetch"
    if not agent.strip():
        yield "no_agent"
    elif not lists.mail_proxy(agent) and lists.robot(agent):
        yield "crawler"
    if ip and hit.kind != "email_opened" and lists.scanner_network(ip):
        yield "scanner_network"
    if sent_at is not None and 0 <= hit.at - sent_at < _AT_ONCE:
        yield "at_once"


def _together(
    hits: Sequence[Event], alone: Mapping[int, Sequence[str]], proxies: Iterable[int]
) -> Iterable[tuple[Iterable[int], str]]:
    """Find what speaks against hits because of others: the hits and the reason.

    Who is a machine anyway does not drag a person along who opens the mail from elsewhere a minute later; within ten
    seconds of three links nobody can be told apart.
    """
    raw = sorted((hit for hit in hits if not told(hit) and hit.data.get("machine") is None), key=lambda hit: hit.at)
    clicks = [hit for hit in raw if hit.kind == "link_clicked"]
    for group in _windows(clicks, _LINKS_WITHIN, lambda hit: _text(hit, "link"), _LINKS):
        yield [hit.id for hit in group], "many_links"
    known = set(proxies)
    unclear = [hit for hit in raw if not alone[hit.id] and hit.id not in known and _text(hit, "ip")]
    for group in _windows(unclear, _NETWORKS_WITHIN, lambda hit: network(_text(hit, "ip")), _NETWORKS):
        yield [hit.id for hit in group], "many_networks"
    left = [hit for hit in raw if hit.kind == "unsubscribed"]
    for click in clicks:
        if any(abs(click.at - other.at) <= _UNSUBSCRIBED_WITHIN for other in left):
            yield [click.id], "unsubscribed_too"


def _windows(hits: Sequence[Event], within: int, key: Callable[[Event], str], enough: int) -> Iterable[Sequence[Event]]:
    """Yield the runs of hits (in order of time) that fit into a window and have ``enough`` different keys."""
    first = 0
    for last, hit in enumerate(hits):
        while hit.at - hits[first].at > within:
            first += 1
        if len({key(each) for each in hits[first : last + 1]}) >= enough:
            yield hits[first : last + 1]


def network(ip: str) -> str:
    """Return the network that an address belongs to (/24, of IPv6 /48); what is no address is its own."""
    try:
        address = ipaddress.ip_address(ip.strip())
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


def _proxy(hit: Event, lists: Lists) -> bool:
    return hit.kind == "email_opened" and lists.mail_proxy(_text(hit, "agent"))


def _prefetched(hit: Event) -> bool:
    headers = hit.data.get("headers")
    if not isinstance(headers, Mapping):
        return False
    said = " ".join(str(value).lower() for name, value in headers.items() if str(name).lower() in _PREFETCH)
    return any(word in said for word in _PREFETCHES)


def _text(hit: Event, name: str) -> str:
    value = hit.data.get(name)
    return value if isinstance(value, str) else ""


def _true(value: object) -> bool:
    return value.strip().lower() in ("1", "true", "yes") if isinstance(value, str) else bool(value)
