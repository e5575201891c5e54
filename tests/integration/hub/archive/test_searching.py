"""QIDO-RS over HTTP, on both databases: what is asked for is found, and nothing else."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from dokuei.dicom.uids import HTJ2K_LOSSLESS_RPCL as RPCL
from dokuei.hub.archive import search
from dokuei.hub.archive.attributes import tag
from tests.makers.archive import MG, SmallArchive, image, small_archive

HANAKO = "Yamada^Hanako=山田^花子=やまだ^はなこ"
JIRO = "Tanaka^Jiro=田中^次郎=ﾀﾅｶ^ｼﾞﾛｳ"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallArchive]:
    """Three studies of two patients: MR (2 series), MG (of 2025), MG of the other patient; once on each database."""
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres").database())
        made = stack.enter_context(small_archive(tmp_path_factory.mktemp("archive"), url))
        series = "1.2.1.1"
        made.stored(
            image(study="1.2.1", series=series, patient_name=HANAKO, patient_id="P1", number=1),
            image(study="1.2.1", series=series, patient_name=HANAKO, patient_id="P1", number=2),
            image(study="1.2.1", series="1.2.1.2", patient_name=HANAKO, number=3, SeriesNumber=2),
            image(
                study="1.2.2",
                patient_name=HANAKO,
                patient_id="P1",
                modality="MG",
                sop_class=MG,
                StudyDate="20250630",
                StudyTime="1010",
            ),
            image(
                study="1.2.3",
                patient_name=JIRO,
                patient_id="Q[1]_%",
                modality="MG",
                sop_class=MG,
                StudyTime="083000.5",
                StudyDescription="検診 マンモグラフィ",
                AccessionNumber="B7",
            ),
        )
        yield made


def studies(archive: SmallArchive, **parameters: str) -> list[str]:
    with archive.client() as client:
        answer = client.get("/studies", params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/dicom+json"
    return [one[tag("StudyInstanceUID")]["Value"][0] for one in answer.json()]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["1.2.1", "1.2.2", "1.2.3"]),
        ({"PatientID": "P1"}, ["1.2.1", "1.2.2"]),
        ({"PatientID": "p1"}, []),
        ({"PatientID": "P*"}, ["1.2.1", "1.2.2"]),
        ({"PatientID": "?1"}, ["1.2.1", "1.2.2"]),
        ({"PatientID": "Q[1]_%"}, ["1.2.3"]),
        ({"PatientID": "Q[1]_%*"}, ["1.2.3"]),
        ({"PatientID": "_1*"}, []),
        ({"PatientID": "*%"}, ["1.2.3"]),
        ({"00100020": "P1", "StudyDate": "20250101-20251231"}, ["1.2.2"]),
        ({"StudyDate": "20261101"}, ["1.2.1", "1.2.3"]),
        ({"StudyDate": "-20251231"}, ["1.2.2"]),
        ({"StudyDate": "20251231-"}, ["1.2.1", "1.2.3"]),
        ({"StudyTime": "0800-0900"}, ["1.2.3"]),
        ({"StudyTime": "10"}, ["1.2.1", "1.2.2"]),
        ({"StudyInstanceUID": "1.2.1,1.2.3"}, ["1.2.1", "1.2.3"]),
        ({"StudyInstanceUID": "1.2.1\\1.2.2"}, ["1.2.1", "1.2.2"]),
        ({"PatientName": "yamada*"}, ["1.2.1", "1.2.2"]),
        ({"PatientName": "*花子"}, ["1.2.1", "1.2.2"]),
        ({"PatientName": "ヤマダ^ハナコ"}, ["1.2.1", "1.2.2"]),
        ({"PatientName": "たなか*"}, ["1.2.3"]),
        ({"PatientName": "==タナカ*"}, ["1.2.3"]),
        ({"PatientName": "=yamada*"}, []),
        ({"ReferringPhysicianName": "紹介*"}, ["1.2.1", "1.2.2", "1.2.3"]),
        ({"ModalitiesInStudy": "MG"}, ["1.2.2", "1.2.3"]),
        ({"ModalitiesInStudy": "MR,MG"}, ["1.2.1", "1.2.2", "1.2.3"]),
        ({"ModalitiesInStudy": "M*"}, ["1.2.1", "1.2.2", "1.2.3"]),
        ({"ModalitiesInStudy": "?G"}, ["1.2.2", "1.2.3"]),
        ({"ModalitiesInStudy": "C*,MR"}, ["1.2.1"]),
        ({"StudyTime": "101500-102000"}, ["1.2.1"]),
        ({"StudyTime": "101000-101200"}, ["1.2.2"]),
        ({"StudyTime": "101000"}, ["1.2.2"]),
        ({"NumberOfStudyRelatedInstances": "3"}, ["1.2.1"]),
        ({"NumberOfStudyRelatedSeries": "1"}, ["1.2.2", "1.2.3"]),
        ({"NumberOfSeriesRelatedInstances": "2"}, ["1.2.1"]),
        ({"InstanceAvailability": "ONLINE", "limit": "1"}, ["1.2.1"]),
        ({"InstanceAvailability": "OFFLINE"}, []),
        ({"AvailableTransferSyntaxUID": RPCL, "limit": "1"}, ["1.2.1"]),
        ({"AvailableTransferSyntaxUID": "1.2.840.10008.1.2.4.50"}, []),
        ({"Modality": "MR"}, ["1.2.1"]),
        ({"SOPClassesInStudy": MG}, ["1.2.2", "1.2.3"]),
        ({"SOPClassUID": MG}, ["1.2.2", "1.2.3"]),
        ({"StudyDescription": "検診*"}, ["1.2.3"]),
        ({"AccessionNumber": "B7"}, ["1.2.3"]),
        ({"PatientSex": "M"}, []),
        ({"RequestedProcedureDescription": "x*"}, []),
        ({"limit": "2"}, ["1.2.1", "1.2.2"]),
        ({"limit": "2", "offset": "2"}, ["1.2.3"]),
        ({"limit": "0"}, []),
        ({"offset": "9"}, []),
    ],
)
def test_studies_are_found_by_every_kind_of_key(
    filled: SmallArchive, parameters: dict[str, str], expected: list[str]
) -> None:
    assert studies(filled, **parameters) == expected


def test_an_attribute_without_a_column_is_matched_in_the_stored_json(archive: SmallArchive) -> None:
    archive.stored(image(study="1.2.1", PatientComments="右乳房 術後"), image(study="1.2.2", EchoTime="12.5"))
    assert studies(archive, PatientComments="右*") == ["1.2.1"]
    with archive.client() as client:
        found = client.get("/instances", params={"EchoTime": "12.50"}).json()
        assert [one[tag("StudyInstanceUID")]["Value"][0] for one in found] == ["1.2.2"]
        refused = client.get("/studies", params={"EchoTime": "12.5"})
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_study_tells_its_required_attributes_with_all_three_name_groups(filled: SmallArchive) -> None:
    with filled.client() as client:
        one = client.get("/studies", params={"StudyInstanceUID": "1.2.1"}).json()[0]
    assert one[tag("PatientName")]["Value"] == [
        {"Alphabetic": "Yamada^Hanako", "Ideographic": "山田^花子", "Phonetic": "やまだ^はなこ"}
    ]
    assert one[tag("ModalitiesInStudy")]["Value"] == ["MR"]
    assert one[tag("NumberOfStudyRelatedSeries")]["Value"] == [2]
    assert one[tag("NumberOfStudyRelatedInstances")]["Value"] == [3]
    assert one[tag("InstanceAvailability")]["Value"] == ["ONLINE"]
    assert one[tag("RetrieveURL")]["Value"][0].endswith("/sites/kita/dicom-web/studies/1.2.1")
    assert one[tag("StudyDescription")] == {"vr": "LO"}
    assert list(one) == sorted(one)


def test_series_and_instances_are_found_at_every_level_and_relationally(filled: SmallArchive) -> None:
    with filled.client() as client:
        series = client.get("/studies/1.2.1/series").json()
        assert [one[tag("NumberOfSeriesRelatedInstances")]["Value"][0] for one in series] == [2, 1]
        first = series[0][tag("SeriesInstanceUID")]["Value"][0]
        of_series = client.get(f"/studies/1.2.1/series/{first}/instances").json()
        assert [one[tag("InstanceNumber")]["Value"][0] for one in of_series] == [1, 2]
        assert tag("PatientID") not in of_series[0]
        assert of_series[0][tag("Rows")]["Value"] == [64]
        assert len(client.get("/studies/1.2.1/instances").json()) == 3
        everything = client.get("/instances").json()
        assert len(everything) == 5
        assert everything[0][tag("PatientID")]["Value"] == ["P1"]
        assert everything[0][tag("Modality")]["Value"] == ["MR"]
        assert len(client.get("/series", params={"PatientID": "P1"}).json()) == 3
        assert client.get("/studies/1.2.1/series", params={"SeriesNumber": "2"}).json()[0][tag("SeriesNumber")][
            "Value"
        ] == [2]
        assert client.get("/studies/9.9.9/series").json() == []


def test_fields_come_when_asked_for_by_keyword_by_tag_or_all(filled: SmallArchive) -> None:
    with filled.client() as client:
        plain = client.get("/studies/1.2.1/instances").json()[0]
        assert tag("BitsStored") not in plain
        asked = client.get(
            "/studies/1.2.1/instances", params={"includefield": f"BitsStored,{tag('PatientSex')}"}
        ).json()[0]
        assert asked[tag("BitsStored")]["Value"] == [12]
        assert asked[tag("PatientSex")]["Value"] == ["F"]
        everything = client.get("/studies/1.2.1/instances", params={"includefield": "all"}).json()[0]
        assert {tag("HighBit"), tag("PatientName"), tag("SeriesNumber")} <= everything.keys()
        assert client.get("/studies", params={"includefield": "all"}).json()[0][tag("SpecificCharacterSet")][
            "Value"
        ] == ["ISO_IR 192"]


def test_pages_are_stable_and_say_what_remains(filled: SmallArchive) -> None:
    with filled.client() as client:
        page = client.get("/instances", params={"limit": "2", "offset": "1"})
        assert "There are 2 additional results" in page.headers["warning"]
        pages = [client.get("/instances", params={"limit": "2", "offset": str(at)}).json() for at in (0, 2, 4)]
    uids = [one[tag("SOPInstanceUID")]["Value"][0] for one_page in pages for one in one_page]
    assert len(uids) == len(set(uids)) == 5


def test_fuzzy_matching_is_declined_in_a_warning(filled: SmallArchive) -> None:
    with filled.client() as client:
        answer = client.get("/studies", params={"PatientName": "Yamada*", "fuzzymatching": "true"})
    assert answer.headers["warning"].startswith("299 ")
    assert "fuzzymatching parameter is not supported" in answer.headers["warning"]


def test_xml_is_not_acceptable_and_a_misspelt_key_is_a_bad_request(filled: SmallArchive) -> None:
    with filled.client() as client:
        for accept in ("application/dicom+xml", 'multipart/related; type="application/dicom+xml"'):
            answer = client.get("/studies", headers={"Accept": accept})
            assert answer.status_code == 406
            assert answer.json()["type"] == "urn:dokuei:problem:not-acceptable"
        answer = client.get("/studies", params={"PatientNaem": "x"})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"


def test_everything_asked_for_comes_with_addresses_that_lead_somewhere(archive: SmallArchive) -> None:
    archive.stored(image(study="1.2.1"))
    with archive.client() as client:
        (one,) = client.get("/studies/1.2.1/instances", params={"includefield": "all"}).json()
        address = one[tag("PixelData")]["BulkDataURI"]
        assert address.startswith(f"{archive.base}/sites/kita/dicom-web/studies/1.2.1/series/")
        assert client.get(address).status_code == 200


def test_a_page_of_objects_with_all_their_attributes_ends_early_and_says_so(
    archive: SmallArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.stored(*(image(study="1.2.1", series="1.2.2", number=number, EchoTime="9") for number in range(1, 8)))
    monkeypatch.setattr(search, "_MOST_UNPACKED", 3)
    with archive.client() as client:
        pages = [
            client.get("/instances", params={"includefield": field, "offset": str(at), **key})
            for field, key in (("all", {}), ("EchoTime", {"EchoTime": "9"}))
            for at in (0, 3, 6)
        ]
        assert [len(page.json()) for page in pages] == [3, 3, 1] * 2
        assert ["There are 4 additional" in page.headers.get("warning", "") for page in pages[::3]] == [True, True]
        assert "warning" not in pages[2].headers
        assert len(client.get("/instances").json()) == 7
        monkeypatch.setattr(search, "_MOST_BYTES", 1)
        large = client.get("/instances", params={"includefield": "all"})
        assert (len(large.json()), "There are 6 additional" in large.headers["warning"]) == (1, True)


def test_answers_are_known_by_their_tag_and_have_a_head(filled: SmallArchive) -> None:
    with filled.client() as client:
        for path in ("/studies", "/series", "/studies/1.2.1/instances", "/studies/1.2.1/metadata"):
            answer = client.get(path)
            etag = answer.headers["etag"]
            assert not etag.startswith("W/")
            assert client.get(path, headers={"If-None-Match": etag}).status_code == 304, path
            head = client.head(path)
            assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", etag), path
            plain = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
            assert "content-encoding" not in plain.headers
            assert plain.headers["etag"] != etag
