"""What leaves the log for the machine: exports, attachments, mails for the browser. Nothing written over, nothing run.

Temporary files lie in a folder that only this user can enter; it goes when the program ends.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from core import files, outbound_export, outbound_reading
from core.i18n import gettext as _
from core.log_filter import LogFilter
from core.outbound import Row
from core.ports import Store
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt

OPENED: Final = frozenset({"image", "audio", "video"})
OPENED_TYPES: Final = frozenset({"application/pdf", "text/plain", "text/csv"})
"""Media types that are opened; others may hold something that acts, and are only saved."""
POLICY: Final = "default-src 'none'; img-src data: cid:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_PAGE: Final = """<!doctype html>
<html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer"><title>{title}</title>
<style>html,body{{margin:0;height:100%}}iframe{{border:0;width:100%;height:100%}}</style></head>
<body><iframe sandbox="" referrerpolicy="no-referrer" srcdoc="{mail}"></iframe></body></html>
"""


@cache
def folder() -> Path:
    """Return the folder for temporary files, made at first use."""
    made = Path(tempfile.mkdtemp(prefix="funil-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def page(html: str, title: str) -> Path:
    """Write a mail as a page for the browser and return its path.

    The mail stands in a frame without scripts, forms, plug-ins or navigation (HTML's ``sandbox``), under a policy by
    which nothing is fetched from anywhere (CSP): a client's data in it can neither act nor call home.
    """
    whole = _PAGE.format(policy=POLICY, title=escape(safe_text(title)), mail=escape(html))
    return copy("mail.html", whole.encode("utf-8", "replace"))


def copy(name: str, content: bytes) -> Path:
    """Write a temporary file, readable by this user only, and return its path."""
    where = Path(tempfile.mkdtemp(dir=folder())) / files.clean_name(name)
    _create(where, content)
    return where


def save(path: str, content: bytes) -> None:
    """Write a new file. Raises ``OSError``, also where there is one already."""
    _create(Path(path).expanduser(), content)


def _create(where: Path, content: bytes) -> None:
    with where.open("xb") as out:
        where.chmod(0o600)
        out.write(content)


def export(store: Store, where: LogFilter, path: str) -> int:
    """Write what a filter shows into a new file, by its ending, and return how many lines there were.

    Raises ``OSError``; no half file is left then.
    """
    target = Path(path).expanduser()
    how: outbound_export.Format = "json" if target.suffix.lower() == ".json" else "csv"
    with target.open("x", encoding="utf-8", newline="") as out:
        try:
            return outbound_export.write(out, _rows(store, where), how)
        except BaseException:
            out.close()
            target.unlink(missing_ok=True)
            raise


def _rows(store: Store, where: LogFilter) -> Iterator[Row]:
    for step in outbound_reading.steps(store, where):
        yield from step.rows


def why_not_write(path: str) -> str | None:
    """Say why no file can be made there; None when one can."""
    target = Path(path).expanduser()
    if not path.strip() or path.endswith(("/", os.sep)):
        return _("Type the name of a file.")
    if target.exists():
        return _("There is something of that name already: choose another one.")
    if not target.parent.is_dir():
        return fill(_("There is no folder {folder}."), {"folder": str(target.parent)})
    return None


def why_not_export_to(path: str) -> str | None:
    """Say why the log cannot be written there; None when it can."""
    if Path(path).suffix.lower() not in (".csv", ".json"):
        return _("The name ends in .csv or .json.")
    return why_not_write(path)


def why_not_open(file: Mapping[str, Any]) -> str | None:
    """Say why a file is not opened from here; None when it is."""
    kind = files.media_type_of(name_of(file))
    if kind in OPENED_TYPES or (kind.partition("/")[0] in OPENED and kind != "image/svg+xml"):
        return None
    return _("A file of this type may hold something that acts: save it, and open it yourself.")


def name_of(file: Mapping[str, Any]) -> str:
    """Return the name under which a file can lie on a disk."""
    return files.clean_name(str(file["name"]))


def size_words(file: Mapping[str, Any]) -> str:
    """Return a file's size for people."""
    size = int(file.get("size") or 0)
    for unit, name in ((files.MEGABYTE, "MB"), (1024, "KB")):
        if size >= unit:
            return f"{fmt.number(Decimal(size) / unit)} {name}"
    return f"{size} B"


def downloads() -> Path:
    """Return the folder into which people save things: Downloads where there is one, else where they are."""
    found = Path.home() / "Downloads"
    return found if found.is_dir() else Path.cwd()


def show(path: Path) -> bool:
    """Have the machine's own program show a file; False where there is no desktop to show it on."""
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a file that we have made, of a type that acts on nothing
        return True
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    desktop = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    found = shutil.which(opener) if desktop else None
    if found is None:
        return False
    _running[:] = [each for each in _running if each.poll() is None]
    try:
        opened = subprocess.Popen(  # noqa: S603 - a program of the system, given the path of a file that we have made
            [found, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    _running.append(opened)
    return True


_running: Final[list[subprocess.Popen[bytes]]] = []
"""Programs that were started to show a file; whoever has ended is forgotten when the next one starts."""
