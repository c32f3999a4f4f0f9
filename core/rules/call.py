"""The rule that calls the client and says a text or plays a file.

Such a call is informational: it raises no event, so no trigger takes it for a manager's call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from pydantic import Field, field_validator, model_validator

from core import context, recipients, speech, templates, voices
from core.effects import Deliver, Effect
from core.i18n import N_
from core.misfits import Unfit, fitting
from core.model.delivery import Channel, Message
from core.model.house import House
from core.model.moment import DAY, SECOND, Moment, parse_duration
from core.ports import Facts, Random
from core.rules import ways
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.rules.email import AUTO
from core.safe_text import wire_text
from core.words import Words

LONGEST_WAIT: Final = 30 * DAY
_HEARD: Final = N_("What the client hears")


class CallSettings(Settings):
    """From which of our lines, what is said or played, and how often it is tried."""

    line: str | None = Field(
        default=None,
        title=N_("Number of origin"),
        description=N_("A connected telephone line; may be left out while there is only one."),
        json_schema_extra={"picker": "connection:telephony", "none": N_("the only one there is")},
    )
    say: str | None = Field(
        default=None,
        title=N_("Text"),
        description=N_("Spoken to the client. Speech is a paid service, debited from the line's account."),
        json_schema_extra={"template": "text", "either": _HEARD, "label": N_("a text that is spoken")},
    )
    voice: str | None = Field(
        default=None,
        title=N_("Voice"),
        description=N_("A voice of espeak-ng like pt-br, en-us or es+f2; the company's language when left out."),
        json_schema_extra={
            "picker": "voice",
            "examples": list(voices.LANGUAGES),
            "beside": "say",
            "none": N_("the company's language"),
        },
    )
    volume: int = Field(
        default=100,
        ge=0,
        le=200,
        title=N_("Volume"),
        description=N_("Percent, 0 to 200."),
        json_schema_extra={"unit": N_("percent"), "beside": "say"},
    )
    speed: int = Field(
        default=100,
        ge=50,
        le=200,
        title=N_("Speed"),
        description=N_("Percent, 50 to 200."),
        json_schema_extra={"unit": N_("percent"), "beside": "say"},
    )
    play: str | None = Field(
        default=None,
        title=N_("Audio file"),
        description=N_("The public address of an mp3, like https://loja.example/hello.mp3, in place of a text."),
        json_schema_extra={"either": _HEARD, "label": N_("an audio file")},
    )
    tries: int = Field(
        default=3,
        ge=1,
        le=10,
        title=N_("Tries"),
        description=N_("How often a busy or unanswered client is called."),
        json_schema_extra={"unit": N_("calls at most")},
    )
    every: str = Field(
        default="10m",
        title=N_("Apart"),
        description=N_("How long after one try the next is made, like 10m."),
        json_schema_extra={"picker": "span"},
    )

    @field_validator("line")
    @classmethod
    def _auto_is_none(cls, value: str | None) -> str | None:
        return None if value in ("", AUTO) else value

    @field_validator("say", "play", "voice")
    @classmethod
    def _blank_is_none(cls, value: str | None) -> str | None:
        return value if value is not None and value.strip() else None

    @field_validator("voice")
    @classmethod
    def _known_voice(cls, value: str | None) -> str | None:
        return None if value is None or value.strip() == AUTO else fitting(voices.check, value)

    @field_validator("play")
    @classmethod
    def _public_file(cls, value: str | None) -> str | None:
        if value is None:
            return None
        from core import audio  # few rules play a file, and every start would wait for what judges its address

        return fitting(audio.check, value)

    @field_validator("every")
    @classmethod
    def _bearable_wait(cls, value: str) -> str:
        return fitting(_wait, value)

    @model_validator(mode="after")
    def _one_of_two(self) -> CallSettings:
        if self.say is None and self.play is None:
            raise Unfit(N_("a call needs a text in “say” or the address of an mp3 in “play”"))
        if self.say is not None and self.play is not None:
            raise Unfit(N_("either “say” or “play” is set, not both: write null for the other"))
        return self

    @property
    def wait(self) -> int:
        """How long after one try the next is made, in milliseconds."""
        return parse_duration(self.every).millis


def _wait(text: str) -> str:
    span = parse_duration(text)
    if not SECOND <= span.millis <= LONGEST_WAIT:
        raise Unfit(N_("“{given}”: between two tries lie a second at least and 30 days at most"), given=text)
    return str(span)


class CallRule(RuleKind[CallSettings]):
    """Call the client."""

    id = "call"
    name = N_("Make a call")
    about = N_("Calls the first number of the deal's first contact, or of its company; needs a telephone line.")
    group = "communication"
    icon = "☎"
    Settings: ClassVar[type[CallSettings]] = CallSettings
    needs = frozenset({"contacts", "company", "responsible"})
    uses = frozenset({Channel.TELEPHONY})
    asks = uses

    def plan(self, facts: Facts, settings: CallSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the call. Raises ``CannotAct``: ``no_line``, those of the recipient, ``template_error``,
        ``text_too_long``."""
        connection = ways.TELEPHONY.pick(facts.house, settings.line)
        chosen = recipients.phone(facts)
        text = spoken(templates.render(settings.say, context.of(facts))) if settings.say is not None else ""
        data = {**_manner(settings, facts.house), "recipient": chosen.owner.id}
        message = Message(channel=Channel.TELEPHONY, to=chosen.address, text=text, data=data)
        return (Deliver(connection=connection.id, message=message, why=chosen.why),)

    def sentence(self, settings: CallSettings) -> Words:
        """Say what is said or played."""
        if settings.play is not None:
            return Words(N_("call the client and play {address}"), {"address": settings.play})
        return Words(N_("call the client and say: “{text}”"), {"text": settings.say or ""})

    def lint(self, settings: CallSettings, house: House) -> Iterable[Finding]:
        """Find mistakes in the text, a line that is missing or in doubt, and what is not known of an audio file."""
        if settings.say is not None:
            yield from templates.check(settings.say, house, field="say")
            if (length := templates.shortest(settings.say)) > speech.LIMIT:
                yield Finding("say", _too_long(length))
        if settings.play is not None:
            from core import audio

            yield from audio.doubts(settings.play, "play")
        yield from ways.TELEPHONY.findings(house, settings.line)


def spoken(text: str) -> str:
    """Return the text as it is said. An empty one is a ``template_error``, one over the limit ``text_too_long``."""
    text = wire_text(text)
    if not text.strip():
        raise CannotAct("template_error", Words(N_("the text has come out empty")))
    if len(text) > speech.LIMIT:
        raise CannotAct("text_too_long", _too_long(len(text)))
    return text


def _manner(settings: CallSettings, house: House) -> dict[str, Any]:
    """Return how the call is made: what the line is told beside the text, and when it is tried again."""
    again = {"tries": settings.tries, "every": settings.wait}
    if settings.play is not None:
        return {"play": settings.play, "volume": settings.volume, **again}
    voice = settings.voice or voices.of_language(house.company.language)
    return {"voice": voice, "volume": settings.volume, "speed": settings.speed, **again}


def _too_long(length: int) -> Words:
    args = {"length": length, "most": speech.LIMIT}
    return Words(N_("the text has {length} characters; a call says {most} at most"), args)
