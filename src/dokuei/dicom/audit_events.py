"""Which audit event of DICOM (PS3.15 A.5.3, CID 400 to 403) each entry of our trails is, and its group in lists.

An entry's name says subject and verb (``report.signed``). Names are looked up whole first, then by their subject, so
that a new verb of a known subject has its place from the first day.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

Action = Literal["C", "R", "U", "D", "E"]
Outcome = Literal["0", "4", "8"]


@dataclass(frozen=True)
class Code:
    """A coded value as the audit schema writes it (PS3.15 A.5.1)."""

    value: str
    meaning: str
    system: str = "DCM"


class Group(StrEnum):
    """What an auditor looks for at once: the category of the inspection form (LOG-02)."""

    SIGN_IN = "sign_in"
    IMAGES = "images"
    CASES = "cases"
    REQUESTS = "requests"
    REPORTS = "reports"
    MESSAGES = "messages"
    PEOPLE = "people"
    SITES = "sites"
    UPKEEP = "upkeep"
    AUDIT = "audit"
    ALERTS = "alerts"
    OTHER = "other"


@dataclass(frozen=True)
class Meaning:
    """One kind of entry: the DICOM event with its type, what was done, how it ended, and its group."""

    event: Code
    action: Action
    group: Group
    types: tuple[Code, ...] = ()
    outcome: Outcome = "0"


APPLICATION_ACTIVITY: Final = Code("110100", "Application Activity")
AUDIT_LOG_USED: Final = Code("110101", "Audit Log Used")
BEGIN_TRANSFERRING: Final = Code("110102", "Begin Transferring DICOM Instances")
INSTANCES_ACCESSED: Final = Code("110103", "DICOM Instances Accessed")
INSTANCES_TRANSFERRED: Final = Code("110104", "DICOM Instances Transferred")
STUDY_DELETED: Final = Code("110105", "DICOM Study Deleted")
EXPORT: Final = Code("110106", "Export")
IMPORT: Final = Code("110107", "Import")
NETWORK_ENTRY: Final = Code("110108", "Network Entry")
ORDER_RECORD: Final = Code("110109", "Order Record")
PATIENT_RECORD: Final = Code("110110", "Patient Record")
PROCEDURE_RECORD: Final = Code("110111", "Procedure Record")
QUERY: Final = Code("110112", "Query")
SECURITY_ALERT: Final = Code("110113", "Security Alert")
USER_AUTHENTICATION: Final = Code("110114", "User Authentication")

APPLICATION_START: Final = Code("110120", "Application Start")
APPLICATION_STOP: Final = Code("110121", "Application Stop")
LOGIN: Final = Code("110122", "Login")
LOGOUT: Final = Code("110123", "Logout")
ATTACH: Final = Code("110124", "Attach")
DETACH: Final = Code("110125", "Detach")
NODE_AUTHENTICATION: Final = Code("110126", "Node Authentication")
NETWORK_CONFIGURATION: Final = Code("110128", "Network Configuration")
SECURITY_CONFIGURATION: Final = Code("110129", "Security Configuration")
HARDWARE_CONFIGURATION: Final = Code("110130", "Hardware Configuration")
RESTRICTED_FUNCTION: Final = Code("110132", "Use of Restricted Function")
OBJECT_ATTRIBUTES: Final = Code("110135", "Object Security Attributes Changed")
ROLES_CHANGED: Final = Code("110136", "Security Roles Changed")
USER_ATTRIBUTES: Final = Code("110137", "User security Attributes Changed")


def _alert(kind: Code, group: Group, outcome: Outcome = "0") -> Meaning:
    return Meaning(SECURITY_ALERT, "E", group, (kind,), outcome)


_FAILED = Meaning(USER_AUTHENTICATION, "E", Group.ALERTS, (LOGIN,), "4")
_ACCESSED = Meaning(INSTANCES_ACCESSED, "R", Group.IMAGES)
_TRANSFERRED = Meaning(INSTANCES_TRANSFERRED, "C", Group.IMAGES)
_CASE = Meaning(PROCEDURE_RECORD, "U", Group.CASES)
_REPORT = Meaning(PROCEDURE_RECORD, "U", Group.REPORTS)
_TRAIL = Meaning(AUDIT_LOG_USED, "R", Group.AUDIT)
_SUSPECT = _alert(OBJECT_ATTRIBUTES, Group.ALERTS, "4")
_ACCOUNT = _alert(USER_ATTRIBUTES, Group.PEOPLE)

_EVENTS: Final = {
    "application.started": Meaning(APPLICATION_ACTIVITY, "E", Group.UPKEEP, (APPLICATION_START,)),
    "application.stopped": Meaning(APPLICATION_ACTIVITY, "E", Group.UPKEEP, (APPLICATION_STOP,)),
    "session.opened": Meaning(USER_AUTHENTICATION, "E", Group.SIGN_IN, (LOGIN,)),
    "session.ended": Meaning(USER_AUTHENTICATION, "E", Group.SIGN_IN, (LOGOUT,)),
    "sign-in.failed": _FAILED,
    "signature.failed": _alert(RESTRICTED_FUNCTION, Group.ALERTS, "4"),
    "signature.refused": _alert(RESTRICTED_FUNCTION, Group.ALERTS, "4"),
    "outcomes.manager-named": _alert(SECURITY_CONFIGURATION, Group.SITES),
    "clock.drifted": _alert(HARDWARE_CONFIGURATION, Group.ALERTS, "4"),
    "clock.unkept": _alert(HARDWARE_CONFIGURATION, Group.ALERTS, "4"),
    "password.locked": _alert(USER_ATTRIBUTES, Group.ALERTS, "4"),
    "access.refused": _alert(RESTRICTED_FUNCTION, Group.ALERTS, "4"),
    "association.rejected": _alert(NODE_AUTHENTICATION, Group.ALERTS, "4"),
    "frame.rejected": _SUSPECT,
    "instance.refused": _SUSPECT,
    "instance.quarantined": _SUSPECT,
    "seal.revoked": _alert(OBJECT_ATTRIBUTES, Group.ALERTS, "8"),
    "audit.broken": _alert(OBJECT_ATTRIBUTES, Group.ALERTS, "8"),
    "archive.queried": Meaning(QUERY, "E", Group.IMAGES),
    "worklist.read": Meaning(QUERY, "E", Group.CASES),
    "worklist.queried": Meaning(QUERY, "E", Group.CASES),
    "people.listed": Meaning(QUERY, "E", Group.PEOPLE),
    "study.accessed": _ACCESSED,
    "study.displayed": _ACCESSED,
    "study.announced": Meaning(BEGIN_TRANSFERRING, "E", Group.IMAGES),
    "study.at-hub": _TRANSFERRED,
    "study.forwarded": _TRANSFERRED,
    "study.deleted": Meaning(STUDY_DELETED, "D", Group.IMAGES),
    "instances.stored": _TRANSFERRED,
    "manifest.recorded": _TRANSFERRED,
    "media.imported": Meaning(IMPORT, "C", Group.IMAGES),
    "pseudonym.looked-up": Meaning(PATIENT_RECORD, "R", Group.IMAGES),
    "priors.found": Meaning(QUERY, "E", Group.IMAGES),
    "patient.read": Meaning(PATIENT_RECORD, "R", Group.REQUESTS),
    "case.appeared": replace(_CASE, action="C"),
    "case.canceled": replace(_CASE, action="D"),
    "roster.exported": Meaning(EXPORT, "R", Group.REPORTS),
    "roster.read": Meaning(QUERY, "E", Group.CASES),
    "report.opened": replace(_REPORT, action="C"),
    "report.read": replace(_REPORT, action="R"),
    "report.shown": replace(_REPORT, action="R"),
    "report.exported": Meaning(EXPORT, "R", Group.REPORTS),
    "report.delivered": Meaning(INSTANCES_TRANSFERRED, "R", Group.REPORTS),
    "report.place_changed": Meaning(INSTANCES_TRANSFERRED, "R", Group.REPORTS),
    "report.stored": Meaning(INSTANCES_TRANSFERRED, "R", Group.REPORTS),
    "report.committed": Meaning(INSTANCES_TRANSFERRED, "R", Group.REPORTS),
    "report.not_committed": Meaning(INSTANCES_TRANSFERRED, "R", Group.REPORTS),
    "gateway.enrolled": Meaning(NETWORK_ENTRY, "E", Group.SITES, (ATTACH,)),
    "gateway.revoked": Meaning(NETWORK_ENTRY, "E", Group.SITES, (DETACH,)),
}
_SUBJECTS: Final = {
    "session": Meaning(USER_AUTHENTICATION, "E", Group.SIGN_IN),
    "password": _ACCOUNT,
    "passkey": _ACCOUNT,
    "person": _ACCOUNT,
    "enrolment": _ACCOUNT,
    "token": _ACCOUNT,
    "profile": _ACCOUNT,
    "substitute": _ACCOUNT,
    "role": _alert(ROLES_CHANGED, Group.PEOPLE),
    "site": _alert(SECURITY_CONFIGURATION, Group.SITES),
    "contract": _alert(SECURITY_CONFIGURATION, Group.SITES),
    "clock": _alert(HARDWARE_CONFIGURATION, Group.UPKEEP),
    "centre": _alert(SECURITY_CONFIGURATION, Group.PEOPLE),
    "certification": _alert(SECURITY_CONFIGURATION, Group.SITES),
    "gateway": _alert(NETWORK_CONFIGURATION, Group.SITES),
    "line": _alert(NETWORK_CONFIGURATION, Group.UPKEEP),
    "display": _alert(HARDWARE_CONFIGURATION, Group.UPKEEP),
    "archive": _alert(RESTRICTED_FUNCTION, Group.UPKEEP),
    "quarantine": _alert(RESTRICTED_FUNCTION, Group.UPKEEP),
    "study": _ACCESSED,
    "instances": _TRANSFERRED,
    "instance": _TRANSFERRED,
    "prior": _TRANSFERRED,
    "priors": _TRANSFERRED,
    "media": Meaning(IMPORT, "C", Group.IMAGES),
    "case": _CASE,
    "worklist": _CASE,
    "roster": _CASE,
    "communication": _REPORT,
    "outcomes": Meaning(QUERY, "E", Group.REPORTS),
    "requests": Meaning(QUERY, "E", Group.REQUESTS),
    "messages": Meaning(PROCEDURE_RECORD, "R", Group.MESSAGES),
    "accounts": _ACCOUNT,
    "emergency": _alert(USER_ATTRIBUTES, Group.ALERTS, "4"),
    "mail-address": _ACCOUNT,
    "qualification": _ACCOUNT,
    "security": _alert(USER_ATTRIBUTES, Group.ALERTS, "4"),
    "result": Meaning(PROCEDURE_RECORD, "R", Group.REPORTS),
    "request": Meaning(ORDER_RECORD, "U", Group.REQUESTS),
    "step": Meaning(PROCEDURE_RECORD, "U", Group.IMAGES),
    "order": Meaning(ORDER_RECORD, "U", Group.REQUESTS),
    "attachment": Meaning(ORDER_RECORD, "U", Group.REQUESTS),
    "hl7": Meaning(ORDER_RECORD, "U", Group.REQUESTS),
    "fhir": Meaning(ORDER_RECORD, "U", Group.REQUESTS),
    "patient": Meaning(PATIENT_RECORD, "U", Group.REQUESTS),
    "message": Meaning(PROCEDURE_RECORD, "U", Group.MESSAGES),
    "thread": Meaning(PROCEDURE_RECORD, "U", Group.MESSAGES),
    "question": Meaning(PROCEDURE_RECORD, "U", Group.MESSAGES),
    "call": Meaning(PROCEDURE_RECORD, "U", Group.MESSAGES),
    "report": _REPORT,
    "seal": _alert(OBJECT_ATTRIBUTES, Group.UPKEEP),
    "finding": _REPORT,
    "form": _alert(SECURITY_CONFIGURATION, Group.REPORTS),
    "opinion": _REPORT,
    "outcome": _REPORT,
    "receipt": _REPORT,
    "delivery": Meaning(INSTANCES_TRANSFERRED, "R", Group.REPORTS),
    "signature": _REPORT,
    "audit": _TRAIL,
}
_UNKNOWN: Final = _alert(RESTRICTED_FUNCTION, Group.OTHER)


def meaning_of(event: str) -> Meaning:
    """What an entry's name means; one that nobody foresaw is the use of a function, in the group of the others."""
    known = _EVENTS.get(event)
    return _SUBJECTS.get(event.partition(".")[0], _UNKNOWN) if known is None else known
