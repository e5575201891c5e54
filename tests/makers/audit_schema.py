"""What the audit schema of PS3.15 A.5.1 says of a message, as RELAX NG that lxml can judge by."""

from lxml import etree

_NAMESPACE = "http://relaxng.org/ns/structure/1.0"
_TYPES = "http://www.w3.org/2001/XMLSchema-datatypes"


def _attribute(name: str, kind: str = "token") -> str:
    return f'<attribute name="{name}"><data type="{kind}"/></attribute>'


def _one_of(name: str, values: list[str]) -> str:
    return f'<attribute name="{name}"><choice>{"".join(f"<value>{one}</value>" for one in values)}</choice></attribute>'


def _numbers(last: int) -> list[str]:
    return [str(number) for number in range(1, last + 1)]


def _element(name: str, *content: str) -> str:
    return f'<element name="{name}">{"".join(content) or "<empty/>"}</element>'


def _optional(*content: str) -> str:
    return f"<optional>{''.join(content)}</optional>"


def _any_number(*content: str) -> str:
    return f"<zeroOrMore>{''.join(content)}</zeroOrMore>"


_OTHER_CSD = _attribute("codeSystemName") + _optional(_attribute("displayName")) + _attribute("originalText")
_CODED = _attribute("csd-code") + _OTHER_CSD
_EVENT = _element(
    "EventIdentification",
    _element("EventID", _CODED),
    _any_number(_element("EventTypeCode", _CODED)),
    _optional(_one_of("EventActionCode", list("CRUDE"))),
    _attribute("EventDateTime", "dateTime"),
    _one_of("EventOutcomeIndicator", ["0", "4", "8", "12"]),
    _optional(_element("EventOutcomeDescription", "<text/>")),
)
_PARTICIPANT = _element(
    "ActiveParticipant",
    _any_number(_element("RoleIDCode", _CODED)),
    _optional(_element("MediaIdentifier", _element("MediaType", _CODED))),
    _attribute("UserID", "string"),
    _optional(_attribute("AlternativeUserID", "string")),
    _optional(_attribute("UserName", "string")),
    _attribute("UserIsRequestor", "boolean"),
    _optional(_attribute("NetworkAccessPointID")),
    _optional(_one_of("NetworkAccessPointTypeCode", _numbers(5))),
)
_SOURCE = _element(
    "AuditSourceIdentification",
    _optional(_attribute("AuditEnterpriseSiteID")),
    _attribute("AuditSourceID"),
    _any_number(_element("AuditSourceTypeCode", _attribute("csd-code"), _optional(_OTHER_CSD))),
)
_DETAIL = _element("ParticipantObjectDetail", _attribute("type"), _attribute("value", "base64Binary"))
_OBJECT = _element(
    "ParticipantObjectIdentification",
    _element("ParticipantObjectIDTypeCode", _CODED),
    "<choice>",
    _element("ParticipantObjectName", '<data type="token"/>'),
    _element("ParticipantObjectQuery", '<data type="base64Binary"/>'),
    "</choice>",
    _any_number(_DETAIL),
    _attribute("ParticipantObjectID"),
    _optional(_one_of("ParticipantObjectTypeCode", _numbers(4))),
    _optional(_one_of("ParticipantObjectTypeCodeRole", _numbers(26))),
    _optional(_one_of("ParticipantObjectDataLifeCycle", _numbers(15))),
    _optional(_attribute("ParticipantObjectSensitivity")),
)
_MESSAGE = _element(
    "AuditMessage",
    f"<group>{_EVENT}<oneOrMore>{_PARTICIPANT}</oneOrMore>{_SOURCE}{_any_number(_OBJECT)}</group>",
)
_GRAMMAR = f'<grammar xmlns="{_NAMESPACE}" datatypeLibrary="{_TYPES}"><start>{_MESSAGE}</start></grammar>'
SCHEMA = etree.RelaxNG(etree.fromstring(_GRAMMAR))


def faults(xml: bytes) -> list[str]:
    """Why a message is not valid; nothing where it is."""
    if SCHEMA.validate(etree.fromstring(xml)):
        return []
    return [str(error) for error in SCHEMA.error_log]
