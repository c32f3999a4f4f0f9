"""What is known of programs and networks that look at mail: robots, mail providers' proxies, scanners' networks.

A list of robots is kept by ``is-crawler``: of the 2,123 user agents in PyPI's ``crawler-user-agents`` it knows 96 %,
and takes none of 839 browsers for a robot. What people read mail with is no browser, and stands here.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final

_LONGEST: Final = 1_000
_PROXY: Final = re.compile(r"GoogleImageProxy|YahooMailProxy", re.ASCII)
"""They fetch a picture when their user opens the mail, and keep it."""
_READER: Final = re.compile(
    r"ms-office|MSOffice|Microsoft Office/|Microsoft Outlook|Outlook-(?:iOS|Android)|Thunderbird/|Airmail|Spark/|"
    r"Apple(?:Mail| Mail)|BlueMail|Evolution/|KMail|Mailbird|eM ?Client|Zimbra|Superhuman|Lotus-Notes",
    re.IGNORECASE | re.ASCII,
)
"""Programs in which people read mail, of which lists of browsers know nothing."""
_SCANNERS: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        # Microsoft 365: Exchange Online Protection and Safe Links (Microsoft's list of endpoints, and Azure's 40.94/16)
        "40.92.0.0/15 40.94.0.0/16 40.107.0.0/16 52.100.0.0/14 104.47.0.0/17 "
        "2a01:111:f400::/48 2a01:111:f403::/48 "
        # Google: Gmail's own servers and crawlers (_netblocks.google.com)
        "64.233.160.0/19 66.102.0.0/20 66.249.64.0/19 72.14.192.0/18 74.125.0.0/16 108.177.8.0/21 "
        "173.194.0.0/16 209.85.128.0/17 216.58.192.0/19 216.239.32.0/19 2001:4860:4000::/36 2404:6800:4000::/36"
    ).split()
)


class HitLists:
    """The lists, as :class:`core.judging_hits.Lists`; loaded with the first hit."""

    def robot(self, agent: str) -> bool:
        """Return whether a program that names itself so is a robot."""
        return _robot(agent[:_LONGEST])

    def mail_proxy(self, agent: str) -> bool:
        """Return whether it is Gmail's or Yahoo's proxy, which fetches when its user opens the mail."""
        return _PROXY.search(agent[:_LONGEST]) is not None

    def scanner_network(self, ip: str) -> bool:
        """Return whether it lies in a network from which Microsoft or Google follow links to look at them."""
        return _scans(ip)


@lru_cache(maxsize=2_048)
def _robot(agent: str) -> bool:
    from is_crawler import is_crawler

    return not _READER.search(agent) and bool(is_crawler(agent))


@lru_cache(maxsize=2_048)
def _scans(ip: str) -> bool:
    try:
        address = ipaddress.ip_address(ip.strip())
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in each for each in _SCANNERS)
