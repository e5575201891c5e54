"""依頼票, 問診票 and シェーマ in a study: part of the request, no pictures to be read, and never hidden."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import generate_uid

from dokuei.errors import NotFoundError
from dokuei.hub.archive import api as archive_api
from dokuei.hub.archive.papers import SECONDARY_CAPTURES
from dokuei.hub.identity.model import Grant, Role
from tests.makers.archive import MG, image
from tests.makers.documents import letter, two_pages
from tests.makers.reading import ReadingRoom, reading_room

_SC = SECONDARY_CAPTURES[0]


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        made.hub.app.include_router(archive_api.routes(made.archive))
        yield made


def test_papers_of_a_study_belong_to_its_request_and_are_not_to_be_read(room: ReadingRoom) -> None:
    study = generate_uid()
    view = image(study=study, sop_class=MG, modality="MG", patient_id="P1", SeriesDescription="R-MLO")
    form = image(study=study, sop_class=_SC, modality="OT", patient_id="P1", SeriesDescription="検査依頼票")
    odd = image(study=study, sop_class=_SC, modality="OT", patient_id="P1", SeriesDescription="3D")
    asked = letter(view, two_pages())
    asked.DocumentTitle = "問診票"
    item = room.take_in(view, form, odd, asked)
    staff = room.reader("jimu", Grant(Role.SITE_STAFF, "kita"))
    at = f"/api/v1/sites/kita/studies/{study}/papers"
    told = {one["sop_instance_uid"]: one for one in staff.get(at).json()}
    assert {uid: (one["kind"], one["document"]) for uid, one in told.items()} == {
        form.SOPInstanceUID: ("request_form", False),
        asked.SOPInstanceUID: ("questionnaire", True),
    }
    assert told[asked.SOPInstanceUID]["title"] == "問診票"
    stranger = room.reader("minami.jimu", Grant(Role.SITE_STAFF, "minami"))
    assert [stranger.get(at).status_code, stranger.get("/api/v1/sites/kita/paper-rules").status_code] == [404, 404]
    document = shown(room, study)
    assert document["ledger"]["arrived_instances"] == 4, "the ledger counts papers too"
    reader = room.reader("reader.a")
    read = [one for one in room.images_read(item) if one["sop_instance_uid"] == view.SOPInstanceUID]
    checks = {one["check"]: one for one in room.written(reader, item, images_read=read).json()["checks"]}
    assert checks["images_unopened"]["count"] == 1, "only the picture that no rule knows is still to be opened"

    rules = staff.get("/api/v1/sites/kita/paper-rules").json()["rules"]
    other = {"kind": "schema", "words": ["3D"], "modalities": ["OT"], "to_be_read": True}
    assert staff.put("/api/v1/sites/kita/paper-rules", json={"rules": [{**other, "words": [" "]}]}).status_code == 400
    assert staff.put("/api/v1/sites/kita/paper-rules", json={"rules": [other, *rules]}).status_code == 200
    assert reader.put("/api/v1/sites/kita/paper-rules", json={"rules": []}).status_code == 403
    marks = {
        one["sop_instance_uid"]: (one["paper"], one["to_be_read"])
        for series in shown(room, study)["series"]
        for one in series["instances"]
    }
    assert marks == {
        view.SOPInstanceUID: (None, True),
        form.SOPInstanceUID: ("request_form", False),
        odd.SOPInstanceUID: ("schema", True),
        asked.SOPInstanceUID: ("questionnaire", False),
    }, "a rule may leave a paper among the pictures to be read, and holds for what is here already"
    assert "site.papers-set" in room.hub.events()
    with pytest.raises(NotFoundError):
        room.archive.papers.of_study("minami", study)


def shown(room: ReadingRoom, study: str) -> dict[str, Any]:
    held = room.archive.viewer_documents.of_study("kita", study)
    found: dict[str, Any] = json.loads(gzip.decompress(held.gzipped))
    return found
