import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import ConfigurationError
from dokuei.gateway.enrol import enrol, identity_of
from dokuei.gateway.pseudonyms import heed, note_patient, open_key
from dokuei.gateway.spool import open_spool
from dokuei.hub.prepare import open_stores
from dokuei.hub.sites.service import SitesService
from tests.makers.gateway_hub import HubForGateways, running_hub
from tests.makers.gateway_worker import Worker, add_received
from tests.makers.images import Series, write_series

TELLING = ("Yamada", "山田".encode("iso2022_jp")[3:-3].decode("latin-1"), "0012345", "3141592653589793", "19700101")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubForGateways]:
    with running_hub(tmp_path / "hub", archive="real") as running:
        yield running


@pytest.fixture
def worker(hub: HubForGateways, tmp_path: Path) -> Iterator[Worker]:
    made = Worker(tmp_path / "gateway", {"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}"})
    made.home.mkdir()
    yield made
    made.kill()


def _choose(hub: HubForGateways, mode: str) -> None:
    stores = open_stores(hub.settings)
    SitesService(stores.database).change("kita", actor="test", identity_mode=mode)
    stores.database.close()


def _told_at_hub(hub: HubForGateways) -> list[str]:
    """Which of the telling words stand anywhere in the hub's home."""
    files = [file for file in hub.home.rglob("*") if file.is_file()]
    return [f"{word} in {file}" for file in files for word in TELLING if word.encode("latin-1") in file.read_bytes()]


def test_a_site_that_wants_pseudonyms_sends_nothing_else(hub: HubForGateways, worker: Worker, tmp_path: Path) -> None:
    """JRS-11: all of it arrives, whole and proved, and no byte at the hub tells whose it is."""
    series = Series(study=3)
    _choose(hub, "pseudonym")
    enrol(worker.settings, hub.service.invite("kita", actor="test"))
    add_received(worker.home, write_series(tmp_path / "images", series, 3))
    worker.start()
    worker.wait_at_hub(series.study_instance_uid)
    pseudonyms = _pseudonyms(worker)
    held = hub.held("kita", pseudonyms.uid(series.study_instance_uid))
    assert sorted(held) == sorted(pseudonyms.uid(f"{series.study_instance_uid}.1.{number}") for number in (1, 2, 3))
    assert _told_at_hub(hub) == []


def test_what_was_coded_before_the_site_chose_is_coded_anew(
    hub: HubForGateways, worker: Worker, tmp_path: Path
) -> None:
    """JRS-11: not even objects that were coded before the site chose leave under a true identity."""
    series = Series(study=3)
    add_received(worker.home, write_series(tmp_path / "images", series, 2))
    worker.start()
    _wait(lambda: (worker.report(series.study_instance_uid) or _Nothing).state == "proved")
    _choose(hub, "pseudonym")
    enrol(worker.settings, hub.service.invite("kita", actor="test"))
    worker.wait_at_hub(series.study_instance_uid)
    assert len(hub.held("kita", _pseudonyms(worker).uid(series.study_instance_uid))) == 2
    assert _told_at_hub(hub) == []


def test_a_choice_while_the_gateway_runs_holds_for_what_comes_next(
    hub: HubForGateways, worker: Worker, tmp_path: Path
) -> None:
    """The heartbeat brings it; studies sent before stay as they are, and none is sent twice."""
    first, second, third = (Series(study=number) for number in (3, 4, 5))
    enrol(worker.settings, hub.service.invite("kita", actor="test"))
    worker.start()
    add_received(worker.home, write_series(tmp_path / "1", first, 1))
    worker.wait_at_hub(first.study_instance_uid)
    for mode, series in (("pseudonym", second), ("true", third)):
        _choose(hub, mode)
        _wait(lambda wanted=mode: identity_of(worker.home).demand().identity_mode == wanted)
        add_received(worker.home, write_series(tmp_path / mode, series, 1))
        worker.wait_at_hub(series.study_instance_uid)
    assert hub.held("kita", first.study_instance_uid)
    assert hub.held("kita", third.study_instance_uid)
    assert not hub.held("kita", second.study_instance_uid)
    assert hub.held("kita", _pseudonyms(worker).uid(second.study_instance_uid))


def test_the_hub_takes_no_true_identity_where_the_site_wants_none(
    hub: HubForGateways, worker: Worker, tmp_path: Path
) -> None:
    """A gateway that has not heard of the choice yet, or is of another opinion, is refused."""
    series = Series(study=3)
    enrol(worker.settings, hub.service.invite("kita", actor="test"))
    _choose(hub, "pseudonym")
    add_received(worker.home, write_series(tmp_path / "images", series, 2))
    worker.start()
    worker.wait_at_hub(series.study_instance_uid)
    assert _told_at_hub(hub) == []


def test_a_hospital_that_requires_pseudonyms_has_the_last_word(
    hub: HubForGateways, worker: Worker, tmp_path: Path
) -> None:
    """JRS-11: whoever governs the hub cannot make this gateway tell true identities."""
    series = Series(study=3)
    worker.environment["DOKUEI_GATEWAY__PSEUDONYMS__REQUIRED"] = "true"
    enrol(worker.settings, hub.service.invite("kita", actor="test"))
    add_received(worker.home, write_series(tmp_path / "images", series, 2))
    worker.start()
    worker.wait_at_hub(series.study_instance_uid)
    assert hub.held("kita", _pseudonyms(worker).uid(series.study_instance_uid))
    assert _told_at_hub(hub) == []


def test_what_a_hub_does_not_say_changes_nothing(hub: HubForGateways, worker: Worker) -> None:
    _choose(hub, "pseudonym")
    enrol(worker.settings, hub.service.invite("kita", actor="test"))
    heed(worker.home, None)
    assert identity_of(worker.home).demand().identity_mode == "pseudonym"
    heed(worker.home, "true")
    assert identity_of(worker.home).demand().identity_mode == "true"


def test_the_key_is_its_owners_alone_and_made_once(tmp_path: Path) -> None:
    with closing(open_spool(tmp_path)) as spool:
        key = open_key(tmp_path, spool.database)
        file = tmp_path / "gateway" / "identity" / "pseudonyms.key"
        assert file.read_bytes() == key == open_key(tmp_path, spool.database)
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [None, b"short"])
def test_a_key_that_is_lost_is_not_made_again(tmp_path: Path, left: bytes | None) -> None:
    """Another key would split every patient in two; the key comes back from a backup."""
    with closing(open_spool(tmp_path)) as spool:
        pseudonyms = Pseudonyms(open_key(tmp_path, spool.database))
        (file,) = write_series(tmp_path / "images", Series(study=3), 1)
        note_patient(spool.database, file, pseudonyms, "2.25.1")
        key = tmp_path / "gateway" / "identity" / "pseudonyms.key"
        key.unlink()
        if left is not None:
            key.write_bytes(left)
        with pytest.raises(ConfigurationError, match=r"pseudonyms\.key is (gone|not whole)"):
            open_key(tmp_path, spool.database)


def _pseudonyms(worker: Worker) -> Pseudonyms:
    return Pseudonyms((worker.home / "gateway" / "identity" / "pseudonyms.key").read_bytes())


class _Nothing:
    state = ""


def _wait(until: object, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.1)
