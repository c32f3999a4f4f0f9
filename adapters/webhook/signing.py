"""Signatures by Standard Webhooks 1.0: HMAC-SHA256 over id, moment and body."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from core.errors import BadInput
from core.i18n import N_

PREFIX: Final = "whsec_"
SHORTEST: Final = 24
LONGEST: Final = 64
"""Bytes of a key, as the specification has it."""


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for. Raises ``BadInput``, without a word of the secret itself."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.strip().startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise BadInput(N_("the signing key is “whsec_” and 24 to 64 random bytes in base64"))
    return key


def headers(key: bytes, message_id: str, seconds: int, body: bytes) -> Mapping[str, str]:
    """Return the headers of one attempt at ``seconds`` since 1970: every attempt of a message has the same id."""
    signed = f"{message_id}.{seconds}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{signature}"}
