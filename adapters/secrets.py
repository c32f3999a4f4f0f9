"""Secrets of connections: from the environment, a private file, or the system's key ring; never from the database."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

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

    def keep(self, connection: str, field: str, value: str) -> SecretStr:
        """Add a secret to the file, which nobody else can read, and return what the file then holds: another process
        may have been first. Raises ``OSError``, and ``BadInput`` for a file that cannot be trusted."""
        variable, path = variable_of(connection, field), self.path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _opened_to_add(path) as file:
            text = file.read()
            present = _parse(text).get(variable)
            if present:
                return SecretStr(present)
            start = "" if not text or text.endswith("\n") else "\n"
            file.write(f"{start}{variable}={value}\n")
            file.flush()
            os.fsync(file.fileno())
        return SecretStr(value)

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


@contextmanager
def _opened_to_add(path: Path) -> Iterator[TextIO]:
    """Open a private file, made when it is missing, that no other process of ours changes meanwhile."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o600)
    with open(fd, "r+", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - a descriptor, not a path
        _lock(fd)
        if os.name == "posix":
            _refuse_shared(path, os.fstat(fd))
        yield file


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> None:
        # Locked bytes cannot be read on Windows, so a byte far behind the text is the lock.
        os.lseek(fd, 1 << 30, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_LOCK, 1)
        os.lseek(fd, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(fd: int) -> None:
        """Wait for the file; the kernel frees it when it is closed, however its holder ends."""
        fcntl.flock(fd, fcntl.LOCK_EX)


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
