"""Who opened a mail or followed its link: each sign by itself, and what only shows when hits come together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import judging_hits
from core.judging_hits import REASONS, NoLists, Who, judge
from core.model.event import Event
from core.model.moment import MINUTE, SECOND, Moment

SENT = Moment(1_000_000_000)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
HOME = "189.40.71.7"


class Lists(NoLists):
    """Robots, proxies and networks that can be told from afar."""

    def robot(self, agent: str) -> bool:
        """Know one robot; a proxy looks like one."""
        return "robot" in agent or self.mail_proxy(agent)

    def mail_proxy(self, agent: str) -> bool:
        """Know one proxy."""
        return "Proxy" in agent

    def scanner_network(self, ip: str) -> bool:
        """Know one network."""
        return ip.startswith("40.94.")


def hit(number: int = 1, kind: str = "email_opened", after: int = 60 * SECOND, **data: Any) -> Event:
    at = Moment(SENT + after)
    return Event(id=number, kind=kind, source="gate", outside_id=str(number), at=at, delivery=7, data=data)


def one(kind: str = "email_opened", after: int = 60 * SECOND, **data: Any) -> tuple[Who, tuple[str, ...]]:
    judged = judge([hit(1, kind, after, **data)], SENT, Lists())[1]
    return judged.who, judged.reasons


GET = {"method": "GET", "agent": CHROME, "ip": HOME}


def asking(headers: dict[str, str]) -> dict[str, Any]:
    return {**GET, "headers": headers}


ALONE: list[tuple[str, str, int, dict[str, Any], Who, tuple[str, ...]]] = [
    ("a person's report", "email_opened", 60_000, {}, Who.HUMAN, ()),
    ("a person's report, at once", "link_clicked", 500, {"link": "https://a.example"}, Who.HUMAN, ()),
    ("said to be a machine", "email_opened", 60_000, {"machine": "true"}, Who.MACHINE, ("said",)),
    ("said to be none", "link_clicked", 500, {"machine": "false", "agent": "robot"}, Who.HUMAN, ()),
    ("a browser", "email_opened", 60_000, GET, Who.HUMAN, ()),
    ("a browser, a link", "link_clicked", 60_000, {**GET, "link": "https://a.example"}, Who.HUMAN, ()),
    ("HEAD", "link_clicked", 60_000, {**GET, "method": "HEAD"}, Who.MACHINE, ("head",)),
    ("HEAD in small letters", "link_clicked", 60_000, {**GET, "method": "head"}, Who.MACHINE, ("head",)),
    ("prefetch", "link_clicked", 60_000, asking({"Sec-Purpose": "prefetch;prerender"}), Who.MACHINE, ("prefetch",)),
    ("preview", "link_clicked", 60_000, asking({"X-Moz": "Preview"}), Who.MACHINE, ("prefetch",)),
    ("a purpose, an open", "email_opened", 60_000, asking({"Purpose": "prefetch"}), Who.MACHINE, ("prefetch",)),
    ("a rendering ahead", "link_clicked", 60_000, asking({"x-purpose": "PRERENDER"}), Who.MACHINE, ("prefetch",)),
    ("a header that tells nothing", "email_opened", 60_000, asking({"Accept": "prefetch"}), Who.HUMAN, ()),
    ("HEAD, a picture", "email_opened", 60_000, {**GET, "method": "HEAD"}, Who.MACHINE, ("head",)),
    ("an agent never told", "link_clicked", 60_000, {"method": "GET", "ip": HOME}, Who.MACHINE, ("no_agent",)),
    ("a blank agent", "link_clicked", 60_000, {**GET, "agent": "  "}, Who.MACHINE, ("no_agent",)),
    ("a link, at once", "link_clicked", 0, {**GET, "link": "https://a.example"}, Who.MACHINE, ("at_once",)),
    ("a proxy, at once", "email_opened", 1_000, {**GET, "agent": "MailProxy"}, Who.MACHINE, ("at_once",)),
    ("another purpose", "link_clicked", 60_000, asking({"purpose": "reading"}), Who.HUMAN, ()),
    ("no agent", "email_opened", 60_000, {"method": "GET", "agent": "", "ip": HOME}, Who.MACHINE, ("no_agent",)),
    ("a robot", "email_opened", 60_000, {**GET, "agent": "a robot/1.0"}, Who.MACHINE, ("crawler",)),
    ("a provider's proxy", "email_opened", 60_000, {**GET, "agent": "MailProxy"}, Who.PROXY, ("mail_proxy",)),
    ("a relay", "email_opened", 60_000, {**GET, "agent": "Mozilla/5.0"}, Who.SUSPECT, ("privacy_relay",)),
    ("the same in a click", "link_clicked", 60_000, {**GET, "agent": "Mozilla/5.0"}, Who.HUMAN, ()),
    ("a scanner's link", "link_clicked", 60_000, {**GET, "ip": "40.94.1.1"}, Who.MACHINE, ("scanner_network",)),
    ("a scanner's network, a picture", "email_opened", 60_000, {**GET, "ip": "40.94.1.1"}, Who.HUMAN, ()),
    ("at once", "email_opened", 1_999, GET, Who.MACHINE, ("at_once",)),
    ("two seconds later", "email_opened", 2_000, GET, Who.HUMAN, ()),
    ("before the sending was known", "email_opened", -500, GET, Who.HUMAN, ()),
    ("several signs", "link_clicked", 100, {"method": "HEAD", "agent": "", "ip": "40.94.1.1"}, Who.MACHINE,
     ("head", "no_agent", "scanner_network", "at_once")),
]  # fmt: skip


@pytest.mark.parametrize(("said", "kind", "after", "data", "who", "reasons"), ALONE, ids=[row[0] for row in ALONE])
def test_a_hit_by_itself(
    said: str, kind: str, after: int, data: dict[str, Any], who: Who, reasons: tuple[str, ...]
) -> None:
    assert one(kind, after, **data) == (who, reasons)
    assert who.counts is (who in (Who.HUMAN, Who.PROXY))


def clicks(*spec: tuple[int, str, str]) -> list[Event]:
    return [
        hit(number, "link_clicked", after, method="GET", agent=CHROME, ip=ip, link=f"https://a.example/{link}")
        for number, (after, link, ip) in enumerate(spec, 1)
    ]


CLICK = clicks((60_000, "a", HOME))
TOGETHER = [
    ("three links in ten seconds", clicks((60_000, "a", HOME), (65_000, "b", HOME), (70_000, "c", HOME)), "many_links"),
    ("a little slower", clicks((60_000, "a", HOME), (65_000, "b", HOME), (70_001, "c", HOME)), None),
    ("the same link three times", clicks((60_000, "a", HOME), (61_000, "a", HOME), (62_000, "a", HOME)), None),
    ("two links", clicks((60_000, "a", HOME), (60_100, "b", HOME)), None),
    (
        "three networks in two minutes",
        clicks((60_000, "a", "1.1.1.1"), (120_000, "a", "2.2.2.2"), (180_000, "a", "3.3.3.3")),
        "many_networks",
    ),
    ("later", clicks((60_000, "a", "1.1.1.1"), (120_000, "a", "2.2.2.2"), (180_001, "a", "3.3.3.3")), None),
    ("one network", clicks((60_000, "a", "1.1.1.1"), (61_000, "a", "1.1.1.2"), (62_000, "a", "1.1.1.3")), None),
    (
        "one network of the sixth version",
        clicks((60_000, "a", "2001:db8:1::1"), (61_000, "a", "2001:db8:1:2::1"), (62_000, "a", "2001:db8:1:3::1")),
        None,
    ),
    (
        "three networks of the sixth version",
        clicks((60_000, "a", "2001:db8:1::1"), (61_000, "a", "2001:db8:2::1"), (62_000, "a", "2001:db8:3::1")),
        "many_networks",
    ),
    ("two networks", clicks((60_000, "a", "1.1.1.1"), (61_000, "a", "2.2.2.2"), (62_000, "a", "1.1.1.9")), None),
    (
        "three networks, the sixth version's way of writing the fourth",
        clicks((60_000, "a", "1.1.1.1"), (61_000, "a", "::ffff:1.1.1.2"), (62_000, "a", "2.2.2.2")),
        None,
    ),
    ("unsubscribing first", [hit(2, "unsubscribed", 0, **GET), *CLICK], "unsubscribed_too"),
    ("unsubscribing and an open", [hit(1, "email_opened", 60_000, **GET), hit(2, "unsubscribed", 60_000, **GET)], None),
    ("unsubscribing and another", [*CLICK, hit(2, "unsubscribed", 120_000, **GET)], "unsubscribed_too"),
    ("unsubscribing later", [*CLICK, hit(2, "unsubscribed", 120_001, **GET)], None),
]


@pytest.mark.parametrize(("said", "hits", "reason"), TOGETHER, ids=[row[0] for row in TOGETHER])
def test_hits_together(said: str, hits: list[Event], reason: str | None) -> None:
    judged = judge(hits, SENT, Lists())
    found = {r for each in hits if each.kind != "unsubscribed" for r in judged[each.id].reasons}
    assert found == ({reason} if reason else set())
    clicked = [judged[each.id].who for each in hits if each.kind == "link_clicked"]
    assert set(clicked) <= {Who.MACHINE if reason else Who.HUMAN}


def test_a_scanner_does_not_drag_the_reader_along_who_comes_a_minute_later() -> None:
    scan = [
        hit(1, "link_clicked", 5_000, method="HEAD", agent="", ip="40.94.1.1", link="https://a.example/1"),
        hit(2, "link_clicked", 6_000, method="GET", agent="", ip="52.1.1.1", link="https://a.example/2"),
    ]
    reader = hit(3, "link_clicked", 65_000, **GET, link="https://a.example/1")
    judged = judge([*scan, reader], SENT, Lists())
    assert [judged[each].who for each in (1, 2, 3)] == [Who.MACHINE, Who.MACHINE, Who.HUMAN]


def test_proxies_of_one_provider_come_from_many_networks_and_are_its_user() -> None:
    hits = [hit(n, after=60_000 + n, method="GET", agent="MailProxy", ip=f"66.{n}.1.1") for n in range(1, 6)]
    assert {each.who for each in judge(hits, SENT, Lists()).values()} == {Who.PROXY}


def test_what_a_person_reports_counts_among_machines_too() -> None:
    burst = clicks((60_000, "a", "1.1.1.1"), (60_001, "b", "2.2.2.2"), (60_002, "c", "3.3.3.3"))
    told = hit(9, "link_clicked", 60_001, link="https://a.example/a")
    assert judge([*burst, told], SENT, Lists())[9].who is Who.HUMAN


HITS = st.lists(
    st.builds(
        lambda kind, after, ip, link, agent: hit(0, kind, after, method="GET", agent=agent, ip=ip, link=link),
        st.sampled_from(["email_opened", "link_clicked", "unsubscribed"]),
        st.integers(0, 5 * MINUTE),
        st.sampled_from(["1.1.1.1", "1.1.1.9", "2.2.2.2", "3.3.3.3", "40.94.1.1", "not an address"]),
        st.sampled_from(["https://a.example/1", "https://a.example/2", "https://a.example/3"]),
        st.sampled_from([CHROME, "robot", "MailProxy", "", "Mozilla/5.0"]),
    ),
    max_size=12,
)


@given(HITS, st.randoms(use_true_random=False))
def test_the_order_in_which_hits_were_kept_makes_no_difference(hits: list[Event], rng: Any) -> None:
    numbered = [Event(**{**_fields(each), "id": n}) for n, each in enumerate(hits, 1)]
    shuffled = rng.sample(numbered, len(numbered))
    first, second = judge(numbered, SENT, Lists()), judge(shuffled, SENT, Lists())
    assert {n: (j.who, set(j.reasons)) for n, j in first.items()} == {
        n: (j.who, set(j.reasons)) for n, j in second.items()
    }


@given(HITS, HITS)
def test_more_hits_never_clear_one_that_is_judged(hits: list[Event], more: list[Event]) -> None:
    """A machine by itself stays one; only *together* may hits lose company, since machines are no company."""
    numbered = [Event(**{**_fields(each), "id": n}) for n, each in enumerate([*hits, *more], 1)]
    few, all_ = judge(numbered[: len(hits)], SENT, Lists()), judge(numbered, SENT, Lists())
    alone = {
        each.id for each in numbered[: len(hits)] if set(judge([each], SENT, Lists())[each.id].reasons) & _BY_ITSELF
    }
    assert all(few[n].who is Who.MACHINE and all_[n].who is Who.MACHINE for n in alone)


_BY_ITSELF = {"head", "prefetch", "no_agent", "crawler", "scanner_network", "at_once", "said"}


def _fields(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in Event.__slots__}


def test_every_reason_has_words() -> None:
    seen = {reason for row in ALONE for reason in row[5]} | {row[2] for row in TOGETHER if row[2]}
    assert seen == set(REASONS)
    assert judging_hits.SETTLES == 10 * SECOND
