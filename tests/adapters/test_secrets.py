"""Where secrets come from, and which places are not trusted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.base import variable_of
from adapters.secrets import Secrets, system_keyring
from core.errors import BadInput


def no_keyring(connection: str, field: str) -> None:
    return None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "secrets"
    path.write_text(
        "# ours\nFUNIL_SECRET_MAIL_PASSWORD = a=b c \n\nFUNIL_SECRET_SMS1_TOKEN=t\nnonsense\n", encoding="utf-8"
    )
    path.chmod(0o600)
    return path


def secrets_in(file: Path, **environ: str) -> Secrets:
    return Secrets({"FUNIL_SECRETS_FILE": str(file), **environ}, no_keyring)


NAMES = [
    ("mail", "password", "FUNIL_SECRET_MAIL_PASSWORD"),
    ("mail-2", "api_key", "FUNIL_SECRET_MAIL_2_API_KEY"),
    ("ação.x", "token", "FUNIL_SECRET_A__O_X_TOKEN"),
    ("<CONNECTION>", "password", "FUNIL_SECRET_<CONNECTION>_PASSWORD"),
]


@pytest.mark.parametrize(("connection", "field", "variable"), NAMES)
def test_the_name_of_the_variable(connection: str, field: str, variable: str) -> None:
    assert variable_of(connection, field) == variable


def test_the_environment_comes_first(file: Path) -> None:
    secrets = secrets_in(file, FUNIL_SECRET_MAIL_PASSWORD="env")
    assert secrets.get("mail", "password") == SecretStr("env")


def test_then_the_file(file: Path) -> None:
    assert secrets_in(file).get("mail", "password") == SecretStr("a=b c")
    assert secrets_in(file).get("sms1", "token") == SecretStr("t")
    assert secrets_in(file).get("sms1", "other") is None


def test_then_the_key_ring() -> None:
    secrets = Secrets({}, keyring=lambda connection, field: f"{connection}/{field}")
    assert secrets.get("mail", "password") == SecretStr("mail/password")


def test_nowhere() -> None:
    assert Secrets({}, no_keyring).get("mail", "password") is None


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_file_that_others_may_read_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(BadInput, match=r"chmod 600") as caught:
        secrets_in(file).get("mail", "password")
    assert "a=b c" not in str(caught.value)


def test_a_file_of_somebody_else_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(file, 12_345, -1) if os.geteuid() == 0 else monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    with pytest.raises(BadInput, match="belongs to another user"):
        secrets_in(file).get("mail", "password")


def test_a_named_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        secrets_in(tmp_path / "none").get("mail", "password")


def test_the_usual_file_need_not_be_there() -> None:
    secrets = Secrets({}, no_keyring)
    assert secrets.path().parts[-2:] == ("funil", "secrets")
    assert secrets.get("mail", "password") is None


def test_a_file_that_is_no_text_is_told(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match="cannot be read"):
        secrets_in(file).get("mail", "password")


def test_a_key_ring_is_asked_for_our_service(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    monkeypatch.setattr(keyring, "get_password", lambda service, user: f"{service}:{user}")
    assert system_keyring("mail", "password") == "funil:mail.password"


def test_a_machine_without_a_key_ring_has_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.errors import KeyringLocked, NoKeyringError

    def none(service: str, user: str) -> str:
        raise NoKeyringError

    def locked(service: str, user: str) -> str:
        raise KeyringLocked

    monkeypatch.setattr(keyring, "get_password", none)
    assert system_keyring("mail", "password") is None
    monkeypatch.setattr(keyring, "get_password", locked)
    with pytest.raises(BadInput, match="KeyringLocked; unlock it or set FUNIL_SECRET_MAIL_PASSWORD"):
        system_keyring("mail", "password")


def test_a_secret_does_not_show_itself(file: Path) -> None:
    assert "a=b c" not in repr(secrets_in(file).get("mail", "password")) + repr(secrets_in(file))
