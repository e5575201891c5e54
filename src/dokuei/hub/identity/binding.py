"""A session is worth something on one device only: a key that its browser cannot hand out signs for it (AUTH-12).

The browser makes the key (ECDSA on P-256, not extractable) and names it when somebody signs in. From then on the
cookie opens nothing by itself: each request carries a proof, which is the hub's own challenge with that key's
signature. A proof holds for some minutes and is judged when a session is looked up, so that images wait for nothing.
Where a browser follows a link by itself, a proof that was signed for that one path goes along as a cookie of that path.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.hub.identity.secrets import SecretBox, hashed

PROOF_LASTS: Final = timedelta(minutes=10)
_PURPOSE: Final = b"dokuei session"
_LONGEST_KEY: Final = 200
_HALF: Final = 32


@dataclass(frozen=True)
class Binding:
    """Makes challenges and judges their answers; any process of a hub knows those of the others."""

    box: SecretBox

    def challenge(self, secret: str) -> str:
        """What the key of this session is to sign now."""
        return self._made(secret, int((now() + PROOF_LASTS).timestamp()))

    def holds(self, secret: str, proof: str, *, device_key: str) -> bool:
        """Whether a proof is the answer of this session's key to a challenge of ours that still counts."""
        signed, _, path = proof.partition(" ")
        challenge, _, signature = signed.partition("~")
        until = challenge.partition(".")[0]
        if not (until.isascii() and until.isdigit()) or int(until) < now().timestamp():
            return False
        if not hmac.compare_digest(challenge.encode(), self._made(secret, int(until)).encode()):
            return False
        return _is_signed(device_key, f"{challenge} {path}" if path else challenge, signature)

    def _made(self, secret: str, until: int) -> str:
        key = hmac.digest(self.box.key, _PURPOSE, hashlib.sha256)
        return f"{until}.{hmac.new(key, f'{until} {hashed(secret)}'.encode(), hashlib.sha256).hexdigest()}"


def checked_key(text: str) -> str | None:
    """A device's public key as a browser names it (SubjectPublicKeyInfo in base64url); None where it names none.

    Raises:
        RequestError: it is no key on P-256.
    """
    if not text:
        return None
    try:
        _public_key(text)
    except ValueError as error:
        raise RequestError("this is no key of a device", phase="sign-in", remedy="load the page again") from error
    return text


@lru_cache(maxsize=4096)
def _public_key(text: str) -> EllipticCurvePublicKey:
    if len(text) > _LONGEST_KEY:
        raise ValueError("too long")
    key = load_der_public_key(_bytes(text))
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("not on P-256")  # noqa: TRY004 - the text's value is wrong, not a type of ours
    return key


def _is_signed(device_key: str, text: str, signature: str) -> bool:
    """WebCrypto writes r and s one after the other (IEEE P1363)."""
    try:
        raw = _bytes(signature)
        if len(raw) != 2 * _HALF:
            return False
        der = encode_dss_signature(int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:]))
        _public_key(device_key).verify(der, _PURPOSE + b" " + text.encode(), ECDSA(SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
