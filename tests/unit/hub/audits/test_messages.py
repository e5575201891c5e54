"""Every kind of entry as a DICOM audit message that the standard's schema takes."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dokuei.dicom.audit_events import Group, meaning_of
from dokuei.hub.audits.messages import message_of
from dokuei.hub.audits.model import Actor, Line, PatientShown
from dokuei.hub.audits.words import EVENTS
from tests.makers.audit_schema import faults

_SOURCE = Path(__file__).parents[4] / "src" / "dokuei"
_WRITTEN = re.compile(r'event="([a-z0-9-]+(?:\.[a-z0-9-]+)+)"')
# LOG-07's list (PS3.15 A.5.3); how many things each is about, at least, when it is about a study
_CODES = {
    "110100": "application.started",
    "110101": "audit.read",
    "110102": "study.announced",
    "110103": "study.displayed",
    "110104": "instances.stored",
    "110105": "study.deleted",
    "110106": "report.exported",
    "110107": "media.imported",
    "110108": "gateway.enrolled",
    "110109": "request.received",
    "110110": "pseudonym.looked-up",
    "110111": "report.signed",
    "110112": "archive.queried",
    "110113": "role.granted",
    "110114": "sign-in.failed",
}

LINE = Line(
    sequence=7,
    at=datetime(2026, 11, 30, 2, 3, 4, 567_000, tzinfo=UTC),
    actor=Actor("person:0", "tanaka", "田中 美咲"),
    event="study.displayed",
    group=Group.IMAGES,
    site_id="kita",
    site_name="北病院",
    subject="1.2.3",
    subject_name="",
    is_study=True,
    patient=PatientShown("K-0001", "Sato^Yumiko", "佐藤^由美子", "サトウ^ユミコ", "20261122"),
    details='{"address": "192.0.2.7", "series": {"1.2.3.4": 12}}',
)


def events_in_source() -> set[str]:
    found = {event for file in _SOURCE.rglob("*.py") for event in _WRITTEN.findall(file.read_text(encoding="utf-8"))}
    return found | set(EVENTS)


@pytest.mark.parametrize("event", sorted(events_in_source()))
@pytest.mark.parametrize("is_study", [True, False])
def test_every_event_becomes_a_valid_message(event: str, *, is_study: bool) -> None:
    """LOG-06: PS3.15 A.5.1."""
    line = replace(LINE, event=event, is_study=is_study, patient=LINE.patient if is_study else None)
    assert faults(message_of(line, source_id="https://hub.example").xml()) == []


@pytest.mark.parametrize("event", sorted(events_in_source()))
def test_every_event_has_its_group(event: str) -> None:
    """LOG-07: an event that nobody placed is found here, not by an inspector."""
    assert meaning_of(event).group is not Group.OTHER


@pytest.mark.parametrize(("code", "event"), _CODES.items())
def test_every_event_of_the_standards_list_is_told(code: str, event: str) -> None:
    """LOG-07: PS3.15 A.5.3, one of ours for each."""
    root = etree.fromstring(message_of(replace(LINE, event=event), source_id="hub").xml())
    assert root.find("EventIdentification/EventID").get("csd-code") == code


def test_a_message_says_who_from_where_whose_study_and_how_it_ended() -> None:
    root = etree.fromstring(message_of(LINE, source_id="hub").xml())
    who, hub = root.findall("ActiveParticipant")
    assert (who.get("UserID"), who.get("UserName"), who.get("UserIsRequestor")) == ("tanaka", "田中 美咲", "true")
    assert (who.get("NetworkAccessPointID"), who.get("NetworkAccessPointTypeCode")) == ("192.0.2.7", "2")
    assert hub.get("UserIsRequestor") == "false"
    study, patient = root.findall("ParticipantObjectIdentification")
    assert study.get("ParticipantObjectID") == "1.2.3"
    assert patient.get("ParticipantObjectID") == "K-0001"
    assert patient.find("ParticipantObjectName").text == "佐藤 由美子"
    assert root.find("EventIdentification").get("EventDateTime") == "2026-11-30T02:03:04.567+00:00"
    failed = replace(LINE, event="sign-in.failed", details='{"because": "wrong"}', is_study=False)
    root = etree.fromstring(message_of(failed, source_id="hub").xml())
    assert root.find("EventIdentification").get("EventOutcomeIndicator") == "4"
    assert root.find("EventIdentification/EventOutcomeDescription").text == "wrong"


@pytest.mark.parametrize(
    ("event", "details", "kind", "people"),
    [
        (
            "instances.received",
            {"address": "192.0.2.9", "instances": 4},
            "110104",
            [("ae:MAMMO1", "true", "110153"), ("gateway:7", "false", "110152")],
        ),
        ("study.announced", {}, "110102", [("gateway:7", "true", "110153"), ("dokuei-hub", "false", "110152")]),
        ("study.forwarded", {}, "110104", [("gateway:7", "true", "110153"), ("dokuei-hub", "false", "110152")]),
        ("report.stored", {"to": "PACS"}, "110104", [("gateway:7", "true", "110153"), ("PACS", "false", "110152")]),
        (
            "association.rejected",
            {"why": "unknown"},
            "110113",
            [("ae:MAMMO1", "true", None), ("gateway:7", "false", None)],
        ),
    ],
)
def test_what_happened_in_the_hospital_is_its_gateways_message(
    event: str, details: dict[str, object], kind: str, people: list[tuple[str, str, str | None]]
) -> None:
    """LOG-06: PS3.15 A.5.3.6, A.5.3.7, A.5.3.11; at the time of there, with the gateway as the source."""
    there = {"at": "2026-11-29T23:00:00+00:00", "actor": "ae:MAMMO1", "sequence": 12}
    line = replace(
        LINE, event=event, actor=Actor("gateway:7", "", "北病院"), details=json.dumps({**details, "gateway": there})
    )
    xml = message_of(line, source_id="https://hub.example").xml()
    assert faults(xml) == []
    root = etree.fromstring(xml)
    assert root.find("EventIdentification/EventID").get("csd-code") == kind
    assert root.find("EventIdentification").get("EventDateTime").startswith("2026-11-29T23:00:00")
    assert root.find("AuditSourceIdentification").get("AuditSourceID") == "gateway:7"
    found = [
        (
            one.get("UserID"),
            one.get("UserIsRequestor"),
            role.get("csd-code") if (role := one.find("RoleIDCode")) is not None else None,
        )
        for one in root.findall("ActiveParticipant")
    ]
    assert found == people


def test_nobody_but_a_gateway_speaks_for_a_hospital() -> None:
    told = json.dumps({"gateway": {"at": "2026-11-29T23:00:00+00:00", "actor": "ae:X"}})
    for line in (
        replace(LINE, details=told),
        replace(LINE, actor=Actor("gateway:7"), details='{"gateway": {"at": 1}}'),
    ):
        root = etree.fromstring(message_of(line, source_id="hub").xml())
        assert root.find("AuditSourceIdentification").get("AuditSourceID") == "hub"


@given(
    text=st.text(max_size=60),
    event=st.sampled_from(sorted(EVENTS)),
    details=st.one_of(st.text(max_size=40), st.just("[]"), st.just('{"because": 7, "address": null}')),
)
def test_whatever_a_text_holds_the_message_stays_valid(text: str, event: str, details: str) -> None:
    """MRPET-07: markup and letters that XML cannot hold break no message."""
    patient = PatientShown(text, text, text, text, "")
    line = replace(LINE, actor=Actor(text, text, text), subject=text, patient=patient, event=event, details=details)
    assert faults(message_of(line, source_id=text).xml()) == []


def test_the_schema_refuses_what_is_not_in_order() -> None:
    xml = message_of(LINE, source_id="hub").xml()
    assert faults(xml.replace(b"EventOutcomeIndicator", b"Outcome"))
    assert faults(xml.replace(b'UserIsRequestor="true"', b'UserIsRequestor="maybe"'))
