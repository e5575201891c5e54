"""``dokuei up`` as an administrator meets it: what it tells, whom it keeps apart, and that it comes back."""

import os
import signal
import ssl
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from pynetdicom import AE

from dokuei.storage.pki import open_authority, server_certificate
from tests.makers.home import Home

FREE = {"DOKUEI_HUB__PORT": "0", "DOKUEI_HUB__GATEWAY_PORT": "0", "DOKUEI_GATEWAY__PORT": "0"}
NO_WAY = {"HTTP_PROXY": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"}


@pytest.fixture
def homes() -> Iterator[ExitStack]:
    """What is started in a test is stopped at its end."""
    with ExitStack() as stack:
        yield stack


def _home(homes: ExitStack, folder: Path, **environment: str) -> Home:
    home = Home(folder, {**FREE, **environment})
    homes.callback(home.stop)
    return home


def _healthy(home: Home) -> bool:
    where = f"{home.endpoints()['hub']}/api/v1/health"
    answer = httpx.get(where, verify=home.trust(), timeout=10, trust_env=False)
    return answer.status_code == 200


def _echoes(home: Home) -> bool:
    gateway = home.endpoints()["gateway"]
    ae = AE("MODALITY")
    ae.add_requested_context("1.2.840.10008.1.1")
    association = ae.associate(gateway["host"], gateway["port"], ae_title=gateway["ae_title"])
    if not association.is_established:
        return False
    answer = association.send_c_echo()
    association.release()
    return "Status" in answer and answer.Status == 0


def _running(home: Home) -> list[int]:
    """Processes that were started for this home, whoever their parent is."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if str(home.folder).encode() in words:
                found.append(int(entry.name))
    return found


def _in_contact(home: Home) -> bool:
    return "接続中" in home.run("hub", "gateways")


@pytest.mark.timeout(280)
def test_a_home_starts_tells_stops_and_starts_again_behind_a_dead_proxy(homes: ExitStack, tmp_path: Path) -> None:
    """The environment's proxy is for other machines: what speaks to itself does not go through it."""
    home = _home(homes, tmp_path / "home", **NO_WAY)
    home.start()
    endpoints = home.endpoints()
    assert list(endpoints) == ["hub", "dicomweb", "gateway", "ca", "pids"]
    assert endpoints["hub"] == f"http://localhost:{home.ports()['hub']}"
    assert endpoints["dicomweb"] == f"{endpoints['hub']}/dicom-web"
    assert endpoints["gateway"] == {"ae_title": "DOKUEI", "host": "127.0.0.1", "port": home.ports()["dimse"]}
    assert endpoints["ca"] is None
    assert {program: len(pids) for program, pids in endpoints["pids"].items()} == {"gateway": 2, "hub": 3}
    assert _healthy(home)
    assert _echoes(home)
    home.wait_until(lambda: _in_contact(home), what="in contact with its gateway")
    _only_its_owner_reads(home.folder)

    killed = [endpoints["pids"]["hub"][0], endpoints["pids"]["gateway"][0]]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    home.wait_until(lambda: not set(killed) & {pid for pids in home.pids().values() for pid in pids}, what="restarted")
    home.wait_until(lambda: _answers_again(home), what="answering again")
    assert home.ports() == {**home.ports(), "dimse": endpoints["gateway"]["port"]}

    assert home.stop() < 10
    assert _running(home) == []
    assert home.endpoints() == {}

    started = time.monotonic()
    home.start()
    assert time.monotonic() - started < 45  # alone on the machine it is under five seconds; others share this one
    assert {**home.endpoints(), "pids": None} == {**endpoints, "pids": None}
    home.wait_until(lambda: _in_contact(home), what="in contact with its gateway")


@pytest.mark.timeout(280)
def test_what_a_killed_start_leaves_behind_is_waited_for_and_a_lost_database_is_joined_again(
    homes: ExitStack, tmp_path: Path
) -> None:
    home = _home(homes, tmp_path / "home")
    home.start()
    ports = home.ports()
    assert home.process is not None
    home.process.kill()
    home.process.wait()
    home.start()
    assert home.ports() == ports
    home.stop()
    for file in (home.folder / "hub").glob("hub.sqlite*"):
        file.unlink()
    home.start()
    home.wait_until(lambda: _in_contact(home), what="known to its hub again")
    assert "hospital" in home.run("site", "list")


@pytest.mark.timeout(280)
def test_two_homes_at_once_stay_apart_one_by_the_local_authority_one_by_given_certificates(
    homes: ExitStack, tmp_path: Path
) -> None:
    """NET-01: a token of one home opens nothing of the other; each shows the certificate that it was told to."""
    authority = open_authority(tmp_path / "authority")
    given = server_certificate(authority, "given", host_names=["localhost"])
    certificate = {
        "DOKUEI_HUB__CERTIFICATE": str(given.certificate),
        "DOKUEI_HUB__PRIVATE_KEY": str(given.private_key),
    }
    local = _home(homes, tmp_path / "local", DOKUEI_HUB__HOST="127.0.0.2")
    own = _home(homes, tmp_path / "given", **certificate)
    local.launch("up", "--tls")
    own.launch("up")
    local.wait_until_ready()
    own.wait_until_ready()
    assert set(local.ports().values()).isdisjoint(own.ports().values())
    assert local.endpoints()["ca"] == str(local.folder / "pki" / "ca.pem")
    assert own.endpoints()["ca"] is None
    assert local.endpoints()["hub"] == f"https://127.0.0.2:{local.ports()['hub']}"
    assert _healthy(local)
    local.wait_until(lambda: _in_contact(local), what="in contact at an address that is not localhost")
    token = local.token()
    given_trust = ssl.create_default_context(cafile=authority.certificate_file)
    for home, trust, status in ((local, local.trust(), 200), (own, given_trust, 401)):
        where = f"{home.endpoints()['dicomweb']}/studies"
        headers = {"Authorization": f"Bearer {token}"}
        for _ in range(4):
            answer = httpx.get(where, headers=headers, verify=trust, trust_env=False)
            assert answer.status_code == status


@pytest.mark.timeout(280)
def test_hub_and_gateway_run_alone_in_homes_of_their_own(homes: ExitStack, tmp_path: Path) -> None:
    hub, gateway = _home(homes, tmp_path / "hub"), _home(homes, tmp_path / "gateway")
    hub.launch("hub", "run")
    hub.wait_until_ready()
    assert _healthy(hub)
    assert hub.endpoints()["gateway"] is None
    assert list(hub.pids()) == ["hub"]
    hub.run("site", "add", "kita", "--name", "北病院")
    gateway.run("gateway", "enrol", hub.run("hub", "invite", "--site", "kita").strip())
    gateway.launch("gateway", "run")
    gateway.wait_until_ready()
    endpoints = gateway.endpoints()
    assert (endpoints["hub"], endpoints["dicomweb"], endpoints["ca"]) == (None, None, None)
    assert list(gateway.pids()) == ["gateway"]
    assert _echoes(gateway)
    hub.wait_until(lambda: _in_contact(hub), what="in contact with the gateway")
    assert gateway.stop() < 10
    assert hub.stop() < 10
    assert _running(gateway) + _running(hub) == []


def _answers_again(home: Home) -> bool:
    try:
        return _healthy(home) and _echoes(home)
    except httpx.HTTPError:
        return False


def _only_its_owner_reads(folder: Path) -> None:
    """NET-14: images, databases and logs are no other user's of this machine."""
    for path in (folder, *folder.rglob("*")):
        if path.name != "up.out" and not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
