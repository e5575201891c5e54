"""WebAuthn (Level 3): passkeys and USB keys, user verification always required (AUTH-05)."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json_dict,
    verify_signature,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dokuei.errors import SignatureError

_CREDENTIAL_ID = re.compile("[A-Za-z0-9_=-]{1,1400}")


@dataclass(frozen=True)
class RelyingParty:
    """What the browser binds a key to: the host name, and the addresses its page may come from."""

    id: str
    name: str
    origins: tuple[str, ...]


@dataclass(frozen=True)
class NewPasskey:
    """A key that proved itself at enrolment; ``synced`` where it can leave its device (backup eligible)."""

    credential_id: str
    public_key: bytes
    sign_count: int
    synced: bool
    aaguid: str
    transports: str


@dataclass(frozen=True)
class KnownPasskey:
    """A key as it is stored."""

    credential_id: str
    person_id: str
    public_key: bytes
    sign_count: int
    synced: bool
    label: str


@dataclass(frozen=True)
class Touch:
    """A verified use of a key."""

    new_sign_count: int
    synced: bool


def registration_options(
    party: RelyingParty,
    *,
    person_id: str,
    user_name: str,
    display_name: str,
    challenge: bytes,
    known: Sequence[KnownPasskey],
) -> dict[str, Any]:
    """What the page hands to ``navigator.credentials.create``: a discoverable key, so that sign-in asks for no name."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=person_id.encode(),
        user_name=user_name,
        user_display_name=display_name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json_dict(options)


def authentication_options(
    party: RelyingParty, *, challenge: bytes, allowed: Sequence[KnownPasskey] = ()
) -> dict[str, Any]:
    """What the page hands to ``navigator.credentials.get``; without ``allowed`` it tells nothing about anybody."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        allow_credentials=_descriptors(allowed),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def verify_registration(party: RelyingParty, credential: dict[str, Any], *, expected_challenge: bytes) -> NewPasskey:
    """Check a new key's answer.

    Raises:
        SignatureError: wrong challenge, origin, host, or no user verification.
    """
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=expected_challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureError("the key's answer does not hold", phase="registering a key") from error
    transports = credential.get("response", {}).get("transports") or []
    return NewPasskey(
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        aaguid=made.aaguid,
        transports=",".join(str(t)[:20] for t in transports[:6]) if isinstance(transports, list) else "",
    )


def verify_touch(
    party: RelyingParty, credential: dict[str, Any], *, expected_challenge: bytes, expected_key: KnownPasskey
) -> Touch:
    """Check a known key's answer.

    Raises:
        SignatureError: forged, replayed, wrong origin, no user verification, or a counter that went back.
    """
    try:
        used = verify_authentication_response(
            credential=credential,
            expected_challenge=expected_challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=expected_key.public_key,
            credential_current_sign_count=expected_key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureError("the key's answer does not hold", phase="checking a key") from error
    return Touch(used.new_sign_count, used.credential_device_type is CredentialDeviceType.MULTI_DEVICE)


def answered_challenge(credential: dict[str, Any]) -> bytes:
    """The challenge that a page says it answers: where to look up what was asked, proves nothing by itself.

    Raises:
        SignatureError: not the shape of an answer.
    """
    try:
        data = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return base64url_to_bytes(data["challenge"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise SignatureError("not a key's answer", phase="checking a key") from error


def credential_id_of(credential: dict[str, Any]) -> str:
    """The key that a page says it used; empty, which no key is called, where it is no base64url."""
    said = credential.get("id")
    return said if isinstance(said, str) and _CREDENTIAL_ID.fullmatch(said) else ""


def still_holds(evidence: Mapping[str, str], *, expected_shown: bytes) -> bool:
    """Whether the kept answer of a key stands for exactly these bytes: what proves a signature years later."""
    try:
        client_data = bytes.fromhex(evidence["client_data_json"])
        challenge = base64url_to_bytes(json.loads(client_data)["challenge"])
        key = decode_credential_public_key(bytes.fromhex(evidence["public_key"]))
        verify_signature(
            public_key=decoded_public_key_to_cryptography(key),
            signature_alg=key.alg,
            signature=bytes.fromhex(evidence["signature"]),
            data=bytes.fromhex(evidence["authenticator_data"]) + hashlib.sha256(client_data).digest(),
        )
        nonce = bytes.fromhex(evidence["nonce"])
    except (InvalidSignature, WebAuthnException, ValueError, KeyError, TypeError):
        return False
    return challenge == hashlib.sha256(nonce + expected_shown).digest()


def challenge_digest(challenge: bytes) -> str:
    """How a challenge is remembered until it is answered."""
    return hashlib.sha256(challenge).hexdigest()


def _descriptors(keys: Sequence[KnownPasskey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in keys]
