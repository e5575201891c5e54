import socket
import ssl
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import h11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from dokuei.clock import now
from dokuei.errors import DokueiError, ForbiddenError, NotSignedInError, ProtocolVersionError, RequestError
from dokuei.gateway.enrol import hub_client, identity_of
from dokuei.settings import Settings
from dokuei.storage.pki import open_authority, private_pem
from dokuei.transfer.client import Signer
from dokuei.transfer.protocol import (
    HEARTBEAT_PATH,
    OFFER_PATH,
    PROTOCOL,
    PROTOCOL_HEADER,
    UPLOAD_PATH,
    Heartbeat,
    Offer,
    UploadEvent,
)
from dokuei.transfer.signing import Signed, sign_request
from tests.makers.gateway_hub import HubForGateways

_DAY = timedelta(days=1)
_BEAT = Heartbeat(version="test", protocol=PROTOCOL)
_ALERTS = ("CERTIFICATE_REQUIRED", "UNKNOWN_CA", "EOF", "reset", "DECRYPT_ERROR", "BAD_CERTIFICATE")


def _ask(hub: HubForGateways, context: ssl.SSLContext, head: bytes) -> bytes:
    with (
        socket.create_connection(("localhost", hub.port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as line,
    ):
        line.sendall(head)
        answer = bytearray()
        while data := line.recv(65536):
            answer += data
            if b"\r\n\r\n" in answer:
                break
        return bytes(answer)


def _trusting(hub: HubForGateways) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(hub.home / "pki" / "ca.pem"))


def test_a_stranger_without_a_certificate_gets_no_answer(hub: HubForGateways) -> None:
    """NET-02 NET-14: without an enrolled certificate there is not one byte of HTTP."""
    with pytest.raises(OSError) as refused:  # noqa: PT011 - which of the two kinds depends on timing
        assert _ask(hub, _trusting(hub), b"GET /gateway/v1/authority HTTP/1.1\r\nHost: localhost\r\n\r\n") == b""
    assert any(alert in str(refused.value) for alert in _ALERTS), refused.value


def test_a_strangers_certificate_gets_no_answer(hub: HubForGateways, tmp_path: Path) -> None:
    """NET-02 NET-14: a certificate of another authority is refused in the TLS handshake."""
    key = ec.generate_private_key(ec.SECP256R1())
    stranger = open_authority(tmp_path / "pki").issue_client(key.public_key(), common_name="x", lifetime=_DAY)
    (tmp_path / "c.pem").write_bytes(stranger.public_bytes(Encoding.PEM))
    (tmp_path / "c.key").write_bytes(private_pem(key))
    context = _trusting(hub)
    context.load_cert_chain(tmp_path / "c.pem", tmp_path / "c.key")
    with pytest.raises(OSError) as refused:  # noqa: PT011 - which of the two kinds depends on timing
        _ask(hub, context, b"GET /gateway/v1/authority HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert any(alert in str(refused.value) for alert in _ALERTS), refused.value


def test_tls_below_1_3_is_not_spoken(hub: HubForGateways, gateway: Settings) -> None:
    context = _own_context(gateway)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        _ask(hub, context, b"GET / HTTP/1.1\r\n\r\n")


def _own_context(gateway: Settings) -> ssl.SSLContext:
    return identity_of(gateway.home).context()


def _raw(
    hub: HubForGateways, gateway: Settings, headers: dict[str, str], body: bytes, path: str = HEARTBEAT_PATH
) -> int:
    request = h11.Connection(h11.CLIENT)
    head = request.send(h11.Request(method="POST", target=path, headers=list(headers.items()))) or b""
    answer = _ask(hub, _own_context(gateway), head + body)
    return int(answer.split()[1])


def _signed_headers(hub: HubForGateways, gateway: Settings, body: bytes, **changes: Any) -> dict[str, str]:
    identity = identity_of(gateway.home)
    authority = f"localhost:{hub.port}"
    headers = {"host": authority, PROTOCOL_HEADER: str(PROTOCOL), "content-length": str(len(body))}
    signed = Signed("POST", f"https://{authority}{HEARTBEAT_PATH}", headers)
    sign_request(
        signed,
        key=changes.get("key", identity.key()),
        key_id=changes.get("key_id", identity.demand().gateway_id),
        at=changes.get("at", now()),
        body=body,
    )
    return headers


def test_an_unsigned_request_is_refused_in_spite_of_its_certificate(hub: HubForGateways, gateway: Settings) -> None:
    body = _BEAT.write()
    headers = {"host": f"localhost:{hub.port}", PROTOCOL_HEADER: str(PROTOCOL), "content-length": str(len(body))}
    assert _raw(hub, gateway, headers, body) == 401
    assert _raw(hub, gateway, {**headers, "content-length": "0"}, b"", UPLOAD_PATH) == 401


def test_a_replayed_request_is_refused(hub: HubForGateways, gateway: Settings) -> None:
    body = _BEAT.write()
    headers = _signed_headers(hub, gateway, body)
    assert _raw(hub, gateway, headers, body) == 200
    assert _raw(hub, gateway, headers, body) == 401


def test_a_signature_is_worth_nothing_on_another_route(hub: HubForGateways, gateway: Settings) -> None:
    body = _BEAT.write()
    assert _raw(hub, gateway, _signed_headers(hub, gateway, body), body, OFFER_PATH) == 401


def test_a_gateway_cannot_speak_for_another(hub: HubForGateways, gateway: Settings) -> None:
    body = _BEAT.write()
    other = ec.generate_private_key(ec.SECP256R1())
    assert _raw(hub, gateway, _signed_headers(hub, gateway, body, key=other), body) == 401
    assert _raw(hub, gateway, _signed_headers(hub, gateway, body, key_id="nobody"), body) == 403


def test_a_gateway_whose_clock_is_wrong_sets_itself_by_the_hub(gateway: Settings) -> None:
    client = hub_client(gateway)
    assert client.signer is not None
    client.signer.clock_offset = _DAY
    client.heartbeat(_BEAT)
    assert abs(client.signer.clock_offset.total_seconds()) < 5
    client.close()


@pytest.mark.parametrize("version", [PROTOCOL, PROTOCOL - 1])
def test_gateways_one_version_behind_are_taken(gateway: Settings, version: int) -> None:
    client = hub_client(gateway)
    client.protocol = version
    client.heartbeat(_BEAT)
    client.close()


@pytest.mark.parametrize("version", [PROTOCOL + 1, PROTOCOL + 7])
def test_other_versions_are_refused_with_what_to_do(gateway: Settings, version: int) -> None:
    client = hub_client(gateway)
    client.protocol = version
    with pytest.raises(ProtocolVersionError, match="update the hub first"):
        client.heartbeat(_BEAT)
    client.close()


def test_a_revoked_gateway_is_refused_at_once(hub: HubForGateways, gateway: Settings) -> None:
    client = hub_client(gateway)
    client.heartbeat(_BEAT)
    hub.service.revoke(identity_of(gateway.home).demand().gateway_id, actor="test")
    with pytest.raises(ForbiddenError, match="revoked"):
        client.heartbeat(_BEAT)
    client.close()


def test_revocation_bites_in_the_middle_of_an_upload(hub: HubForGateways, gateway: Settings) -> None:
    """The listener cannot revoke; the application asks again while an upload runs, and ends it within 10 s."""
    client, ticks, ends = hub_client(gateway), threading.Event(), []

    class Endless:
        def take(self) -> bytes:
            return b""

    def hear(event: UploadEvent) -> None:
        ticks.set()
        if event.event == "end":
            ends.append(event)

    upload = threading.Thread(target=client.upload, args=(Endless(), hear))
    upload.start()
    assert ticks.wait(5)
    started = time.monotonic()
    hub.service.revoke(identity_of(gateway.home).demand().gateway_id, actor="test")
    upload.join(10)
    assert not upload.is_alive()
    assert time.monotonic() - started < 10
    assert ends[0].problem is not None
    assert isinstance(ends[0].problem.error(), ForbiddenError)


def test_what_is_not_made_as_agreed_is_refused_as_a_problem(gateway: Settings) -> None:
    client = hub_client(gateway)
    with pytest.raises(RequestError):
        client.call("POST", HEARTBEAT_PATH, b"not json")
    with pytest.raises(RequestError):
        client.offer(Offer(study_instance_uid="2.25.1", instances=[{"sha256": "../x"}]))
    with pytest.raises(DokueiError):
        client.call("POST", "/gateway/v1/nowhere", b"{}")
    client.close()


def test_nothing_of_the_readers_side_is_served_to_gateways(gateway: Settings) -> None:
    client = hub_client(gateway)
    for path in ("/openapi.json", "/docs", "/api/v1/gateways", "/", "/dicom-web/studies"):
        with pytest.raises(DokueiError):
            client.call("GET", path, None)
    client.close()


def test_a_client_without_a_signer_cannot_do_more_than_enrol(gateway: Settings) -> None:
    client = hub_client(gateway)
    client.signer = None
    with pytest.raises(NotSignedInError):
        client.heartbeat(_BEAT)
    assert b"BEGIN CERTIFICATE" in client.authority()
    client.close()


def test_a_signer_of_a_lost_key_is_not_taken(gateway: Settings) -> None:
    client = hub_client(gateway)
    assert client.signer is not None
    client.signer = Signer(ec.generate_private_key(ec.SECP256R1()), client.signer.key_id)
    with pytest.raises(NotSignedInError):
        client.heartbeat(_BEAT)
    client.close()
