"""WADO-RS over HTTP: what comes back is what went in, in every form."""

import hashlib
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import httpx
import imagecodecs
import numpy as np
import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from sqlalchemy import select

from dokuei.dicom import uids
from dokuei.hub.archive.attributes import tag
from dokuei.storage.audit import hub_entries
from tests.makers.archive import SmallArchive, as_dataset, image, read_parts, small_archive

STORED = "application/octet-stream; transfer-syntax=*"
CELLS = np.random.default_rng(7).integers(0, 4000, (3, 96, 80), np.uint16)


@pytest.fixture
def three_frames(archive: SmallArchive) -> tuple[SmallArchive, str]:
    """One object of three frames, and its path."""
    one = image(CELLS, study="1.2.3", series="1.2.4")
    archive.stored(one)
    return archive, f"/studies/1.2.3/series/1.2.4/instances/{one.SOPInstanceUID}"


def test_a_frame_alone_is_the_stored_codestream_and_decodes_to_the_pixels(
    three_frames: tuple[SmallArchive, str],
) -> None:
    archive, path = three_frames
    with archive.client() as client:
        for number in (1, 2, 3):
            answer = client.get(f"{path}/frames/{number}", headers={"Accept": STORED})
            assert answer.status_code == 200
            assert answer.headers["content-type"] == f"image/jphc; transfer-syntax={uids.HTJ2K_LOSSLESS_RPCL}"
            assert int(answer.headers["content-length"]) == len(answer.content)
            document = client.get(f"{archive.base}/api/v1/sites/kita/studies/1.2.3/images").json()
            frame = document["series"][0]["instances"][0]["frames"][number - 1]
            assert frame["length"] == len(answer.content)
            assert frame["digest"] == hashlib.sha256(CELLS[number - 1].tobytes()).hexdigest()


def test_ranges_end_exactly_at_a_resolution(three_frames: tuple[SmallArchive, str]) -> None:
    archive, path = three_frames
    with archive.client() as client:
        whole = client.get(f"{path}/frames/2", headers={"Accept": STORED})
        document = client.get(f"{archive.base}/api/v1/sites/kita/studies/1.2.3/images").json()
        ends = document["series"][0]["instances"][0]["frames"][1]["resolution_ends"]
        assert ends[-1] == len(whole.content)
        part = client.get(f"{path}/frames/2", headers={"Accept": STORED, "Range": f"bytes=0-{ends[-2] - 1}"})
        assert part.status_code == 206
        assert part.content == whole.content[: ends[-2]]
        assert part.headers["content-range"] == f"bytes 0-{ends[-2] - 1}/{len(whole.content)}"
        assert part.headers["etag"] == whole.headers["etag"]
        rest = {"Accept": STORED, "Range": f"bytes={ends[-2]}-", "If-Range": whole.headers["etag"]}
        assert client.get(f"{path}/frames/2", headers=rest).content == whole.content[ends[-2] :]
        other = client.get(f"{path}/frames/2", headers={**rest, "If-Range": '"other"'})
        assert (other.status_code, other.content) == (200, whole.content)
        beyond = client.get(f"{path}/frames/2", headers={"Accept": STORED, "Range": "bytes=99999999-"})
        assert beyond.status_code == 416
        assert beyond.headers["content-range"] == f"bytes */{len(whole.content)}"


PARTS = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


@pytest.fixture(params=["plain", "granian"])
def three_frames_of_either_server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[SmallArchive, str]]:
    """The same from the server for this machine, and from the one for others."""
    one = image(CELLS, study="1.2.3", series="1.2.4")
    with small_archive(tmp_path, served_by=request.param) as archive:
        archive.stored(one)
        yield archive, f"/studies/1.2.3/series/1.2.4/instances/{one.SOPInstanceUID}"


@pytest.mark.parametrize(
    ("accept", "wish"),
    [
        (STORED, {}),
        (STORED, {"Range": "bytes=5-9"}),
        (STORED, {"Range": "bytes=-7"}),
        (STORED, {"Range": "bytes=0-1,3-4"}),
        (PARTS, {}),
        (PARTS, {"Range": "bytes=5-9"}),
    ],
)
def test_the_lane_for_frames_answers_as_the_route_does(
    three_frames_of_either_server: tuple[SmallArchive, str], accept: str, wish: dict[str, str]
) -> None:
    archive, path = three_frames_of_either_server
    own = {"x-content-type-options", "date"}
    with archive.client() as client:
        client.get(f"{path}/frames/1")
        by_lane = client.get(f"{path}/frames/2", headers={"Accept": accept, **wish})
        by_route = client.get(f"{path}/frames/2", params={"accept": accept}, headers=wish)
        assert "x-content-type-options" in by_lane.headers.keys() - by_route.headers.keys()
        assert (by_lane.status_code, by_lane.content) == (by_route.status_code, by_route.content)
        told = [{k: v for k, v in one.headers.items() if k not in own} for one in (by_lane, by_route)]
        assert told[0] == told[1]
        only_site = f"{archive.base}/dicom-web{path}/frames/2"
        again = client.get(only_site, headers={"Accept": accept, **wish})
        assert len(again.content) == len(by_lane.content) - (len("/sites/kita") if accept == PARTS else 0)


def test_several_lines_of_one_header_are_one_list_on_both_ways(three_frames: tuple[SmallArchive, str]) -> None:
    """RFC 9110 5.3."""
    archive, path = three_frames
    with archive.client() as client:
        client.get(f"{path}/frames/1")
        for lines in ([STORED, "image/png"], ["image/png", STORED], ["image/png;q=0.1", "text/html", STORED]):
            wish = [("Accept", line) for line in lines]
            by_lane = client.get(f"{path}/frames/2", headers=wish)
            by_route = client.get(f"{path}/frames/2", headers=[*wish, ("If-None-Match", '"none"')])
            assert "x-content-type-options" in by_lane.headers.keys() - by_route.headers.keys()
            assert (by_lane.status_code, by_route.status_code) == (200, 200)
            assert by_lane.content == by_route.content
            assert by_lane.headers["content-type"].startswith("image/jphc")


def test_everything_has_a_strong_tag_and_a_head(three_frames: tuple[SmallArchive, str]) -> None:
    archive, path = three_frames
    stored = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
    tags = set()
    with archive.client() as client:
        for address, wish in (
            (f"{path}/frames/1", {}),
            (f"{path}/frames/1", {"Accept": PARTS}),
            (f"{path}/frames/1,3", {}),
            (f"{path}/frames/3,1", {}),
            (path, {}),
            (path, stored),
            ("/studies/1.2.3", {"Accept": "application/dicom"}),
        ):
            etag = client.get(address, headers=wish).headers["etag"]
            head = client.head(address, headers=wish)
            assert (head.status_code, head.headers["etag"]) == (200, etag)
            assert "content-length" not in head.headers
            assert client.get(address, headers={**wish, "If-None-Match": etag}).status_code == 304
            tags.add(etag)
    assert len(tags) == 7


def test_the_lane_for_frames_keeps_strangers_out(three_frames: tuple[SmallArchive, str]) -> None:
    archive, path = three_frames
    with archive.client() as client:
        assert client.get(f"{path}/frames/1", headers={"Accept": STORED}).status_code == 200
    with archive.client("minami", at="kita") as foreign:
        assert foreign.get(f"{path}/frames/1", headers={"Accept": STORED}).status_code == 404
    with archive.client("minami") as foreign:
        only_site = f"{archive.base}/dicom-web{path}/frames/1"
        assert foreign.get(only_site, headers={"Accept": STORED}).status_code == 404
        nobody = {"Accept": STORED, "Authorization": "Bearer x"}
        assert foreign.get(f"{path}/frames/1", headers=nobody).status_code == 401


def test_who_opened_a_study_is_noted_once_an_hour_whatever_the_way(three_frames: tuple[SmallArchive, str]) -> None:
    """LOG-01: which patient's information was handled, by whom."""
    archive, path = three_frames
    with archive.client() as client:
        for _ in range(2):
            client.get(f"{path}/frames/1", headers={"Accept": STORED})
            client.get("/studies/1.2.3/metadata")
            client.get(path)
            client.get(f"{archive.base}/api/v1/sites/kita/studies/1.2.3/images")
        client.get("/studies/9.9.9/metadata")
    with archive.service.database.read() as connection:
        noted = connection.execute(select(hub_entries).where(hub_entries.c.event == "study.accessed")).all()
    assert [(one.subject, one.site_id, one.actor[:6]) for one in noted] == [("1.2.3", "kita", "token:")]


def test_tokens_may_keep_frames_for_ever_and_know_them_by_a_strong_tag(three_frames: tuple[SmallArchive, str]) -> None:
    archive, path = three_frames
    with archive.client() as client:
        answer = client.get(f"{path}/frames/1", headers={"Accept": STORED})
        assert "immutable" in answer.headers["cache-control"]
        assert "private" in answer.headers["cache-control"]
        etag = answer.headers["etag"]
        assert not etag.startswith("W/")
        again = client.get(f"{path}/frames/1", headers={"Accept": STORED, "If-None-Match": f'"x", {etag}'})
        assert (again.status_code, again.content) == (304, b"")
        head = client.head(f"{path}/frames/1", headers={"Accept": STORED})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == answer.headers["content-length"]
        tags = {client.head(f"{path}/frames/{number}", headers={"Accept": STORED}).headers["etag"] for number in "123"}
        assert len(tags) == 3


def test_several_frames_and_native_cells_come_as_parts(three_frames: tuple[SmallArchive, str]) -> None:
    archive, path = three_frames
    with archive.client() as client:
        parts = read_parts(client.get(f"{path}/frames/3,1"))
        assert [head["content-location"][-8:] for head, _ in parts] == ["frames/3", "frames/1"]
        assert [body for _, body in parts] == [CELLS[2].tobytes(), CELLS[0].tobytes()]
        assert parts[0][0]["content-type"] == f"application/octet-stream; transfer-syntax={ExplicitVRLittleEndian}"
        stored = {"Accept": 'multipart/related; type="image/jphc"'}
        coded = read_parts(client.get(f"{path}/frames/1,2,3", headers=stored))
        for number, (_, body) in enumerate(coded, 1):
            assert body == client.get(f"{path}/frames/{number}", headers={"Accept": STORED}).content
        native = client.get(f"{path}/frames/2", headers={"Accept": "application/octet-stream"})
        assert native.content == CELLS[1].tobytes()
        assert "etag" in native.headers


@pytest.mark.parametrize(
    ("frames", "status"), [("0", 404), ("4", 404), ("1,4", 404), ("x", 400), ("1,", 400), ("-1", 400), ("9" * 30, 400)]
)
def test_frames_that_are_not_there_are_refused(
    three_frames: tuple[SmallArchive, str], frames: str, status: int
) -> None:
    archive, path = three_frames
    with archive.client() as client:
        answer = client.get(f"{path}/frames/{frames}")
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.get(f"{path}/frames/1,2", headers={"Accept": STORED}).status_code == 406
        assert client.get(f"{path}/frames/1", headers={"Accept": "image/jpeg"}).status_code == 406


def test_an_object_stored_after_its_series_was_used_is_found(three_frames: tuple[SmallArchive, str]) -> None:
    archive, path = three_frames
    with archive.client() as client:
        assert client.get(f"{path}/frames/1").status_code == 200
        late = image(study="1.2.3", series="1.2.4", number=5)
        archive.stored(late)
        other = path.rpartition("/")[0] + f"/{late.SOPInstanceUID}"
        assert read_parts(client.get(f"{other}/frames/1"))[0][1] == late.PixelData


def test_objects_come_back_stored_and_in_explicit_little_endian(three_frames: tuple[SmallArchive, str]) -> None:
    archive, path = three_frames
    with archive.client() as client:
        ((head, body),) = read_parts(client.get(path))
        assert head["content-type"] == f"application/dicom; transfer-syntax={ExplicitVRLittleEndian}"
        native = as_dataset(body)
        assert native.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
        np.testing.assert_array_equal(native.pixel_array, CELLS)
        wish = 'multipart/related; type="application/dicom"; transfer-syntax=*'
        ((head, body),) = read_parts(client.get(path, headers={"Accept": wish}))
        assert int(head["content-length"]) == len(body)
        stored = as_dataset(body)
        assert stored.file_meta.TransferSyntaxUID == uids.HTJ2K_LOSSLESS_RPCL
        np.testing.assert_array_equal(stored.pixel_array, CELLS)
        alone = client.get(path, headers={"Accept": "application/dicom; transfer-syntax=*"})
        assert alone.content == body
        part = client.get(path, headers={"Accept": "application/dicom; transfer-syntax=*", "Range": "bytes=128-131"})
        assert (part.status_code, part.content) == (206, b"DICM")
        assert client.get("/studies/1.2.3/series/1.2.4", headers={"Accept": wish}).status_code == 200
        assert client.head("/studies/1.2.3").status_code == 200


def test_metadata_is_whole_compressed_and_changes_its_tag_with_the_study(archive: SmallArchive) -> None:
    series = generate_uid()
    archive.stored(*(image(study="1.2.3", series=series, number=number) for number in range(1, 6)))
    with archive.client() as client:
        answer = client.get("/studies/1.2.3/metadata")
        assert answer.headers["content-encoding"] == "gzip"
        objects = answer.json()
        assert [one[tag("InstanceNumber")]["Value"][0] for one in objects] == [1, 2, 3, 4, 5]
        assert objects[0][tag("PatientName")]["Value"][0]["Ideographic"] == "山田^花子"
        address = objects[0][tag("PixelData")]["BulkDataURI"]
        assert address.startswith(f"{archive.base}/sites/kita/dicom-web/studies/1.2.3/series/{series}/instances/")
        assert client.get(address, headers={"Accept": "application/octet-stream"}).status_code == 200
        plain = client.get("/studies/1.2.3/metadata", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.json() == objects
        etag = answer.headers["etag"]
        assert client.get("/studies/1.2.3/metadata", headers={"If-None-Match": etag}).status_code == 304
        assert client.get(f"/studies/1.2.3/series/{series}/metadata").json() == objects
        one = objects[2][tag("SOPInstanceUID")]["Value"][0]
        assert client.get(f"/studies/1.2.3/series/{series}/instances/{one}/metadata").json() == [objects[2]]
        assert client.get(f"/studies/1.2.3/series/{series}/instances/9.9/metadata").status_code == 404
        archive.stored(image(study="1.2.3", number=9))
        more = client.get("/studies/1.2.3/metadata", headers={"If-None-Match": etag})
        assert more.status_code == 200
        assert len(more.json()) == 6


def _lut(data: bytes) -> pydicom.Dataset:
    item = pydicom.Dataset()
    item.LUTDescriptor = [len(data) // 2, 0, 16]
    item.LUTData = data
    return item


def test_bulk_data_comes_alone_and_in_a_part(archive: SmallArchive) -> None:
    small, lut = (np.arange(entries, dtype=np.uint16).tobytes() for entries in (4096, 16384))
    archive.stored(image(study="1.2.3", VOILUTSequence=[_lut(small), _lut(lut)]))
    with archive.client() as client:
        (one,) = client.get("/studies/1.2.3/metadata").json()
        here, elsewhere = one[tag("VOILUTSequence")]["Value"]
        assert b64decode(here[tag("LUTData")]["InlineBinary"]) == small
        address = elsewhere[tag("LUTData")]["BulkDataURI"]
        alone = client.get(address, headers={"Accept": "application/octet-stream"})
        assert alone.content == lut
        ((_, body),) = read_parts(client.get(address))
        assert body == lut
        known = {"Accept": "application/octet-stream", "If-None-Match": alone.headers["etag"]}
        assert client.get(address, headers=known).status_code == 304
        assert client.get(address.rpartition("/")[0] + "/00091234").status_code == 404


def test_pictures_show_the_window_that_is_asked_for(archive: SmallArchive) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint16) * 16, (128, 1))
    one = image(ramp, study="1.2.3", series="1.2.4")
    archive.stored(one)
    path = f"/studies/1.2.3/series/1.2.4/instances/{one.SOPInstanceUID}"
    with archive.client() as client:

        def picture(address: str, accept: str = "image/png", **parameters: str) -> tuple[httpx.Response, np.ndarray]:
            answer = client.get(address, params=parameters, headers={"Accept": accept})
            assert answer.status_code == 200, answer.text
            decode = imagecodecs.png_decode if accept == "image/png" else imagecodecs.jpeg8_decode
            return answer, decode(answer.content)

        answer, shown = picture(f"{path}/rendered", window="2048,512,linear")
        assert answer.headers["content-type"] == "image/png"
        assert shown.shape[:2] == (128, 256)
        assert shown[0, 0].max() == 0
        assert shown[0, -1].min() == 255
        assert 100 < int(shown[0, 128].flat[0]) < 156
        _, small = picture(f"{path}/frames/1/rendered", "image/jpeg", viewport="64,64")
        assert small.shape[:2] == (32, 64)
        _, thumb = picture("/studies/1.2.3/thumbnail", "image/jpeg")
        assert max(thumb.shape[:2]) <= 128
        for address in ("/studies/1.2.3/rendered", "/studies/1.2.3/series/1.2.4/thumbnail", f"{path}/thumbnail"):
            picture(address)
        for wrong in ({"window": "1,0,linear"}, {"window": "a,b"}, {"window": "1,2,square"}, {"viewport": "0,0"}):
            assert client.get(f"{path}/rendered", params=wrong).status_code == 400
        assert client.get(f"{path}/rendered", headers={"Accept": "video/mp4"}).status_code == 406
        assert client.get(f"{path}/frames/2/rendered").status_code == 404


def test_another_makers_client_finds_and_reads_everything(three_frames: tuple[SmallArchive, str]) -> None:
    archive, _ = three_frames
    client = DICOMwebClient(
        f"{archive.base}/sites/kita/dicom-web", headers={"Authorization": f"Bearer {archive.token()}"}
    )
    (study,) = client.search_for_studies(search_filters={"PatientName": "山田*"})
    study_uid = study[tag("StudyInstanceUID")]["Value"][0]
    (series,) = client.search_for_series(study_uid)
    series_uid = series[tag("SeriesInstanceUID")]["Value"][0]
    (found,) = client.search_for_instances(study_uid, series_uid)
    sop_uid = found[tag("SOPInstanceUID")]["Value"][0]
    (dataset,) = client.retrieve_study(study_uid)
    np.testing.assert_array_equal(dataset.pixel_array, CELLS)
    instance = client.retrieve_instance(study_uid, series_uid, sop_uid)
    np.testing.assert_array_equal(instance.pixel_array, CELLS)
    frames = client.retrieve_instance_frames(study_uid, series_uid, sop_uid, [1, 3])
    assert frames[1] == CELLS[2].tobytes()
    (metadata,) = client.retrieve_series_metadata(study_uid, series_uid)
    assert pydicom.Dataset.from_json(metadata, lambda *_: None).PatientID == "P1"
    assert client.retrieve_instance_frames_rendered(study_uid, series_uid, sop_uid, [1])[:2] == b"\xff\xd8"


def test_stored_files_open_with_dcmtk(three_frames: tuple[SmallArchive, str]) -> None:
    """AVAIL-13: the images can be read without our software."""
    archive, _ = three_frames
    if shutil.which("dcmdump") is None:
        pytest.skip("dcmtk is not installed")
    (stored,) = list(Path(archive.folder, "blobs", "archive").rglob("*.dcm"))
    said = subprocess.run(["dcmdump", "+P", "PatientID", str(stored)], capture_output=True, text=True, check=True)
    assert "[P1]" in said.stdout


def test_the_viewers_document_tells_the_ledger_and_is_known_by_its_tag(archive: SmallArchive) -> None:
    archive.stored(image(CELLS, study="1.2.3", Laterality="L", SeriesDescription="T1 造影"))
    address = f"{archive.base}/api/v1/sites/kita/studies/1.2.3/images"
    with archive.client() as client:
        answer = client.get(address)
        assert answer.headers["content-encoding"] == "gzip"
        document = answer.json()
        assert document["patient"]["patient_name"]["phonetic"] == "やまだ^はなこ"
        assert document["manifest"] is None
        assert document["ledger"] == {
            "declared_instances": None,
            "declared_frames": None,
            "arrived_instances": 1,
            "arrived_frames": 3,
            "proved_instances": 1,
            "open": True,
            "contradicted_instances": 0,
            "discontinued": False,
        }
        (series,) = document["series"]
        assert (series["laterality"], series["series_description"]) == ("L", "T1 造影")
        (instance,) = series["instances"]
        assert (instance["proof"], instance["number_of_frames"], instance["rows"]) == ("proved", 3, 96)
        assert client.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
        identity = client.get(address, headers={"Accept-Encoding": "identity"})
        assert identity.json() == document
