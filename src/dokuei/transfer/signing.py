"""HTTP message signatures (RFC 9421) by the enrolled key: who sends is settled on every request, not once a line.

ecdsa-p256-sha256 over method, target, protocol version and, where there is a body in hand, its digest (RFC 9530).
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.resolvers import HTTPSignatureKeyResolver
from typing_extensions import override

from dokuei.errors import ClockError, NotSignedInError
from dokuei.transfer.protocol import PROTOCOL_HEADER, SIGNATURE_TAG

CLOCK_SLACK = timedelta(minutes=5)
_COVERED = ("@method", "@target-uri", PROTOCOL_HEADER)


@dataclass(frozen=True)
class Signed:
    """A request as it is signed: what RFC 9421 calls the message."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """What a signature says about itself, once it has been verified."""

    key_id: str
    created: datetime
    nonce: str


def sign_request(
    request: Signed, *, key: ec.EllipticCurvePrivateKey, key_id: str, at: datetime, body: bytes | None
) -> None:
    """Add Signature, Signature-Input and (with a body) Content-Digest to the request's headers."""
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=_OneKey(key))
    signer.sign(
        request,
        key_id=key_id,
        created=at,
        expires=at + CLOCK_SLACK,
        nonce=secrets.token_urlsafe(18),
        tag=SIGNATURE_TAG,
        covered_component_ids=_COVERED,
        body=body,
    )


def claimed_key_id(headers: dict[str, str]) -> str:
    """Whose key a request says it is signed with; worth nothing before ``verify_request``.

    Raises:
        NotSignedInError: the request carries no signature that could be checked.
    """
    marker = 'keyid="'
    _, found, rest = headers.get("signature-input", "").partition(marker)
    key_id, closed, _ = rest.partition('"')
    if not (found and closed and key_id):
        raise NotSignedInError("the request is not signed", phase="knowing the gateway", remedy="enrol the gateway")
    return key_id


def verify_request(request: Signed, *, key: ec.EllipticCurvePublicKey, at: datetime, body: bytes | None) -> Claim:
    """Check the signature, what it covers and that it is fresh; the caller sees to the nonce being new.

    Raises:
        NotSignedInError: it does not hold, or its time is too far from ``at``.
    """
    verifier = _Verifier(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=_OneKey(key))
    try:
        (result,) = verifier.verify(
            request, max_age=None, expect_tag=SIGNATURE_TAG, require_components=_COVERED, body=body
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise NotSignedInError("the signature does not hold", phase="knowing the gateway") from error
    created = datetime.fromtimestamp(int(result.parameters["created"]), UTC)
    if abs(created - at) > CLOCK_SLACK:
        raise ClockError(
            f"the gateway's clock is {(created - at).total_seconds():+.0f} s off",
            phase="knowing the gateway",
            remedy="set the gateway's clock (NTP)",
        )
    if not result.nonce:
        raise NotSignedInError("the signature has no nonce", phase="knowing the gateway")
    return Claim(str(result.parameters["keyid"]), created, result.nonce)


class _Verifier(HTTPMessageVerifier):
    """Freshness is judged after the signature, so that only the key's owner learns about clocks."""

    max_clock_skew = timedelta(days=3650)


class _OneKey(HTTPSignatureKeyResolver):
    """The key is looked up by the caller, who also knows whether it is revoked."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> None:
        self._key = key

    @override
    def resolve_public_key(self, key_id: str) -> ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey:
        return self._key

    @override
    def resolve_private_key(self, key_id: str) -> ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey:
        return self._key
