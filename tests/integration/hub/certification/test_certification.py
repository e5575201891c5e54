"""The notice stands until a certification of this very version is recorded (OPS-14)."""

from collections.abc import Iterator
from contextlib import closing

import pytest

import dokuei
from dokuei.hub.identity.model import Grant, Role
from tests.makers.whole_hub import READER_OF_KITA, WholeHub, whole_hub

ADMINISTRATOR = Grant(Role.ADMINISTRATOR, None)
CERTIFICATE = {"number": "304ABBZX00001000", "holder": "製造販売 株式会社", "version": dokuei.__version__}


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def test_everybody_sees_whether_this_version_is_certified_and_an_administrator_says_so(hub: WholeHub) -> None:
    """OPS-14: recorded with number, holder and exact version; another version leaves the notice standing."""
    with closing(hub.client()) as stranger, closing(hub.signed_in("admin.a", ADMINISTRATOR)) as office:
        assert stranger.get("/api/v1/standing").json()["in_evaluation"] is True
        office.post("/api/v1/certifications", json={**CERTIFICATE, "version": "0.0.0"}).raise_for_status()
        assert stranger.get("/api/v1/standing").json()["in_evaluation"] is True
        listed = office.post("/api/v1/certifications", json=CERTIFICATE).json()
        assert [one["covers"] for one in listed] == [True, False]
        assert stranger.get("/api/v1/standing").json() == {**CERTIFICATE, "in_evaluation": False}
        assert hub.hub.reports.signing.rules.of_site("kita").in_evaluation is False
        path = f"/api/v1/certifications/{listed[0]['certification_id']}/withdrawal"
        assert office.post(path).status_code == 204
        assert office.post(path).status_code == 404
        assert stranger.get("/api/v1/standing").json()["in_evaluation"] is True
        assert hub.hub.reports.signing.rules.of_site("kita").in_evaluation is True


def test_only_administrators_of_the_centre_record_one_and_no_part_may_be_missing(hub: WholeHub) -> None:
    """OPS-14: audited."""
    with closing(hub.signed_in("reader.a", READER_OF_KITA)) as reader:
        assert reader.post("/api/v1/certifications", json=CERTIFICATE).status_code == 403
    with closing(hub.signed_in("admin.a", ADMINISTRATOR)) as office:
        assert office.post("/api/v1/certifications", json={**CERTIFICATE, "holder": ""}).status_code == 422
        assert office.post("/api/v1/certifications", json={**CERTIFICATE, "holder": "  "}).status_code == 400
        assert office.get("/api/v1/certifications").json() == []
