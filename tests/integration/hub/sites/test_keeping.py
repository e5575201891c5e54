"""The register, contacts and pages of sites over HTTP, in the whole hub."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import httpx
import pytest

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Permission, Principal, Role
from dokuei.hub.worklist.listing import Lists
from dokuei.storage.audit import hub_trail
from tests.makers.requests import ASKED
from tests.makers.whole_hub import WholeHub, whole_hub

_ANYBODY = Principal("system", "0", "", frozenset(Permission), frozenset({"kita", "minami"}))
NIGHT = {"hours": "night", "name": "当直室", "role": "医師", "telephone": "011-123-4567 内線 9", "position": 0}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("sites")) as running:
        yield running


@pytest.fixture(scope="module")
def office(hub: WholeHub) -> Iterator[httpx.Client]:
    with closing(hub.signed_in("office", Grant(Role.ADMINISTRATOR, None))) as client:
        yield client


@pytest.fixture(scope="module")
def staff(hub: WholeHub) -> Iterator[httpx.Client]:
    with closing(hub.signed_in("staff", Grant(Role.SITE_STAFF, "kita"))) as client:
        yield client


def test_a_new_hospital_may_ask_for_nothing_until_its_contract_is_recorded(hub: WholeHub, office: httpx.Client) -> None:
    """JRS-03: refused, and taken once there is one."""
    made = office.post("/api/v1/sites", json={"site_id": "higashi", "name": "東病院", "name_en": "Higashi"})
    assert (made.status_code, made.json()["standing"], made.json()["contracts"]) == (201, "none", [])
    assert office.post("/api/v1/sites", json={"site_id": "higashi", "name": "x"}).status_code == 409
    assert office.post("/api/v1/sites", json={"site_id": "Hi gashi", "name": "x"}).status_code == 400
    with closing(hub.signed_in("higashi.staff", Grant(Role.SITE_STAFF, "higashi"))) as client:
        refused = client.post("/api/v1/requests", json={**ASKED, "site_id": "higashi"})
        assert "契約が登録されていません" in refused.json()["detail_ja"]
        terms = {
            "valid_from": "2020-01-01",
            "modalities": ["mg"],
            "turnarounds": [{"priority": "urgent", "amount": 4, "unit": "hours"}],
        }
        recorded = office.post("/api/v1/sites/higashi/contracts", json=terms).json()
        assert (recorded["standing"], recorded["contracts"][0]["versions"][0]["modalities"]) == ("valid", ["MG"])
        assert client.post("/api/v1/requests", json={**ASKED, "site_id": "higashi"}).status_code == 201
    path = f"/api/v1/sites/higashi/contracts/{recorded['contracts'][0]['contract_id']}"
    stale = {**terms, "version": 9, "because": "x"}
    assert office.put(path, json=stale).status_code == 412
    ended = office.post(f"{path}/termination", json={"version": 1, "last_day": "2019-12-31", "because": "x"})
    assert ended.status_code == 400
    wrong = {**terms, "valid_until": "2019-01-01"}
    assert office.post("/api/v1/sites/higashi/contracts", json=wrong).status_code == 400


def test_the_register_holds_what_the_facility_standard_asks(office: httpx.Client, staff: httpx.Client) -> None:
    """JRS-06: what is not attested is named; nobody writes over another's entry."""
    before = office.get("/api/v1/sites/minami").json()
    assert len(before["standard_missing"]) == 5
    standard = {
        "devices_adequate": True,
        "devices": "MG 1台",
        "named_receiver": "中央読影センター",
        "no_outsourcing": True,
        "full_time_radiologist": "読影 太郎",
        "confirmed_on": "2026-04-01",
    }
    entry = {
        "name": "南病院",
        "name_en": "Minami Hospital",
        "institution_code": "0112345678",
        "address": "札幌市南区1-2",
        "telephone": "011-000-1111",
        "standard": standard,
        "responsible": [{"duty": "imaging", "name": "<b>報告 守</b>"}],
        "version": 0,
    }
    after = office.put("/api/v1/sites/minami/register", json=entry).json()
    assert (after["standard_missing"], after["version"], after["name_en"]) == ([], 1, "Minami Hospital")
    assert after["register_entry"]["responsible"][0]["name"] == "<b>報告 守</b>"
    assert office.put("/api/v1/sites/minami/register", json=entry).status_code == 412
    assert office.put("/api/v1/sites/minami/register", json={**entry, "institution_code": "1"}).status_code == 400
    assert staff.get("/api/v1/sites/minami").status_code == 404
    assert [one["site_id"] for one in staff.get("/api/v1/sites").json()] == ["kita"]


def test_what_was_agreed_with_each_hospital_stands_beside_the_others(office: httpx.Client, staff: httpx.Client) -> None:
    """JRS-03: the centre compares scope, turnaround and contacts; a hospital sees its own alone."""
    assert office.post("/api/v1/sites", json={"site_id": "nishi", "name": "西病院"}).json()["scope"] is None
    urgent = {"priority": "urgent", "amount": 4, "unit": "hours"}
    terms = {"modalities": ["MG", "US"], "kinds": ["screening"], "turnarounds": [urgent], "fee": "1件 2,000円"}
    assert office.post("/api/v1/sites/nishi/contracts", json=terms).status_code == 201
    assert office.post("/api/v1/sites/nishi/contacts", json=NIGHT).status_code == 201
    compared = {one["site_id"]: one for one in office.get("/api/v1/sites").json()}
    assert {"kita", "minami", "nishi"} <= set(compared)
    assert compared["nishi"]["scope"] == {"modalities": ["MG", "US"], "kinds": ["screening"], "turnarounds": [urgent]}
    assert [one["telephone"] for one in compared["nishi"]["contact_list"]] == [NIGHT["telephone"]]
    assert "fee" not in str(compared)
    assert [one["site_id"] for one in staff.get("/api/v1/sites").json()] == ["kita"]


def test_a_hospitals_staff_keeps_its_contacts_and_is_reminded_to_try_them(hub: WholeHub, staff: httpx.Client) -> None:
    """REPORT-14: kept current, tested monthly; the reader of a case sees whom to call at this hour."""
    path = "/api/v1/sites/kita/contacts"
    assert staff.post(path, json={**NIGHT, "telephone": ""}).status_code == 400
    assert staff.post(path, json={**NIGHT, "hours": "noon"}).status_code == 422
    made = staff.post(path, json=NIGHT).json()
    (contact,) = made["contact_list"]
    assert (made["tests_due"], contact["test_due"]) == (1, True)
    one = f"{path}/{contact['contact_id']}"
    today = made["today"]
    tomorrow = (now() + timedelta(days=2)).date().isoformat()
    assert staff.post(f"{one}/test", json={"on": tomorrow, "reached": True}).status_code == 400
    tested = staff.post(f"{one}/test", json={"on": today, "reached": True}).json()
    assert (tested["tests_due"], tested["contact_list"][0]["tested_by"]) == (0, "staff")
    late = (now() - timedelta(days=40)).date().isoformat()
    assert staff.post(f"{one}/test", json={"on": late, "reached": True}).json()["tests_due"] == 1
    assert staff.put(one, json={**NIGHT, "role": "看護師", "version": 1}).json()["contact_list"][0]["tested_on"] == late
    assert staff.put(one, json={**NIGHT, "version": 1}).status_code == 412
    moved = staff.put(one, json={**NIGHT, "telephone": "011-9", "version": 2}).json()["contact_list"][0]
    assert (moved["telephone"], moved["tested_on"], moved["version"]) == ("011-9", None, 3)
    item = Lists(hub.hub.worklist).list(_ANYBODY).items[0].worklist_item_id
    with closing(hub.signed_in("reader", Grant(Role.READER, "kita"))) as reader:
        told = reader.get(f"/api/v1/worklist/{item}/contacts").json()
    assert [one["telephone"] for one in told["contacts"]] == ["011-9"]
    assert told["instead"] is (told["hours"] != "night")
    assert staff.delete(one).status_code == 204
    assert staff.delete(one).status_code == 404
    assert staff.get("/api/v1/sites/kita").json()["contact_list"] == []
    with hub.hub.stores.database.read() as connection:
        assert hub_trail.verify(connection).broken_at is None
