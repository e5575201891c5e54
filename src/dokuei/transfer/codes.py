"""The one-time enrolment code: where the hub is, whom to trust there, and a secret that lets one gateway in.

The hub's listener for gateways asks every caller for a client certificate, a new gateway too. So the code carries a
certificate whose private key is derived from the code's own secret: whoever has no code does not get as far as HTTP.
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dokuei.errors import RequestError

_PREFIX = "dokuei-1-"
_HEAD = struct.Struct(">32s32sH")
_CHECK_BYTES = 4
SECRET_BYTES = 32


@dataclass(frozen=True)
class EnrolmentCode:
    """What the code says; ``authority`` is the SHA-256 of the hub's CA certificate, ``certificate`` is DER."""

    secret: bytes
    authority: bytes
    certificate: bytes
    hub_url: str

    def text(self) -> str:
        """The code as it is handed over, with a check sum that tells a slip of the hand from a wrong code."""
        body = _HEAD.pack(self.secret, self.authority, len(self.certificate)) + self.certificate + self.hub_url.encode()
        return _PREFIX + base64.urlsafe_b64encode(body + _check(body)).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "EnrolmentCode":
        """What a code says.

        Raises:
            RequestError: it is no such code, or was cut or mistyped.
        """
        packed = "".join(text.split())
        if not packed.startswith(_PREFIX):
            raise _unreadable()
        try:
            encoded = packed.removeprefix(_PREFIX)
            raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
            body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
            secret, authority, length = _HEAD.unpack_from(body)
            certificate = body[_HEAD.size : _HEAD.size + length]
            hub_url = body[_HEAD.size + length :].decode()
        except (ValueError, binascii.Error, struct.error) as error:
            raise _unreadable() from error
        if check != _check(body) or len(certificate) != length:
            raise _unreadable()
        return cls(secret, authority, certificate, hub_url)


def door_key(secret: bytes) -> ed25519.Ed25519PrivateKey:
    """The private key behind the code's certificate, the same on both sides."""
    seed = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"dokuei enrolment door").derive(secret)
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed)


def kept_form(secret: bytes) -> str:
    """What the hub keeps of a secret: a digest (the secret has 256 bits, so no slow hash is needed)."""
    return hashlib.sha256(b"dokuei enrolment secret" + secret).hexdigest()


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]


def _unreadable() -> RequestError:
    return RequestError(
        "this is no enrolment code, or a part of it is missing",
        phase="reading the enrolment code",
        remedy="copy the whole code, from dokuei-1- to its end",
    )
