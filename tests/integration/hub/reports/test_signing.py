"""From images that are in to a sealed report, over HTTP, with a key."""

import hashlib
import io
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pydicom
import pytest
import rfc8785
from pydicom import config
from sqlalchemy import select
from webauthn.helpers import bytes_to_base64url

from dokuei.dicom.encapsulated_pdf import pdf_inside
from dokuei.dicom.report_header import StudyHeader
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.reports import documents, store
from dokuei.hub.reports.tables import delivery, version
from dokuei.storage.audit import hub_entries, hub_trail
from tests.makers.archive import image
from tests.makers.people import GOOD_PASSWORD
from tests.makers.reading import CENTRE, TEXT, ReadingRoom, lossy_mammogram


def test_a_case_is_claimed_read_signed_and_on_its_way_to_the_hospital(room: ReadingRoom) -> None:
    """REC-01: the record holds enterer, finaliser and time; REC-02: all content is shown before signing."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    listed = client.get("/api/v1/worklist").json()
    assert listed["counts"]["scheduled"] == 1
    assert listed["items"][0]["patient_name"]["ideographic"] == "山田^花子"

    assert room.written(client, item).status_code == 200
    begun = client.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    for shown in (*TEXT.values(), "山田^花子", "P1", "北病院", "2 画像 2 フレーム", "Not for primary diagnosis"):
        assert shown in begun["text"]
    signed = room.signed(client, item, room.keys["reader.a"])
    assert signed.status_code == 200, signed.text
    report = signed.json()
    assert report["status"] == "final"
    assert report["signatures"][0]["method"] == "passkey"
    assert report["signatures"][0]["display_name"] == "人 reader.a"

    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["status"] == "completed"
    assert client.get(f"/api/v1/worklist/{item}").json()["report_status"] == "final"
    pdf = client.get(report["pdf_url"])
    assert pdf.content.startswith(b"%PDF-")
    assert hashlib.sha256(pdf.content).hexdigest() == report["signatures"][0]["pdf_sha256"]
    assert room.seal.verify(pdf.content).good
    assert {one.kind for one in room.reports.pending_deliveries("kita")} == {"pdf", "sr"}
    assert room.reports.pending_deliveries("minami") == ()


def test_the_key_signs_the_digest_of_the_canonical_text_and_its_images(room: ReadingRoom) -> None:
    """The evidence alone proves afterwards what was signed: challenge = SHA-256(nonce ‖ canonical bytes)."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    room.signed(client, item, room.keys["reader.a"])
    with room.hub.database.read() as connection:
        kept = connection.execute(select(version)).one()
    evidence = json.loads(kept.evidence)
    document = json.loads(kept.canonical)
    assert rfc8785.dumps(document) == kept.canonical
    assert hashlib.sha256(kept.canonical).hexdigest() == kept.digest
    assert {one["digest"] for one in document["images_read"]} == {i["digest"] for i in room.images_read(item)}
    challenge = hashlib.sha256(bytes.fromhex(evidence["nonce"]) + kept.canonical).digest()
    answered = json.loads(bytes.fromhex(evidence["client_data_json"]))["challenge"]
    assert bytes_to_base64url(challenge) == answered


def test_the_objects_for_the_pacs_reference_the_images_and_hold_the_sealed_file_untouched(room: ReadingRoom) -> None:
    """JRS-04 JRS-05: the object names reader and facility, and that it was read elsewhere where that was said."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    assert client.get("/api/v1/session/place").json() == {"place": ""}
    assert client.put("/api/v1/session/place", json={"place": "remote"}).json() == {"place": "remote"}
    room.written(client, item)
    report = room.signed(client, item, room.keys["reader.a"]).json()
    objects = {}
    for waiting in room.reports.pending_deliveries("kita"):
        known, data = room.reports.read_delivery("kita", waiting.delivery_id)
        assert hashlib.sha256(data).hexdigest() == known.sha256
        objects[known.kind] = pydicom.dcmread(io.BytesIO(data))
    pdf = client.get(report["pdf_url"]).content
    assert pdf_inside(objects["pdf"]) == pdf
    document = objects["sr"]
    assert document.VerificationFlag == "VERIFIED"
    assert document.CompletionFlag == "COMPLETE"
    assert str(document.VerifyingObserverSequence[0].VerifyingObserverName) == "=人^reader.a"
    assert document.VerifyingObserverSequence[0].VerifyingOrganization == CENTRE
    assert "施設外（自宅等） / outside the facility" in [one.get("TextValue") for one in document.ContentSequence]
    assert "session.place-stated" in room.hub.events()
    assert str(document.PatientName) == "Yamada^Hanako=山田^花子=やまだ^はなこ"
    evidence = document.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
    referenced = {one.ReferencedSOPInstanceUID for series in evidence for one in series.ReferencedSOPSequence}
    assert referenced == {one["sop_instance_uid"] for one in room.images_read(item)}
    text = json.dumps(document.to_json_dict(), ensure_ascii=False)
    assert TEXT["impression"] in text
    assert all(one["digest"] in text for one in room.images_read(item))


def test_password_and_code_sign_where_there_is_no_key(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    person = room.hub.person("reader.p", Grant(Role.READER, "kita"))
    totp = room.hub.password_of(person)
    client = room.hub.client()
    typed = {"user_name": "reader.p", "password": GOOD_PASSWORD, "totp_code": totp.now()}
    assert client.post("/api/v1/sign-in/password", json=typed).status_code == 200
    room.written(client, item)
    begun = client.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    assert begun["method"] == "password"
    path = f"/api/v1/worklist/{item}/report/signature"
    used = {"version_digest": begun["version_digest"], "password": GOOD_PASSWORD, "totp_code": typed["totp_code"]}
    assert client.post(path, json=used).status_code == 422
    fresh = {**used, "totp_code": totp.at(int(time.time()) + 30)}
    assert client.post(path, json={**fresh, "password": "wrong"}).status_code == 422
    assert client.post(path, json=fresh).json()["status"] == "final"


def test_a_signature_does_not_hold_for_a_text_that_was_changed_after_it_was_shown(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    path = f"/api/v1/worklist/{item}/report"
    begun = client.post(f"{path}/signature/begin").json()
    answer = room.keys["reader.a"].get(begun["options"])
    changed = {**TEXT, "impression": "良性病変を疑う。", "images_read": room.images_read(item)}
    assert client.put(path, json=changed, headers={"If-Match": '"1"'}).status_code == 200
    body = {"version_digest": begun["version_digest"], "credential": answer}
    assert client.post(f"{path}/signature", json=body).status_code == 409
    again = client.post(f"{path}/signature/begin").json()
    body = {"version_digest": again["version_digest"], "credential": answer}
    assert client.post(f"{path}/signature", json=body).status_code == 422


@pytest.mark.parametrize("how", ["no user verification", "wrong origin", "another's key", "replay", "sign-in answer"])
def test_a_key_answer_that_does_not_hold_signs_nothing(room: ReadingRoom, how: str) -> None:
    """AUTH-05 for signing: user verification is not optional, and an answer counts once and for one thing only."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.reader("reader.b")
    room.written(client, item)
    path = f"/api/v1/worklist/{item}/report/signature"
    begun = client.post(f"{path}/begin").json()
    key = room.keys["reader.a"]
    options, origin = begun["options"], None
    if how == "no user verification":
        key.verifies_user = False
    elif how == "wrong origin":
        origin = "https://elsewhere.example"
    elif how == "another's key":
        key, options = room.keys["reader.b"], {**options, "allowCredentials": []}
    elif how == "sign-in answer":
        options = client.post("/api/v1/sign-in/passkey/options").json()
    answer = key.get(options, origin=origin)
    body = {"version_digest": begun["version_digest"], "credential": answer}
    if how == "replay":
        assert client.post(path, json={**body, "credential": {**answer, "id": "x", "rawId": "x"}}).status_code == 422
    refused = client.post(path, json=body)
    assert refused.status_code == 422, refused.text
    with room.hub.database.read() as connection:
        assert connection.execute(select(version)).all() == []
        assert connection.execute(select(delivery)).all() == []


def test_a_synced_passkey_signs_in_but_signs_only_where_the_site_allows_it(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.s", synced=True)
    room.written(client, item)
    begun = client.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    assert begun["method"] == "password"
    assert begun["synced_refused"] is True
    room.hub.sites.change("kita", actor="system", synced_passkeys_may_sign=True)
    assert room.signed(client, item, room.keys["reader.s"]).status_code == 200


def test_a_lossy_mammogram_cannot_be_signed_on(room: ReadingRoom) -> None:
    item = room.take_in(lossy_mammogram())
    client = room.reader("reader.a")
    room.written(client, item)
    refused = client.post(f"/api/v1/worklist/{item}/report/signature/begin")
    assert refused.status_code == 422
    assert "mammogram" in refused.json()["detail"]


def test_an_image_that_was_not_the_hospitals_or_no_image_at_all_cannot_be_signed_on(room: ReadingRoom) -> None:
    """REC-15: the exact images read are provable."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    read = room.images_read(item)
    room.written(client, item, images_read=[])
    path = f"/api/v1/worklist/{item}/report"
    assert client.post(f"{path}/signature/begin").status_code == 400
    wrong = ([{**read[0], "digest": "0" * 64}], [{**read[0], "frame": 2}], [{**read[0], "sop_instance_uid": "1.2.3"}])
    for images in wrong:
        body = {**TEXT, "images_read": images}
        assert client.put(path, json=body, headers={"If-Match": '"1"'}).status_code == 422


def test_letters_that_would_print_as_nothing_are_named_when_they_are_saved(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    refused = room.written(client, item, findings="良性 😀")
    assert refused.status_code == 400
    assert "U+1F600" in refused.json()["detail"]


@pytest.mark.parametrize(
    "elements",
    [
        {"StudyDate": "20241399"},
        {"StudyDate": "2024"},
        {"PatientBirthDate": "19990230"},
        {"StudyTime": "25:99"},
        {"PatientSex": "female"},
        {"PatientName": "Katsuragi^Ai=葛\U000e0100城^愛"},
        {"PatientName": "สมชาย"},
        {"StudyDescription": "MG\x0b\x01 x"},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_header_that_is_not_as_it_should_be_does_not_keep_a_case_from_being_reported(
    room: ReadingRoom, elements: dict[str, str]
) -> None:
    """What came is sealed as it came; the new objects carry what is valid of it."""
    with config.disable_value_validation():
        item = room.mammogram_case(**elements)
    client = room.reader("reader.a")
    room.written(client, item)
    signed = room.signed(client, item, room.keys["reader.a"])
    assert signed.status_code == 200, signed.text
    for waiting in room.reports.pending_deliveries("kita"):
        made = pydicom.dcmread(io.BytesIO(room.reports.read_delivery("kita", waiting.delivery_id)[1]))
        for keyword in {"StudyDate", "PatientBirthDate", "StudyTime", "PatientSex"} & set(elements):
            assert made[keyword].value == ""


@pytest.mark.filterwarnings("ignore:Invalid value:UserWarning")
def test_what_cannot_be_built_is_told_before_the_key_is_touched(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(header: StudyHeader) -> StudyHeader:
        return replace(header, patient_sex="female")

    monkeypatch.setattr(documents, "cleaned", broken)
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    refused = client.post(f"/api/v1/worklist/{item}/report/signature/begin")
    assert refused.status_code == 400
    assert "female" not in refused.text


@pytest.mark.parametrize("digest", [None, "", "0" * 63])
def test_a_signature_names_what_was_shown(room: ReadingRoom, digest: str | None) -> None:
    """REC-02: without the digest of what was shown nothing is signed."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    begun = client.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    body = {"credential": room.keys["reader.a"].get(begun["options"])}
    named = body if digest is None else {**body, "version_digest": digest}
    assert client.post(f"/api/v1/worklist/{item}/report/signature", json=named).status_code == 422


def test_two_tabs_that_save_first_or_begin_at_once_leave_one_draft_and_no_error(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    other = room.hub.client()
    other.cookies = client.cookies
    client.post(f"/api/v1/worklist/{item}/claim")
    path = f"/api/v1/worklist/{item}/report"
    body = {**TEXT, "images_read": room.images_read(item)}
    for step, wanted, ask in (
        ("open_report", [200, 412], lambda one: one.put(path, json=body, headers={"If-Match": '"0"'})),
        ("freeze", [200, 200], lambda one: one.post(f"{path}/signature/begin")),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(store, step, together(getattr(store, step)))
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(ask, (client, other)))
        assert sorted(answer.status_code for answer in answers) == wanted, step


def together(real: Callable[..., object]) -> Callable[..., object]:
    """Two at a time, as far as whoever holds a lock lets them."""
    gate = threading.Barrier(2)

    def waited(*arguments: object, **named: object) -> object:
        with suppress(threading.BrokenBarrierError):
            gate.wait(2)
        return real(*arguments, **named)

    return waited


def test_every_step_of_a_report_is_in_the_audit_trail_without_patient_data(room: ReadingRoom) -> None:
    """LOG-01: what was done to which study, by whom; never the patient's name; LOG-07: a PDF taken is an export."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    report = room.signed(client, item, room.keys["reader.a"]).json()
    client.get(report["pdf_url"])
    waiting = room.reports.pending_deliveries("kita")[0]
    for _ in range(2):
        room.reports.mark_delivered("kita", waiting.delivery_id, actor="gateway:1", destination="PACS")
    with room.hub.database.read() as connection:
        rows = connection.execute(select(hub_entries).order_by(hub_entries.c.sequence)).all()
        assert hub_trail.verify(connection).broken_at is None
    events = [row.event for row in rows]
    wanted = ["case.appeared", "case.claimed", "report.opened", "report.shown", "report.signed", "report.exported"]
    assert [event for event in events if event in wanted] == wanted
    assert events.count("report.delivered") == 1
    assert not any("山田" in row.details or "Yamada" in row.details for row in rows)


def test_a_mammogram_beside_an_ultrasound_image_is_judged_by_its_own_rule(room: ReadingRoom) -> None:
    lossy_ultrasound = image(modality="US", sop_class="1.2.840.10008.5.1.4.1.1.6.1")
    lossy_ultrasound.LossyImageCompression = "01"
    item = room.take_in(lossy_ultrasound)
    client = room.reader("reader.a")
    room.written(client, item)
    assert client.post(f"/api/v1/worklist/{item}/report/signature/begin").status_code == 400
    reason = {"check": "image_lossy", "about": "", "reason": "装置からの元画像が非可逆圧縮である。"}
    body = {**TEXT, "images_read": room.images_read(item), "answers": [reason]}
    client.put(f"/api/v1/worklist/{item}/report", json=body, headers={"If-Match": '"1"'})
    assert room.signed(client, item, room.keys["reader.a"]).status_code == 200


def test_a_click_that_comes_twice_signs_once_and_is_answered_twice(room: ReadingRoom) -> None:
    """Both at once, and once more later: one version, one delivery of each object, and the same answer."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    other = room.hub.client()
    other.cookies = client.cookies
    room.written(client, item)
    path = f"/api/v1/worklist/{item}/report"
    begun = client.post(f"{path}/signature/begin").json()
    body = {"version_digest": begun["version_digest"], "credential": room.keys["reader.a"].get(begun["options"])}
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda one: one.post(f"{path}/signature", json=body), (client, other))
    third = client.post(f"{path}/signature", json=body)
    assert [one.status_code for one in (first, second, third)] == [200, 200, 200], (first.text, second.text, third.text)
    assert first.json() == second.json() == third.json()
    with room.hub.database.read() as connection:
        assert len(connection.execute(select(version)).all()) == 1
        assert len(connection.execute(select(delivery)).all()) == 2
        assert list(hub_trail.named(connection, "signature.failed")) == []
    stranger = room.reader("reader.b")
    assert stranger.post(f"{path}/signature", json=body).status_code != 200
    begun = client.post(f"{path}/withdrawal/begin", json={"reason": "患者取り違え"}).json()
    body = {"version_digest": begun["version_digest"], "credential": room.keys["reader.a"].get(begun["options"])}
    assert [client.post(f"{path}/withdrawal", json=body).json()["status"] for _ in range(2)] == ["withdrawn"] * 2
    assert client.post(f"{path}/signature", json=body).status_code == 200, "a withdrawal is a version like another"


def test_a_wrong_answer_to_what_is_not_signed_yet_signs_nothing_however_often_it_comes(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    begun = client.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    wrong = {"version_digest": begun["version_digest"], "password": "wrong", "totp_code": "000000"}
    for _ in range(2):
        assert client.post(f"/api/v1/worklist/{item}/report/signature", json=wrong).status_code == 422
    with room.hub.database.read() as connection:
        assert connection.execute(select(version)).all() == []
