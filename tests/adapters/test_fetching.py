"""Fetching an audio file: from public servers only, bounded in size and time, whatever a server answers."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address

import pytest
import trustme

from adapters.fetching import PublicFetcher, audio_file
from core.errors import BadInput
from core.model.delivery import Outcome, OutcomeKind
from core.ports import Fetched

HOST = "files.example"
MP3 = b"ID3\x04" + b"\x00" * 500
AUTHORITY = trustme.CA()
OK = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n"
WHOLE = OK + b"Content-Length: %d\r\n\r\n" % len(MP3) + MP3
HANG = b""


def moved(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


class Site:
    """A server that answers paths as it is told, and remembers what it was asked."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        self.answers, self.asked = answers, list[str]()
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split()[1]
            self.asked.append(path)
            answer = self.answers[path]
            if answer == HANG:
                await reader.read()
            writer.write(answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def at(self, path: str, host: str = HOST) -> str:
        """Return the address of a path."""
        return f"https://{host}:{self.port}{path}"


@asynccontextmanager
async def site(answers: dict[str, bytes] | None = None, name: str = HOST) -> AsyncIterator[Site]:
    """Run a server with a certificate for a name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(name).configure_cert(context)
    made = Site(answers or {"/a.mp3": WHOLE})
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=context)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


def here(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def fetcher(
    lookup: Callable[[str, int], Sequence[str]] = here,
    allowed: Callable[[IPv4Address | IPv6Address], bool] = lambda ip: True,
    seconds: float = 10.0,
    most: int = 100_000,
) -> PublicFetcher:
    """Return a fetcher that takes this machine for a public server, trusting the tests' authority."""
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return PublicFetcher(lookup=lookup, allowed=allowed, context=context, seconds=seconds, most=most)


async def refused(found: PublicFetcher, address: str) -> str:
    with pytest.raises(BadInput) as caught:
        await found.fetch(address)
    return caught.value.words.english()


async def test_a_file_comes_whole_from_where_the_redirects_lead() -> None:
    answers = {"/a.mp3": moved("/b%20c.mp3?x=1"), "/b%20c.mp3?x=1": moved("//files.example/d.mp3", 308)}
    async with site(answers) as server:
        answers["/b%20c.mp3?x=1"] = moved(server.at("/d.mp3"), 308)
        answers["/d.mp3"] = WHOLE
        assert await fetcher().fetch(server.at("/a.mp3")) == Fetched(server.at("/d.mp3"), "audio/mpeg", MP3)
        assert server.asked == ["/a.mp3", "/b%20c.mp3?x=1", "/d.mp3"]


async def test_a_file_in_pieces_and_one_that_ends_with_the_connection() -> None:
    pieces = OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"3\r\nID3\r\n" + b"2\r\n\x04x\r\n0\r\n\r\n"
    async with site({"/a.mp3": pieces, "/b.mp3": OK + b"Connection: close\r\n\r\n" + MP3}) as server:
        assert (await fetcher().fetch(server.at("/a.mp3"))).content == b"ID3\x04x"
        assert (await fetcher().fetch(server.at("/b.mp3"))).content == MP3


@pytest.mark.parametrize(
    ("found", "private"),
    [
        (["10.0.0.7"], "10.0.0.7"),
        (["93.184.216.34", "127.0.0.1"], "127.0.0.1"),
        (["::ffff:169.254.169.254"], "::ffff:a9fe:a9fe"),
        (["fe80::1%eth0"], "fe80::1"),
    ],
)
async def test_a_name_that_leads_inside_is_not_even_connected_to(found: list[str], private: str) -> None:
    said = await refused(PublicFetcher(lookup=lambda host, port: found), "https://files.example/a.mp3")
    assert said == f"“https://files.example/a.mp3”: {private} is no public address"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("http://files.example/a.mp3", "the address begins with https://"),
        ("https://127.0.0.1/a.mp3", "127.0.0.1 is no public address"),
        ("https://[::1]/a.mp3", "::1 is no public address"),
        ("https://localhost/a.mp3", "no public server's name"),
        ("file:///etc/passwd", "the address begins with https://"),
        ("", "leads from one address to the next"),
    ],
)
async def test_a_redirect_leads_to_no_place_where_the_address_itself_could_not(target: str, says: str) -> None:
    async with site({"/a.mp3": moved(target)}) as server:
        assert says in await refused(fetcher(), server.at("/a.mp3"))
        assert len(server.asked) == (1 if target else 4)


async def test_a_redirect_to_a_name_that_leads_inside_is_judged_like_the_first() -> None:
    def lookup(host: str, port: int) -> Sequence[str]:
        return ["10.0.0.7"] if host == "inside.example" else ["127.0.0.1"]

    async with site({"/a.mp3": moved("https://inside.example/b.mp3")}) as server:
        judged = fetcher(lookup, allowed=lambda ip: str(ip) == "127.0.0.1")
        assert "10.0.0.7 is no public address" in await refused(judged, server.at("/a.mp3"))


async def test_a_name_is_looked_up_once_for_judging_and_connecting() -> None:
    answers = iter((["127.0.0.1"], ["10.0.0.7"]))
    async with site() as server:
        assert (await fetcher(lambda host, port: next(answers)).fetch(server.at("/a.mp3"))).content == MP3
    assert next(answers) == ["10.0.0.7"]


async def test_the_host_must_prove_itself() -> None:
    async with site(name="other.example") as server:
        assert "cannot be reached" in await refused(fetcher(), server.at("/a.mp3"))
        assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "answers 404"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "answers 500"),
        (OK + b"Content-Length: 100001\r\n\r\n" + b"x" * 100_001, "is larger than"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"ffff\r\n" + b"x" * 65_535 + b"\r\n" * 1, "cannot be reached"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "cannot be reached"),
        (OK + b"X: y\r\n" * 200 + b"\r\n", "cannot be reached"),
        (OK + b"Content-Length: 50\r\n\r\n" + b"x", "cannot be reached"),
    ],
)
async def test_what_is_no_file_says_why(answer: bytes, says: str) -> None:
    async with site({"/a.mp3": answer}) as server:
        assert says in await refused(fetcher(), server.at("/a.mp3"))


async def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    async with site({"/a.mp3": HANG}) as server:
        assert "did not come within" in await refused(fetcher(seconds=0.3), server.at("/a.mp3"))


async def test_a_name_that_nobody_knows() -> None:
    def lookup(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    said = await refused(fetcher(lookup), "https://files.example/a.mp3")
    assert said == "“https://files.example/a.mp3” cannot be reached: Name or service not known"


@pytest.mark.parametrize(
    ("path", "answer", "says"),
    [
        ("/a.mp3", WHOLE, None),
        ("/a.mp3", b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "answers 404"),
        ("/a.mp3", WHOLE.replace(b"audio/mpeg", b"text/html!"), "leads to text/html!, not to an mp3"),
        ("/a.mp3", WHOLE.replace(b"ID3", b"PK\x03"), "is no mp3"),
        ("/a.wav", WHOLE, "the file is an .mp3, not .wav"),
    ],
)
async def test_a_call_plays_an_mp3_or_is_not_made(path: str, answer: bytes, says: str | None) -> None:
    async with site({path: answer}) as server:
        found = await audio_file(fetcher(), server.at(path))
    if says is None:
        assert isinstance(found, Fetched)
    else:
        assert isinstance(found, Outcome)
        assert (found.kind, found.reason) == (OutcomeKind.REJECTED, "bad_audio")
        assert says in found.detail.english()
