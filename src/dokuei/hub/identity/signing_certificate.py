"""A physician's own certificate, as their card holds it: whose it is, what it vouches for, and until when (REC-17)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509

from dokuei.dicom.folded import IS_LATIN, folded
from dokuei.errors import ConflictError, RequestError
from dokuei.hub.identity.healthcare_roles import MEDICAL_DOCTOR, healthcare_roles
from dokuei.hub.identity.qualification import Lack

LARGEST_CERTIFICATE: Final = 16_384
_PHASE: Final = "recording a certificate"


class Misfit(StrEnum):
    """Why a certificate signs no report, whoever holds it."""

    NO_PHYSICIAN = "no_physician"
    WRONG_USE = "wrong_use"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


MISFIT_WORDS: Final = {
    Misfit.NO_PHYSICIAN: "証明書の資格が医師ではありません / the certificate is no physician's",
    Misfit.WRONG_USE: "署名用の証明書ではありません / the certificate is not for signing (nonRepudiation)",
    Misfit.NOT_YET: "証明書はまだ有効ではありません / the certificate is not valid yet",
    Misfit.EXPIRED: "証明書の有効期限が切れています / the certificate has expired",
}


@dataclass(frozen=True)
class SigningCertificate:
    """What a certificate says of its holder; ``licence_number`` is empty where it carries none."""

    der: bytes
    name: str
    issuer: str
    licence_number: str
    roles: tuple[str, ...]
    may_commit: bool
    valid_from: datetime
    valid_until: datetime

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 of the whole certificate."""
        return hashlib.sha256(self.der).hexdigest()

    def misfit(self, *, at: datetime) -> Misfit | None:
        """Why no report is signed with it at that moment."""
        if MEDICAL_DOCTOR not in self.roles:
            return Misfit.NO_PHYSICIAN
        if not self.may_commit:
            return Misfit.WRONG_USE
        if at < self.valid_from:
            return Misfit.NOT_YET
        return Misfit.EXPIRED if at > self.valid_until else None

    def names(self, display_name: str) -> bool:
        """Whether it bears this very name; kanji and Latin letters say nothing about one another."""
        ours, theirs = folded(display_name).split(), folded(self.name).split()
        if IS_LATIN.match("".join(theirs)):
            return sorted(ours) == sorted(theirs)
        return "".join(ours) == "".join(theirs)

    def lacks(self, *, at: datetime) -> tuple[Lack, ...]:
        """What stands between its holder and a signature that needs it."""
        return (Lack.CERTIFICATE_LAPSED,) if at > self.valid_until else ()


def certificate_of(der: bytes) -> SigningCertificate:
    """A certificate as it is kept.

    Raises:
        RequestError: this is none.
    """
    try:
        return _read(asn1_x509.Certificate.load(der, strict=True), der)
    except (ValueError, TypeError, KeyError) as error:
        raise RequestError("this is no certificate", phase=_PHASE, remedy="give it as PEM or DER") from error


def given_certificate(pem: str) -> SigningCertificate:
    """The one certificate of a PEM text.

    Raises:
        RequestError: there is none, or more than one.
    """
    try:
        found = [der for kind, _, der in asn1_pem.unarmor(pem.encode(), multiple=True) if kind == "CERTIFICATE"]
    except ValueError:
        found = []
    if len(found) != 1:
        raise RequestError("this is not one certificate in PEM", phase=_PHASE, remedy="give the physician's own alone")
    return certificate_of(found[0])


def demand_fits(
    certificate: SigningCertificate, *, at: datetime, display_name: str, licence_number: str, compared: bool
) -> None:
    """Refuse a certificate that could never sign for this person.

    Raises:
        RequestError: no physician's, not for signing, out of its time, or with another licence number.
        ConflictError: it bears another name, and nobody says that it was compared.
    """
    misfit = certificate.misfit(at=at)
    if misfit is not None:
        raise RequestError(MISFIT_WORDS[misfit], phase=_PHASE)
    if certificate.licence_number and certificate.licence_number != licence_number:
        raise RequestError(
            "証明書の医籍登録番号が登録と異なります / the certificate bears another licence number",
            phase=_PHASE,
            remedy="record the licence number first, or take this person's certificate",
        )
    if not compared and not certificate.names(display_name):
        raise ConflictError(
            f"証明書の氏名は {certificate.name} です / the certificate bears the name {certificate.name}",
            phase=_PHASE,
            remedy="compare it with the physician's papers and say so",
        )


def _read(certificate: asn1_x509.Certificate, der: bytes) -> SigningCertificate:
    usage = certificate.key_usage_value
    subject = certificate.subject.native
    validity = certificate["tbs_certificate"]["validity"]
    return SigningCertificate(
        der=der,
        name=_text(subject.get("common_name")),
        issuer=_issuer(certificate.issuer.native),
        licence_number=_text(subject.get("serial_number")),
        roles=healthcare_roles(certificate),
        may_commit=usage is not None and "non_repudiation" in usage.native,
        valid_from=validity["not_before"].native,
        valid_until=validity["not_after"].native,
    )


def _issuer(names: Mapping[str, object]) -> str:
    """The authority as people call it: its organisation and its own name."""
    told = [_text(names.get(part)) for part in ("organization_name", "organizational_unit_name", "common_name")]
    return " ".join(one for one in told if one)[:200]


def _text(value: object) -> str:
    """A subject may name an attribute twice; the first one counts."""
    first = value[0] if isinstance(value, list) and value else value
    return first[:200] if isinstance(first, str) else ""
