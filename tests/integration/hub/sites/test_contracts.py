"""Contracts on both databases: versions stay, each door refuses what is outside with the reason, due times follow."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dokuei.clock import now
from dokuei.errors import NotFoundError, RequestError, StaleError
from dokuei.hub.requests.model import Content, Name, Patient
from dokuei.hub.requests.notices import Notice, Ordered
from dokuei.hub.requests.placing import Author
from dokuei.hub.sites.contracting import Contracting, Scribe
from dokuei.hub.sites.contracts import Terms, Turnaround
from dokuei.storage.audit import hub_trail
from tests.makers.fhir import fhir_room, posted, system, told
from tests.makers.reading import ReadingRoom
from tests.makers.requests import ASKED, STAFF, asked, view

BY = Scribe("person:office", "事務 一子")
LATE = date(2020, 4, 1)
ULTRASOUND = Terms(valid_from=LATE, modalities=("US",), kinds=("diagnostic",))
HERS = Patient("P9", name=Name(ideographic="試験^花子"), birth_date="19700101", sex="F")
_DCM = "http://dicom.nema.org/resources/ontology/DCM"


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with fhir_room(tmp_path, database_url) as made:
        yield made


@pytest.fixture
def contracts(room: ReadingRoom) -> Contracting:
    return room.hub.sites.contracting


def agree(contracts: Contracting, terms: Terms, site_id: str = "kita") -> None:
    """These terms instead of the ones before."""
    present = contracts.of_site(site_id)[0].present
    contracts.change(site_id, present.contract_id, terms, expected_version=present.number, by=BY, because="試験のため")


def test_each_change_is_a_version_with_who_when_and_why_and_none_is_written_over(
    room: ReadingRoom, contracts: Contracting
) -> None:
    """JRS-03: scope, fee, turnaround, responsibility and insurance are on record, and what they were before."""
    (first,) = contracts.of_site("kita")
    written = replace(ULTRASOUND, fee="1件 2,000円", responsibility="別紙", insurance="医師賠償責任保険")
    agree(contracts, written)
    with pytest.raises(StaleError):
        contracts.change("kita", first.present.contract_id, Terms(), expected_version=1, by=BY, because="古い画面から")
    with pytest.raises(RequestError, match="理由"):
        contracts.change("kita", first.present.contract_id, Terms(), expected_version=2, by=BY, because=" ")
    with pytest.raises(NotFoundError):
        contracts.change("minami", first.present.contract_id, Terms(), expected_version=2, by=BY, because="x")
    contracts.terminate(
        "kita", first.present.contract_id, last_day=now().date(), expected_version=2, by=BY, because="解約の申出"
    )
    (found,) = contracts.of_site("kita")
    assert [one.number for one in found.versions] == [3, 2, 1]
    assert [one.terms.fee for one in found.versions] == ["1件 2,000円", "1件 2,000円", ""]
    assert (found.present.because, found.present.actor_name) == ("解約の申出", "事務 一子")
    assert found.present.terms.terminated_on == now().date()
    told = [one for one in room.hub.events() if one.startswith("contract.")]
    assert told[-2:] == ["contract.changed", "contract.terminated"]
    with room.hub.database.read() as connection:
        assert hub_trail.verify(connection).broken_at is None


def test_the_portal_refuses_what_is_outside_and_takes_it_once_it_is_inside(
    room: ReadingRoom, contracts: Contracting
) -> None:
    """JRS-03: by modality, by kind of reading, by day, in both languages."""
    staff = room.reader("staff.a", STAFF)
    agree(contracts, ULTRASOUND)
    answer = staff.post("/api/v1/requests", json={**ASKED, "site_id": "kita"})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:dokuei:problem:outside-contract")
    assert answer.json()["detail_ja"] == "契約の範囲外のモダリティです: MG（契約の範囲: US）"
    assert answer.json()["detail_en"] == "a modality outside the contract: MG (covered: US)"
    body = {**ASKED, "site_id": "kita", "modality": "US", "kind": "consultation"}
    answer = staff.post("/api/v1/requests", json=body)
    assert answer.status_code == 403
    assert "コンサルテーション" in answer.json()["detail_ja"]
    taken = staff.post("/api/v1/requests", json={**body, "kind": "diagnostic"}).json()
    assert (taken["state"], taken["kind"]) == ("waiting", "diagnostic")
    contracts.terminate(
        "kita",
        contracts.of_site("kita")[0].present.contract_id,
        last_day=now().date() - timedelta(days=3),
        expected_version=2,
        by=BY,
        because="解約",
    )
    path = f"/api/v1/requests/{taken['request_id']}"
    later = {**ASKED, "modality": "US", "kind": "diagnostic", "requesting_department": "外科"}
    answer = staff.put(path, json=later, headers={"If-Match": '"1"'})
    assert (answer.status_code, "解約" in answer.json()["detail_ja"]) == (403, True)
    contracts.record("kita", replace(ULTRASOUND, valid_from=now().date()), by=BY, because="再契約")
    assert staff.put(path, json=later, headers={"If-Match": '"1"'}).status_code == 200


def test_fhir_refuses_with_an_outcome_and_takes_it_afterwards(room: ReadingRoom, contracts: Contracting) -> None:
    """JRS-03: the reason stands in the OperationOutcome, and on record."""
    his = system(room)
    agree(contracts, ULTRASOUND)
    answer = posted(his)
    assert answer.status_code == 403
    assert told(answer).startswith("business-rule  契約の範囲外のモダリティです: MG")
    assert "a modality outside the contract" in told(answer)
    assert [event for event in room.hub.events() if event.endswith("refused")] == ["request.refused", "access.refused"]
    category = [{"coding": [{"system": _DCM, "code": "US"}]}]
    unknown = [*category, {"coding": [{"system": "urn:dokuei:reading-kind", "code": "palm"}]}]
    assert "code-invalid" in told(posted(his, category=unknown))
    second = [*category, {"coding": [{"system": "urn:dokuei:reading-kind", "code": "second_reading"}]}]
    assert "第二読影" in told(posted(his, category=second))
    diagnostic = [*category, {"coding": [{"system": "urn:dokuei:reading-kind", "code": "diagnostic"}]}]
    assert posted(his, category=diagnostic).status_code == 201
    agree(contracts, Terms())
    assert posted(his, category=second).status_code == 200


def test_what_a_gateway_tells_of_is_refused_with_the_reason_and_may_be_told_again(
    room: ReadingRoom, contracts: Contracting
) -> None:
    """JRS-03: whatever way an order came; a cancellation and a patient's correction wait for no contract."""
    author = Author("gateway:g1", "北病院の門")
    content = Content(placer_order_number="P-9", patient=HERS, modality="MG", kind="screening")

    def says(key: str, action: Any = "new") -> tuple[str, str]:
        notice = Notice(key, "hl7", now(), Ordered(action, content))
        return room.requests.notices.take("kita", notice, author=author)

    agree(contracts, ULTRASOUND)
    outcome, reason = says("k1")
    assert (outcome, "契約の範囲外のモダリティ" in reason, "outside the contract" in reason) == ("refused", True, True)
    agree(contracts, replace(ULTRASOUND, modalities=("MG",)))
    outcome, reason = says("k1")
    assert (outcome, "検診読影" in reason) == ("refused", True)
    agree(contracts, Terms())
    assert says("k1")[0] == "taken"
    agree(contracts, ULTRASOUND)
    assert says("k2", "cancel")[0] == "taken"


def test_a_hospital_without_a_contract_is_not_read_for(room: ReadingRoom) -> None:
    """JRS-03: neither asked for nor taken into hand."""
    item = room.take_in(view())
    contracts = room.hub.sites.contracting
    agree(contracts, Terms(valid_until=now().date() - timedelta(days=2)))
    reader = room.reader("reader.a")
    refused = reader.post(f"/api/v1/worklist/{item}/claim")
    assert (refused.status_code, "終了" in refused.json()["detail_ja"]) == (403, True)


def test_a_report_is_due_by_the_turnaround_of_its_priority(room: ReadingRoom, contracts: Contracting) -> None:
    """JRS-03: turnaround."""
    agree(contracts, Terms(turnarounds=(Turnaround("routine", 0, "hours"), Turnaround("urgent", 4, "hours"))))
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    item = room.take_in(view(accession_number="A-1"))
    shown = reader.get(f"/api/v1/worklist/{item}").json()
    arrived = datetime.fromisoformat(shown["arrived_at"])
    assert datetime.fromisoformat(shown["due_at"]) == arrived
    request = asked(staff, priority="urgent", modality="MG")
    study = reader.get(f"/api/v1/worklist/{item}").json()["study_instance_uid"]
    staff.post(f"/api/v1/requests/{request['request_id']}/match", json={"study_instance_uid": study})
    room.carry_out()
    shown = reader.get(f"/api/v1/worklist/{item}").json()
    assert shown["priority"] == "urgent"
    assert datetime.fromisoformat(shown["due_at"]) == arrived + timedelta(hours=4)
