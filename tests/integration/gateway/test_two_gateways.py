"""Two gateways of one site bring one study: each signs for what it brought, and the ledger counts them together."""

from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from dokuei.gateway.enrol import enrol, identity_of
from dokuei.hub.app import Hub
from dokuei.transfer.manifest import verify_manifest
from tests.makers.gateway_hub import HubForGateways
from tests.makers.gateway_worker import Worker, add_received
from tests.makers.images import Series, write_series

_SERIES = Series(study=11, side=64)
_STUDY = _SERIES.study_instance_uid


@pytest.fixture
def gateway(hub: HubForGateways, tmp_path: Path) -> Iterator[Callable[[str], Worker]]:
    """Makes enrolled gateways of one site."""
    made: list[Worker] = []

    def enrolled(name: str) -> Worker:
        worker = Worker(tmp_path / name, {"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}"})
        worker.home.mkdir()
        enrol(worker.settings, hub.service.invite("kita", actor="test"))
        made.append(worker)
        return worker

    yield enrolled
    for worker in made:
        worker.kill()


def _id(worker: Worker) -> str:
    return identity_of(worker.home).demand().gateway_id


def _bring(worker: Worker, files: list[Path]) -> None:
    add_received(worker.home, files)
    worker.start()
    worker.wait_at_hub(_STUDY)


def test_what_both_signed_for_is_counted_together(
    hub: HubForGateways, opened: Hub, gateway: Callable[[str], Worker], tmp_path: Path
) -> None:
    """IMG-13: three from one, three from the other, one of them the same: five, all declared, all here."""
    files = write_series(tmp_path / "images", _SERIES, 5)
    north, south = gateway("north"), gateway("south")
    _bring(north, files[:3])
    _bring(south, files[2:])
    ledger = opened.archive.ledger("kita", _STUDY)
    assert (ledger.declared_instances, ledger.arrived_instances, ledger.declared_frames) == (5, 5, 5)
    assert ledger.complete
    assert not ledger.open
    signed = opened.archive.signed_for("kita", _STUDY)
    assert signed is not None
    assert (signed.signed_by, signed.instances, signed.verified) == (_id(south), 5, True)
    for worker in (north, south):
        kept = hub.home / "hub" / "blobs" / "manifests" / "kita" / _STUDY / f"{_id(worker)}.json"
        value = orjson.loads(kept.read_bytes())
        key = identity_of(worker.home).key().public_key()
        document, signature = b64decode(value["document"]), b64decode(value["signature"])
        assert len(verify_manifest(document, signature, key, expected_gateway_id=_id(worker)).instances) == 3


def test_one_that_closes_does_not_close_for_the_other(
    opened: Hub, gateway: Callable[[str], Worker], tmp_path: Path
) -> None:
    """What the other holds and has announced is still to come, until it is brought or the gateway is revoked."""
    files = write_series(tmp_path / "images", _SERIES, 3)
    _bring(gateway("north"), files[:2])
    other = gateway("south")
    opened.archive.announce("kita", _STUDY, announced_by=_id(other), instances=3)
    ledger = opened.archive.ledger("kita", _STUDY)
    assert (ledger.declared_instances, ledger.arrived_instances, ledger.open) == (3, 2, True)
    third = gateway("west")
    _bring(third, files[2:])
    assert opened.archive.ledger("kita", _STUDY).open
    opened.gateways.revoke(_id(other), actor="test")
    ledger = opened.archive.ledger("kita", _STUDY)
    assert (ledger.declared_instances, ledger.arrived_instances, ledger.open) == (3, 3, False)
    assert ledger.complete
