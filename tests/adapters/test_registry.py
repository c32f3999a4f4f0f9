"""Finding and opening adapters: clear refusals, secrets out of sight, broken plug-ins harm nobody."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from adapters import registry
from adapters.base import AdapterSettings, Opening, Provider, secret_fields
from adapters.clock import RealClock
from adapters.mail.smtp import SmtpAdapter
from adapters.registry import BUILT_IN, Registry
from adapters.secrets import Secrets
from adapters.simulated.adapter import EMAIL, SimulatedAdapter
from adapters.simulated.settings import SimulatedSettings
from core.errors import BadInput
from core.model.house import Connection
from core.ports import Adapter, AdapterFactory, Capabilities
from tests.memory_ledger import memory_backing

MAIL = Connection(id="mail", channel="email", adapter="simulated")
SMTP = Connection(id="mail", channel="email", adapter="smtp", settings={"host": "smtp.loja.example", "user": "ana"})


def house(environ: dict[str, str] | None = None, **extra: Provider) -> Registry:
    return Registry(Secrets(environ or {}, keyring=lambda *_: None), extra)


def opened(connection: Connection, environ: dict[str, str] | None = None) -> Adapter:
    return house(environ).open(connection, RealClock(), "h", memory_backing())


def refusal(connection: Connection, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        opened(connection, environ)
    return caught.value.words.english()


def test_it_is_an_adapter_factory() -> None:
    factory: AdapterFactory = house()
    assert factory.settings_model("simulated") is SimulatedSettings
    assert factory.settings_model("carrier-pigeon") is None
    assert list(factory.names("email")) == ["simulated", "smtp"]
    assert list(factory.names("open_channel")) == ["simulated", "simulated_telegram"]
    assert (
        list(factory.names("sms")) == list(factory.names("telephony")) == list(factory.names("form")) == ["simulated"]
    )


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_the_table_tells_the_same_as_the_providers(name: str) -> None:
    provider = house()._find(name)
    assert provider is not None
    assert (provider.name, provider.channels) == (name, BUILT_IN[name].channels)


@pytest.mark.parametrize("channel", ["email", "sms", "telephony", "open_channel"])
def test_what_sends_can_be_opened(channel: str) -> None:
    connection = replace(MAIL, channel=channel)
    capabilities = house().capabilities(connection)
    assert capabilities is not None
    assert capabilities.channel == channel
    assert opened(connection).capabilities == capabilities


def test_a_simulated_bot_can_be_opened() -> None:
    bot = Connection(id="tg", channel="open_channel", adapter="simulated_telegram", settings={"bot": "loja_bot"})
    assert opened(bot).capabilities == house().capabilities(bot)
    assert "settings.bot" in refusal(replace(bot, settings={}))


KEPT = [
    Connection(id="site", channel="form", adapter="simulated"),
]


@pytest.mark.parametrize("connection", KEPT, ids=lambda c: c.id)
def test_what_only_stands_there_is_checked_and_sends_nothing(connection: Connection) -> None:
    house().validate(connection)
    assert house().capabilities(connection) is None
    assert "nothing is sent through" in refusal(connection)


REFUSALS = [
    (replace(MAIL, adapter="simulatd"), "did you mean “simulated”?"),
    (replace(MAIL, adapter="smpt"), "did you mean “smtp”?"),
    (replace(MAIL, adapter="pigeon"), "for email there are simulated, smtp"),
    (replace(MAIL, channel="sms", adapter="smtp"), "serves email, not sms"),
    (replace(MAIL, settings={"adresses": []}), "connection “mail”: settings.adresses: "),
    (replace(SMTP, settings={}), "settings.host: it is missing"),
    (replace(SMTP, settings={"host": "h", "port": 0}), "settings.port: a number from 1 on stands here, not this value"),
    (replace(SMTP, settings={"host": "h", "port": "x"}), "settings.port: a whole number stands here, not this value"),
    (
        replace(SMTP, settings={"host": "h", "security": "startls"}),
        "settings.security: this value is none of the choices: did you mean “starttls”?",
    ),
    (
        replace(SMTP, settings={"host": "a b"}),
        "settings.host: this value does not have the right form: Name or address of the mail server, like",
    ),
    (replace(SMTP, settings={"host": "h", "addresses": ["ana"]}), "settings.addresses: “ana” is not an e-mail address"),
    (replace(SMTP, settings={"host": "h", "ca_file": "/no/such.pem"}), "there is no file /no/such.pem"),
    (replace(SMTP, settings={"host": "h", "security": "none", "user": "ana"}), "would send the password in the clear"),
]


@pytest.mark.parametrize(("connection", "says"), REFUSALS, ids=[r[1] for r in REFUSALS])
def test_a_refusal_says_what_would_be_right(connection: Connection, says: str) -> None:
    assert says in refusal(connection)


def test_smtp_finds_its_password() -> None:
    adapter = opened(SMTP, {"FUNIL_SECRET_MAIL_PASSWORD": "segredo"})
    assert isinstance(adapter, SmtpAdapter)
    assert adapter._settings.password == SecretStr("segredo")
    assert (adapter._settings.protection, adapter._settings.number) == ("starttls", 587)
    assert "segredo" not in repr(adapter._settings)


def test_smtp_on_this_machine_needs_neither_tls_nor_password() -> None:
    adapter = opened(replace(SMTP, settings={"host": "127.0.0.1"}))
    assert isinstance(adapter, SmtpAdapter)
    assert (adapter._settings.protection, adapter._settings.number) == ("none", 25)


def test_a_missing_password_is_refused_with_every_place_where_it_could_stand() -> None:
    said = refusal(SMTP)
    for place in ("FUNIL_SECRET_MAIL_PASSWORD", "mode 0600", "keyring set funil mail.password"):
        assert place in said


def test_a_password_in_the_board_file_is_refused_and_not_repeated() -> None:
    connection = replace(SMTP, settings={**SMTP.settings, "password": "hunter2"})
    for environ in ({}, {"FUNIL_SECRET_MAIL_PASSWORD": "segredo"}):
        said = refusal(connection, environ)
        assert "settings.password" in said
        assert "FUNIL_SECRET_MAIL_PASSWORD" in said
        assert "hunter2" not in said
    model = house().settings_model("smtp")
    assert model is not None
    with pytest.raises(ValueError, match="never stands in a board file") as caught:
        model.model_validate(connection.settings)
    assert "hunter2" not in str(caught.value)


def test_settings_of_an_open_connection_are_read_again_without_the_secret() -> None:
    assert house().validate(SMTP).model_dump(exclude_none=True)["user"] == "ana"


# Adapters of other packages -------------------------------------------------------------------------------------------


class PigeonSettings(AdapterSettings):
    loft: str
    feed: SecretStr | None = None


class Pigeon(Provider):
    name: ClassVar[str] = "pigeon"
    channels: ClassVar[tuple[str, ...]] = ("email",)
    Settings: ClassVar[type[AdapterSettings]] = PigeonSettings

    def capabilities(self, channel: str) -> Capabilities | None:
        return Capabilities(channel=channel)

    def open(self, opening: Opening) -> Adapter:
        assert opening.settings.feed.get_secret_value() == "corn"
        return SimulatedAdapter(EMAIL, SimulatedSettings(), opening.house_id, opening.clock)


def not_a_provider() -> object:
    return object()


def explode() -> Provider:
    raise RuntimeError("no wings")


PIGEON = Connection(id="roof", channel="email", adapter="pigeon", settings={"loft": "north"})


@pytest.fixture
def other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    here = __name__
    points = {"pigeon": "Pigeon", "rock": "not_a_provider", "dodo": "explode", "ghost": "gone", "smtp": "Pigeon"}
    found = [EntryPoint(name, f"{here}:{value}", registry.GROUP) for name, value in points.items()]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: found if group == registry.GROUP else [])


@pytest.mark.usefixtures("other_packages")
def test_an_adapter_of_another_package() -> None:
    factory = house({"FUNIL_SECRET_ROOF_FEED": "corn"})
    assert list(factory.names("email")) == ["simulated", "smtp", "pigeon"]
    assert factory.settings_model("pigeon") is PigeonSettings
    assert isinstance(factory.open(PIGEON, RealClock(), "h", memory_backing()), SimulatedAdapter)


@pytest.mark.usefixtures("other_packages")
def test_a_broken_package_is_told_and_harms_nobody() -> None:
    factory = house()
    assert set(factory.findings()) == {"rock", "dodo", "ghost"}
    assert "RuntimeError: no wings" in factory.findings()["dodo"].english()
    assert factory.settings_model("dodo") is None
    with pytest.raises(BadInput, match="cannot be loaded: RuntimeError: no wings"):
        factory.open(replace(PIGEON, adapter="dodo"), RealClock(), "h", memory_backing())
    assert isinstance(factory.open(MAIL, RealClock(), "h", memory_backing()), SimulatedAdapter)


@pytest.mark.usefixtures("other_packages")
def test_another_package_cannot_take_the_place_of_our_own() -> None:
    assert house().settings_model("smtp") is not PigeonSettings


def test_a_provider_of_the_callers_own() -> None:
    factory = house({"FUNIL_SECRET_ROOF_FEED": "corn"}, pigeon=Pigeon())
    assert isinstance(factory.open(PIGEON, RealClock(), "h", memory_backing()), SimulatedAdapter)


def test_a_secret_that_the_model_cannot_do_without_is_a_mistake_in_the_model() -> None:
    with pytest.raises(TypeError, match="needs the default None"):

        class Careless(AdapterSettings):
            token: SecretStr


def test_secrets_are_known_by_their_type() -> None:
    assert secret_fields(PigeonSettings) == {"feed"}


# Start-up -------------------------------------------------------------------------------------------------------------

QUICK = """
import sys
from adapters.registry import Registry
from core.model.house import Connection
factory = Registry()
{act}
print(sorted({{"aiosmtplib", "keyring", "apscheduler", "ssl"}} & set(sys.modules)))
"""


def loaded(act: str) -> Any:
    run = subprocess.run(
        [sys.executable, "-c", QUICK.format(act=act)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return run.stdout.strip()


def test_a_registry_loads_no_network_library_before_it_opens_a_line() -> None:
    assert loaded("factory.settings_model('simulated')") == "[]"
    assert "aiosmtplib" not in loaded(
        "factory.validate(Connection(id='m', channel='email', adapter='smtp', settings={'host': 'h'}))"
    )
