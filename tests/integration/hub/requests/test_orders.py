"""What a hospital's systems say through their gateway becomes requests, each message once, of its own site only."""

import base64
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import select

from dokuei.errors import NotSignedInError
from dokuei.gateway.enrol import enrol, hub_client
from dokuei.hub import order_door
from dokuei.hub.app import open_hub
from dokuei.hub.gateways.api import Caller
from dokuei.hub.gateways.model import Gateway
from dokuei.hub.problems import answer_with_problems
from dokuei.hub.requests import store
from dokuei.hub.requests.tables import notice
from dokuei.settings import read_settings
from dokuei.storage.audit import hub_entries
from dokuei.transfer.orders import ORDERS_PATH, OrderAnswers, OrderNotices
from tests.makers.asgi import AsgiTransport
from tests.makers.gateway_hub import running_hub
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.requests import STAFF, asked, read, state, view

HERS: dict[str, Any] = {
    "patient_id": "0000P1",
    "name": {"ideographic": "山田^花子", "phonetic": "ヤマダ^ハナコ"},
    "birth_date": "19700101",
    "sex": "F",
}
ORDER: dict[str, Any] = {
    "action": "new",
    "placer_order_number": "P-1",
    "accession_number": "A-1",
    "patient": HERS,
    "procedure": {"value": "200000", "scheme": "JJ1017", "meaning": "乳房撮影"},
    "modality": "MG",
    "examination_date": "20261101",
    "priority": "urgent",
    "requesting_physician": "髙橋",
    "requesting_department": "乳腺外科",
    "reason": "検診要精査",
    "clinical_information": "左乳房術後",
}


@dataclass
class Hospital:
    """A site's gateway in front of the room's hub (the line itself has a test of its own)."""

    room: ReadingRoom
    site_id: str = "kita"
    said: int = 0

    def says(self, *, key: str = "", source: str = "hl7", **one: Any) -> tuple[str, str]:
        """One notice; what the hub made of it."""
        self.said += 1
        told = {"message_key": key or f"m{self.said}", "source": source, "received_at": "2026-11-30T01:00:00Z", **one}
        answers = OrderAnswers.read(self.post(OrderNotices.model_validate({"notices": [told]}).write()).content)
        assert [answer.message_key for answer in answers.answers] == [told["message_key"]]
        return answers.answers[0].outcome, answers.answers[0].reason

    def orders(self, *, key: str = "", source: str = "hl7", **changed: Any) -> tuple[str, str]:
        return self.says(key=key, source=source, order={**ORDER, **changed})

    def corrects(self, *, key: str = "", **correction: Any) -> tuple[str, str]:
        return self.says(key=key, correction={"action": "update", "patient": HERS, **correction})

    def post(self, body: bytes) -> httpx.Response:
        moment = datetime.now(UTC)
        gateway = Gateway("g1", self.site_id, "北病院の門", "", moment + timedelta(days=9), moment)

        async def caller(request: Request) -> Caller:
            return Caller(gateway, await request.body())

        app = FastAPI()
        answer_with_problems(app)
        app.include_router(order_door.routes(self.room.requests, caller))
        with httpx.Client(transport=AsgiTransport(app, self.room.hub.portal), base_url="http://hub") as client:
            return client.post(ORDERS_PATH, content=body)


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


@pytest.fixture
def hospital(room: ReadingRoom) -> Hospital:
    return Hospital(room)


def every(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/requests").json()["items"]
    return found


def test_an_order_is_a_request_and_matches_its_study(room: ReadingRoom, hospital: Hospital) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    assert hospital.orders() == ("taken", "")
    (one,) = every(staff)
    assert (one["source"], one["placed_by"], one["state"], one["priority"]) == (
        "hl7",
        "北病院の門",
        "waiting",
        "urgent",
    )
    assert one["procedure"] == ORDER["procedure"]
    assert (one["clinical"]["reason"], one["clinical"]["history"]) == ("検診要精査", "左乳房術後")
    item = room.take_in(view())
    assert state(reader, item) == ("matched", "")
    assert reader.get(f"/api/v1/worklist/{item}").json()["priority"] == "urgent"


def test_a_hospital_may_name_the_study_by_uid(room: ReadingRoom, hospital: Hospital) -> None:
    staff = room.reader("staff.a", STAFF)
    one = view(AccessionNumber="")
    hospital.orders(accession_number="OTHER", study_instance_uid=str(one.StudyInstanceUID))
    room.take_in(one)
    room.take_in(view(AccessionNumber="OTHER"))
    (found,) = every(staff)
    assert (found["state"], found["study_instance_uid"]) == ("matched", one.StudyInstanceUID)


def test_what_the_worklist_gave_modalities_names_a_study_beside_the_accession_number(
    room: ReadingRoom, hospital: Hospital
) -> None:
    """A modality may have read an earlier line of the worklist, or none: each way leads to the request."""
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    first, second, typed = view(AccessionNumber=""), view(AccessionNumber="TYPED-WRONG"), view()
    for one in (first, second):
        hospital.orders(worklist_study_instance_uid=str(one.StudyInstanceUID))
    (placed,) = every(staff)
    names = ("priority", "accession_number", "placer_order_number", "patient", "modality", "examination_date")
    body = {**{name: placed[name] for name in names}, "clinical": {**placed["clinical"], "implants": "left"}}
    version = {"If-Match": f'"{placed["version"]}"'}
    staff.put(f"/api/v1/requests/{placed['request_id']}", json=body, headers=version).raise_for_status()
    assert [state(reader, room.take_in(one)) for one in (first, second, typed)] == [("matched", "")] * 3


def test_the_worklists_uid_does_not_make_another_patient_hers(room: ReadingRoom, hospital: Hospital) -> None:
    reader, one = room.reader("reader.a"), view(AccessionNumber="", PatientID="P9", PatientBirthDate="19800101")
    hospital.orders(worklist_study_instance_uid=str(one.StudyInstanceUID))
    found, reason = state(reader, room.take_in(one))
    assert (found, "patient_id" in reason) == ("mismatch", True)


def test_of_two_sites_each_hears_of_its_own_worklist_alone(room: ReadingRoom, hospital: Hospital) -> None:
    reader, one = room.reader("reader.a"), view(AccessionNumber="")
    minami = Hospital(room, "minami")
    assert minami.orders(worklist_study_instance_uid=str(one.StudyInstanceUID))[0] == "taken"
    assert state(reader, room.take_in(one))[0] == "none"
    hospital.orders(worklist_study_instance_uid=str(one.StudyInstanceUID))
    assert every(room.reader("staff.a", STAFF))[0]["state"] == "matched"


def test_pdfs_that_come_with_an_order_are_attached_to_its_request(room: ReadingRoom, hospital: Hospital) -> None:
    staff, pdf = room.reader("staff.a", STAFF), b"%PDF-1.7\n%%EOF\n"
    files = [{"name": "../問診票.pdf", "content": base64.b64encode(pdf).decode()}]
    assert hospital.orders(source="folder", attachments=files)[0] == "taken"
    assert hospital.orders(source="folder", action="change", attachments=files)[0] == "taken"
    (one,) = every(staff)
    assert [(file["name"], file["size"]) for file in one["attachments"]] == [("問診票.pdf", len(pdf))]
    assert staff.get(f"/api/v1/requests/{one['request_id']}/attachments/1").content == pdf
    wrong = [{"name": "a.pdf", "content": base64.b64encode(b"MZ").decode()}]
    assert hospital.orders(placer_order_number="P-9", accession_number="A-9", attachments=wrong)[0] == "refused"
    assert len(every(staff)) == 1


def test_a_message_that_comes_again_changes_nothing(room: ReadingRoom, hospital: Hospital) -> None:
    staff = room.reader("staff.a", STAFF)
    assert hospital.orders(key="k1")[0] == "taken"
    assert hospital.orders(key="k1", reason="other words")[0] == "known"
    assert hospital.orders(key="k2")[0] == "taken", "the same order in another message"
    (one,) = every(staff)
    assert (one["version"], one["clinical"]["reason"]) == (1, "検診要精査")
    assert Hospital(room, "minami").orders(key="k1")[0] == "taken", "another site's keys are its own"
    assert len(every(staff)) == 1


def test_a_change_keeps_what_staff_added_and_a_change_that_is_first_is_an_order(
    room: ReadingRoom, hospital: Hospital
) -> None:
    staff = room.reader("staff.a", STAFF)
    assert hospital.orders(action="change")[0] == "taken"
    (one,) = every(staff)
    path = f"/api/v1/requests/{one['request_id']}"
    names = ("priority", "accession_number", "placer_order_number", "patient", "modality", "examination_date")
    body = {**{name: one[name] for name in names}, "clinical": {**one["clinical"], "implants": "left"}}
    staff.put(path, json=body, headers={"If-Match": '"1"'}).raise_for_status()
    assert hospital.orders(action="change", reason="経過観察", accession_number="")[0] == "taken"
    (now,) = every(staff)
    assert (now["version"], now["clinical"]["reason"], now["clinical"]["implants"]) == (3, "経過観察", "left")
    assert now["accession_number"] == "A-1"


def test_a_cancellation_ends_the_request_and_one_of_nothing_is_refused(room: ReadingRoom, hospital: Hospital) -> None:
    staff = room.reader("staff.a", STAFF)
    outcome, reason = hospital.orders(action="cancel", key="c1")
    assert (outcome, "no open request" in reason) == ("refused", True)
    hospital.orders()
    assert hospital.orders(action="cancel", key="c1")[0] == "taken", "what was refused may be said again"
    assert [one["state"] for one in every(staff)] == ["canceled"]
    assert hospital.orders()[0] == "taken", "the number may be used anew"
    assert sorted(one["state"] for one in every(staff)) == ["canceled", "waiting"]


def test_a_cancellation_that_names_another_patient_is_refused(room: ReadingRoom, hospital: Hospital) -> None:
    staff = room.reader("staff.a", STAFF)
    hospital.orders()
    other = {"patient_id": "0000P9", "name": {"ideographic": "佐藤^桃子"}, "birth_date": "19800101", "sex": "F"}
    outcome, reason = hospital.orders(action="cancel", patient=other)
    assert (outcome, "another patient" in reason) == ("refused", True)
    assert [one["state"] for one in every(staff)] == ["waiting"]
    assert hospital.orders(action="cancel", patient={"patient_id": HERS["patient_id"]})[0] == "taken"


def test_an_order_under_a_number_of_another_patient_is_refused(room: ReadingRoom, hospital: Hospital) -> None:
    hospital.orders()
    other = {**HERS, "patient_id": "P2", "name": {"ideographic": "鈴木^順"}}
    outcome, reason = hospital.orders(patient=other)
    assert (outcome, "another patient" in reason) == ("refused", True)
    assert "鈴木" not in reason
    assert hospital.orders(patient=other, placer_order_number="P-2")[0] == "taken"
    item = room.take_in(view())
    assert state(room.reader("reader.a"), item)[0] == "mismatch", "two orders carry one accession number"


def test_outside_the_contract_an_order_is_refused_and_taken_once_there_is_one(
    room: ReadingRoom, hospital: Hospital
) -> None:
    """JRS-03: the hospital's system is told why, and staff finds it on record."""
    yesterday = datetime.now(UTC).date() - timedelta(days=2)
    room.hub.sites.change("kita", actor="system", contract_until=yesterday)
    outcome, reason = hospital.orders(key="k1")
    assert (outcome, "契約" in reason) == ("refused", True)
    with room.hub.database.read() as connection:
        assert connection.execute(select(notice.c.outcome)).scalars().all() == ["refused"]
        told = connection.execute(select(hub_entries).where(hub_entries.c.event == "request.refused")).all()
    assert len(told) == 1
    room.hub.sites.change("kita", actor="system", contract_until=None)
    assert hospital.orders(key="k1")[0] == "taken"


def test_one_that_cannot_be_taken_does_not_hold_the_others_back(room: ReadingRoom, hospital: Hospital) -> None:
    good, bad = {**ORDER}, {**ORDER, "placer_order_number": "P-9", "patient": {"patient_id": "P9"}}
    told = [
        {"message_key": key, "source": "folder", "received_at": "2026-11-30T01:00:00Z", "order": order}
        for key, order in (("a", bad), ("b", good))
    ]
    answers = OrderAnswers.read(hospital.post(OrderNotices.model_validate({"notices": told}).write()).content)
    assert [one.outcome for one in answers.answers] == ["refused", "taken"]
    assert len(every(room.reader("staff.a", STAFF))) == 1


def test_a_correction_of_a_patient_reaches_her_requests_and_whom_they_named_stays(
    room: ReadingRoom, hospital: Hospital
) -> None:
    """REC-10: both identifiers stay."""
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    hospital.orders(patient={**HERS, "birth_date": "19710101"})
    item = room.take_in(view())
    assert state(reader, item) == ("mismatch", "birth_date")
    assert hospital.corrects()[0] == "taken"
    room.carry_out()
    (one,) = every(staff)
    assert (one["state"], one["patient"]["birth_date"]) == ("matched", "19700101")
    assert [(former["patient"]["birth_date"], former["because"]) for former in one["former"]] == [
        ("19710101", "update")
    ]
    assert state(reader, item) == ("matched", "")
    assert hospital.corrects(patient={**HERS, "patient_id": "NOBODY"})[0] == "taken", "a patient without requests"


def test_a_merge_while_the_case_is_read_keeps_both_numbers_and_stops_nobody(
    room: ReadingRoom, hospital: Hospital
) -> None:
    """REC-10: the images carry the number that was given up, the request the one that stays."""
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    hospital.orders()
    item = room.take_in(view())
    room.written(reader, item)
    surviving = {**HERS, "patient_id": "777"}
    assert hospital.corrects(action="merge", patient=surviving, prior_patient_id="P1", key="a40")[0] == "taken"
    assert hospital.corrects(action="merge", patient=surviving, prior_patient_id="P1", key="a40")[0] == "known"
    room.carry_out()
    (one,) = every(staff)
    assert (one["state"], one["patient"]["patient_id"], one["differences"]) == ("matched", "777", [])
    assert one["former"][0]["patient"]["patient_id"] == "0000P1"
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    later = room.take_in(view(AccessionNumber="A-2"))
    hospital.orders(placer_order_number="P-2", accession_number="A-2", patient=surviving)
    room.carry_out()
    assert state(reader, later) == ("matched", ""), "what comes later under either number is hers"


def test_a_merge_of_two_different_persons_shows_as_a_mismatch(room: ReadingRoom, hospital: Hospital) -> None:
    reader = room.reader("reader.a")
    hospital.orders()
    item = room.take_in(view())
    other = {"patient_id": "777", "name": {"ideographic": "鈴木^順"}, "birth_date": "19800808", "sex": "F"}
    hospital.corrects(action="merge", patient=other, prior_patient_id="P1")
    room.carry_out()
    assert state(reader, item) == ("mismatch", "name,birth_date")
    assert reader.post(f"/api/v1/worklist/{item}/claim").status_code == 409
    outcome, reason = hospital.corrects(action="merge", prior_patient_id="P1")
    assert (outcome, "itself" in reason) == ("refused", True)


def test_an_update_for_a_signed_case_is_kept_and_shown(room: ReadingRoom, hospital: Hospital) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    hospital.orders()
    item = room.take_in(view())
    room.written(reader, item)
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    before = reader.get(f"/api/v1/worklist/{item}/report").json()
    assert hospital.orders(action="change", reason="追加情報")[0] == "taken"
    outcome, reason = hospital.orders(action="cancel")
    assert (outcome, "signed" in reason) == ("refused", True)
    (one,) = every(staff)
    assert (one["changed_after_signature"], one["clinical"]["reason"]) == (True, "追加情報")
    assert reader.get(f"/api/v1/worklist/{item}/report").json() == before


def test_an_order_and_a_portals_request_for_one_number_are_two_requests(room: ReadingRoom, hospital: Hospital) -> None:
    staff = room.reader("staff.a", STAFF)
    placed = asked(staff, patient={**HERS, "name": {"ideographic": "山田^花子"}}, placer_order_number="")
    assert hospital.orders(action="change")[0] == "taken"
    found = read(staff, placed)
    assert (found["version"], found["source"], found["placer_order_number"]) == (2, "portal", "P-1")


def test_script_and_padding_in_an_order_are_text_and_hold_nothing_back(room: ReadingRoom, hospital: Hospital) -> None:
    """MRPET-07: what a hospital's system says is shown as it said it, without its padding, and runs nowhere."""
    script = "<script>alert('x')</script>"
    said: dict[str, Any] = {
        "reason": f"{script}\0",
        "requesting_physician": script,
        "placer_order_number": f"P-1\0{script}",
        "patient": {**HERS, "name": {"ideographic": f"山田^{script}\0"}},
    }
    assert hospital.orders(key="k\0", **said) == ("taken", "")
    (one,) = every(room.reader("staff.a", STAFF))
    assert (one["clinical"]["reason"], one["requesting_physician"]) == (script, script)
    assert (one["placer_order_number"], one["patient"]["name"]["ideographic"]) == (f"P-1{script}", f"山田^{script}")


@pytest.mark.parametrize("body", [b"", b"{}garbage", b'{"notices": [{"message_key": "x"}]}', b'{"notices": 1}'])
def test_what_is_no_notice_is_refused_as_a_whole(hospital: Hospital, body: bytes) -> None:
    assert hospital.post(body).status_code == 400


@contextmanager
def enrolled(home: Path, service: Any, port: int, site_id: str) -> Iterator[Any]:
    home.mkdir()
    settings = read_settings(home, environment={"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{port}"})
    enrol(settings, service.invite(site_id, actor="test"))
    with closing(hub_client(settings)) as client:
        yield client


def test_over_the_real_line_each_gateway_speaks_for_its_own_site(tmp_path: Path) -> None:
    """AUTH-13: client certificate and signed request decide whose orders they are; nothing in the message can."""
    told = {"message_key": "k1", "source": "hl7", "received_at": "2026-11-30T01:00:00Z", "order": ORDER}
    body = OrderNotices.model_validate({"notices": [told]}).write()
    with running_hub(tmp_path / "hub", archive="whole") as hub:
        service = hub.service
        with enrolled(tmp_path / "kita", service, hub.port, "kita") as kita:
            assert OrderAnswers.read(kita.call("POST", ORDERS_PATH, body)).answers[0].outcome == "taken"
            kita.signer = None
            with pytest.raises(NotSignedInError):
                kita.call("POST", ORDERS_PATH, body)
        with enrolled(tmp_path / "minami", service, hub.port, "minami") as minami:
            assert OrderAnswers.read(minami.call("POST", ORDERS_PATH, body)).answers[0].outcome == "taken"
            assert OrderAnswers.read(minami.call("POST", ORDERS_PATH, body)).answers[0].outcome == "known"
        database = open_hub(hub.settings).stores.database
        with database.read() as connection:
            found = [store.listed(connection, store.Wanted(), site_ids={site}) for site in ("kita", "minami")]
        database.close()
        service.database.close()
    assert [[one.placed_by.startswith("gateway:") for one in site] for site in found] == [[True], [True]]
    assert found[0][0].placed_by != found[1][0].placed_by
