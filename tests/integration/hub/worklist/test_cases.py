"""Cases over HTTP and, where many people are at them at once, on both databases."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydicom.uid import generate_uid
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.errors import ConflictError
from dokuei.hub.archive.model import Declared, Manifest
from dokuei.hub.archive.performed import Performed
from dokuei.hub.archive.tables import study
from dokuei.hub.gateway_door import SitesForGateways
from dokuei.hub.identity.model import Grant, Principal, Role, principal_of_person
from dokuei.hub.worklist.model import ReadingRole
from dokuei.hub.worklist.tables import item as worklist_item
from dokuei.storage.audit import hub_entries, hub_trail
from dokuei.storage.outbox import outbox
from tests.makers.archive import image
from tests.makers.reading import TEXT, ReadingRoom, reading_room


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def test_a_case_shows_whose_and_what_and_how_much_is_here(room: ReadingRoom) -> None:
    room.mammogram_case(StudyDescription="マンモグラフィ")
    one = room.reader("reader.a").get("/api/v1/worklist").json()["items"][0]
    assert one["patient_name"] == {
        "alphabetic": "Yamada^Hanako",
        "ideographic": "山田^花子",
        "phonetic": "やまだ^はなこ",
    }
    assert (one["patient_id"], one["patient_sex"], one["site_name"]) == ("P1", "F", "北病院")
    assert (one["modalities"], one["study_description"]) == (["MG"], "マンモグラフィ")
    assert (one["number_of_instances"], one["arrived_instances"], one["declared_instances"]) == (2, 2, 2)
    assert (one["status"], one["locked_by"], one["report_status"]) == ("scheduled", None, None)


def test_images_are_arriving_until_the_senders_count_is_reached(room: ReadingRoom) -> None:
    first, second = (image(study="1.2.3", series="1.2.3.4", number=n, modality="MG") for n in (1, 2))
    counted = (room.coded(one).coded for one in (first, second))
    declared = tuple(Declared(one.sop_instance_uid, 1, one.content_digest) for one in counted)
    manifest = Manifest("1.2.3", "gateway:1", verified=True, document=b"{}", signature=b"", declared=declared)
    room.archive.record_manifest("kita", manifest, actor="gateway:1")
    item = room.take_in(first, closed=False)
    client = room.reader("reader.a")
    one = client.get(f"/api/v1/worklist/{item}").json()
    assert (one["images_state"], one["arrived_instances"], one["declared_instances"]) == ("arriving", 1, 2)
    room.written(client, item)
    assert client.post(f"/api/v1/worklist/{item}/report/signature/begin").status_code == 409
    assert room.take_in(second, closed=False) == item
    assert client.get(f"/api/v1/worklist/{item}").json()["images_state"] == "complete"


def test_a_part_that_a_gateway_sent_is_never_the_whole_before_it_has_signed_for_it(room: ReadingRoom) -> None:
    """On a slow line a study rests for longer than any silence that could be waited for."""
    views = [image(study="1.2.3", series="1.2.3.4", number=n, modality="MG") for n in (1, 2, 3)]
    client = room.reader("reader.a")
    item = room.take_in(views[0], closed=False)
    long_ago(room, hours=0.5)
    one = client.get(f"/api/v1/worklist/{item}").json()
    assert (one["images_state"], one["arrived_instances"], one["declared_instances"]) == ("arriving", 1, None)
    room.archive.announce("kita", "1.2.3", announced_by="1", instances=3)
    room.carry_out()
    one = client.get(f"/api/v1/worklist/{item}").json()
    assert (one["images_state"], one["arrived_instances"], one["declared_instances"]) == ("arriving", 1, 3)
    room.written(client, item)
    assert client.post(f"/api/v1/worklist/{item}/report/signature/begin").status_code == 409
    long_ago(room, hours=2)
    assert client.get(f"/api/v1/worklist/{item}").json()["images_state"] == "problem"
    room.take_in(*views[1:], closed=False)
    assert client.get(f"/api/v1/worklist/{item}").json()["images_state"] == "arriving"
    room.close_study("1.2.3")
    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["images_state"] == "complete"


def test_a_study_that_grows_after_its_manifest_is_open_again(room: ReadingRoom) -> None:
    views = [image(study="1.2.3", series="1.2.3.4", number=n, modality="MG") for n in (1, 2)]
    client = room.reader("reader.a")
    item = room.take_in(views[0])
    assert client.get(f"/api/v1/worklist/{item}").json()["images_state"] == "complete"
    room.take_in(views[1], closed=False)
    assert client.get(f"/api/v1/worklist/{item}").json()["images_state"] == "arriving"


def test_a_sender_that_counts_nothing_is_taken_at_its_silence(room: ReadingRoom) -> None:
    item = room.take_in(image(study="1.2.3", modality="MG"), closed=False, actor="token:1")
    client = room.reader("reader.a")
    room.written(client, item)
    begin = f"/api/v1/worklist/{item}/report/signature/begin"
    assert client.post(begin).status_code == 409, "another object may come in the next second"
    long_ago(room, hours=0.02)
    one = client.get(f"/api/v1/worklist/{item}").json()
    assert (one["images_state"], one["declared_instances"]) == ("complete", None)
    assert client.post(begin).status_code == 200


def test_images_that_come_after_the_signature_flag_the_case(room: ReadingRoom) -> None:
    """REC-15: a report rests on the images that were there; what came later is told, and an amendment covers it."""
    views = [image(study="1.2.3", series="1.2.3.4", number=n, modality="MG") for n in (1, 2)]
    client = room.reader("reader.a")
    item = room.take_in(views[0])
    room.written(client, item)
    assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["images_after_signature"] is False
    room.take_in(views[1])
    assert client.get(f"/api/v1/worklist/{item}").json()["images_after_signature"] is True
    with room.hub.database.read() as connection:
        told = select(hub_entries).where(hub_entries.c.event == "case.images-after-signature")
        assert len(connection.execute(told).all()) == 1
    path = f"/api/v1/worklist/{item}/report"
    draft = client.post(f"{path}/amendment").json()
    body = {**TEXT, "images_read": room.images_read(item)}
    assert client.put(path, json=body, headers={"If-Match": f'"{draft["version"]}"'}).status_code == 200
    assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["images_after_signature"] is False


def test_an_image_whose_event_was_first_is_flagged_all_the_same(room: ReadingRoom) -> None:
    views = [image(study="1.2.3", series="1.2.3.4", number=n, modality="MG") for n in (1, 2)]
    client = room.reader("reader.a")
    item = room.take_in(views[0])
    room.written(client, item)
    assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
    with room.hub.database.begin() as connection:
        connection.execute(update(outbox).values(attempts=5).where(outbox.c.event == "report.changed"))
    room.take_in(views[1])
    assert client.get(f"/api/v1/worklist/{item}").json()["images_after_signature"] is True
    with room.hub.database.read() as connection:
        told = select(hub_entries).where(hub_entries.c.event == "case.images-after-signature")
        assert len(connection.execute(told).all()) == 1


def test_a_case_whose_images_were_removed_and_come_again_is_there_again(room: ReadingRoom) -> None:
    view = image(study="1.2.3", modality="MG")
    client = room.reader("reader.a")
    item = room.take_in(view)
    room.archive.delete_study_images("kita", "1.2.3", actor="operator:x", reason="term")
    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["status"] == "canceled"
    assert room.take_in(view) == item
    assert client.get(f"/api/v1/worklist/{item}").json()["status"] == "scheduled"
    assert client.post(f"/api/v1/worklist/{item}/claim").status_code == 200
    with room.hub.database.read() as connection:
        events = list(connection.execute(select(hub_entries.c.event).where(hub_entries.c.subject == "1.2.3")).scalars())
    assert [event for event in events if event.startswith("case.")] == [
        "case.appeared",
        "case.canceled",
        "case.restored",
        "case.claimed",
    ]


@pytest.mark.parametrize("days", [(1, 30), (-30, -1)])
def test_outside_the_contract_nothing_is_claimed_written_or_signed(room: ReadingRoom, days: tuple[int, int]) -> None:
    mine, other = room.mammogram_case(), room.mammogram_case(patient_id="P2")
    client = room.reader("reader.a")
    room.written(client, mine)
    path = f"/api/v1/worklist/{mine}/report"
    today = now().date()
    first, last = (today + timedelta(days=day + (1 if day > 0 else -1)) for day in days)
    room.hub.sites.change("kita", actor="system", contract_from=first, contract_until=last)
    body = {**TEXT, "images_read": room.images_read(mine)}
    refused = (
        client.post(f"/api/v1/worklist/{other}/claim"),
        client.put(path, json=body, headers={"If-Match": '"1"'}),
        client.post(f"{path}/signature/begin"),
    )
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert all("契約" in answer.json()["detail"] for answer in refused)
    room.hub.sites.change("kita", actor="system", contract_from=None, contract_until=None)
    assert room.signed(client, mine, room.keys["reader.a"]).status_code == 200


def long_ago(room: ReadingRoom, *, hours: float) -> None:
    """The last image came so long ago."""
    with room.hub.database.begin() as connection:
        at = now() - timedelta(hours=hours)
        connection.execute(update(study).values(last_received_at=at))
        connection.execute(update(worklist_item).values(last_received_at=at))


def test_a_study_of_documents_only_makes_no_case(room: ReadingRoom) -> None:
    with pytest.raises(AssertionError):
        room.take_in(image(modality="SR", sop_class="1.2.840.10008.5.1.4.1.1.7"))


def test_priors_are_of_the_same_patient_at_the_same_site_and_not_younger(room: ReadingRoom) -> None:
    older = room.mammogram_case(StudyDate="20251101")
    younger = room.mammogram_case(StudyDate="20261101")
    room.mammogram_case(StudyDate="20240101", patient_id="P2")
    room.mammogram_case(StudyDate="20240101", site_id="minami")
    room.mammogram_case(StudyDate="20240101", IssuerOfPatientID="ELSEWHERE")
    room.mammogram_case(StudyDate="20240101", patient_id="")
    client = room.reader("reader.a", Grant(Role.READER, None))
    assert [prior["study_date"] for prior in client.get(f"/api/v1/worklist/{younger}").json()["priors"]] == ["20251101"]
    assert client.get(f"/api/v1/worklist/{older}").json()["priors"] == []


def test_a_case_is_claimed_given_back_and_taken_by_another_who_finds_what_was_written(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    first, second = room.reader("reader.a"), room.reader("reader.b")
    room.written(first, item)
    refused = second.post(f"/api/v1/worklist/{item}/claim")
    assert refused.status_code == 409
    assert "人 reader.a" in refused.json()["detail"]
    assert second.post(f"/api/v1/worklist/{item}/release").status_code == 403
    locked = second.get(f"/api/v1/worklist/{item}").json()
    assert (locked["status"], locked["locked_by"]["display_name"]) == ("in_progress", "人 reader.a")
    assert first.post(f"/api/v1/worklist/{item}/release").json()["status"] == "scheduled"
    assert second.post(f"/api/v1/worklist/{item}/claim").json()["locked_by"]["display_name"] == "人 reader.b"
    report = second.get(f"/api/v1/worklist/{item}/report").json()
    assert report["version"] == 1
    assert report["findings"]


def test_a_draft_is_seen_by_its_writers_and_nobody_else_before_it_is_signed(room: ReadingRoom) -> None:
    """Each reader's opinion is a record of its own: unsigned words of one do not reach another."""
    item = room.mammogram_case()
    writer, other = room.reader("reader.a"), room.reader("reader.b")
    room.written(writer, item)
    seen = other.get(f"/api/v1/worklist/{item}/report").json()
    assert (seen["findings"], seen["impression"], seen["images_read"], seen["status"]) == ("", "", [], "draft")
    room.signed(writer, item, room.keys["reader.a"])
    assert other.get(f"/api/v1/worklist/{item}/report").json()["status"] == "final"
    assert other.get(f"/api/v1/worklist/{item}/report").json()["findings"]


def test_a_signed_case_is_not_claimed_or_given_back_any_more(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    room.signed(client, item, room.keys["reader.a"])
    room.carry_out()
    assert client.post(f"/api/v1/worklist/{item}/claim").status_code == 409
    assert client.post(f"/api/v1/worklist/{item}/release").status_code == 409
    assert room.reader("reader.b").post(f"/api/v1/worklist/{item}/claim").status_code == 409


def test_a_resident_writes_and_a_reader_stands_for_it(room: ReadingRoom) -> None:
    """REC-01: the record names who entered and who finalised."""
    item = room.mammogram_case()
    resident = room.reader("resident.a", Grant(Role.RESIDENT, "kita"))
    reader = room.reader("reader.a")
    room.written(resident, item)
    assert resident.post(f"/api/v1/worklist/{item}/report/signature/begin").status_code == 403
    resident.post(f"/api/v1/worklist/{item}/release")
    reader.post(f"/api/v1/worklist/{item}/claim")
    begun = reader.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    assert [one["display_name"] for one in begun["document"]["entered_by"]] == ["人 resident.a"]
    assert begun["document"]["reader"]["display_name"] == "人 reader.a"
    assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200


def test_a_case_is_not_given_back_in_the_moment_of_its_signature(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    room.signed(client, item, room.keys["reader.a"])
    assert client.post(f"/api/v1/worklist/{item}/release").status_code == 409
    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["status"] == "completed"
    assert client.post(f"/api/v1/worklist/{item}/report/amendment").status_code == 200


def test_urgent_cases_come_first_and_gateways_hear_which_are_waited_for(room: ReadingRoom) -> None:
    first = room.mammogram_case(patient_id="P1")
    second = room.mammogram_case(patient_id="P2")
    client = room.reader("reader.a")
    assert client.put(f"/api/v1/worklist/{second}/priority", json={"priority": "urgent"}).status_code == 200
    assert [one["worklist_item_id"] for one in client.get("/api/v1/worklist").json()["items"]] == [second, first]
    assert room.worklist.urgent_studies("kita") == (), "nothing of it is still to come"
    more = image(study=generate_uid(), series="1.2.3.4", modality="MG")
    third = room.take_in(more, closed=False)
    assert client.put(f"/api/v1/worklist/{third}/priority", json={"priority": "urgent"}).json()["priority"] == "urgent"
    assert room.worklist.urgent_studies("kita") == (str(more.StudyInstanceUID),)
    assert room.worklist.urgent_studies("minami") == ()
    urgent = SitesForGateways(room.hub.sites, room.worklist.urgent_studies)
    assert urgent.urgent_studies("kita") == (str(more.StudyInstanceUID),)
    with room.hub.database.read() as connection:
        moved = connection.execute(select(hub_entries).where(hub_entries.c.event == "case.moved")).all()
    assert [(entry.site_id, entry.details) for entry in moved] == [("kita", '{"priority":"urgent"}')] * 2


def test_a_study_whose_images_are_removed_is_canceled_unless_it_was_read(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    study = client.get(f"/api/v1/worklist/{item}").json()["study_instance_uid"]
    room.archive.delete_study_images("kita", study, actor="person:1", reason="contract")
    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["status"] == "canceled"
    assert client.post(f"/api/v1/worklist/{item}/claim").status_code == 409


def test_events_may_be_carried_out_twice_and_late(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    room.signed(client, item, room.keys["reader.a"])
    room.carry_out()
    room.worklist.report_changed(item, ReadingRole.SOLE, status="draft", signed=None)
    assert client.get(f"/api/v1/worklist/{item}").json()["report_status"] == "final"
    assert client.get(f"/api/v1/worklist/{item}").json()["status"] == "completed"


def test_many_readers_at_the_same_cases_leave_each_case_with_one_owner(room: ReadingRoom) -> None:
    cases = [room.take_in(image(modality="MG", study=generate_uid(), number=n)) for n in range(6)]
    readers = [principal(room, f"reader.{number}") for number in range(8)]
    won: list[str] = []
    together = threading.Barrier(len(readers))

    def claim_all(me: Principal) -> None:
        together.wait(20)
        for case in cases:
            try:
                room.worklist.claim(me, case)
            except ConflictError:
                continue
            won.append(case)

    threads = [threading.Thread(target=claim_all, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(won) == Counter(cases)
    with room.hub.database.read() as connection:
        claims = connection.execute(select(hub_entries).where(hub_entries.c.event == "case.claimed")).all()
        assert hub_trail.verify(connection).broken_at is None
    assert len(claims) == len(cases)


def principal(room: ReadingRoom, user_name: str) -> Principal:
    person = room.hub.person(user_name, Grant(Role.READER, "kita"))
    return principal_of_person(
        person_id=person.person_id,
        display_name=person.display_name,
        grants=[Grant(Role.READER, "kita")],
        known_site_ids=frozenset({"kita"}),
        session_id="test",
    )


def test_a_case_says_what_its_modality_says(room: ReadingRoom) -> None:
    """IMG-13: an examination that is still being taken, or was broken off, shows in the list with the count."""
    reader, item = room.reader("yomi"), room.mammogram_case()
    case = reader.get(f"/api/v1/worklist/{item}").json()
    uid = case["study_instance_uid"]
    assert (case["performed"], case["performed_instances"]) == ("", None)
    begun = Performed("1.2.9", uid, "in_progress", 1, {})
    over = Performed("1.2.9", uid, "discontinued", 2, {"1.2.3": 3})
    for told, counted in ((begun, None), (over, 3)):
        room.archive.record_performed("kita", told, actor="gateway:1")
        room.carry_out()
        case = reader.get(f"/api/v1/worklist/{item}").json()
        assert (case["performed"], case["performed_instances"]) == (told.state, counted)
