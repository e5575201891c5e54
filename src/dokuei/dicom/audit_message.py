"""A DICOM audit message as XML, valid against the schema of PS3.15 A.5.1 (LOG-06)."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from dokuei.dicom.audit_events import Code, Meaning

PATIENT_NUMBER: Final = Code("2", "Patient Number", "RFC-3881")
SEARCH_CRITERIA: Final = Code("10", "Search Criteria", "RFC-3881")
USER_IDENTIFIER: Final = Code("11", "User Identifier", "RFC-3881")
URI: Final = Code("12", "URI", "RFC-3881")
STUDY_INSTANCE_UID: Final = Code("110180", "Study Instance UID")
SOP_CLASS_UID: Final = Code("110181", "SOP Class UID")
NODE_ID: Final = Code("110182", "Node ID")

APPLICATION: Final = Code("110150", "Application")
DESTINATION: Final = Code("110152", "Destination Role ID")
SOURCE: Final = Code("110153", "Source Role ID")
DESTINATION_MEDIA: Final = Code("110154", "Destination Media")
SOURCE_MEDIA: Final = Code("110155", "Source Media")
MEDIA_URI: Final = Code("110037", "URI")

PERSON, SYSTEM_OBJECT = "1", "2"
ROLE_PATIENT, ROLE_REPORT, ROLE_USER, ROLE_RESOURCE, ROLE_QUERY = "1", "3", "6", "13", "24"

_APPLICATION_SERVER = "4"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Participant:
    """Who took part: a person, a program or a machine (``address``: an IP address, where it is known)."""

    user_id: str
    name: str = ""
    is_requestor: bool = False
    roles: tuple[Code, ...] = ()
    address: str = ""
    media: Code | None = None


@dataclass(frozen=True)
class Thing:
    """What it was about; either a name or, for a search, what was asked for."""

    object_id: str
    id_type: Code
    type_code: str
    role: str
    name: str = ""
    query: bytes | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditMessage:
    """One event, who took part, who reports it, and what it was about."""

    meaning: Meaning
    at: datetime
    participants: tuple[Participant, ...]
    source_id: str
    site_id: str = ""
    things: tuple[Thing, ...] = ()
    outcome_description: str = ""

    def xml(self) -> bytes:
        """UTF-8 without a declaration, as it stands in a syslog message (PS3.15 A.6)."""
        root = Element("AuditMessage")
        self._event(SubElement(root, "EventIdentification"))
        for participant in self.participants:
            _participant(SubElement(root, "ActiveParticipant"), participant)
        source = SubElement(root, "AuditSourceIdentification")
        _set(source, AuditEnterpriseSiteID=self.site_id)
        source.set("AuditSourceID", _clean(self.source_id))
        SubElement(source, "AuditSourceTypeCode").set("csd-code", _APPLICATION_SERVER)
        for thing in self.things:
            _thing(SubElement(root, "ParticipantObjectIdentification"), thing)
        written: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
        return written

    def line(self) -> bytes:
        """The same on one line: line breaks inside texts as character references."""
        return self.xml().replace(b"\r", b"&#13;").replace(b"\n", b"&#10;")

    def _event(self, element: Element) -> None:
        _set(
            element,
            EventActionCode=self.meaning.action,
            EventDateTime=self.at.isoformat(timespec="milliseconds"),
            EventOutcomeIndicator=self.meaning.outcome,
        )
        _code(SubElement(element, "EventID"), self.meaning.event)
        for kind in self.meaning.types:
            _code(SubElement(element, "EventTypeCode"), kind)
        if self.outcome_description:
            SubElement(element, "EventOutcomeDescription").text = _clean(self.outcome_description)


def _participant(element: Element, one: Participant) -> None:
    element.set("UserID", _clean(one.user_id))
    _set(element, UserName=one.name)
    element.set("UserIsRequestor", "true" if one.is_requestor else "false")
    _set(element, NetworkAccessPointID=one.address, NetworkAccessPointTypeCode="2" if one.address else "")
    for role in one.roles:
        _code(SubElement(element, "RoleIDCode"), role)
    if one.media is not None:
        _code(SubElement(SubElement(element, "MediaIdentifier"), "MediaType"), one.media)


def _thing(element: Element, one: Thing) -> None:
    element.set("ParticipantObjectID", _clean(one.object_id))
    element.set("ParticipantObjectTypeCode", one.type_code)
    element.set("ParticipantObjectTypeCodeRole", one.role)
    _code(SubElement(element, "ParticipantObjectIDTypeCode"), one.id_type)
    if one.query is None:
        SubElement(element, "ParticipantObjectName").text = _clean(one.name or one.object_id)
    else:
        SubElement(element, "ParticipantObjectQuery").text = base64.b64encode(one.query).decode()
    for name, value in one.details.items():
        detail = SubElement(element, "ParticipantObjectDetail")
        detail.set("type", _clean(name))
        detail.set("value", base64.b64encode(value.encode()).decode())


def _code(element: Element, code: Code) -> None:
    element.set("csd-code", code.value)
    element.set("codeSystemName", code.system)
    element.set("originalText", code.meaning)


def _set(element: Element, **attributes: str) -> None:
    for name, value in attributes.items():
        if value:
            element.set(name, _clean(value))


def _clean(text: str) -> str:
    """What XML 1.0 cannot hold is shown by its replacement character, not dropped."""
    return _NOT_IN_XML.sub("\ufffd", text)
