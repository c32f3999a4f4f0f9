"""The art of keeping files: names that harm nobody, media types, digests, sizes.

A file's name comes from anywhere and goes everywhere: onto a disk, into a mail's header, onto a screen. So it is
cleaned once, when the file is taken in.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from core.errors import BadInput
from core.i18n import N_
from core.model.file import Attachment, NewFile

MEGABYTE: Final = 1024 * 1024
LARGEST: Final = 25 * MEGABYTE
"""Bytes of one file."""
MOST_ATTACHED: Final = 18 * MEGABYTE
"""Bytes that one mail carries: a third more on the wire, so within the 25 MB that mail servers commonly take."""
UNKNOWN_TYPE: Final = "application/octet-stream"
NAMELESS: Final = "file"
_LONGEST: Final = 120
_LONGEST_IN_BYTES: Final = 200
_LONGEST_ENDING: Final = 16
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
_RESERVED: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")
"""Names that Windows keeps for devices, whatever ending they have."""
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_TYPES: Final = {
    ending: f"{group}/{kind or ending}"
    for group, kinds in {
        "application": (
            "pdf zip rtf:rtf json xml gz:gzip 7z:x-7z-compressed rar:vnd.rar tar:x-tar doc:msword dot:msword "
            "xls:vnd.ms-excel ppt:vnd.ms-powerpoint "
            "docx:vnd.openxmlformats-officedocument.wordprocessingml.document "
            "xlsx:vnd.openxmlformats-officedocument.spreadsheetml.sheet "
            "pptx:vnd.openxmlformats-officedocument.presentationml.presentation "
            "odt:vnd.oasis.opendocument.text ods:vnd.oasis.opendocument.spreadsheet "
            "odp:vnd.oasis.opendocument.presentation epub:epub+zip p7s:pkcs7-signature"
        ),
        "text": "txt:plain text:plain log:plain csv html htm:html md:markdown ics:calendar vcf:vcard css",
        "image": "png jpg:jpeg jpeg gif webp bmp tif:tiff tiff heic avif svg:svg+xml ico:vnd.microsoft.icon",
        "audio": "mp3:mpeg ogg oga:ogg opus:ogg wav m4a:mp4 aac flac",
        "video": "mp4 mpeg mpg:mpeg webm mov:quicktime avi:x-msvideo mkv:x-matroska",
    }.items()
    for ending, _, kind in (word.partition(":") for word in kinds.split())
}


def clean_name(text: str) -> str:
    """Return a name under which a file may lie anywhere: one part of a path, without controls, without characters that
    hide or reorder, none that a file system keeps for itself, at most 120 characters. Cleaning again changes nothing.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", text).rstrip("/\\"))[-1]
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c) not in _DROPPED)
    name = _trimmed(" ".join(_FORBIDDEN.sub("_", name).split()))
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shortened(name) or NAMELESS


def _trimmed(name: str) -> str:
    """Take off what would hide a file or get lost: dots in front, dots and spaces behind."""
    return name.lstrip(". ").rstrip(". ")


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    room = _LONGEST - len(dot + ending)
    room_in_bytes = _LONGEST_IN_BYTES - len((dot + ending).encode())
    cut = stem[:room].encode()[:room_in_bytes].decode(errors="ignore")
    return name if cut == stem else unicodedata.normalize("NFC", _trimmed(cut) + dot + ending)


def media_type_of(name: str) -> str:
    """Return the media type that a name's ending stands for; what is not known is honestly ``octet-stream``."""
    return _TYPES.get(name.rpartition(".")[2].lower(), UNKNOWN_TYPE) if "." in name else UNKNOWN_TYPE


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a content, in hexadecimal: the key under which it is kept."""
    return hashlib.sha256(content).hexdigest()


def described(new: NewFile) -> Attachment:
    """Return a new file as deals and messages hold it, its name cleaned. Raises ``BadInput`` for one too large."""
    name = clean_name(new.name)
    if len(new.content) > LARGEST:
        raise BadInput(
            N_("“{name}” has {size} MB; a file may have {most} MB at most"),
            name=name,
            size=-(-len(new.content) // MEGABYTE),
            most=LARGEST // MEGABYTE,
        )
    return {
        "name": name,
        "digest": digest_of(new.content),
        "size": len(new.content),
        "media_type": media_type_of(name),
    }


def is_digest(text: object) -> bool:
    """Return whether something can be a content's digest."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def attachment_of(value: Mapping[str, Any]) -> Attachment:
    """Return a stored file value of a deal as a message holds it: those four keys and no more."""
    return {
        "name": str(value["name"]),
        "digest": str(value["digest"]),
        "size": int(value.get("size") or 0),
        "media_type": str(value.get("media_type") or UNKNOWN_TYPE),
    }
