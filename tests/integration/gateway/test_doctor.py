import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from dokuei.clock import now
from dokuei.errors import ClockError
from dokuei.gateway.doctor import Finding, examine, firewall_request
from dokuei.gateway.enrol import enrol, hub_client, identity_of
from dokuei.gateway.sending import SendQueue
from dokuei.settings import Settings, read_settings
from dokuei.storage.pki import open_authority, server_certificate
from tests.makers.connect_proxy import connect_proxy
from tests.makers.gateway_hub import HubForGateways, free_port, running_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubForGateways]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def home(hub: HubForGateways, tmp_path: Path) -> Path:
    enrol(_settings(tmp_path, hub.port), hub.service.invite("kita", actor="test"))
    return tmp_path


def _settings(home: Path, port: int, host: str = "localhost", proxy: str = "") -> Settings:
    return read_settings(
        home, environment={"DOKUEI_GATEWAY__HUB_URL": f"https://{host}:{port}", "DOKUEI_GATEWAY__PROXY": proxy}
    )


def _of(findings: list[Finding], subject: str) -> Finding:
    (found,) = [one for one in findings if one.subject == subject]
    return found


@contextmanager
def _inspector(folder: Path) -> Iterator[int]:
    """A box that takes TLS apart and shows a certificate of its own authority."""
    authority = open_authority(folder)
    files = server_certificate(authority, "box", host_names=())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.private_key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), context.wrap_socket(near, server_side=True) as line:
                line.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def test_on_a_free_way_everything_is_good(hub: HubForGateways, home: Path) -> None:
    findings = examine(_settings(home, hub.port))
    assert [one.subject for one in findings] == [
        "disk", "time server", "TCP", "PACS", "enrolment", "certificate", "DNS", "port", "TLS", "clock", "hub",
    ]  # fmt: skip
    assert {one.verdict for one in findings if one.subject not in {"PACS", "TCP", "time server"}} == {"good"}, findings


def test_a_name_that_does_not_resolve_is_named(home: Path) -> None:
    last = examine(_settings(home, 443, "hub.invalid"))[-1]
    assert (last.subject, last.verdict) == ("DNS", "bad")
    assert "hub.invalid" in last.what


def test_a_closed_port_is_named(home: Path) -> None:
    port = free_port()
    last = examine(_settings(home, port))[-1]
    assert (last.subject, last.verdict) == ("port", "bad")
    assert str(port) in last.what


def test_tls_inspection_is_named_with_who_issued_the_certificate(home: Path, tmp_path: Path) -> None:
    with _inspector(tmp_path / "box") as port:
        last = examine(_settings(home, port))[-1]
    assert (last.subject, last.verdict) == ("TLS", "bad")
    issuer = open_authority(tmp_path / "box").certificate.subject.rfc4514_string().removeprefix("CN=")
    assert issuer in last.what
    assert "exempt" in last.remedy


def test_a_proxy_that_refuses_is_named(hub: HubForGateways, home: Path) -> None:
    with connect_proxy() as proxy:
        last = examine(_settings(home, hub.port, proxy=f"http://someone:wrong@127.0.0.1:{proxy.port}"))[-1]
    assert (last.subject, last.verdict) == ("proxy", "bad")
    assert "407" in last.what


def test_a_wrong_clock_is_named_and_does_not_stop_forwarding(
    hub: HubForGateways, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("dokuei.gateway.doctor", "dokuei.transfer.client"):
        monkeypatch.setattr(f"{module}.now", lambda: now() + timedelta(minutes=17))
    findings = examine(_settings(home, hub.port))
    assert _of(findings, "clock").verdict == "warning"
    assert re.match(r"\+10[12]\d s", _of(findings, "clock").what)
    assert _of(findings, "hub").verdict == "good"


def test_a_revoked_gateway_is_told_so(hub: HubForGateways, home: Path) -> None:
    hub.service.revoke(identity_of(home).demand().gateway_id, actor="test")
    last = examine(_settings(home, hub.port))[-1]
    assert (last.subject, last.verdict) == ("hub", "bad")
    assert "revoked" in last.what


def test_a_full_disk_is_named(hub: HubForGateways, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 1 << 20})())
    finding = _of(examine(_settings(home, hub.port)), "disk")
    assert finding.verdict == "bad"


def test_where_reports_go_is_looked_at(tmp_path: Path) -> None:
    assert _of(examine(read_settings(tmp_path, environment={})), "PACS").verdict == "warning"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        pacs = {"AE_TITLE": "PACS", "HOST": "127.0.0.1", "PORT": str(listener.getsockname()[1])}
        named = {f"DOKUEI_GATEWAY__PACS__{name}": value for name, value in pacs.items()}
        settings = read_settings(tmp_path, environment=named)
        assert _of(examine(settings), "PACS").verdict == "good"
        (tmp_path / "dokuei.toml").write_text('[[gateway.peers]]\nae_title = "MG1"\n')
        shut_out = _of(examine(read_settings(tmp_path, environment=named)), "PACS")
        assert (shut_out.verdict, shut_out.remedy) == ("warning", "list PACS under gateway.peers")
    assert _of(examine(settings), "PACS").verdict == "bad"


def test_without_enrolment_there_is_one_thing_to_do(tmp_path: Path) -> None:
    last = examine(read_settings(tmp_path, environment={}))[-1]
    assert (last.subject, last.verdict) == ("enrolment", "bad")


def test_the_firewall_request_says_where_to_in_both_languages(hub: HubForGateways, home: Path) -> None:
    text = firewall_request(_settings(home, hub.port))
    assert text.count(f"TCP {hub.port}") == 2
    assert "TLS 検査" in text
    assert "TLS inspection" in text
    assert "127.0.0.1" in text


def test_an_upload_too_goes_by_the_hubs_clock(hub: HubForGateways, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dokuei.transfer.client.now", lambda: now() - timedelta(minutes=17))
    client = hub_client(_settings(home, hub.port))
    never = threading.Event()
    with pytest.raises(ClockError):
        client.upload(SendQueue(never, idle_seconds=0.1).lane(), lambda _event: None)
    told: list[str] = []
    client.upload(SendQueue(never, idle_seconds=0.1).lane(), lambda event: told.append(event.event))
    client.close()
    assert told[-1] == "end"


def test_before_the_enrolment_the_way_is_looked_at_too(hub: HubForGateways, tmp_path: Path) -> None:
    findings = examine(_settings(tmp_path, hub.port))
    assert [one.subject for one in findings] == ["disk", "time server", "TCP", "PACS", "enrolment", "DNS", "port"]
    assert _of(findings, "enrolment").verdict == "bad"
    last = examine(_settings(tmp_path, free_port()))[-1]
    assert (last.subject, last.verdict) == ("port", "bad")


def test_a_clock_at_which_the_hubs_certificate_is_not_good_is_named(
    hub: HubForGateways, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine whose battery is empty starts in another year."""
    monkeypatch.setattr("dokuei.gateway.doctor.now", lambda: now() - timedelta(days=4000))
    last = examine(_settings(home, hub.port))[-1]
    assert (last.subject, last.verdict) == ("clock", "bad")
    assert "NTP" in last.remedy


def test_a_listener_for_orders_that_refuses_all_of_them_is_named(tmp_path: Path) -> None:
    """Beyond loopback an empty list admits nobody, which a hospital would find out by its orders alone."""
    beyond = {"DOKUEI_GATEWAY__HL7__PORT": "2575", "DOKUEI_GATEWAY__HL7__HOST": "192.0.2.5"}
    found = [one for one in examine(read_settings(tmp_path, environment=beyond)) if one.subject == "HL7"]
    assert [(one.verdict, one.values["name"]) for one in found] == [
        ("bad", "sending_applications"),
        ("bad", "sending_facilities"),
    ]
    assert "2575" in found[0].what
    assert "sending_facilities" in found[1].remedy
    here = {**beyond, "DOKUEI_GATEWAY__HL7__HOST": "127.0.0.1"}
    assert not [one for one in examine(read_settings(tmp_path, environment=here)) if one.subject == "HL7"]
    lists = '[gateway.hl7]\nsending_applications = ["HIS"]\nsending_facilities = ["KITA"]\n'
    (tmp_path / "dokuei.toml").write_text(lists)
    assert not [one for one in examine(read_settings(tmp_path, environment=beyond)) if one.subject == "HL7"]
