"""A WebAuthn authenticator in software (ES256): what a USB key or a phone answers, and what a thief would try."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

_UP, _UV, _BE, _BS, _AT = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class SoftKey:
    """One credential inside the authenticator."""

    private_key: ec.EllipticCurvePrivateKey
    credential_id: bytes
    rp_id: str
    user_handle: bytes
    sign_count: int = 0


@dataclass
class Authenticator:
    """``verifies_user`` False is a key without PIN; ``synced`` a passkey that lives in a cloud."""

    origin: str
    verifies_user: bool = True
    synced: bool = False
    keys: list[SoftKey] = field(default_factory=list)

    def create(self, options: dict[str, Any], *, origin: str | None = None) -> dict[str, Any]:
        """What ``navigator.credentials.create`` gives, as JSON."""
        key = SoftKey(
            ec.generate_private_key(ec.SECP256R1()),
            secrets.token_bytes(32),
            options["rp"]["id"],
            base64url_to_bytes(options["user"]["id"]),
        )
        self.keys.append(key)
        numbers = key.private_key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + len(key.credential_id).to_bytes(2, "big") + key.credential_id + cose
        data = self._data(key, _AT) + attested
        client = self._client("webauthn.create", options["challenge"], origin)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(key, {"attestationObject": attestation, "clientDataJSON": client}, transports=["usb"])

    def get(self, options: dict[str, Any], *, origin: str | None = None, key: SoftKey | None = None) -> dict[str, Any]:
        """What ``navigator.credentials.get`` gives, as JSON."""
        allowed = {entry["id"] for entry in options.get("allowCredentials", [])}
        chosen = key or next(k for k in self.keys if not allowed or bytes_to_base64url(k.credential_id) in allowed)
        chosen.sign_count += 1
        data = self._data(chosen, 0)
        client = self._client("webauthn.get", options["challenge"], origin)
        signed = chosen.private_key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": data,
            "clientDataJSON": client,
            "signature": signed,
            "userHandle": chosen.user_handle,
        }
        return self._answer(chosen, response)

    def _data(self, key: SoftKey, more: int) -> bytes:
        flags = _UP | more | (_UV if self.verifies_user else 0) | (_BE | _BS if self.synced else 0)
        return hashlib.sha256(key.rp_id.encode()).digest() + bytes([flags]) + key.sign_count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, origin: str | None) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin or self.origin}).encode()

    @staticmethod
    def _answer(key: SoftKey, response: dict[str, bytes], **more: Any) -> dict[str, Any]:
        name = bytes_to_base64url(key.credential_id)
        encoded = {field_name: bytes_to_base64url(value) for field_name, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": {**encoded, **more}}
