"""Secrets of connections: from the environment, a private file, or the system's key ring; never from the database."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from adapters.base import variable_of
from core.errors import BadInput
from core.i18n import N_

FILE_VARIABLE: Final = "FUNIL_SECRETS_FILE"
SERVICE: Final = "funil"
"""The name under which the key ring keeps our secrets; the user name is ``<connection>.<field>``."""

KeyRing = Callable[[str, str], str | None]


class Secrets:
    """Looks a secret up at each asking, so that a changed one counts from the next opening on.

    Sources in order: the variable ``FUNIL_SECRET_<CONNECTION>_<FIELD>``; a file of mode 0600 with lines
    ``FUNIL_SECRET_…=value``, named by ``FUNIL_SECRETS_FILE`` or ``secrets`` in the user's configuration folder; the
    system's key ring (extra ``keyring``).
    """

    def __init__(self, environ: Mapping[str, str] | None = None, keyring: KeyRing | None = None) -> None:
        self._environ = os.environ if environ is None else environ
        self._keyring = keyring or system_keyring

    def get(self, connection: str, field: str) -> SecretStr | None:
        """Return a secret, None when no source has it. Raises ``BadInput`` for a source that cannot be trusted."""
        variable = variable_of(connection, field)
        value = self._environ.get(variable) or self._from_file(variable) or self._keyring(connection, field)
        return SecretStr(value) if value else None

    def missing(self, connection: str, field: str) -> BadInput:
        """Return the error that tells where to put a secret that no source has."""
        return BadInput(
            N_(
                "connection “{connection}” needs its {field}: set {variable}, write it into {file} (mode 0600), "
                "or run “keyring set {service} {connection}.{field}”"
            ),
            connection=connection,
            field=field,
            variable=variable_of(connection, field),
            file=str(self.path()),
            service=SERVICE,
        )

    def path(self) -> Path:
        """Return where the secrets file is, or would be."""
        named = self._environ.get(FILE_VARIABLE)
        if named:
            return Path(named)
        from platformdirs import user_config_path

        return user_config_path("funil", appauthor=False) / "secrets"

    def _from_file(self, variable: str) -> str | None:
        path = self.path()
        try:
            text = _read_private(path)
        except FileNotFoundError:
            if self._environ.get(FILE_VARIABLE):
                raise BadInput(
                    N_("{variable} names {file}, which does not exist"), variable=FILE_VARIABLE, file=str(path)
                ) from None
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(
                N_("the secrets file {file} cannot be read: {why}"), file=str(path), why=type(error).__name__
            ) from None
        return _parse(text).get(variable)


def system_keyring(connection: str, field: str) -> str | None:
    """Return a secret from the system's key ring; None where there is no key ring or it lacks the secret."""
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, f"{connection}.{field}")
    except NoKeyringError:
        return None
    except KeyringError as error:
        raise BadInput(
            N_("the system's key ring cannot be read: {why}; unlock it or set {variable}"),
            why=type(error).__name__,
            variable=variable_of(connection, field),
        ) from None


def _read_private(path: Path) -> str:
    """Read a file that nobody else can read or change; judged on the open file, so that none can be swapped in."""
    with path.open(encoding="utf-8") as file:
        found = os.fstat(file.fileno())
        if os.name == "posix":
            _refuse_shared(path, found)
        return file.read()


def _refuse_shared(path: Path, found: os.stat_result) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        raise BadInput(
            N_("others may read the secrets file {file} (mode {mode}): run “chmod 600 {file}”"),
            file=str(path),
            mode=f"{mode:04o}",
        )
    if found.st_uid not in {os.geteuid(), 0}:
        raise BadInput(N_("the secrets file {file} belongs to another user"), file=str(path))


def _parse(text: str) -> Mapping[str, str]:
    """Read ``NAME=value`` lines: the value stands verbatim after the first ``=``; ``#`` starts a comment line."""
    pairs = (line.partition("=") for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}
