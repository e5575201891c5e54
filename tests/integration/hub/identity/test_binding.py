"""A session is bound to the device that opened it: what a thief can copy opens nothing anywhere else."""

from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dokuei.clock import now
from dokuei.hub.identity import binding
from dokuei.hub.identity.guard import SESSION_COOKIE
from tests.makers.device import Device, text_of
from tests.makers.people import READER_OF_KITA, SmallHub, sign_in

ME = "/api/v1/session"


def bound(hub: SmallHub, device: Device, user_name: str = "reader.a") -> httpx.Client:
    """A browser in which somebody has signed in, with the key of its device."""
    key = hub.key_of(hub.person(user_name, READER_OF_KITA))
    client = hub.client()
    client.headers["X-Dokuei-Device-Key"] = device.name
    assert sign_in(client, key).status_code == 200, "the answer to the sign-in itself needs no proof"
    del client.headers["X-Dokuei-Device-Key"]
    return client


def elsewhere(hub: SmallHub, client: httpx.Client) -> httpx.Client:
    """Another browser, into which somebody has copied every cookie."""
    thief = hub.client()
    thief.cookies.set(SESSION_COOKIE, client.cookies[SESSION_COOKIE])
    return thief


def test_a_copied_cookie_opens_nothing_in_another_browser(hub: SmallHub) -> None:
    """AUTH-12: sessions are bound to the device's key."""
    device = Device()
    client = bound(hub, device)
    thief = elsewhere(hub, client)
    assert client.get(ME).status_code == 401, "nor here before the device has proved itself"
    device.prove(client)
    assert client.get(ME).status_code == 200
    for path in (ME, "/api/v1/sessions", "/api/v1/session/place"):
        assert thief.get(path).status_code == 401, path
    Device().prove(thief)
    assert thief.get(ME).status_code == 401, "a key of one's own does not help"
    assert client.get(ME).status_code == 200, "and its owner goes on"
    assert hub.events().count("access.refused") == 1, "on record, once a minute"


def test_a_proof_is_for_one_session_and_some_minutes(hub: SmallHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """AUTH-12: what was overheard of another session, or long ago, opens nothing."""
    device = Device()
    client, other = bound(hub, device), bound(hub, device, "reader.b")
    proof = device.prove(client)
    other.headers["X-Dokuei-Proof"] = proof
    assert other.get(ME).status_code == 401
    device.prove(other)
    assert other.get(ME).status_code == 200
    later = now() + binding.PROOF_LASTS + timedelta(seconds=1)
    monkeypatch.setattr(binding, "now", lambda: later)
    hub.identity.access.forget_all()
    assert client.get(ME).status_code == 401
    device.prove(client)
    assert client.get(ME).status_code == 200


def test_a_link_is_followed_with_a_proof_for_its_path_alone(hub: SmallHub) -> None:
    """AUTH-12: what a browser sends by itself opens the one document that its person has clicked on."""
    device = Device()
    client = bound(hub, device)
    challenge = client.post("/api/v1/session/challenge").json()["challenge"]
    client.cookies.set("dokuei_link", device.proof(challenge, path="/api/v1/sessions"))
    assert client.get("/api/v1/sessions?x=1").status_code == 200
    assert client.get(ME).status_code == 401
    assert client.put("/api/v1/session/place", json={"place": "remote"}).status_code == 401, "and changes nothing"
    client.cookies.set("dokuei_link", device.proof(challenge))
    assert client.get(ME).status_code == 401, "a proof for requests is none for links"


def test_what_is_no_proof_is_told_like_no_session_at_all(hub: SmallHub) -> None:
    """AUTH-12: a stranger cannot tell a bound session from none."""
    client, nobody = bound(hub, Device()), hub.client().get(ME).json()["detail"]
    longest = "99999999999999999999.0~" + "A" * 86
    for proof in ("", "~", "x", "9999999999.00~AA", "1.2~3", "９.0~0", "a" * 5000, longest):
        refused = client.get(ME, headers={b"X-Dokuei-Proof": proof.encode()})
        assert (refused.status_code, refused.json()["detail"]) == (401, nobody), proof


def test_a_key_that_is_none_is_refused_at_sign_in(hub: SmallHub) -> None:
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    other = generate_private_key(SECP384R1()).public_key()
    wrong = text_of(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    for name in ("x", "AAAA", "~", wrong, "A" * 4000):
        client = hub.client()
        client.headers["X-Dokuei-Device-Key"] = name
        assert sign_in(client, key).status_code == 400, name
    assert sign_in(hub.client(), key).status_code == 200


def test_a_challenge_is_no_way_in(hub: SmallHub) -> None:
    """A stranger gets none, another site's page gets none, and asking does not keep a session open."""
    assert hub.client().post("/api/v1/session/challenge").status_code == 401
    client = bound(hub, Device())
    del client.headers["X-Dokuei-Request"]
    assert client.post("/api/v1/session/challenge").status_code == 403
