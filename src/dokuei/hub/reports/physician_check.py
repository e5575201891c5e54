"""Whether what a card signed is this physician's signature over exactly this document (REC-17).

The chain is built to the authorities that are set (RFC 5280 6), the licence read from the certificate itself.
"""

import asyncio
import io
from datetime import datetime
from pathlib import Path
from typing import Final

from asn1crypto import cms as asn1_cms
from asn1crypto import pem as asn1_pem
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule

from dokuei.errors import ConfigurationError, RequestError
from dokuei.hub.identity.signing_certificate import SigningCertificate, certificate_of
from dokuei.hub.reports.authorities import Authorities
from dokuei.hub.reports.awaited import Accepted, CardRefusedError, Prepared, Refusal
from dokuei.hub.reports.pades_verify import certificates
from dokuei.hub.reports.physician_pdf import filled, room_of

_UNREADABLE: Final = (SignatureValidationError, ValueError, KeyError, IndexError, TypeError, AttributeError)
_WITH_LISTS: Final = CertRevTrustPolicy(
    RevocationCheckingPolicy(RevocationCheckingRule.CRL_REQUIRED, RevocationCheckingRule.CRL_REQUIRED)
)
_WITHOUT: Final = CertRevTrustPolicy(
    RevocationCheckingPolicy(RevocationCheckingRule.NO_CHECK, RevocationCheckingRule.NO_CHECK)
)
_REVOCATION: Final = frozenset(
    {
        AdESIndeterminate.REVOKED_NO_POE,
        AdESIndeterminate.REVOKED_CA_NO_POE,
        AdESIndeterminate.TRY_LATER,
        AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE,
        AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE,
    }
)


def judge(
    prepared: Prepared,
    cms: bytes,
    *,
    authorities: Authorities,
    at: datetime,
    expected: SigningCertificate | None,
    expected_licence: str,
) -> Accepted:
    """Take a card's signature, or say why not.

    Raises:
        CardRefusedError: with the first reason that was found.
        ConfigurationError: the authorities are not set as they should be.
    """
    _demand_plain(prepared, cms)
    pdf = filled(prepared, cms)
    context = _context(authorities, at)
    try:
        status = asyncio.run(_status(pdf, context))
        certificate = certificate_of(status.signing_cert.dump())
    except (*_UNREADABLE, RequestError) as error:
        raise CardRefusedError(Refusal.UNREADABLE) from error
    refusal = _refusal(status, certificate, at, expected, expected_licence)
    if refusal is not None:
        raise CardRefusedError(refusal)
    return Accepted(pdf, certificate)


def _context(authorities: Authorities, moment: datetime) -> ValidationContext:
    if authorities.trusted is None:
        raise ConfigurationError(
            "no authority for physicians' certificates is set", phase="signing", remedy="set hpki.authorities"
        )
    try:
        return ValidationContext(
            trust_roots=list(certificates(authorities.trusted)),
            crls=[] if authorities.revoked is None else _lists(authorities.revoked),
            revinfo_policy=_WITHOUT if authorities.revoked is None else _WITH_LISTS,
            moment=moment,
            allow_fetching=False,
        )
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "the files of physicians' authorities cannot be read", phase="signing", remedy="correct [hpki]"
        ) from error


def _demand_plain(prepared: Prepared, cms: bytes) -> None:
    """One signer, nothing beside the signature, and over this document's digest."""
    if not 0 < len(cms) <= room_of(prepared):
        raise CardRefusedError(Refusal.UNREADABLE)
    try:
        content = asn1_cms.ContentInfo.load(cms, strict=True)
        signed = content["content"]
        (signer,) = signed["signer_infos"]
        attributes = {one["type"].native: one["values"].native for one in signer["signed_attrs"]}
        plain = (
            content["content_type"].native == "signed_data"
            and signed["encap_content_info"]["content"].native is None
            and signer["digest_algorithm"]["algorithm"].native == "sha256"
            and not signer["unsigned_attrs"]
        )
        said = attributes["message_digest"]
    except _UNREADABLE as error:
        raise CardRefusedError(Refusal.UNREADABLE) from error
    if not plain:
        raise CardRefusedError(Refusal.UNREADABLE)
    if said != [prepared.digest]:
        raise CardRefusedError(Refusal.OTHER_DOCUMENT)


async def _status(pdf: bytes, context: ValidationContext) -> PdfSignatureStatus:
    (signature,) = PdfFileReader(io.BytesIO(pdf), strict=True).embedded_regular_signatures
    return await async_validate_pdf_signature(
        signature,
        signer_validation_context=context,
        key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
    )


def _refusal(
    status: PdfSignatureStatus,
    certificate: SigningCertificate,
    at: datetime,
    expected: SigningCertificate | None,
    expected_licence: str,
) -> Refusal | None:
    misfit = certificate.misfit(at=at)
    if not (status.intact and status.valid):
        return Refusal.BROKEN
    if misfit is not None:
        return Refusal(misfit.value)
    if not status.trusted:
        return Refusal.REVOKED if status.trust_problem_indic in _REVOCATION else Refusal.FOREIGN
    if expected is None or certificate.fingerprint != expected.fingerprint:
        return Refusal.OTHER_PERSON
    if certificate.licence_number and certificate.licence_number != expected_licence:
        return Refusal.OTHER_LICENCE
    return None if status.bottom_line else Refusal.BROKEN


def _lists(file: Path) -> list[bytes]:
    return [der for _, _, der in asn1_pem.unarmor(file.read_bytes(), multiple=True)]
