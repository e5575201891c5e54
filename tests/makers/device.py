"""A browser's key for its session, as WebCrypto makes it and signs with it."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def text_of(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Device:
    """A key that stays where it is."""

    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    @property
    def name(self) -> str:
        """Its public half, as a page sends it at sign-in."""
        return text_of(self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def proof(self, challenge: str, *, path: str = "") -> str:
        """The hub's challenge with this key's signature, r and s one after the other; or for one path."""
        text = f"{challenge} {path}" if path else challenge
        r, s = decode_dss_signature(self.key.sign(b"dokuei session " + text.encode(), ECDSA(SHA256())))
        return f"{challenge}~{text_of(r.to_bytes(32) + s.to_bytes(32))}"

    def prove(self, client: httpx.Client) -> str:
        """Ask the hub what to sign, and let the client carry the answer from now on."""
        challenge = client.post("/api/v1/session/challenge").raise_for_status().json()["challenge"]
        client.headers["X-Dokuei-Proof"] = self.proof(challenge)
        return str(client.headers["X-Dokuei-Proof"])
