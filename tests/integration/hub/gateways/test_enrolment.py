import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from dokuei.errors import ConflictError, EnrolmentError, NotFoundError, PeerRefusedError
from dokuei.gateway.enrol import enrol, hub_client, identity_of, renew_if_due
from dokuei.hub.gateways import store
from dokuei.settings import Settings, read_settings
from dokuei.storage.audit import hub_entries
from dokuei.transfer import codes
from dokuei.transfer.codes import EnrolmentCode
from dokuei.transfer.protocol import PROTOCOL, Heartbeat
from tests.makers.gateway_hub import HubForGateways, running_hub


def _fresh(home: Path, hub: HubForGateways) -> Settings:
    home.mkdir(parents=True, exist_ok=True)
    return read_settings(home, environment={"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}"})


def _beat(settings: Settings) -> None:
    client = hub_client(settings)
    try:
        client.heartbeat(Heartbeat(version="test", protocol=PROTOCOL))
    finally:
        client.close()


def test_a_code_enrols_a_gateway_and_both_know_each_other(hub: HubForGateways, gateway: Settings) -> None:
    """NET-14: both sides know each other by certificate after enrolment."""
    identity = identity_of(gateway.home)
    enrolment = identity.demand()
    assert enrolment.site_id == "kita"
    _beat(gateway)
    (state,) = [one for one in hub.service.gateways(["kita"]) if one.gateway.gateway_id == enrolment.gateway_id]
    assert state.version == "test"
    assert state.last_seen_at is not None
    for file in identity.folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    assert not {"door.key", "door.pem", "pending.key"} & {file.name for file in identity.folder.iterdir()}


def test_the_private_key_and_the_secret_never_reach_the_hub(hub: HubForGateways, tmp_path: Path) -> None:
    code = hub.service.invite("kita", actor="test")
    settings = _fresh(tmp_path, hub)
    enrol(settings, code)
    secret = EnrolmentCode.read(code).secret.hex()
    key = identity_of(tmp_path).key_file.read_text().splitlines()[1]
    for database in (hub.home / "hub").glob("hub.sqlite*"):
        content = database.read_bytes()
        assert key.encode() not in content
        assert secret.encode() not in content
        assert bytes.fromhex(secret) not in content


def test_a_used_code_is_refused_for_another_gateway(hub: HubForGateways, tmp_path: Path) -> None:
    code = hub.service.invite("kita", actor="test")
    enrol(_fresh(tmp_path / "one", hub), code)
    with pytest.raises(EnrolmentError, match="has been used"):
        enrol(_fresh(tmp_path / "two", hub), code)
    assert identity_of(tmp_path / "two").read() is None


def test_an_expired_code_is_refused(hub: HubForGateways, tmp_path: Path) -> None:
    code = hub.service.invite("kita", actor="test", lifetime=timedelta(seconds=-1))
    with pytest.raises(EnrolmentError, match="expired"):
        enrol(_fresh(tmp_path, hub), code)


def test_an_unknown_code_is_refused(hub: HubForGateways, tmp_path: Path) -> None:
    service = hub.service
    known = EnrolmentCode.read(service.invite("kita", actor="test"))
    door = service.authority.issue_client(
        codes.door_key(b"\7" * 32).public_key(), common_name="enrolment", lifetime=timedelta(days=1)
    )
    made_up = EnrolmentCode(b"\7" * 32, known.authority, door.public_bytes(Encoding.DER), known.hub_url)
    with pytest.raises(EnrolmentError, match="not known"):
        enrol(_fresh(tmp_path, hub), made_up.text())


def test_a_code_of_another_hub_gets_no_answer_at_all(hub: HubForGateways, tmp_path: Path) -> None:
    """NET-02: without a certificate of this hub there is no HTTP response."""
    with running_hub(tmp_path / "other") as other:
        code = other.service.invite("kita", actor="test")
    with pytest.raises(PeerRefusedError, match="not taken"):
        enrol(_fresh(tmp_path / "gateway", hub), code)


def test_an_impostor_with_a_good_code_is_not_believed(hub: HubForGateways, tmp_path: Path) -> None:
    """Whoever answers must show the authority whose fingerprint is in the code, or nothing secret is said."""
    with running_hub(tmp_path / "impostor") as impostor:
        theirs = EnrolmentCode.read(impostor.service.invite("kita", actor="test"))
        ours = EnrolmentCode.read(hub.service.invite("kita", actor="test"))
        mixed = EnrolmentCode(theirs.secret, ours.authority, theirs.certificate, theirs.hub_url)
        with pytest.raises(PeerRefusedError, match="not the hub that the code is from"):
            enrol(_fresh(tmp_path / "gateway", impostor), mixed.text())


def test_an_answer_lost_on_the_line_does_not_cost_the_code(hub: HubForGateways, tmp_path: Path) -> None:
    code = hub.service.invite("kita", actor="test")
    settings = _fresh(tmp_path / "again", hub)
    first = enrol(settings, code)
    identity = identity_of(settings.home)
    identity.enrolment_file.unlink()
    (identity.folder / "pending.key").write_bytes(identity.key_file.read_bytes())
    assert enrol(settings, code).gateway_id == first.gateway_id
    _beat(settings)


def test_an_enrolled_gateway_is_not_enrolled_by_accident(hub: HubForGateways, gateway: Settings) -> None:
    code = hub.service.invite("minami", actor="test")
    with pytest.raises(ConflictError):
        enrol(gateway, code)
    assert enrol(gateway, code, replace=True).site_id == "minami"
    _beat(gateway)


def test_nobody_is_invited_for_an_unknown_site(hub: HubForGateways) -> None:
    with pytest.raises(NotFoundError):
        hub.service.invite("nowhere", actor="test")


def test_a_certificate_is_renewed_for_the_same_key_in_its_last_month(
    gateway: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = hub_client(gateway)
    before = identity_of(gateway.home).certificate()
    assert not renew_if_due(gateway, client)
    monkeypatch.setattr("dokuei.gateway.enrol.due_for_renewal", lambda _certificate: True)
    assert renew_if_due(gateway, client)
    after = identity_of(gateway.home).certificate()
    assert after.serial_number != before.serial_number
    assert after.public_key() == before.public_key()
    client.heartbeat(Heartbeat(version="renewed", protocol=PROTOCOL))
    client.close()


def test_every_step_of_an_enrolment_is_on_the_audit_trail(hub: HubForGateways, gateway: Settings) -> None:
    """LOG-07: enrolment is recorded with its actor."""
    service = hub.service
    gateway_id = identity_of(gateway.home).demand().gateway_id
    service.revoke(gateway_id, actor="person:9")
    with service.database.read() as connection:
        rows = connection.execute(select(hub_entries.c.event, hub_entries.c.actor, hub_entries.c.subject)).all()
        assert store.find(connection, gateway_id) is not None
    told = [(row.event, row.actor) for row in rows if row.subject == gateway_id]
    assert told == [("gateway.enrolled", f"gateway:{gateway_id}"), ("gateway.revoked", "person:9")]
