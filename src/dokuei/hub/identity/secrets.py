"""Random secrets, and the two ways they are kept: hashed where they are only compared, sealed where they are used."""

import hashlib
import os
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dokuei.errors import ConfigurationError
from dokuei.storage.filesystem import fsync_folder

_NONCE_BYTES = 12
_KEY_BYTES = 32


def new_secret() -> str:
    """256 random bits in URL-safe letters."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """A name for a row that tells nothing."""
    return uuid.uuid4().hex


def hashed(secret: str) -> str:
    """How a random secret is stored: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class SecretBox:
    """Seals what must be read again (TOTP secrets), so that a dump of the database opens nothing (AUTH-07)."""

    key: bytes

    def seal(self, secret: str, *, owner: str) -> bytes:
        """Encrypt and bind to its owner's row."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, secret.encode(), owner.encode())

    def open(self, sealed: bytes, *, owner: str) -> str:
        """Decrypt.

        Raises:
            ConfigurationError: sealed with another key, or moved to another row.
        """
        try:
            return AESGCM(self.key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner.encode()).decode()
        except InvalidTag as error:
            raise ConfigurationError(
                "a sealed secret does not open", phase="sign-in", remedy="restore hub/secret.key from the backup"
            ) from error


def secret_box(path: Path) -> SecretBox:
    """The box whose key lies in a file of mode 600, made at the first start."""
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(
            f"{path} is not a key of {_KEY_BYTES} bytes", phase="starting", remedy="restore it from the backup"
        )
    return SecretBox(key)


def _make_key(path: Path) -> None:
    """Whole or not at all: of several programs that start at once the first one's counts, and all read that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(os.urandom(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(made)
    except FileExistsError:
        return
    finally:
        made.unlink()
    fsync_folder(path.parent)
