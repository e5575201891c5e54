"""The licence that a certificate itself vouches for: hcRole in Subject Directory Attributes (HPKI; ISO 17090-2)."""

from typing import Any, ClassVar, Final

from asn1crypto import core
from asn1crypto import x509 as asn1_x509

MEDICAL_DOCTOR: Final = "Medical Doctor"
_SUBJECT_DIRECTORY_ATTRIBUTES: Final = "2.5.29.9"
_HC_ROLE: Final = "1.0.17090.0.1"
_MOST: Final = 10


class _CodedData(core.Set):  # type: ignore[misc] # asn1crypto is untyped
    _fields: ClassVar = [
        ("scheme", core.ObjectIdentifier, {"explicit": 0, "optional": True}),
        ("value", core.NumericString, {"explicit": 1, "optional": True}),
        ("free_text", asn1_x509.DirectoryString, {"explicit": 2, "optional": True}),
    ]


class _HcActor(core.Sequence):  # type: ignore[misc] # as above
    _fields: ClassVar = [
        ("coded", _CodedData, {"explicit": 0, "optional": True}),
        ("regional", core.Any, {"explicit": 1, "optional": True}),
    ]


class _HcActors(core.SetOf):  # type: ignore[misc] # as above
    _child_spec = _HcActor


class _Values(core.SetOf):  # type: ignore[misc] # as above
    _child_spec = _HcActors


class _Attribute(core.Sequence):  # type: ignore[misc] # as above
    _fields: ClassVar = [("type", core.ObjectIdentifier), ("values", core.Any)]


class _Attributes(core.SequenceOf):  # type: ignore[misc] # as above
    _child_spec = _Attribute


def healthcare_roles(certificate: asn1_x509.Certificate) -> tuple[str, ...]:
    """What the certificate says its holder is ("Medical Doctor", "Pharmacist" …); empty for an ordinary one."""
    for extension in certificate["tbs_certificate"]["extensions"] or ():
        if extension["extn_id"].dotted == _SUBJECT_DIRECTORY_ATTRIBUTES:
            try:
                return tuple(_roles(bytes(extension["extn_value"].contents)))
            except (ValueError, TypeError, KeyError):
                return ()
    return ()


def _roles(der: bytes) -> list[str]:
    found: list[str] = []
    for attribute in _Attributes.load(der, strict=True):
        if attribute["type"].dotted != _HC_ROLE:
            continue
        values: Any = _Values.load(attribute["values"].dump(), strict=True)
        for actors in values:
            for actor in actors:
                coded = actor["coded"]
                said = coded["free_text"].native or coded["value"].native
                if said:
                    found.append(str(said)[:64])
    return found[:_MOST]
