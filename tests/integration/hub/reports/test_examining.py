"""A report file in hand: any one byte that was changed is found, and what was changed is said."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pydicom
import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.uid import UID, generate_uid
from pyhanko.pdf_utils.generic import NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import delete, select, update

from dokuei.clock import now
from dokuei.dicom.report_header import part10
from dokuei.dicom.signature import MODIFICATION, data_set_of, signatures_of, signed_file
from dokuei.hub.reports.examined_words import EXAMINED
from dokuei.hub.reports.examining import Examined, Trusted, examine
from dokuei.hub.reports.pades import Pades
from dokuei.hub.reports.recorded import compared
from dokuei.hub.reports.seal_model import SealFiles
from dokuei.hub.reports.tables import delivery
from dokuei.storage.audit import Head, hub_entries, hub_head, hub_trail
from dokuei.storage.pki import open_authority, private_pem
from tests.makers.archive import MG, image
from tests.makers.reading import ReadingRoom, reading_room

PROPERTY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
BIT = st.integers(0, 7)


@dataclass
class Case:
    """A signed report as its files, and the images it rests on as the modality made them."""

    room: ReadingRoom
    sr: bytes
    pdf: bytes
    wrapped: bytes
    images: list[Path]
    trusted: Trusted

    def record(self, data: bytes) -> list[tuple[str, str]]:
        with self.room.hub.database.read() as connection:
            return [(one.code, one.weight) for one in compared(connection, self.room.blobs, data)]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("room")
    with reading_room(folder) as room:
        study, series = generate_uid(), generate_uid()
        views = [image(study=study, series=series, sop_class=MG, modality="MG", number=n) for n in (1, 2)]
        files = [folder / f"original-{n}.dcm" for n in (1, 2)]
        for view, file in zip(views, files, strict=True):
            view.save_as(file, enforce_file_format=True)
        item = room.take_in(*views)
        client = room.reader("reader.a")
        room.written(client, item)
        answer = room.signed(client, item, room.keys["reader.a"])
        assert answer.status_code == 200, answer.text
        made = {
            one.kind: room.reports.read_delivery("kita", one.delivery_id)[1]
            for one in room.reports.pending_deliveries("kita")
        }
        pdf = client.get(answer.json()["pdf_url"]).content
        yield Case(room, made["sr"], pdf, made["pdf"], files, Trusted((room.seal.files.certificate,)))


def codes(examined: Examined, weight: str) -> set[str]:
    assert {one.code for one in examined.remarks} <= set(EXAMINED)
    return {one.code for one in examined.remarks if one.weight == weight}


def flipped(data: bytes, position: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 1 << bit
    return bytes(changed)


def test_what_was_signed_here_stands_with_and_without_the_record(case: Case) -> None:
    """REC-14, REC-15: the document and each image it rests on."""
    examined = examine(case.sr, trusted=case.trusted, images=case.images)
    assert examined.stands, examined.remarks
    assert {"content_signed", "certificate", "image_read"} <= codes(examined, "good")
    assert ("macs", "2") in {(one.code, one.detail) for one in examined.remarks}
    for pdf in (case.pdf, case.wrapped):
        assert examine(pdf, trusted=case.trusted).stands
    assert "wrapper" in codes(examine(case.wrapped, trusted=case.trusted), "note")
    for data in (case.sr, case.pdf, case.wrapped):
        assert case.record(data) == [("record_same", "good")]
        assert not examine(data + b"\x01behind it" * 5, trusted=case.trusted).stands
    assert not examine(case.sr, trusted=Trusted()).stands
    assert "certificate_unknown" in codes(examine(case.pdf, trusted=Trusted()), "bad")


def test_who_read_it_stands_there_with_licence_and_speciality(case: Case) -> None:
    """REC-21: as they were on the day, in the document and on the page."""
    said = "医籍登録番号 / Licence 123456、放射線診断専門医"
    assert said.encode() in case.sr
    page = pypdfium2.PdfDocument(case.pdf)[0].get_textpage().get_text_range()
    assert said.replace(" ", "") in page.replace(" ", "")


def test_any_changed_bit_of_a_structured_report_is_found_and_named(case: Case) -> None:
    """REC-03, REC-11: the whole file, its head and the signature itself included."""

    @PROPERTY
    @given(position=st.integers(0, len(case.sr) - 1), bit=BIT)
    def judge(position: int, bit: int) -> None:
        changed = flipped(case.sr, position, bit)
        found = codes(examine(changed, trusted=case.trusted), "bad")
        assert found, position
        assert case.record(changed)[0][0] in {"record_differs", "record_same_content", "record_unknown"}

    judge()


def test_what_was_changed_is_named_by_its_element(case: Case) -> None:
    changed = case.sr.replace("悪性の疑い".encode(), "良性の疑い".encode())
    assert changed != case.sr
    assert "content_changed" in codes(examine(changed, trusted=case.trusted), "bad")
    with case.room.hub.database.read() as connection:
        (remark,) = compared(connection, case.room.blobs, changed)
    assert remark.code == "record_differs"
    assert remark.detail.endswith("TextValue")
    assert remark.detail.startswith("ContentSequence[")


def test_an_element_that_is_added_or_taken_away_is_found(case: Case) -> None:
    read = pydicom.dcmread(io.BytesIO(case.sr))
    read.InstitutionalDepartmentName = "X"
    assert "uncovered" in codes(examine(part10(read), trusted=case.trusted), "bad")
    read = pydicom.dcmread(io.BytesIO(case.sr))
    del read.VerifyingObserverSequence
    assert "content_changed" in codes(examine(part10(read), trusted=case.trusted), "bad")
    del read.DigitalSignaturesSequence
    assert "no_signature" in codes(examine(part10(read), trusted=case.trusted), "bad")


def test_a_report_that_was_written_anew_without_a_change_stands(case: Case) -> None:
    """A PACS may write lengths otherwise (PS3.3 C.12.1.1.3.1.2), and its own name into the head."""
    read = pydicom.dcmread(io.BytesIO(case.sr))
    for element in read.iterall():
        if element.VR == "SQ":
            element.is_undefined_length = not element.is_undefined_length
    read.file_meta.ImplementationClassUID = UID("1.2.276.0.7230010.3.0.3.6.7")
    read.file_meta.ImplementationVersionName = "OFFIS_DCMTK_367"
    target = io.BytesIO()
    read.save_as(target)
    examined = examine(target.getvalue(), trusted=case.trusted)
    assert examined.stands, examined.remarks
    assert "head_other" in codes(examined, "note")
    assert case.record(target.getvalue()) == [("record_same_content", "note")]


def test_an_image_that_was_not_read_or_is_another_one_is_named(case: Case, tmp_path: Path) -> None:
    """REC-15: the very images that were read."""
    other = pydicom.dcmread(case.images[0])
    cells = bytearray(other.PixelData)
    cells[5] ^= 1
    other.PixelData = bytes(cells)
    other.save_as(tmp_path / "other.dcm")
    turned = pydicom.dcmread(case.images[0])
    turned.ImageLaterality = "L" if turned.get("ImageLaterality") == "R" else "R"
    turned.save_as(tmp_path / "turned.dcm")
    image(sop_class=MG, modality="MG").save_as(tmp_path / "stranger.dcm", enforce_file_format=True)
    (tmp_path / "none.dcm").write_bytes(b"x")
    files = [tmp_path / f"{name}.dcm" for name in ("other", "turned", "stranger", "none")]
    examined = examine(case.sr, trusted=case.trusted, images=files)
    assert [(one.code, one.detail[:8]) for one in examined.remarks if one.weight == "bad"] == [
        ("image_other", "other.dc"),
        ("image_other", "turned.d"),
        ("image_not_read", "stranger"),
        ("image_unreadable", "none.dcm"),
    ]


def test_any_changed_bit_in_the_sealed_ranges_is_found_offline_and_any_at_all_beside_the_record(case: Case) -> None:
    sealed = PdfFileReader(io.BytesIO(case.pdf)).embedded_signatures[0].sig_object["/ByteRange"]
    _, length, second, rest = (int(number) for number in sealed)
    assert second + rest == len(case.pdf)

    @PROPERTY
    @given(position=st.integers(0, len(case.pdf) - 1), bit=BIT)
    def judge(position: int, bit: int) -> None:
        changed = flipped(case.pdf, position, bit)
        assert case.record(changed)[0][0] == ("record_differs" if changed.startswith(b"%PDF-") else "record_unknown")
        if position < length or position >= second:
            assert codes(examine(changed, trusted=case.trusted), "bad"), position

    judge()
    with case.room.hub.database.read() as connection:
        (remark,) = compared(connection, case.room.blobs, flipped(case.pdf, 4321, 0))
    assert remark.detail == "byte 4321 (1 differ)"


def test_bytes_hidden_in_the_seals_container_and_an_update_behind_it_are_named(case: Case) -> None:
    end = case.pdf.rindex(b"0000>")
    hidden = case.pdf[:end] + b"0100>" + case.pdf[end + 5 :]
    assert "signed_range" in codes(examine(hidden, trusted=case.trusted), "bad")
    writer = IncrementalPdfFileWriter(io.BytesIO(case.pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Rotate")] = NumberObject(180)  # type: ignore[no-untyped-call] # pyHanko leaves it untyped
    writer.update_container(page)
    turned = io.BytesIO()
    writer.write(turned)  # type: ignore[no-untyped-call] # as above
    bad = [one for one in examine(turned.getvalue(), trusted=case.trusted).remarks if one.weight == "bad"]
    assert [one.code for one in bad] == ["update_after"]
    assert bad[0].detail.startswith(f"{len(case.pdf)}-")


def test_a_hub_whose_own_file_was_changed_says_so(case: Case) -> None:
    with case.room.hub.database.read() as connection:
        row = connection.execute(select(delivery).where(delivery.c.kind == "sr")).one()
    with case.room.hub.database.begin() as connection:
        connection.execute(update(delivery).where(delivery.c.kind == "sr").values(sha256="0" * 64))
    try:
        assert case.record(case.sr) == [("record_broken", "bad")]
    finally:
        with case.room.hub.database.begin() as connection:
            connection.execute(update(delivery).where(delivery.c.kind == "sr").values(sha256=row.sha256))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"\0" * 200 + b"DICM", b"DICM" * 100])
def test_what_is_no_report_is_said_to_be_none(case: Case, data: bytes) -> None:
    examined = examine(data, trusted=case.trusted)
    assert not examined.stands
    assert codes(examined, "bad")


@pytest.mark.peer
def test_another_makers_program_verifies_the_signature_by_its_profile(case: Case, tmp_path: Path) -> None:
    """REC-14, REC-16: dcmtk finds a Structured Report RSA signature, SHA-256, and finds a changed word."""
    if shutil.which("dcmsign") is None:
        pytest.skip("dcmtk is not installed")
    trusted = ["+cf", str(case.room.seal.files.certificate)]
    for name, data, wanted in (
        ("sr", case.sr, 0),
        ("changed", case.sr.replace("悪性の疑い".encode(), "良性の疑い".encode()), 1),
    ):
        path = tmp_path / f"{name}.dcm"
        path.write_bytes(data)
        done = subprocess.run(["dcmsign", "--verify", "+rs", *trusted, str(path)], capture_output=True, check=False)
        assert (done.returncode != 0) == bool(wanted), done.stderr
    (signature,) = signatures_of(data_set_of(case.sr))
    assert (signature.purpose, signature.algorithm) == ("Verification Signature", "SHA256")


FIELDS = ("at", "actor", "event", "site_id", "subject", "details", "hash")


def test_any_changed_letter_of_the_trail_and_any_row_taken_away_is_found_by_its_number(tmp_path: Path) -> None:
    """LOG-03: the last rows too, where their end was written down outside."""
    with reading_room(tmp_path) as room:
        client = room.reader("reader.a")
        item = room.mammogram_case()
        room.written(client, item)
        assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
        database = room.hub.database
        with database.read() as connection:
            rows = {row.sequence: row for row in connection.execute(select(hub_entries))}
            head = hub_trail.head(connection)

        def broken_after(change: object, anchor: Head) -> int | None:
            """What the walk finds in a trail that is changed in a transaction that never was."""
            with database.engine.connect() as connection:
                transaction = connection.begin()
                connection.execute(change)  # type: ignore[call-overload] # a statement
                found = hub_trail.verify(connection, anchors=(anchor,)).broken_at
                transaction.rollback()
            return found

        @PROPERTY
        @given(sequence=st.sampled_from(sorted(rows)), field=st.sampled_from(FIELDS), data=st.data())
        def changed(sequence: int, field: str, data: st.DataObject) -> None:
            value = getattr(rows[sequence], field)
            if value is None or field == "at":
                other = rows[sequence].at.replace(microsecond=(rows[sequence].at.microsecond + 1) % 1_000_000)
                new = other if field == "at" else "x"
            else:
                at = data.draw(st.integers(0, len(value) - 1))
                new = value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
            change = update(hub_entries).where(hub_entries.c.sequence == sequence).values({field: new})
            assert broken_after(change, head) == sequence

        @PROPERTY
        @given(first=st.sampled_from(sorted(rows)), count=st.integers(1, 3))
        def removed(first: int, count: int) -> None:
            gone = delete(hub_entries).where(hub_entries.c.sequence.between(first, first + count - 1))
            assert broken_after(gone, head) == first

        changed()
        removed()
        keep = rows[head.sequence - 2]
        with database.begin() as connection:
            connection.execute(delete(hub_entries).where(hub_entries.c.sequence > keep.sequence))
            connection.execute(update(hub_head).values(sequence=keep.sequence, hash=keep.hash))
            assert hub_trail.verify(connection).broken_at is None, "a cut and mended tail shows nowhere but outside"
            cut = hub_trail.verify(connection, anchors=(head,))
        assert (cut.broken_at, cut.why) == (keep.sequence + 1, "the end of the trail was cut")


def test_a_gateways_key_seals_no_report_and_signs_none_but_as_its_own_change(case: Case, tmp_path: Path) -> None:
    """A home believes its authority for gateways' re-identified reports, and for nothing that a hub alone makes."""
    authority = open_authority(tmp_path / "pki")
    key = ec.generate_private_key(ec.SECP256R1())
    issued = authority.issue_client(key.public_key(), common_name="gateway", lifetime=timedelta(days=9))
    trusted = Trusted((*case.trusted.signers, authority.certificate_file))
    forged = signed_file(
        case.sr.replace("悪性の疑い".encode(), "良性の疑い".encode()), key=key, certificate=issued, at=now()
    )
    assert "certificate_unknown" in codes(examine(forged, trusted=trusted), "bad")
    again = signed_file(case.sr, key=key, certificate=issued, at=now(), purpose=MODIFICATION)
    assert examine(again, trusted=trusted).stands
    assert case.record(again) == [("record_reidentified", "note")]
    reworded = case.sr.replace("悪性の疑い".encode(), "良性の疑い".encode())
    other = signed_file(reworded, key=key, certificate=issued, at=now(), purpose=MODIFICATION)
    assert case.record(other) == [("record_differs", "bad")], "what was found is not whose it is"
    files = SealFiles(tmp_path / "gateway.pem", tmp_path / "gateway.key")
    files.certificate.write_bytes(issued.public_bytes(Encoding.PEM))
    files.private_key.write_bytes(private_pem(key))
    plain = io.BytesIO()
    blank = pypdfium2.PdfDocument.new()
    blank.new_page(200, 200)
    blank.save(plain)
    blank.close()
    sealed = Pades(files, "x", "").seal(plain.getvalue()).data
    assert not examine(sealed, trusted=trusted).stands
