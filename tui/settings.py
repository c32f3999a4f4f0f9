"""What a person has chosen for their own screen, kept in one file from one start to the next.

The file is JSON, an object of names and values. It is written whole beside itself and then put in its place, so that
nobody ever reads half of it; another board's changes of other names stay.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from core.i18n import N_
from core.words import Words

FILE: Final = "settings.json"


class Settings:
    """The choices by name. Without a file they last as long as the screen.

    ``trouble`` says what is wrong with the file, once somebody has read or written; None while it is well.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.trouble: Words | None = None
        self._values: dict[str, Any] = self._read()

    @classmethod
    def of_user(cls) -> Settings:
        """Return the choices of whoever has started the program."""
        from platformdirs import user_config_path

        return cls(user_config_path("funil", appauthor=False) / FILE)

    def text(self, name: str, default: str = "") -> str:
        """Return a choice that is a text; the default where there is none, or something else stands there."""
        value = self._values.get(name)
        return value if isinstance(value, str) else default

    def value(self, name: str) -> Any:
        """Return a choice as JSON has it, None where there is none: whoever asks looks whether it makes sense."""
        return self._values.get(name)

    def keep(self, name: str, value: Any) -> None:
        """Remember a choice (a JSON value; None forgets it). Where the file cannot be written, ``trouble`` says so."""
        self.trouble = None
        before = self._read() if self.path is not None else self._values
        if self.trouble is None:
            self._values = before
        self._values = {key: each for key, each in {**self._values, name: value}.items() if each is not None}
        if self.path is None:
            return
        if self.trouble is not None:
            self._put_aside(self.path)
        try:
            _write(self.path, json.dumps(self._values, ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            self.trouble = _words(N_("What you choose cannot be kept in {file}: {why}"), self.path, error)

    def _read(self) -> dict[str, Any]:
        if self.path is None:
            return {}
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            self.trouble = _words(
                N_("Your settings in {file} cannot be read and are left out: {why}"), self.path, error
            )
            return {}
        if not isinstance(found, Mapping):
            self.trouble = Words(
                N_("Your settings in {file} are left out: the file is no object of names and values"),
                {"file": str(self.path)},
            )
            return {}
        return dict(found)

    def _put_aside(self, path: Path) -> None:
        """Keep a file that could not be read under another name before it is written over."""
        with suppress(OSError):
            path.replace(path.with_name(path.name + ".bad"))


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=path.name, delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.close()
            temporary.unlink(missing_ok=True)
            raise
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _words(pattern: str, path: Path, error: Exception) -> Words:
    why = getattr(error, "strerror", None) or type(error).__name__
    return Words(pattern, {"file": str(path), "why": str(why)})
