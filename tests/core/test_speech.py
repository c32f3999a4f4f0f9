"""What speech costs, whom espeak-ng can sound like, and which audio files may be played."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import audio, public_hosts, speech, voices
from core.errors import BadInput

# Length and price -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "speed", "seconds", "minutes"),
    [
        (0, 100, 0, 1),
        (1, 100, 1, 1),
        (175, 100, 60, 1),
        (176, 100, 61, 2),
        (175, 50, 120, 2),
        (350, 200, 60, 1),
        (351, 200, 61, 2),
        (1750, 100, 600, 10),
    ],
)
def test_a_text_takes_its_words_at_the_speed_and_each_minute_begun_counts(
    words: int, speed: int, seconds: int, minutes: int
) -> None:
    text = "palavra " * words
    assert (speech.seconds(text, speed), speech.minutes(text, speed)) == (seconds, minutes)
    assert speech.cost(Decimal("0.30"), text, speed) == Decimal("0.30") * minutes


@given(st.text(max_size=400), st.text(max_size=400), st.integers(50, 200), st.integers(50, 200))
def test_more_words_cost_no_less_and_more_speed_costs_no_more(one: str, more: str, slow: int, fast: int) -> None:
    slow, fast = sorted((slow, fast))
    assert speech.minutes(one, slow) <= speech.minutes(f"{one} {more}", slow)
    assert speech.minutes(one, fast) <= speech.minutes(one, slow)


def test_a_text_without_spaces_is_no_way_to_speak_for_nothing() -> None:
    assert speech.words("a" * 4096) == 274
    assert speech.words("Boa tarde, Maria") == 3


# Voices ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("pt-br", "pt-br"),
        (" PT-BR ", "pt-br"),
        ("en-US+F3", "en-us+f3"),
        ("es-419+Alicia", "es-419+Alicia"),
        ("mb-br1", "mb-br1"),
    ],
)
def test_a_voice_of_espeak(given: str, kept: str) -> None:
    assert voices.check(given) == kept


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("pt_BR", "“pt_BR” is no voice of espeak-ng: did you mean “pt-br”?"),
        ("pt-bra", "“pt-bra” is no voice of espeak-ng: did you mean “pt-br”?"),
        ("pt-br+f22", "“pt-br+f22” is no voice of espeak-ng: did you mean “pt-br+f2”?"),
        ("Brazilian lady", "“Brazilian lady” is no voice of espeak-ng; there are pt-br, en-us, es, pt-br+f2 …"),
        ("pt-br+", "“pt-br+” is no voice of espeak-ng: behind the plus stands m1 to m8 or f1 to f5, for instance"),
        ("mb-br1+f2", "“mb-br1+f2”: a recorded voice has no colours: write mb-br1"),
        ("-v/etc/passwd", "“-v/etc/passwd” is no voice of espeak-ng; there are pt-br, en-us, es, pt-br+f2 …"),
    ],
)
def test_no_voice_of_espeak(given: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        voices.check(given)
    assert caught.value.words.english() == says


@pytest.mark.parametrize(("language", "voice"), [("en", "en"), ("pt_BR", "pt-br"), ("tlh", "en")])
def test_the_house_has_a_voice_in_its_language(language: str, voice: str) -> None:
    assert voices.check(voices.of_language(language)) == voice


# Addresses ------------------------------------------------------------------------------------------------------------

PUBLIC = [
    "https://loja.example/hello.mp3",
    "https://loja.example/a/b/Hello.MP3?v=2#t",
    "HTTPS://Loja.Example:8443/hello.mp3",
    "https://8.8.8.8/hello.mp3",
    "https://134744072/hello.mp3",
    "https://[2001:4860:4860::8888]/hello.mp3",
    "https://[::ffff:8.8.8.8]/hello.mp3",
    "https://áudio.example/olá.mp3",
    "https://cdn.example/audio?id=7",
    "https://cdn.example/audio.php?id=7",
    "https://loja.example./hello.mp3",
]
PRIVATE_HOSTS = """
    localhost LOCALHOST localhost. sub.localhost printer printer.local db.internal nas.lan router.home.arpa app.corp
    intranet.private x.onion 127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0X7F.0.0.1 0177.0.0.1 017700000001
    00000177.1 127.0.0.1. 0 0.0.0.0 0x0 10.0.0.1 10.1 172.16.0.1 192.168.1.1 0xc0a80101 3232235777 100.64.0.1
    169.254.169.254 2852039166 192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1
    255.255.255.255 [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:c0a8:101] [::127.0.0.1]
    [::ffff:0:127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::10.0.0.1] [64:ff9b:1::1] [2002:7f00:1::] [2002:c0a8:101::1]
    [2001:0:1::1] [2001:db8::1] [3fff::1] [fe80::1] [fe80::1%25eth0] [fc00::1] [fd12::1] [fec0::1] [ff02::1] [100::1]
    [5f00::1] １２７.0.0.1 127.0.0.１ 127。0。0。1 ⓛocalhost loc­alhost %31%32%37.0.0.1 localhost%2e 256.1.1.1 1.2.3.4.5
    08.1.1.1 0xfg.1 -bad.example bad-.example a..example .example [::1 ::1
""".split()


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_kept_as_it_is_written(address: str) -> None:
    assert audio.check(f" {address} ") == address


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
@pytest.mark.parametrize("where", ["https://{}/a.mp3", "https://{}:443/a.mp3"])
def test_no_way_into_the_houses_own_network(host: str, where: str) -> None:
    with pytest.raises(BadInput):
        audio.check(where.format(host))


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://loja.example/a.mp3", "begins with https://"),
        ("ftp://loja.example/a.mp3", "begins with https://"),
        ("file:///etc/a.mp3", "begins with https://"),
        ("loja.example/a.mp3", "begins with https://"),
        ("//loja.example/a.mp3", "begins with https://"),
        ("https://", "“” is no public server's name"),
        ("https:///a.mp3", "“” is no public server's name"),
        ("https://ana:x@loja.example/a.mp3", "no user name or password"),
        ("https://8.8.8.8@127.0.0.1/a.mp3", "no user name or password"),
        ("https://127.0.0.1\\@loja.example/a.mp3", "no spaces, braces or backslashes"),
        ("https://loja.example/{{ deal.id }}.mp3", "no spaces, braces or backslashes"),
        ("https://lo\nja.example/a.mp3", "no spaces, braces or backslashes"),
        ("https://loja.example:99999/a.mp3", "this is no port"),
        ("https://loja.example:x/a.mp3", "this is no port"),
        ("https://[v1.x]/a.mp3", "no address"),
        ("https://loja.example/a.wav", "the file is an .mp3, not .wav"),
        ("https://loja.example/mp3.html", "the file is an .mp3, not .html"),
        ("https://loja.example/" + "a" * 2048 + ".mp3", "is too long: 2048 characters at most"),
        ("https://169.254.169.254/latest.mp3", "169.254.169.254 is no public address"),
        ("https://2130706433/a.mp3", "127.0.0.1 is no public address"),
    ],
)
def test_an_address_that_is_refused_says_why(address: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        audio.check(address)
    assert says in caught.value.words.english()


@given(st.integers(0, 2**32 - 1))
def test_every_notation_of_an_address_is_the_same_address(number: int) -> None:
    parts = number.to_bytes(4)
    dotted = ".".join(map(str, parts))
    found = public_hosts.literal(dotted)
    assert found is not None
    for written in (
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(map(hex, parts)),
        ".".join(f"0{part:o}" for part in parts),
        f"{parts[0]}.{number & 0xFFFFFF}",
        f"{parts[0]}.{parts[1]}.{number & 0xFFFF}",
        f"{dotted}.",
    ):
        assert public_hosts.literal(written) == found
    for inside in (f"[::ffff:{dotted}]", f"[64:ff9b::{dotted}]", f"[::{dotted}]"):
        embedded = public_hosts.literal(inside)
        assert embedded is not None
        assert public_hosts.public(embedded) == public_hosts.public(found)


@given(st.text(max_size=60))
def test_whatever_is_written_is_kept_or_refused(text: str) -> None:
    for address in (text, f"https://{text}", f"https://{text}/a.mp3", f"https://loja.example/{text}"):
        try:
            assert audio.check(address) == address.strip()
        except BadInput as refused:
            assert refused.words.english()


@pytest.mark.parametrize(
    ("media_type", "content", "says"),
    [
        ("audio/mpeg", b"ID3\x04rest", None),
        ("Audio/MP3; charset=binary", b"\xff\xfb\x90\x00", None),
        ("application/octet-stream", b"\xff\xf3\x90\x00", None),
        ("", b"ID3", None),
        ("text/html; charset=utf-8", b"ID3", "the address leads to text/html, not to an mp3"),
        ("audio/wav", b"RIFF", "the address leads to audio/wav, not to an mp3"),
        ("audio/mpeg", b"<html>", "what the address leads to is no mp3"),
        ("audio/mpeg", b"\xff\xd8\xff\xe0", "what the address leads to is no mp3"),
        ("audio/mpeg", b"", "what the address leads to is no mp3"),
    ],
)
def test_what_comes_back_is_an_mp3_or_is_not_played(media_type: str, content: bytes, says: str | None) -> None:
    found = audio.problem(media_type, content)
    assert (None if found is None else found.english()) == says
