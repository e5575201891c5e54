"""Argon2id (RFC 9106), with the same work done whether or not there is anybody to check (AUTH-07, AUTH-09)."""

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The salted one-way hash that is stored."""
    return _hasher.hash(_normal(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether a password fits; without a stored hash the same time passes and the answer is no."""
    try:
        fits = _hasher.verify(stored or _nobodys(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    """Two keyboards may write one character in two ways (RFC 8265 4.2)."""
    return unicodedata.normalize("NFC", password)
