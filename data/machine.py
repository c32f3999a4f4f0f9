"""Which machine this is, so that a database that was copied to another one is noticed."""

from __future__ import annotations

import os
import socket
import sys
from hashlib import blake2b
from pathlib import Path
from typing import Final

VARIABLE: Final = "FUNIL_MACHINE"
"""Names the machine where it has no lasting name of its own: a container gets a new one at each start."""
ID_FILES: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def fingerprint(*parts: str) -> str:
    """Return a short hash that says nothing of what it was made of."""
    return blake2b("\0".join(parts).encode(), digest_size=8, person=b"funil-home").hexdigest()


def this_machine() -> str:
    """Return this machine's lasting name: what the variable says, the system's own id, else the host's name."""
    return os.environ.get(VARIABLE) or _from_files() or _from_system() or socket.gethostname()


def _from_files() -> str | None:
    for path in ID_FILES:
        try:
            found = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if found and found != "uninitialized":
            return found
    return None


if sys.platform == "win32":
    import winreg

    def _from_system() -> str | None:
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        except OSError:
            return None

elif sys.platform == "darwin":

    def _from_system() -> str | None:
        import ctypes

        uuid, no_wait = ctypes.create_string_buffer(16), (ctypes.c_long * 2)(0, 0)
        try:
            failed = ctypes.CDLL(None).gethostuuid(uuid, no_wait)
        except (OSError, AttributeError):
            return None
        return None if failed else uuid.raw.hex()

else:

    def _from_system() -> str | None:
        return None
