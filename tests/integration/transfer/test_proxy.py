from pathlib import Path
from urllib.parse import quote

import pytest

from dokuei.errors import PeerRefusedError, UnreachableError
from dokuei.gateway.enrol import enrol, hub_client
from dokuei.settings import Settings, read_settings
from dokuei.transfer.protocol import PROTOCOL, Heartbeat
from tests.makers.connect_proxy import ConnectProxy, connect_proxy
from tests.makers.gateway_hub import HubForGateways, running_hub
from tests.makers.gateway_worker import Worker, add_coded, study_uid


def _settings(home: Path, hub: HubForGateways, proxy: ConnectProxy, password: str) -> Settings:
    home.mkdir(exist_ok=True)
    return read_settings(
        home,
        environment={
            "DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}",
            "DOKUEI_GATEWAY__PROXY": f"http://{proxy.user}:{quote(password, safe='')}@127.0.0.1:{proxy.port}",
        },
    )


def test_everything_goes_through_an_authenticated_proxy_to_one_host_and_port(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub, connect_proxy(f"localhost:{hub.port}") as proxy:
        settings = _settings(tmp_path / "gateway", hub, proxy, proxy.password)
        enrol(settings, hub.service.invite("kita", actor="test"))
        worker = Worker(
            settings.home,
            {"DOKUEI_GATEWAY__HUB_URL": settings.gateway.hub_url, "DOKUEI_GATEWAY__PROXY": settings.gateway.proxy},
        )
        study = study_uid(1)
        add_coded(worker.home, study, [3_000_000, 100])
        worker.start()
        try:
            worker.wait_at_hub(study)
        finally:
            worker.stop()
        assert set(proxy.asked) == {f"localhost:{hub.port}"}
        assert proxy.refused == []


def test_a_wrong_password_and_a_closed_proxy_are_named(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub, connect_proxy(f"localhost:{hub.port}") as proxy:
        settings = _settings(tmp_path / "gateway", hub, proxy, proxy.password)
        enrol(settings, hub.service.invite("kita", actor="test"))
        wrong = _settings(tmp_path / "gateway", hub, proxy, "wrong")
        with pytest.raises(PeerRefusedError, match=r"407.*user and password"):
            hub_client(wrong).heartbeat(Heartbeat(version="", protocol=PROTOCOL))
        proxy.allowed = ()
        with pytest.raises(PeerRefusedError, match=r"403.*ask for CONNECT"):
            hub_client(settings).heartbeat(Heartbeat(version="", protocol=PROTOCOL))
    with pytest.raises(UnreachableError):
        hub_client(settings).heartbeat(Heartbeat(version="", protocol=PROTOCOL))
