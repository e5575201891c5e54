"""Images in FHIR are what R4's models take, whatever is not known of them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from dokuei.hub.fhir.imaging_out import endpoint, imaging_study, media, media_id
from dokuei.hub.fhir.model import KeyImage, Resource, ShownSeries, ShownStudy, SignedReport

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
WEB = "https://hub.example/sites/kita/dicom-web"
IMAGE = KeyImage("1.2.3.4", 2, (1, 3), frozenset({"left"}), "1.2.3", "MG", 2294, 1914)
REPORT = SignedReport(
    report_id="0123456789abcdef0123456789abcdef",
    study_instance_uid="1.2",
    created_at=AT,
    number=1,
    kind="original",
    signed_at=AT,
    signed_by="p",
    signer_name="読影 医",
    document={"study": {"study_date": "20261101"}},
    pdf_sop_instance_uid="1.2.9",
    pictures=(IMAGE,),
)
STUDY = ShownStudy(
    study_instance_uid="1.2",
    patient_id="P1",
    accession_number="",
    study_date="",
    study_time="",
    study_description="",
    referring_physician="",
    modalities=(),
    number_of_series=1,
    number_of_instances=4,
    at=AT,
)


def checked(resource: Resource) -> Resource:
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return resource


@pytest.mark.parametrize(
    ("series", "told"),
    [
        (
            ShownSeries("1.2.3", 2, "MG", "L-MLO", "BREAST", "L", 4),
            {"number": 2, "description": "L-MLO", "laterality": "7771000", "bodySite": "76752008"},
        ),
        (ShownSeries("1.2.3", -1, "", "", "CHEST", "U", 1), {"bodySite": None}),
    ],
)
def test_a_series_tells_what_is_known_of_it(series: ShownSeries, told: dict[str, Any]) -> None:
    (one,) = checked(imaging_study(replace(STUDY, series=(series,)), "7"))["series"]
    assert one["modality"]["code"] == (series.modality or "OT")
    assert one["numberOfInstances"] == series.number_of_instances
    found = {name: one[name] for name in ("number", "description", "laterality", "bodySite") if name in one}
    assert {name: value.get("code") if isinstance(value, dict) else value for name, value in found.items()} == told


def test_a_study_whose_series_are_gone_has_none() -> None:
    assert "series" not in checked(imaging_study(STUDY, "7"))


def test_a_key_image_is_fetched_where_it_is_and_has_no_address_where_it_is_not() -> None:
    (here,) = (checked(one) for one in media(REPORT, "7", "final", WEB))
    assert here["content"]["url"] == f"{WEB}/studies/1.2/series/1.2.3/instances/1.2.3.4/frames/2/rendered"
    assert (here["createdDateTime"], here["bodySite"]["coding"][0]["code"]) == ("2026-11-01", "80248007")
    gone = replace(
        IMAGE, series_instance_uid="", modality="", rows=None, columns=None, sides=frozenset({"left", "right"})
    )
    (one,) = (checked(one) for one in media(replace(REPORT, pictures=(gone,)), "7", "entered-in-error", WEB))
    assert (one["id"], one["status"]) == (here["id"], "entered-in-error")
    assert not {"bodySite", "modality", "height"} & one.keys()
    assert "url" not in one["content"]


def test_each_frame_has_a_name_of_its_own_that_an_address_takes() -> None:
    names = {media_id(REPORT, replace(IMAGE, frame=frame)) for frame in range(1, 50)}
    assert len(names) == 49
    assert max(map(len, names)) <= 64


def test_the_endpoint_is_the_sites_dicomweb() -> None:
    assert checked(endpoint(WEB))["address"] == WEB
