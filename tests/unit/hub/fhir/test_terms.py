"""Searches narrow what they can in the database, hold the rest against each resource, and refuse what is not there."""

from zoneinfo import ZoneInfo

import pytest

from dokuei.errors import FhirBodyError
from dokuei.hub.fhir.capability import capability_statement
from dokuei.hub.fhir.model import Wanted
from dokuei.hub.fhir.parameters import KINDS, includes_of, reverse_includes_of
from dokuei.hub.fhir.terms import Asking, Query, query_of

BASE = "https://hub.example/fhir"
ASKING = Asking(
    keys_of_subject=lambda subject: frozenset({f"key of {subject}"}),
    keys_of_patient=lambda number: frozenset({f"key of {number}"}),
    subjects_of_patient=lambda number: frozenset({"7"} if number == "P1" else ()),
    requests_of_number=lambda number: frozenset({"r1"} if number == "P-1" else ()),
    studies_of_number=lambda number: frozenset({number.removeprefix("urn:oid:")}),
    base=BASE,
    zone=ZoneInfo("Asia/Tokyo"),
)
VALUES = {"token": "x", "date": "2026-11-30", "reference": "x"}


def query(kind: str, *pairs: tuple[str, str]) -> Query:
    return query_of(kind, pairs, ASKING, strict=True)


def one(kind: str, name: str, value: str) -> Wanted:
    return query(kind, (name, value)).wanted


@pytest.mark.parametrize("name", ["based-on", "based-on:ServiceRequest"])
@pytest.mark.parametrize("value", ["r1", "ServiceRequest/r1", f"{BASE}/ServiceRequest/r1"])
def test_a_reference_is_written_in_three_ways(name: str, value: str) -> None:
    found = query("DiagnosticReport", (name, value))
    assert found.wanted == Wanted(requests=frozenset({"r1"}))
    (fits,) = found.filters
    assert fits({"basedOn": [{"reference": "ServiceRequest/r1"}]})
    assert not fits({"basedOn": [{"reference": "ServiceRequest/r2"}]})
    assert not fits({})


def test_a_reference_to_another_server_is_nobody_here() -> None:
    (fits,) = query("DiagnosticReport", ("based-on", "https://other.example/fhir/ServiceRequest/r1")).filters
    assert not fits({"basedOn": [{"reference": "ServiceRequest/r1"}]})


def test_identifiers_stand_for_references() -> None:
    assert one("Observation", "based-on.identifier", "urn:x|P-1") == Wanted(requests=frozenset({"r1"}))
    assert one("Observation", "based-on:identifier", "unknown") == Wanted(requests=frozenset())
    assert one("DiagnosticReport", "study.identifier", "urn:oid:1.2") == Wanted(studies=frozenset({"1.2"}))
    assert one("Media", "subject:Patient.identifier", "P1") == Wanted(patient_ids=frozenset({"key of P1"}))
    assert one("Media", "patient", "Patient/7") == Wanted(patient_ids=frozenset({"key of 7"}))


def test_links_repeat_a_search_without_the_hospitals_number_of_a_patient() -> None:
    for kind, name, told in (
        ("Media", "subject:Patient.identifier", ("patient", "7")),
        ("Observation", "patient:identifier", ("patient", "7")),
        ("Patient", "identifier", ("_id", "7")),
        ("ImagingStudy", "identifier", ("identifier", "urn:x|P1")),
    ):
        assert query(kind, (name, "urn:x|P1")).accepted == (told,), name
    assert query("Media", ("patient.identifier", "unknown")).accepted == (("patient", "none"),)


def test_a_reference_that_may_mean_two_kinds_narrows_only_where_one_is_named() -> None:
    report = "0123456789abcdef0123456789abcdef"
    assert one("Observation", "derived-from", "1.2") == Wanted()
    assert one("Observation", "derived-from", "ImagingStudy/1.2") == Wanted(studies=frozenset({"1.2"}))
    assert one("Observation", "derived-from:Media", f"{report}-image-1") == Wanted(reports=frozenset({report}))
    (fits,) = query("Observation", ("derived-from", "1.2")).filters
    assert fits({"derivedFrom": [{"reference": "ImagingStudy/1.2"}]})


def test_sorts_are_those_that_pages_can_keep() -> None:
    assert one("ServiceRequest", "_sort", "authored") == Wanted(ascending=True, by_placed=True)
    assert one("DiagnosticReport", "_sort", "-issued") == Wanted()
    for kind, value in (("ServiceRequest", "status"), ("Patient", "_lastUpdated"), ("DiagnosticReport", "issued,date")):
        with pytest.raises(FhirBodyError, match="sorted"):
            query(kind, ("_sort", value))


def test_what_is_declared_is_taken_and_nothing_else() -> None:
    (rest,) = capability_statement(BASE, "1")["rest"]
    declared = {each["type"]: each for each in rest["resource"]}
    assert set(declared) == {*KINDS, "Binary"}
    for kind in KINDS:
        named = ("_id", "x") if kind in {"Patient", "Practitioner"} else ("_count", "1")
        for each in declared[kind]["searchParam"]:
            assert query(kind, named, (each["name"], VALUES[each["type"]])).accepted
        for include in declared[kind].get("searchInclude", ()):
            assert query(kind, named, ("_include", include)).include
        for include in declared[kind].get("searchRevInclude", ()):
            assert query(kind, named, ("_revinclude", include)).reverse
        for wrong in (("nonsense", "1"), ("_include", "Group:member"), ("_revinclude", "Group:member")):
            with pytest.raises(FhirBodyError):
                query(kind, named, wrong)


def test_inclusions_name_a_kind_of_target_where_they_wish() -> None:
    assert query("Observation", ("_include", "Observation:derived-from:Media")).include[0].target == "Media"
    assert query("ServiceRequest", ("_revinclude", "DiagnosticReport:based-on:ServiceRequest")).reverse
    for name, value in (
        ("_include", "Observation:derived-from:Patient"),
        ("_include", "DiagnosticReport:result"),
        ("_revinclude", "DiagnosticReport:based-on:Patient"),
        ("_revinclude", "DiagnosticReport:result"),
    ):
        with pytest.raises(FhirBodyError):
            query("Observation" if name == "_include" else "ServiceRequest", (name, value))
    assert "DiagnosticReport:result" in includes_of("DiagnosticReport")
    assert {"Observation:based-on", "ImagingStudy:basedon", "DiagnosticReport:based-on"} <= set(
        reverse_includes_of("ServiceRequest")
    )
