"""What is known of programs and networks, against user agents that other people have collected."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from adapters.hit_lists import HitLists

LISTS = HitLists()


def collected_robots() -> list[str]:
    text = resources.files("crawleruseragents").joinpath("crawler-user-agents.json").read_text(encoding="utf-8")
    return sorted({agent for robot in json.loads(text) for agent in robot["instances"]})


def collected_browsers() -> list[str]:
    text = resources.files("fake_useragent.data").joinpath("browsers.jsonl").read_text(encoding="utf-8")
    return sorted({json.loads(line)["useragent"] for line in text.splitlines()})


def test_robots_are_known() -> None:
    agents = collected_robots()
    known = sum(LISTS.robot(agent) for agent in agents)
    assert len(agents) > 1_500
    assert known / len(agents) >= 0.95, f"{known} of {len(agents)}"


def test_no_browser_is_taken_for_a_robot() -> None:
    agents = collected_browsers()
    assert len(agents) > 500
    assert [agent for agent in agents if LISTS.robot(agent) or LISTS.mail_proxy(agent)] == []


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
        "Outlook-iOS/723.5129201.prod.iphone (4.2443.0)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
        "Airmail/5.5 CFNetwork/1494.0.7 Darwin/23.4.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    ],
)
def test_who_reads_mail_with_it_is_a_person(agent: str) -> None:
    assert not LISTS.robot(agent)


@pytest.mark.parametrize(
    ("agent", "proxy"),
    [
        ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", True),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False),
    ],
)
def test_a_mail_providers_proxy_is_its_user(agent: str, proxy: bool) -> None:
    assert LISTS.mail_proxy(agent) is proxy


@pytest.mark.parametrize(
    ("ip", "scanner"),
    [
        ("40.94.36.1", True),
        ("104.47.18.200", True),
        ("104.47.200.1", False),
        ("::ffff:40.94.36.1", True),
        ("2a01:111:f400::7", True),
        ("66.249.93.41", True),
        ("189.40.71.7", False),
        ("", False),
        ("nowhere", False),
        ("40.94.36.1, 10.0.0.1", False),
    ],
)
def test_networks_of_scanners(ip: str, scanner: bool) -> None:
    assert LISTS.scanner_network(ip) is scanner


def test_a_hostile_name_is_no_trouble() -> None:
    assert isinstance(LISTS.robot("Mozilla" + "(" * 100_000 + "a" * 100_000), bool)
