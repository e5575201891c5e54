"""Every error this software raises on purpose.

    DokueiError                     phase, what, remedy; one HTTP problem, one DIMSE status
    ├── ConfigurationError          settings that cannot be worked with
    ├── AdmissionError              an object that is refused at the door
    │   ├── NotDicomError           bytes that are no DICOM object
    │   ├── TruncatedError          fewer bytes than the object says it has
    │   ├── TooLargeError           sizes or nesting beyond what is taken
    │   ├── IdentityError           UIDs or patient identity missing or ill-formed
    │   └── UnsupportedError        a transfer syntax or object that is not taken
    ├── ConflictError               other content under a name that is taken
    │   ├── OtherContentError       other bytes under a known SOP Instance UID
    │   └── StaleError              a change to something that has changed meanwhile
    ├── ProofError                  pixels that are not what their digest says
    ├── StorageError                the store could not keep what it was given
    │   └── DiskFullError           no room left
    ├── AccessError
    │   ├── NotSignedInError        nobody is known behind the request
    │   │   └── ClockError          a good signature of another time
    │   ├── TooOftenError           more attempts from one address than anybody needs
    │   ├── EnrolmentError          a one-time code that lets nobody in
    │   ├── ForbiddenError          somebody is, and may not
    │   │   └── OutsideContractError  what no contract with the hospital covers
    │   └── NotFoundError           nothing here, or nothing this person may know of
    ├── RequestError                a request that cannot be understood
    │   ├── NotAcceptableError      no representation that the client takes
    │   ├── Hl7Error                an HL7 message that is not taken
    │   └── FhirError               a FHIR resource that is not taken
    │       └── FhirBodyError       a body that is no FHIR R4
    ├── TransferError               gateway and hub could not talk
    │   ├── UnreachableError        no way to the other side now
    │   ├── PeerRefusedError        the other side said no
    │   └── ProtocolVersionError    versions that do not fit
    └── SignatureError              a signature or seal that does not hold

Each carries the phase in which it happened, what was wrong, and what to do now; the outer doors map it once
to a DIMSE status (PS3.4 B.2.3, PS3.7 C) and once to an HTTP problem (RFC 9457).
"""

from typing import ClassVar

from typing_extensions import override


class DokueiError(Exception):
    """The root: an error that says where, what and what now, in words that hold no patient data."""

    http_status: ClassVar[int] = 500
    dimse_status: ClassVar[int] = 0x0110
    code: ClassVar[str] = "internal"

    def __init__(self, what: str, *, phase: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.phase = phase
        self.remedy = remedy

    def __str__(self) -> str:
        head = f"{self.phase}: {self.what}" if self.phase else self.what
        return f"{head} ({self.remedy})" if self.remedy else head

    def problem(self) -> dict[str, str | int]:
        """The RFC 9457 body for this error."""
        body: dict[str, str | int] = {
            "type": f"urn:dokuei:problem:{self.code}",
            "title": self.code.replace("-", " "),
            "status": self.http_status,
            "detail": self.what,
        }
        if self.phase:
            body["phase"] = self.phase
        if self.remedy:
            body["remedy"] = self.remedy
        return body


class ConfigurationError(DokueiError):
    """Settings that cannot be worked with."""

    code = "configuration"


class AdmissionError(DokueiError):
    """An object that is refused at the door."""

    http_status = 400
    dimse_status = 0xC000
    code = "refused-object"


class NotDicomError(AdmissionError):
    """Bytes that are no DICOM object."""

    code = "not-dicom"


class TruncatedError(AdmissionError):
    """Fewer bytes than the object says it has."""

    dimse_status = 0xC001
    code = "truncated"


class TooLargeError(AdmissionError):
    """Sizes or nesting beyond what is taken."""

    http_status = 413
    dimse_status = 0xC002
    code = "too-large"


class IdentityError(AdmissionError):
    """UIDs or patient identity missing or ill-formed."""

    dimse_status = 0xA900
    code = "identity"


class UnsupportedError(AdmissionError):
    """A transfer syntax or object that is not taken."""

    http_status = 415
    dimse_status = 0x0122
    code = "unsupported"


class ConflictError(DokueiError):
    """Other content under a name that is taken."""

    http_status = 409
    dimse_status = 0xC010
    code = "conflict"


class OtherContentError(ConflictError):
    """Other bytes under a known SOP Instance UID; they are kept in quarantine."""

    code = "other-content"


class StaleError(ConflictError):
    """A change to something that has changed meanwhile (RFC 9110 13.1.1): nothing is written over."""

    http_status = 412
    code = "stale"


class ProofError(DokueiError):
    """Pixels that are not what their digest says."""

    http_status = 422
    dimse_status = 0xC020
    code = "unproved"


class StorageError(DokueiError):
    """The store could not keep what it was given."""

    http_status = 503
    dimse_status = 0xA700
    code = "storage"


class DiskFullError(StorageError):
    """No room left: the sender keeps the object and tries again later."""

    http_status = 507
    code = "disk-full"


class AccessError(DokueiError):
    """The request is not for this person."""

    http_status = 403
    dimse_status = 0x0124
    code = "access"


class NotSignedInError(AccessError):
    """Nobody is known behind the request."""

    http_status = 401
    code = "not-signed-in"


class ClockError(NotSignedInError):
    """A good signature of another time: the sender sets itself by the answer's Date and tries again."""

    code = "clock"


class TooOftenError(AccessError):
    """More attempts from one address than anybody needs (RFC 6585 4)."""

    http_status = 429
    code = "too-often"


class EnrolmentError(AccessError):
    """A one-time code that lets nobody in: unknown, used or expired."""

    code = "enrolment"


class ForbiddenError(AccessError):
    """Somebody is known, and may not."""

    code = "forbidden"


class OutsideContractError(ForbiddenError):
    """What no contract with the hospital covers (JRS-03), with the reason in both languages."""

    code = "outside-contract"

    def __init__(self, ja: str, en: str = "", *, phase: str = "checking the contract", remedy: str = "") -> None:
        super().__init__(f"{ja} / {en}" if en else ja, phase=phase, remedy=remedy)
        self.ja = ja
        self.en = en or ja

    @override
    def problem(self) -> dict[str, str | int]:
        """The same with each language by itself, for pages."""
        return {**super().problem(), "detail_ja": self.ja, "detail_en": self.en}


class NotFoundError(AccessError):
    """Nothing here, or nothing this person may know of."""

    http_status = 404
    code = "not-found"


class RequestError(DokueiError):
    """A request that cannot be understood."""

    http_status = 400
    code = "bad-request"


class NotAcceptableError(RequestError):
    """No representation that the client takes."""

    http_status = 406
    code = "not-acceptable"


class Hl7Error(RequestError):
    """An HL7 message that is not taken: ``location`` names the segment or field, ``condition`` is of table 0357."""

    code = "hl7"

    def __init__(
        self,
        what: str,
        *,
        phase: str = "reading an HL7 message",
        remedy: str = "",
        location: str = "",
        condition: int = 207,
    ) -> None:
        super().__init__(what, phase=phase, remedy=remedy)
        self.location = location
        self.condition = condition


class FhirError(RequestError):
    """A FHIR body that is not taken: each issue is a code of the value set issue-type, words, and the element."""

    http_status = 422
    code = "fhir"

    def __init__(self, *issues: tuple[str, str, str]) -> None:
        self.issues = issues
        super().__init__("; ".join(f"{where}: {text}" if where else text for _, text, where in issues), phase="FHIR")


class FhirBodyError(FhirError):
    """A body that is no FHIR R4."""

    http_status = 400
    code = "fhir-body"


class TransferError(DokueiError):
    """Gateway and hub could not talk."""

    http_status = 502
    code = "transfer"


class UnreachableError(TransferError):
    """No way to the other side now."""

    http_status = 503
    code = "unreachable"


class PeerRefusedError(TransferError):
    """The other side said no."""

    code = "peer-refused"


class ProtocolVersionError(TransferError):
    """Versions of gateway and hub that do not fit."""

    http_status = 426
    code = "protocol-version"


class SignatureError(DokueiError):
    """A signature or seal that does not hold."""

    http_status = 422
    code = "signature"
