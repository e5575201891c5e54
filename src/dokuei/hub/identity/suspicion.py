"""Which refused answers of keys are more than a slip: a genuine signature in a place where none should be."""

import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from webauthn.helpers import (
    base64url_to_bytes,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_authenticator_data,
    verify_signature,
)
from webauthn.helpers.exceptions import WebAuthnException

from dokuei.hub.identity.alerts import AlertKind
from dokuei.hub.identity.passkeys import KnownPasskey, RelyingParty


def suspicion(
    party: RelyingParty, credential: dict[str, Any], *, key: KnownPasskey, was_asked: bool
) -> AlertKind | None:
    """What a refused answer tells of, if the key itself made it; whoever merely invents answers raises no alarm.

    (WebAuthn Level 3, 6.1.1 on counters that go back, 7.2 on the order of checks.)
    """
    try:
        response = credential["response"]
        client_data = base64url_to_bytes(response["clientDataJSON"])
        data = base64url_to_bytes(response["authenticatorData"])
        if not _genuine(key, data, client_data, base64url_to_bytes(response["signature"])):
            return None
        said = parse_authenticator_data(data)
        origin = json.loads(client_data)["origin"]
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
        return None
    elsewhere = origin not in party.origins or said.rp_id_hash != hashlib.sha256(party.id.encode()).digest()
    counts = said.sign_count > 0 or key.sign_count > 0
    signs = (
        (not was_asked, AlertKind.KEY_REPLAYED),
        (elsewhere, AlertKind.KEY_ELSEWHERE),
        (not said.flags.uv, AlertKind.KEY_UNVERIFIED),
        (counts and said.sign_count <= key.sign_count, AlertKind.KEY_COPIED),
    )
    return next((kind for holds, kind in signs if holds), None)


def _genuine(key: KnownPasskey, data: bytes, client_data: bytes, signature: bytes) -> bool:
    public = decode_credential_public_key(key.public_key)
    try:
        verify_signature(
            public_key=decoded_public_key_to_cryptography(public),
            signature_alg=public.alg,
            signature=signature,
            data=data + hashlib.sha256(client_data).digest(),
        )
    except InvalidSignature:
        return False
    return True
