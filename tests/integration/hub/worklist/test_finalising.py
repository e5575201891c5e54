"""検像: a technologist stands for a study's images, later images reopen that, and no report is signed past it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dokuei.hub.identity.model import Grant, Role
from tests.makers.archive import MG, image
from tests.makers.reading import ReadingRoom, reading_room

_LOOKED_AT = {"patient": True, "laterality": True, "views": True, "count": True}
_TECHNOLOGIST = Grant(Role.TECHNOLOGIST, "kita")


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        made.hub.sites.change("kita", actor="system", images_finalised=True)
        yield made


def confirmed(client: httpx.Client, item: str, instances: int = 2, **changed: Any) -> httpx.Response:
    body = {"instances": instances, "looked_at": _LOOKED_AT, "note": "左MLO再撮影済", **changed}
    return client.put(f"/api/v1/worklist/{item}/finalisation", json=body)


def one_more(room: ReadingRoom, client: httpx.Client, item: str) -> None:
    """Another object of the case's study arrives."""
    known = client.get(f"/api/v1/worklist/{item}").json()
    late = image(study=known["study_instance_uid"], sop_class=MG, modality="MG", patient_id="P1", number=9)
    room.take_in(late)


def test_a_technologist_confirms_images_and_later_ones_reopen_them(room: ReadingRoom) -> None:
    """REC-09: a state of the study, with name and time, audited; what comes afterwards reopens it visibly."""
    item = room.mammogram_case()
    staff, reader = room.reader("gishi", _TECHNOLOGIST), room.reader("reader.a")
    shown = reader.get("/api/v1/worklist").json()["items"][0]
    assert shown["finalisation"]["state"] == "open", "unfinalised images are marked"
    assert confirmed(reader, item).status_code == 403, "only a technologist stands for images"
    stranger = room.reader("minami.gishi", Grant(Role.TECHNOLOGIST, "minami"))
    assert confirmed(stranger, item).status_code == 404
    assert stranger.get(f"/api/v1/worklist/{item}/finalisation").status_code == 404
    assert confirmed(staff, item, looked_at={**_LOOKED_AT, "views": False}).status_code == 422
    assert confirmed(staff, item, instances=1).status_code == 409, "there are others than were looked at"
    told = confirmed(staff, item).json()["finalisation"]
    assert (told["state"], told["display_name"], told["instances"]) == ("finalised", "人 gishi", 2)
    assert confirmed(staff, item).status_code == 409
    one_more(room, staff, item)
    told = reader.get(f"/api/v1/worklist/{item}").json()["finalisation"]
    assert (told["state"], told["display_name"], told["instances"]) == ("reopened", "", 3)
    assert confirmed(staff, item, instances=3).status_code == 200
    reopen = f"/api/v1/worklist/{item}/finalisation/reopen"
    assert staff.post(reopen, json={"reason": " "}).status_code == 400
    assert staff.post(reopen, json={"reason": "左右の誤り"}).json()["finalisation"]["state"] == "reopened"
    history = reader.get(f"/api/v1/worklist/{item}/finalisation").json()
    acts = [(one["act"], one["display_name"], one["instances"], one["note"]) for one in history]
    assert acts == [
        ("finalised", "人 gishi", 2, "左MLO再撮影済"),
        ("reopened", "", 3, ""),
        ("finalised", "人 gishi", 3, "左MLO再撮影済"),
        ("reopened", "人 gishi", 3, "左右の誤り"),
    ]
    assert [name for name in room.hub.events() if name.startswith("case.images-")] == [
        "case.images-finalised",
        "case.images-after-finalisation",
        "case.images-finalised",
        "case.images-reopened",
    ]


def test_a_report_on_unfinalised_images_is_refused_or_says_why(room: ReadingRoom) -> None:
    """REC-09: no final report without them, unless a reason stands among the report's checks."""
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    written = room.written(reader, item).json()
    assert "images_unfinalised" in [one["check"] for one in written["checks"]]
    begin = f"/api/v1/worklist/{item}/report/signature/begin"
    refused = reader.post(begin)
    assert refused.status_code == 400
    assert "images_unfinalised" in refused.text
    answers = [{"check": "images_unfinalised", "about": "", "reason": "緊急のため検像前に読影"}]
    body = {**{name: written[name] for name in _CONTENT}, "answers": answers}
    tag = {"If-Match": f'"{written["version"]}"'}
    assert reader.put(f"/api/v1/worklist/{item}/report", json=body, headers=tag).status_code == 200
    signed = room.signed(reader, item, room.keys["reader.a"])
    assert signed.status_code == 200
    version = reader.get(f"/api/v1/worklist/{item}/report/versions").json()
    assert "緊急のため検像前に読影" in str(version), "the reason is part of what was signed"


def test_images_that_come_between_showing_and_signing_are_not_signed_over(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    staff, reader = room.reader("gishi", _TECHNOLOGIST), room.reader("reader.a")
    confirmed(staff, item)
    assert "images_unfinalised" not in str(room.written(reader, item).json()["checks"])
    begun = reader.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    staff.post(f"/api/v1/worklist/{item}/finalisation/reopen", json={"reason": "別の患者の画像"})
    credential = room.keys["reader.a"].get(begun["options"])
    body = {"version_digest": begun["version_digest"], "credential": credential}
    refused = reader.post(f"/api/v1/worklist/{item}/report/signature", json=body)
    assert refused.status_code == 400
    assert "images_unfinalised" in refused.text


def test_a_site_that_does_without_has_nothing_to_confirm(room: ReadingRoom) -> None:
    room.hub.sites.change("kita", actor="system", images_finalised=False)
    item = room.mammogram_case()
    staff, reader = room.reader("gishi", _TECHNOLOGIST), room.reader("reader.a")
    assert staff.get(f"/api/v1/worklist/{item}").json()["finalisation"]["state"] == "not_used"
    assert confirmed(staff, item).status_code == 409
    room.written(reader, item)
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200


_CONTENT = ("findings", "impression", "category_right", "category_left", "images_read", "structure")
