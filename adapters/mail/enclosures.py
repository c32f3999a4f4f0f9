"""Files in a mail: how they are put into it, and whether another parser finds them there as they were meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.message import Message as RawMessage
from typing import Any, Final

from core.files import MEGABYTE, MOST_ATTACHED, UNKNOWN_TYPE, clean_name
from core.i18n import N_
from core.words import Words

_TOKEN: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_NOT_FOR_BYTES: Final = frozenset({"message", "multipart"})
"""What RFC 2046 does not let be encoded."""
_OURS: Final = frozenset({"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"})


class BadMessage(ValueError):
    """The message cannot be put on the wire as it is: a stable reason code, and why in words."""

    def __init__(self, reason: str, detail: Words) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail.english())


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file as it goes into a mail: a harmless name, a media type that fits bytes, the bytes."""

    name: str
    media_type: str
    content: bytes


def enclosures(data: Mapping[str, Any], contents: Mapping[str, bytes]) -> Sequence[Enclosure]:
    """Return the files of a message, with their bytes by digest. Raises :class:`BadMessage`: ``attachment_missing`` for
    a content that is not there, ``bad_attachment`` for more than a mail carries."""
    found = [_enclosure(each, contents) for each in data.get("attachments") or ()]
    size = sum(len(each.content) for each in found)
    if size > MOST_ATTACHED:
        words = N_("the attachments have {size} MB together; {most} MB go with one message at most")
        raise BadMessage(
            "bad_attachment", Words(words, {"size": -(-size // MEGABYTE), "most": MOST_ATTACHED // MEGABYTE})
        )
    return found


def _enclosure(attachment: Mapping[str, Any], contents: Mapping[str, bytes]) -> Enclosure:
    name = clean_name(str(attachment.get("name") or "")).replace("=?", "= ?")
    content = contents.get(str(attachment.get("digest")))
    if content is None:
        raise BadMessage("attachment_missing", gone(name))
    return Enclosure(name, _fitting(str(attachment.get("media_type") or "")), content)


def gone(name: str) -> Words:
    """Say that a file's content is no longer kept."""
    return Words(N_("the content of “{name}” is not in this database"), {"name": name})


def _fitting(media_type: str) -> str:
    kind, slash, part = media_type.lower().partition("/")
    if slash and _TOKEN.fullmatch(kind) and _TOKEN.fullmatch(part) and kind not in _NOT_FOR_BYTES:
        return f"{kind}/{part}"
    return UNKNOWN_TYPE


def enclose(mail: EmailMessage, files: Sequence[Enclosure], boundary: str) -> None:
    """Put files into a mail that has its text already."""
    for file in files:
        kind, _, part = file.media_type.partition("/")
        mail.add_attachment(file.content, maintype=kind, subtype=part, filename=file.name)
    if files:
        mail.set_boundary(boundary)


def sound(parts: Sequence[RawMessage], files: Sequence[Enclosure]) -> bool:
    """Return whether these parts of a mail, as another parser has read them, are the files: name, type, bytes, and no
    header besides."""
    return len(parts) == len(files) and all(map(_is, parts, files))


def _is(part: RawMessage, file: Enclosure) -> bool:
    return (
        set(part.keys()) <= _OURS
        and part.get_content_disposition() == "attachment"
        and part.get_filename() == file.name
        and part.get_content_type() == file.media_type
        and part.get_payload(decode=True) == file.content
    )
