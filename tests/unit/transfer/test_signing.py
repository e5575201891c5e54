from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.errors import ClockError, NotSignedInError
from dokuei.transfer.protocol import PROTOCOL_HEADER
from dokuei.transfer.signing import Signed, claimed_key_id, sign_request, verify_request

_KEY = ec.generate_private_key(ec.SECP256R1())
_AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
_URL = "https://hub.example:8443/gateway/v1/offers"


def _request(body: bytes | None = b"{}") -> Signed:
    request = Signed("POST", _URL, {PROTOCOL_HEADER: "1", "host": "hub.example:8443"})
    sign_request(request, key=_KEY, key_id="g1", at=_AT, body=body)
    return _arrived(request)


def _arrived(request: Signed, **changes: str) -> Signed:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Signed(changes.get("method", request.method), changes.get("url", request.url), headers)


def test_a_signed_request_is_known_again() -> None:
    request = _request()
    assert claimed_key_id(request.headers) == "g1"
    claim = verify_request(request, key=_KEY.public_key(), at=_AT + timedelta(seconds=3), body=b"{}")
    assert (claim.key_id, claim.created) == ("g1", _AT)
    assert claim.nonce


def test_two_requests_never_share_a_nonce() -> None:
    nonces = {verify_request(_request(), key=_KEY.public_key(), at=_AT, body=b"{}").nonce for _ in range(20)}
    assert len(nonces) == 20


@pytest.mark.parametrize(
    "changes", [{"method": "PUT"}, {"url": "https://hub.example:8443/gateway/v1/manifests"}, {"url": _URL + "?x=1"}]
)
def test_another_method_or_target_breaks_the_signature(changes: dict[str, str]) -> None:
    with pytest.raises(NotSignedInError):
        verify_request(_arrived(_request(), **changes), key=_KEY.public_key(), at=_AT, body=b"{}")


def test_another_body_breaks_the_signature() -> None:
    with pytest.raises(NotSignedInError):
        verify_request(_request(), key=_KEY.public_key(), at=_AT, body=b"{ }")


def test_a_body_that_was_not_signed_is_not_believed() -> None:
    with pytest.raises(NotSignedInError):
        verify_request(_request(None), key=_KEY.public_key(), at=_AT, body=b"{}")


def test_another_protocol_version_breaks_the_signature() -> None:
    request = _request()
    request.headers[PROTOCOL_HEADER] = "0"
    with pytest.raises(NotSignedInError):
        verify_request(request, key=_KEY.public_key(), at=_AT, body=b"{}")


def test_another_key_does_not_pass() -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(NotSignedInError):
        verify_request(_request(), key=other, at=_AT, body=b"{}")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_good_signature_of_another_time_is_told_about_its_clock(minutes: int) -> None:
    with pytest.raises(ClockError):
        verify_request(_request(), key=_KEY.public_key(), at=_AT + timedelta(minutes=minutes), body=b"{}")


def test_a_request_without_a_signature_is_nobodys() -> None:
    with pytest.raises(NotSignedInError):
        claimed_key_id({})
    with pytest.raises(NotSignedInError):
        verify_request(Signed("GET", _URL, {}), key=_KEY.public_key(), at=_AT, body=None)
