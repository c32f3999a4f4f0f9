"""Voices of espeak-ng (1.51): the languages it speaks, the colours that a voice may have, and MBROLA's voices.

``pt-br`` is a language, ``pt-br+f3`` that language in a woman's third voice, ``mb-br1`` a recorded voice that needs
MBROLA installed beside.
"""

from __future__ import annotations

from typing import Final

from core.errors import BadInput
from core.i18n import N_
from core.misfits import near_to

LANGUAGES: Final = tuple(
    """
    af am an ar as az ba be bg bn bpy bs ca chr-US-Qaaa-x-west cmn cmn-latn-pinyin cs cv cy da de el en en-029 en-gb
    en-gb-scotland en-gb-x-gbclan en-gb-x-gbcwmd en-gb-x-rp en-us en-us-nyc eo es es-419 es-mx et eu fa fa-latn fi fr
    fr-be fr-ch fr-fr ga gd gn grc gu hak haw hbs he hi hr ht hu hy hy-arevela hy-arevmda hyw ia id io is it ja jbo ka
    kk kl kn ko kok ku ky la lb lfn lt ltg lv mi mk ml mr ms mt my nb nci ne nl no nog om or pa pap piqd pl pt pt-br
    pt-pt py qdb qu quc qya ro ru ru-lv sd shn si sjn sk sl smj sq sr sv sw ta te th tk tn tr tt ug uk ur uz vi
    vi-vn-x-central vi-vn-x-south yue zh zh-cmn zh-yue
    """.split()
)
"""Languages by espeak-ng's id."""
_RECORDED: Final = tuple(
    """
    mb-af1 mb-af1-en mb-ar1 mb-ar2 mb-br1 mb-br2 mb-br3 mb-br4 mb-ca1 mb-ca2 mb-cn1 mb-cr1 mb-cz1 mb-cz2 mb-de1
    mb-de1-en mb-de2 mb-de2-en mb-de3 mb-de3-en mb-de4 mb-de4-en mb-de5 mb-de5-en mb-de6 mb-de6-en mb-de6-grc mb-de7
    mb-de8 mb-ee1 mb-en1 mb-es1 mb-es2 mb-es3 mb-es4 mb-fr1 mb-fr1-en mb-fr2 mb-fr3 mb-fr4 mb-fr4-en mb-fr5 mb-fr6
    mb-fr7 mb-gr1 mb-gr2 mb-gr2-en mb-hb1 mb-hb2 mb-hu1 mb-hu1-en mb-ic1 mb-id1 mb-in1 mb-in2 mb-ir1 mb-it1 mb-it2
    mb-it3 mb-it4 mb-jp1 mb-jp2 mb-jp3 mb-la1 mb-lt1 mb-lt2 mb-ma1 mb-mx1 mb-mx2 mb-nl1 mb-nl2 mb-nl2-en mb-nl3 mb-nz1
    mb-pl1 mb-pl1-en mb-pt1 mb-ro1 mb-ro1-en mb-sw1 mb-sw1-en mb-sw2 mb-sw2-en mb-tl1 mb-tr1 mb-tr2 mb-us1 mb-us2
    mb-us3 mb-vz1
    """.split()
)
COLOURS: Final = tuple(
    """
    m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 croak whisper whisperf klatt klatt2 klatt3 klatt4 klatt5 klatt6 Alex Alicia
    Andrea Andy Annie AnxiousAndy Demonic Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Michael Mike Mr
    Nguyen RicishayMax RicishayMax2 RicishayMax3 Storm Tweaky UniRobot adam anika anikaRobot announcer antonio aunty
    belinda benjamin boris caleb david ed edward edward2 fast grandma grandpa gustave iven iven2 iven3 iven4 john
    kaukovalta linda marcelo max michel miguel norbert pablo paul pedro quincy rob robert robosoft robosoft2 robosoft3
    robosoft4 robosoft5 robosoft6 robosoft7 robosoft8 sandro serious shelby steph steph2 steph3 travis victor zac
    """.split()
)
"""What may stand behind a language and a plus."""
KNOWN: Final = (*LANGUAGES, *_RECORDED)
_VOICES: Final = {voice.casefold(): voice for voice in KNOWN}
_COLOURS: Final = {colour.casefold(): colour for colour in COLOURS}
_HOUSE: Final = {"en": "en", "pt_BR": "pt-br"}


def of_language(language: str) -> str:
    """Return the voice that speaks one of the house's languages."""
    return _HOUSE.get(language, "en")


def check(voice: str) -> str:
    """Return a voice as espeak-ng writes it. Raises ``BadInput`` for one that it does not have."""
    language, plus, colour = voice.strip().partition("+")
    spoken = _VOICES.get(language.casefold())
    if spoken is None:
        raise _unknown(voice, language)
    if not plus:
        return spoken
    coloured = _COLOURS.get(colour.casefold())
    if coloured is None or spoken in _RECORDED:
        raise _uncoloured(voice, spoken, colour)
    return f"{spoken}+{coloured}"


def _unknown(voice: str, language: str) -> BadInput:
    near = near_to(language.replace("_", "-"), KNOWN)
    if near:
        return BadInput(N_("“{voice}” is no voice of espeak-ng: did you mean “{near}”?"), voice=voice, near=near)
    return BadInput(N_("“{voice}” is no voice of espeak-ng; there are pt-br, en-us, es, pt-br+f2 …"), voice=voice)


def _uncoloured(voice: str, spoken: str, colour: str) -> BadInput:
    if spoken in _RECORDED:
        return BadInput(N_("“{voice}”: a recorded voice has no colours: write {spoken}"), voice=voice, spoken=spoken)
    near = near_to(colour, COLOURS)
    if near:
        meant = f"{spoken}+{near}"
        return BadInput(N_("“{voice}” is no voice of espeak-ng: did you mean “{near}”?"), voice=voice, near=meant)
    return BadInput(
        N_("“{voice}” is no voice of espeak-ng: behind the plus stands m1 to m8 or f1 to f5, for instance"), voice=voice
    )
