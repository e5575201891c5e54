"""From a line of the trail to the DICOM audit message that its event demands (PS3.15 A.5.3; LOG-06, LOG-07)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from dokuei.dicom.audit_events import (
    APPLICATION_ACTIVITY,
    AUDIT_LOG_USED,
    BEGIN_TRANSFERRING,
    EXPORT,
    IMPORT,
    INSTANCES_TRANSFERRED,
    NETWORK_ENTRY,
    QUERY,
    SECURITY_ALERT,
    USER_AUTHENTICATION,
    meaning_of,
)
from dokuei.dicom.audit_message import (
    APPLICATION,
    DESTINATION,
    DESTINATION_MEDIA,
    MEDIA_URI,
    NODE_ID,
    PATIENT_NUMBER,
    PERSON,
    ROLE_PATIENT,
    ROLE_QUERY,
    ROLE_REPORT,
    ROLE_RESOURCE,
    ROLE_USER,
    SEARCH_CRITERIA,
    SOURCE,
    SOURCE_MEDIA,
    STUDY_INSTANCE_UID,
    SYSTEM_OBJECT,
    URI,
    USER_IDENTIFIER,
    AuditMessage,
    Participant,
    Thing,
)
from dokuei.hub.audits.messages_of_gateways import HUB, told_by_gateway
from dokuei.hub.audits.model import Line

_NOBODY_KNOWN: Final = "unknown"
_TRAIL: Final = "Security Audit Log"  # PS3.15 A.5.3.2 names the object so


def message_of(line: Line, *, source_id: str) -> AuditMessage:
    """The message; ``source_id`` names this hub among all that report to a repository."""
    meaning = meaning_of(line.event)
    details = _details(line)
    there = told_by_gateway(line, details)
    return AuditMessage(
        meaning=meaning,
        at=line.at if there is None else there.at,
        participants=_participants(line, details) if there is None else there.participants(line, details),
        source_id=source_id if there is None else line.actor.actor,
        site_id=line.site_id,
        things=_things(line),
        outcome_description="" if meaning.outcome == "0" else _why(details) or line.event,
    )


def _participants(line: Line, details: Mapping[str, Any]) -> tuple[Participant, ...]:
    event = meaning_of(line.event).event
    if event == APPLICATION_ACTIVITY:
        return (Participant(HUB, "dokuei", roles=(APPLICATION,)),)
    if event == NETWORK_ENTRY:
        return (Participant(line.subject or _NOBODY_KNOWN, line.subject_name),)
    who_roles, hub_roles = {
        QUERY: ((SOURCE,), (DESTINATION,)),
        BEGIN_TRANSFERRING: ((SOURCE,), (DESTINATION,)),
        INSTANCES_TRANSFERRED: _directions(line),
        EXPORT: ((SOURCE,), ()),
        IMPORT: ((DESTINATION,), ()),
    }.get(event, ((), ()))
    who = Participant(
        user_id=line.actor.user_name or line.actor.actor,
        name=line.actor.display_name,
        is_requestor=True,
        roles=who_roles,
        address=_address(details),
    )
    if event == EXPORT:
        return who, Participant("browser", roles=(DESTINATION_MEDIA,), media=MEDIA_URI)
    if event == IMPORT:
        return who, Participant("medium", roles=(SOURCE_MEDIA,), media=MEDIA_URI)
    return who, Participant(HUB, "dokuei", roles=hub_roles)


def _directions(line: Line) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Reports go from the hub to the hospital, everything else comes to the hub."""
    goes_out = line.event.partition(".")[0] in {"report", "delivery"}
    return ((DESTINATION,), (SOURCE,)) if goes_out else ((SOURCE,), (DESTINATION,))


def _things(line: Line) -> tuple[Thing, ...]:
    event = meaning_of(line.event).event
    if event in {APPLICATION_ACTIVITY, NETWORK_ENTRY, USER_AUTHENTICATION}:
        return ()
    about = {"event": line.event, "sequence": str(line.sequence), "details": line.details}
    if event == AUDIT_LOG_USED:
        return (Thing("/audit", URI, SYSTEM_OBJECT, ROLE_RESOURCE, _TRAIL, details=about),)
    if event == QUERY:
        query = line.details.encode()
        asked = line.site_id or HUB
        return (Thing(asked, SEARCH_CRITERIA, SYSTEM_OBJECT, ROLE_QUERY, query=query, details=about),)
    if line.is_study:
        return _study_and_patient(line, about)
    if event == SECURITY_ALERT and line.subject_name:
        return (Thing(line.subject, USER_IDENTIFIER, PERSON, ROLE_USER, line.subject_name, details=about),)
    return (Thing(line.subject or line.site_id or HUB, NODE_ID, SYSTEM_OBJECT, ROLE_RESOURCE, details=about),)


def _study_and_patient(line: Line, about: Mapping[str, str]) -> tuple[Thing, Thing]:
    patient = line.patient
    return (
        Thing(line.subject, STUDY_INSTANCE_UID, SYSTEM_OBJECT, ROLE_REPORT, details=about),
        Thing(
            (patient.patient_id if patient else "") or _NOBODY_KNOWN,
            PATIENT_NUMBER,
            PERSON,
            ROLE_PATIENT,
            (patient.name if patient else "") or _NOBODY_KNOWN,
        ),
    )


def _details(line: Line) -> Mapping[str, Any]:
    try:
        read = json.loads(line.details)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _address(details: Mapping[str, Any]) -> str:
    said = details.get("address")
    return said if isinstance(said, str) else ""


def _why(details: Mapping[str, Any]) -> str:
    said = details.get("because") or details.get("why") or ""
    return said if isinstance(said, str) else ""
