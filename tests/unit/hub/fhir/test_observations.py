"""How a report stands follows from its latest version."""

from uuid import UUID

from dokuei.hub.fhir.model import SignedReport
from dokuei.hub.fhir.names import BODY_SIDES
from dokuei.hub.fhir.observations import observations, status_of
from dokuei.hub.reports.coded_findings import coded_facts
from dokuei.hub.reports.structure import Structure
from tests.makers.report_document import AT, known_images, report_document


def test_each_kind_of_version_has_its_status() -> None:
    """REPORT-02 REPORT-12: preliminary, final, amended, and entered in error where it was withdrawn."""
    kinds = ("preliminary", "original", "amendment", "withdrawal", "something")
    assert [status_of(one) for one in kinds] == ["preliminary", "final", "amended", "entered-in-error", "unknown"]


def test_what_is_said_of_each_breast_is_an_observation_of_its_own_with_its_unit() -> None:
    """The extent of both breasts under ids that do not collide, the method of a response beside it."""
    facts = {"purpose": "extent", "index": "both", "extent_length_right": "34", "extent_length_left": "12"}
    facts |= {"node_level_1_right": "none", "node_level_2_right": "none", "node_internal_mammary_left": "suspicious"}
    document = report_document(known_images(1), structure=Structure("MR", "birads", facts))
    report = SignedReport(
        report_id=str(UUID(int=1)),
        study_instance_uid="1.2.3",
        created_at=AT,
        number=1,
        kind="original",
        signed_at=AT,
        signed_by="person",
        signer_name="読影 花子",
        document=document,
        pdf_sop_instance_uid="1.2.3.9",
        findings=coded_facts(document),
        conclusions=(),
        categories=None,
        request_ids=(),
    )
    made = observations(report, "patient")
    ids = [one["id"] for one in made]
    assert len(ids) == len(set(ids))
    sizes = [one for one in made if "valueQuantity" in one]
    assert [(one["valueQuantity"]["value"], one["valueQuantity"]["code"]) for one in sizes] == [(34, "mm"), (12, "mm")]
    assert [one["bodySite"] for one in sizes] == [BODY_SIDES["right"], BODY_SIDES["left"]]
