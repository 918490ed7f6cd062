"""AES-256-GCM for clinical text. The only importer of the cipher.

A sealed value is ``version (1 byte) | nonce (12 bytes) | ciphertext and tag``. The *context* (table, column and
primary key) is bound as additional data, so a ciphertext moved to another row does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = b"\x01"
NONCE_BYTES, KEY_BYTES = 12, 32
SEALED_TEXT = "sealed:"


class CannotOpen(Exception):
    """The value was made with another key, for another place, or was changed."""


def new_secret() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def seal(secret: bytes, plain: bytes, context: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(secret).encrypt(nonce, plain, context.encode())


def open_sealed(secret: bytes, sealed: bytes, context: str) -> bytes:
    """The plain bytes. Raises ``CannotOpen`` when key, context or value do not belong together."""
    if sealed[:1] != VERSION:
        raise CannotOpen("unknown version")
    try:
        return AESGCM(secret).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], context.encode())
    except InvalidTag as error:
        raise CannotOpen("wrong key, wrong place or changed value") from error


@cache
def key_encryption_keys() -> dict[str, bytes]:
    """Name to 32 bytes, from ``CPMS_KEK``; the first one wraps. Raises ``ImproperlyConfigured`` when malformed."""
    keys = {}
    for pair in settings.CPMS_KEKS:
        name, _, text = pair.partition(":")
        raw = base64.b64decode(text)
        if not name or len(raw) != KEY_BYTES:
            raise ImproperlyConfigured('CPMS_KEK must read "name:base64 of 32 bytes".')
        keys[name] = raw
    return keys


def current_name() -> str:
    """The key-encryption key that wraps new keys."""
    return next(iter(key_encryption_keys()))


def wrap(secret: bytes, context: str) -> tuple[str, bytes]:
    """Seal a data key or a short text under the first key-encryption key; gives that key's name and the wrapped bytes."""
    name, kek = next(iter(key_encryption_keys().items()))
    return name, seal(kek, secret, context)


def unwrap(name: str, wrapped: bytes, context: str) -> bytes:
    try:
        kek = key_encryption_keys()[name]
    except KeyError as error:
        raise CannotOpen("this key-encryption key is not configured") from error
    return open_sealed(kek, wrapped, context)


def seal_text(text: str, context: str) -> str:
    """A short text that belongs to no patient, straight under the key-encryption key: ``sealed:name:base64``."""
    name, sealed = wrap(text.encode(), context)
    return f"{SEALED_TEXT}{name}:{base64.b64encode(sealed).decode()}"


def is_sealed_text(text: str) -> bool:
    return text.startswith(SEALED_TEXT)


def unseal_text(text: str, context: str) -> str:
    """The text again. Raises ``CannotOpen``."""
    name, _, sealed = text.removeprefix(SEALED_TEXT).rpartition(":")
    return unwrap(name, base64.b64decode(sealed), context).decode()


def digest(purpose: str, text: str) -> str:
    """A keyed SHA-256 in hex, for codes and blind indexes that must be compared but never read back."""
    secret = hashlib.sha256(b"cpms digest " + purpose.encode() + settings.SECRET_KEY.encode()).digest()
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
