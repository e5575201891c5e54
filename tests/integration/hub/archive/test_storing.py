"""Objects get in once, proved, with their rows, audit entry and event together."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from dokuei.errors import NotFoundError, OtherContentError, ProofError
from dokuei.hub.archive.model import Incoming, Refused, Stored, blob_key, quarantine_key
from dokuei.storage.audit import hub_entries, hub_trail
from dokuei.storage.outbox import outbox
from tests.makers.archive import GATEWAY, SmallArchive, image


def test_a_stored_object_has_its_file_row_audit_entry_and_event(either_archive: SmallArchive) -> None:
    (stored,) = either_archive.stored(image(study="1.2.3"))
    service = either_archive.service
    assert stored.outcome == "stored"
    summary = service.study_summary("kita", "1.2.3")
    assert (summary.number_of_series, summary.number_of_instances, summary.number_of_frames) == (1, 1, 1)
    assert summary.patient_name.ideographic == "山田^花子"
    assert summary.modalities == ("MR",)
    (held,) = service.held_instances("kita", "1.2.3")
    assert service.blobs.exists(blob_key("kita", held.sha256))
    with service.database.read() as connection:
        assert hub_trail.verify(connection).broken_at is None
        events = connection.execute(select(hub_entries.c.event, hub_entries.c.actor)).all()
        assert ("instances.stored", GATEWAY) in [tuple(one) for one in events]
        waiting = connection.execute(select(outbox.c.event, outbox.c.payload)).all()
    assert [one.event for one in waiting] == ["study.changed"]
    assert '"study_instance_uid": "1.2.3"' in waiting[0].payload


def test_the_same_content_again_is_known_and_leaves_no_second_file(either_archive: SmallArchive) -> None:
    first = image(study="1.2.3")
    either_archive.stored(first)
    again = either_archive.coded(first)
    (outcome,) = either_archive.service.store_instances("kita", [again], actor=GATEWAY)
    assert isinstance(outcome, Stored)
    assert outcome.outcome == "known"
    assert not again.source.exists()
    assert either_archive.service.study_summary("kita", "1.2.3").number_of_instances == 1


def test_a_site_that_wants_pseudonyms_takes_no_object_that_names_its_patient(archive: SmallArchive) -> None:
    """JRS-11: by whichever door it comes."""
    service = replace(archive.service, wants_pseudonyms=lambda site_id: site_id == "kita")
    for site_id, kind in (("kita", Refused), ("minami", Stored)):
        (outcome,) = service.store_instances(site_id, [archive.coded(image(study="1.2.3"))], actor=GATEWAY)
        assert isinstance(outcome, kind)
    assert service.held_instances("kita", "1.2.3") == ()


def test_other_content_under_a_known_uid_goes_to_quarantine(either_archive: SmallArchive) -> None:
    first = image(study="1.2.3")
    either_archive.stored(first)
    first.PixelData = bytes(reversed(first.PixelData))
    other = either_archive.coded(first)
    with pytest.raises(OtherContentError):
        either_archive.service.store_instance("kita", other.source, other.coded, actor=GATEWAY)
    key = quarantine_key("kita", other.coded.sha256)
    assert either_archive.service.blobs.exists(key)
    (entry,) = either_archive.service.quarantined("kita")
    assert (entry["sop_instance_uid"], entry["blob_key"]) == (other.coded.sop_instance_uid, key)
    assert either_archive.service.quarantined("minami") == []
    assert either_archive.service.study_summary("kita", "1.2.3").number_of_instances == 1


def test_an_object_of_another_patient_under_a_known_study_goes_to_quarantine(archive: SmallArchive) -> None:
    archive.stored(image(study="1.2.3", patient_id="P1"))
    other = archive.coded(image(study="1.2.3", patient_id="P2"))
    with pytest.raises(OtherContentError, match="another patient"):
        archive.service.store_instance("kita", other.source, other.coded, actor=GATEWAY)
    assert len(archive.service.quarantined("kita")) == 1


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("order", [("", "P1"), ("P1", "")])
def test_an_object_without_patient_id_belongs_to_its_study_whichever_comes_first(
    archive: SmallArchive, order: tuple[str, str], *, at_once: bool
) -> None:
    batch = [archive.coded(image(study="1.2.3", patient_id=patient)) for patient in order]
    if at_once:
        outcomes = archive.service.store_instances("kita", batch, actor=GATEWAY)
    else:
        outcomes = tuple(archive.service.store_instances("kita", [one], actor=GATEWAY)[0] for one in batch)
    assert [isinstance(one, Stored) for one in outcomes] == [True, True]
    summary = archive.service.study_summary("kita", "1.2.3")
    assert (summary.patient_id, summary.number_of_instances) == ("P1", 2)
    with archive.client() as client:
        (found,) = client.get("/studies", params={"PatientID": "P1"}).json()
    assert found["00100020"]["Value"] == ["P1"]
    other = archive.coded(image(study="1.2.3", patient_id="P2"))
    (outcome,) = archive.service.store_instances("kita", [other], actor=GATEWAY)
    assert isinstance(outcome, Refused)


@pytest.mark.parametrize("order", [("", "P1"), ("P1", ""), ("", "")])
@pytest.mark.parametrize(
    "other", [{"patient_name": "Sato^Yuki"}, {"PatientBirthDate": "19800202"}, {"PatientSex": "M"}]
)
def test_without_patient_id_what_contradicts_is_another_patient(
    archive: SmallArchive, order: tuple[str, str], other: dict[str, Any]
) -> None:
    archive.stored(image(study="1.2.3", patient_id=order[0]))
    coming = archive.coded(image(study="1.2.3", patient_id=order[1], **other))
    with pytest.raises(OtherContentError, match="another patient"):
        archive.service.store_instance("kita", coming.source, coming.coded, actor=GATEWAY)
    assert archive.service.study_summary("kita", "1.2.3").patient_id == order[0]


def test_the_first_value_that_came_stays_on_the_study(archive: SmallArchive) -> None:
    bare = image(study="1.2.3", patient_id="", patient_name="", StudyDescription="")
    batch = [bare, *(image(study="1.2.3", StudyDescription=text) for text in ("first", "second"))]
    coded = [archive.coded(one) for one in batch]
    archive.service.store_instances("kita", coded, actor=GATEWAY)
    summary = archive.service.study_summary("kita", "1.2.3")
    assert (summary.patient_id, summary.patient_name.ideographic) == ("P1", "山田^花子")
    with archive.client() as client:
        (found,) = client.get("/studies", params={"includefield": "StudyDescription"}).json()
    assert [summary.study_description] == found["00081030"]["Value"] == ["first"]


def test_two_patients_in_one_batch_under_one_new_study_do_not_mix(archive: SmallArchive) -> None:
    batch = [archive.coded(image(study="1.2.3", patient_id=patient)) for patient in ("P1", "P2", "P1")]
    outcomes = archive.service.store_instances("kita", batch, actor=GATEWAY)
    assert [isinstance(one, Stored) for one in outcomes] == [True, False, True]


def test_a_frame_that_is_not_what_its_digest_says_is_refused(archive: SmallArchive) -> None:
    good = archive.coded(image(study="1.2.3"))
    frames = (replace(good.coded.frames[0], digest="0" * 64),)
    with pytest.raises(ProofError):
        archive.service.store_instance("kita", good.source, replace(good.coded, frames=frames), actor=GATEWAY)
    assert good.source.exists()
    with pytest.raises(NotFoundError):
        archive.service.study_summary("kita", "1.2.3")


def test_a_flipped_bit_anywhere_in_the_file_is_refused(archive: SmallArchive) -> None:
    """REC-11: digests are checked again on the server, and an altered object does not get in."""
    good = archive.coded(image(study="1.2.3"))
    data = bytearray(good.source.read_bytes())
    for at in range(200, len(data), 997):
        data[at] ^= 1
        good.source.write_bytes(data)
        (outcome,) = archive.service.store_instances("kita", [good], actor=GATEWAY)
        assert isinstance(outcome, Refused), at
        data[at] ^= 1
    good.source.write_bytes(data)
    (outcome,) = archive.service.store_instances("kita", [good], actor=GATEWAY)
    assert isinstance(outcome, Stored)


def test_a_batch_goes_in_with_one_that_is_refused_and_one_that_comes_twice(either_archive: SmallArchive) -> None:
    one, two = image(study="1.2.3"), image(study="1.2.3", number=2)
    batch = [either_archive.coded(source) for source in (one, two, one)]
    bad = either_archive.coded(image(study="1.2.3", number=3))
    batch.insert(1, Incoming(bad.source, replace(bad.coded, content_digest="0" * 64)))
    outcomes = either_archive.service.store_instances("kita", batch, actor=GATEWAY)
    assert [getattr(outcome, "outcome", "refused") for outcome in outcomes] == ["stored", "refused", "stored", "known"]
    assert either_archive.service.study_summary("kita", "1.2.3").number_of_instances == 2


def test_a_batch_that_was_cut_between_files_and_rows_goes_in_when_it_is_sent_again(archive: SmallArchive) -> None:
    one = archive.coded(image(study="1.2.3"))
    archive.service.blobs.put_file(blob_key("kita", one.coded.sha256), one.source)
    stored = archive.service.store_instance("kita", one.source, one.coded, actor=GATEWAY)
    assert stored.outcome == "stored"


def test_colliding_uids_of_two_sites_stay_apart(either_archive: SmallArchive) -> None:
    of_kita = image(np.full((64, 48), 1, np.uint16), study="1.2.3", series="1.2.4", patient_id="K")
    of_minami = image(np.full((64, 48), 2, np.uint16), study="1.2.3", series="1.2.4", patient_id="M")
    of_minami.SOPInstanceUID = of_kita.SOPInstanceUID
    of_minami.file_meta.MediaStorageSOPInstanceUID = of_kita.SOPInstanceUID
    either_archive.stored(of_kita, site_id="kita")
    either_archive.stored(of_minami, site_id="minami")
    assert either_archive.service.study_summary("kita", "1.2.3").patient_id == "K"
    assert either_archive.service.study_summary("minami", "1.2.3").patient_id == "M"
    assert either_archive.service.quarantined("kita") == []


def test_what_a_first_object_did_not_know_of_its_study_comes_from_later_ones(archive: SmallArchive) -> None:
    first = image(study="1.2.3", AccessionNumber="", StudyDescription="")
    archive.stored(first, image(study="1.2.3", StudyDescription="乳房MRI", AccessionNumber="A77"))
    archive.stored(image(study="1.2.3", StudyDescription="another", number=9))
    summary = archive.service.study_summary("kita", "1.2.3")
    assert (summary.study_description, summary.accession_number) == ("乳房MRI", "A77")


def test_a_file_that_is_gone_is_told_as_a_storage_error(archive: SmallArchive, tmp_path: Path) -> None:
    one = archive.coded(image())
    with pytest.raises(Exception, match="gone"):
        archive.service.store_instance("kita", tmp_path / "nowhere", one.coded, actor=GATEWAY)


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's about the values
def test_values_that_no_column_could_hold_do_not_keep_an_object_out(either_archive: SmallArchive) -> None:
    odd = image(study="1.2.3", patient_name="Ya\0mada^Hanako", StudyDescription="a\0b" * 400)
    odd.add_new(0x00200013, "UN", b"99999999999 ")
    odd.add_new(0x00200011, "UN", b"-123456789012 ")
    either_archive.stored(odd)
    summary = either_archive.service.study_summary("kita", "1.2.3")
    assert summary.patient_name.alphabetic == "Yamada^Hanako"
    with either_archive.client() as client:
        assert len(client.get("/instances", params={"InstanceNumber": "99999999999"}).json()) == 0
        assert len(client.get("/studies/1.2.3/metadata").json()) == 1
