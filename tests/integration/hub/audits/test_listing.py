"""Who saw what of whom, over HTTP: names resolved, filters, pages, scope by site, and every look on record."""

import csv
import io
from contextlib import closing
from datetime import timedelta
from typing import Any

import httpx
import pytest

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from tests.integration.hub.audits.conftest import OF_KITA, OF_MINAMI
from tests.makers.whole_hub import SERIES, WholeHub

ENTRIES = "/api/v1/audit/entries"


def lines(client: httpx.Client, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(ENTRIES, params=asked).raise_for_status().json()["lines"]
    return found


def test_an_entry_says_who_saw_which_patient_and_when(chief: httpx.Client) -> None:
    """LOG-01: who, when, whose images; the patient is shown as the archive knows her."""
    (opened,) = [one for one in lines(chief, limit=500) if one["event"] == "study.accessed"]
    assert opened["actor"]["user_name"] == "reader.kita"
    assert opened["group"] == "images"
    assert opened["site_name"] == "北病院"
    assert opened["subject"] == SERIES.study_instance_uid
    assert opened["patient"]["patient_id"] == SERIES.patient_id
    assert opened["patient"]["ideographic"]


def test_the_newest_stand_first_and_every_page_follows_the_one_before(chief: httpx.Client) -> None:
    whole = [one["sequence"] for one in lines(chief, limit=500)]
    assert whole == sorted(whole, reverse=True)
    paged: list[int] = []
    asked: dict[str, Any] = {"limit": 3}
    while True:
        page = chief.get(ENTRIES, params=asked).raise_for_status().json()
        paged += [one["sequence"] for one in page["lines"]]
        if page["before"] is None:
            break
        asked = {"limit": 3, "before": page["before"]}
    assert [one for one in paged if one <= whole[0]] == whole
    assert len(paged) == len(set(paged))


def test_each_filter_leaves_what_fits(hub: WholeHub, chief: httpx.Client) -> None:
    people = {one["user_name"]: one for one in chief.get("/api/v1/audit/people").json()}
    reader = f"person:{people['reader.kita']['person_id']}"
    assert {one["actor"]["actor"] for one in lines(chief, actor=reader)} == {reader}
    assert {one["group"] for one in lines(chief, group="sign_in")} == {"sign_in"}
    mine = lines(chief, actor=reader, group="images")
    assert {one["event"] for one in mine} == {"study.accessed"}
    study = lines(chief, site_id="kita", study=SERIES.study_instance_uid)
    assert {one["subject"] for one in study} == {SERIES.study_instance_uid}
    assert lines(chief, site_id="kita", study=SERIES.study_instance_uid, whole_patient=True)
    assert {one["site_id"] for one in lines(chief, site_id="kita", limit=500)} == {"kita"}
    later = (now() + timedelta(hours=1)).isoformat()
    assert lines(chief, since=later) == []
    assert lines(chief, until="2020-01-01T00:00:00+09:00") == []
    assert hub.hub.audits.state().head.sequence > 0


def test_a_patient_is_found_by_number_and_the_number_stands_in_no_address_and_no_entry(chief: httpx.Client) -> None:
    (found,) = chief.post("/api/v1/audit/studies", json={"text": SERIES.patient_id}).raise_for_status().json()
    assert found["study_instance_uid"] == SERIES.study_instance_uid
    (noted, *_) = [one for one in lines(chief, group="audit") if one["event"] == "audit.patient-sought"]
    assert SERIES.patient_id not in noted["details"]
    assert SERIES.study_instance_uid in noted["details"]
    assert chief.post("/api/v1/audit/studies", json={"text": "  "}).status_code == 400


def test_reading_the_trail_is_itself_on_record_once_for_each_question(chief: httpx.Client) -> None:
    """LOG-07: Audit Log Used (PS3.15 A.5.3.2)."""

    def noted() -> int:
        return len([one for one in lines(chief, group="audit", limit=500) if one["event"] == "audit.read"])

    before = noted()
    lines(chief, group="people")
    lines(chief, group="people")
    assert noted() == before + 1


@pytest.mark.parametrize(
    "asked", [{"since": "2026-01-01T00:00:00"}, {"study": "1.2.3"}, {"before": 0}, {"group": "x"}, {"study": "a b"}]
)
def test_a_question_that_cannot_be_understood_is_refused(chief: httpx.Client, asked: dict[str, Any]) -> None:
    assert chief.get(ENTRIES, params=asked).status_code in {400, 422}


def test_an_auditor_of_a_site_sees_that_sites_entries_alone(hub: WholeHub) -> None:
    """AUTH-13: another site's entries do not exist, nor does what belongs to no site."""
    with (
        closing(hub.signed_in("kansa.kita", OF_KITA)) as kita,
        closing(hub.signed_in("kansa.minami", OF_MINAMI)) as far,
    ):
        assert {one["site_id"] for one in lines(kita, limit=500)} == {"kita"}
        assert SERIES.study_instance_uid in str(lines(kita, limit=500))
        assert SERIES.study_instance_uid not in str(lines(far, limit=500))
        assert far.get(ENTRIES, params={"site_id": "kita"}).status_code == 404
        assert far.get(ENTRIES, params={"site_id": "nowhere"}).status_code == 404
        assert far.post("/api/v1/audit/studies", json={"text": SERIES.patient_id}).json() == []
        assert SERIES.study_instance_uid not in far.get("/api/v1/audit/export").text
        for path in ("/api/v1/audit/state", "/api/v1/audit/reviews"):
            assert far.get(path).status_code == 403


def test_only_auditors_read_the_trail(hub: WholeHub) -> None:
    """LOG-03: only the auditor's role reads it."""
    everything_else = [Grant(role, None) for role in Role if role is not Role.AUDITOR]
    with closing(hub.signed_in("everything.else", *everything_else)) as client:
        for path in ("entries", "export", "people", "state", "reviews"):
            assert client.get(f"/api/v1/audit/{path}").status_code == 403
        assert client.post("/api/v1/audit/studies", json={"text": "x"}).status_code == 403
    with hub.client(hub.token("kita")) as program:
        assert program.get(ENTRIES).status_code == 404


@pytest.mark.parametrize(("form", "charset"), [("utf-8", "utf-8-sig"), ("shift_jis", "cp932")])
def test_the_inspection_form_has_who_when_what_and_of_whom(chief: httpx.Client, form: str, charset: str) -> None:
    """LOG-02: user ID, name, time to the second in Japan's time, category and operation."""
    answer = chief.get("/api/v1/audit/export", params={"form": form}).raise_for_status()
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"\xef\xbb\xbf") is (form == "utf-8")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(charset))))
    (opened,) = [row for row in rows if row["操作コード"] == "study.accessed"]
    assert opened["利用者ID"] == "reader.kita"
    assert opened["分類"] == "画像"
    assert opened["操作"] == "画像を取得"
    assert opened["患者ID"] == SERIES.patient_id
    assert len(opened["日時"]) == len("2026-11-30 09:00:00")
    assert [int(row["連番"]) for row in rows] == sorted(int(row["連番"]) for row in rows)
    assert rows[-1]["操作コード"] == "audit.exported"  # it says of itself who took it
