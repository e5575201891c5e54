"""What a sealed PDF is worth, offline: the seal, its time stamps, and everything that was added behind them.

A seal outlives its certificates by document time stamps (PAdES B-LTA): it is judged as of the first of them, and each
of them as of the next one (ETSI EN 319 142-1 5.5).
"""

import asyncio
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from dokuei.clock import now
from dokuei.hub.identity.healthcare_roles import healthcare_roles
from dokuei.hub.reports import certified
from dokuei.hub.reports.revocation import Certificates, Kept, found, kept_in
from dokuei.hub.reports.seal_model import ArchiveStamp, PhysicianVerdict, SealVerdict, Standing

FIELD = "DokueiSeal"
PHYSICIAN = "DokueiPhysician"
_UNREADABLE = (PdfError, SignatureValidationError, ValueError, KeyError, IndexError, TypeError, AttributeError)
_LONG_FORM = 0x80


def verify_seal(
    pdf: bytes, *, trusted: Certificates, trusted_stampers: Certificates = (), physicians: Certificates = ()
) -> SealVerdict:
    """Judge a sealed document, offline, on ``bottom_line`` and on what was changed after sealing.

    ``physicians`` are whose certificates vouch for a physician's own signature, where one stands before the seal.
    """
    try:
        return asyncio.run(_verify(pdf, trusted, trusted_stampers, physicians))
    except _UNREADABLE as error:
        return _no_seal(str(error)[:200])


def certificates(file: Path) -> Certificates:
    """The certificates of a PEM file: what seals are checked against."""
    return tuple(asn1_x509.Certificate.load(der) for _, _, der in asn1_pem.unarmor(file.read_bytes(), multiple=True))


async def _verify(pdf: bytes, trusted: Certificates, stampers: Certificates, physicians: Certificates) -> SealVerdict:
    read = PdfFileReader(io.BytesIO(pdf), strict=True)
    seals, stamps = read.embedded_regular_signatures, read.embedded_timestamp_signatures
    names = [one.field_name for one in seals]
    if names not in ([FIELD], [PHYSICIAN, FIELD]) or len(read.embedded_signatures) != len(seals) + len(stamps):
        return _no_seal("not one seal of ours")
    seal = seals[-1]
    proven = await _stamps(stamps, stampers)
    status = await _seal(seal, trusted, stampers, next((one.at for one in proven if one.good), None))
    own = await _physician(seals[0], physicians, _proven_at(status, proven)) if len(seals) > 1 else None
    level = status.modification_level or ModificationLevel.OTHER
    last = read.embedded_signatures[-1]
    if last.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
        level = ModificationLevel.OTHER  # bytes behind the last revision that are no update of it
    tidy = all(_is_tidy(one) for one in read.embedded_signatures)
    token = status.timestamp_validity
    kept = kept_in(read)
    standings = await _standings(seal, stamps, kept, trusted, stampers)
    return SealVerdict(
        good=bool(status.bottom_line)
        and level <= ModificationLevel.LTA_UPDATES
        and tidy
        and (own is None or own.intact)
        and all(one.good for one in proven)
        and not any(one.state == "revoked" for one in standings),
        intact=bool(status.intact and status.valid and tidy),
        trusted=bool(status.trusted),
        modification_level=level.name,
        signer=status.signing_cert.subject.human_friendly,
        stamped_at=None if token is None else token.timestamp,
        stamp_good=token is not None and bool(token.intact and token.valid and token.trusted),
        archive_stamps=proven,
        ends_at=_ends(seal, stamps, status),
        sealed_bytes=_sealed_bytes(seal),
        roles=healthcare_roles(status.signing_cert),
        standings=standings,
        has_data=bool(kept.certificates),
        physician=own,
    )


def _proven_at(status: PdfSignatureStatus, proven: Sequence[ArchiveStamp]) -> datetime | None:
    """As of when the physician's certificate is judged: the first moment that a good stamp proves, else now."""
    token = status.timestamp_validity
    if token is not None and token.intact and token.valid and token.trusted:
        moment: datetime = token.timestamp
        return moment
    return next((one.at for one in proven if one.good), None)


async def _physician(own: EmbeddedPdfSignature, authorities: Certificates, moment: datetime | None) -> PhysicianVerdict:
    """A physician's own signature, behind which nothing but the hub's seal and its stamps may have come."""
    status = await async_validate_pdf_signature(own, signer_validation_context=_context(authorities, moment))
    level = status.modification_level or ModificationLevel.OTHER
    return PhysicianVerdict(
        intact=bool(status.intact and status.valid and status.docmdp_ok) and level <= ModificationLevel.FORM_FILLING,
        trusted=bool(status.trusted) if authorities else None,
        name=status.signing_cert.subject.human_friendly,
        roles=healthcare_roles(status.signing_cert),
    )


async def _standings(
    seal: EmbeddedPdfSignature,
    stamps: Sequence[EmbeddedPdfSignature],
    kept: Kept,
    trusted: Certificates,
    stampers: Certificates,
) -> tuple[Standing, ...]:
    """What the file itself shows of each certificate; of the last time stamp's nothing, since none came after it."""
    parts = certified.parts_of(seal, stamps, trusted=trusted, stampers=stampers, at=now())
    judged = parts[:-1] if stamps else parts
    return tuple([(await found(one.subject, kept)).standing for one in judged])


async def _stamps(stamps: Sequence[EmbeddedPdfSignature], stampers: Certificates) -> tuple[ArchiveStamp, ...]:
    """Each document time stamp, the first one first; each is judged as of the one after it, the last as of now."""
    found: list[ArchiveStamp] = []
    moment: datetime | None = None
    for stamp in reversed(stamps):
        status = await async_validate_pdf_timestamp(stamp, validation_context=_context(stampers, moment))
        level = status.modification_level or ModificationLevel.OTHER
        good = bool(status.intact and status.valid and status.trusted) and level <= ModificationLevel.LTA_UPDATES
        found.append(ArchiveStamp(status.timestamp, good=good))
        moment = status.timestamp if good else moment
    return tuple(reversed(found))


async def _seal(
    seal: EmbeddedPdfSignature, trusted: Certificates, stampers: Certificates, stamped: datetime | None
) -> PdfSignatureStatus:
    status = await _status(seal, trusted, stampers, signer_at=stamped, stamper_at=stamped)
    token = status.timestamp_validity
    if token is not None and token.intact and token.valid and token.trusted:
        return await _status(seal, trusted, stampers, signer_at=token.timestamp, stamper_at=stamped)
    return status


async def _status(
    seal: EmbeddedPdfSignature,
    trusted: Certificates,
    stampers: Certificates,
    *,
    signer_at: datetime | None,
    stamper_at: datetime | None,
) -> PdfSignatureStatus:
    return await async_validate_pdf_signature(
        seal,
        signer_validation_context=_context(trusted, signer_at),
        ts_validation_context=_context(stampers, stamper_at),
    )


def _context(trusted: Certificates, moment: datetime | None) -> ValidationContext:
    return ValidationContext(trust_roots=list(trusted), allow_fetching=False, moment=moment)


def _ends(
    seal: EmbeddedPdfSignature, stamps: Sequence[EmbeddedPdfSignature], status: PdfSignatureStatus
) -> datetime | None:
    """When the last certificate ends on which the proof of the time stands."""
    if stamps:
        certificate = stamps[-1].signer_cert
    elif status.timestamp_validity is not None:
        certificate = status.timestamp_validity.signing_cert
    else:
        certificate = seal.signer_cert
    end: datetime = certificate["tbs_certificate"]["validity"]["not_after"].native
    return end


def _sealed_bytes(seal: EmbeddedPdfSignature) -> int:
    first, length, second, rest = (int(number) for number in seal.byte_range)
    return second + rest if first == 0 and length <= second else 0


def _is_tidy(embedded: EmbeddedPdfSignature) -> bool:
    """Whether behind the signature's own DER there is nothing but zeros in its container."""
    content: bytes = bytes(embedded.pkcs7_content)
    if len(content) < 2:  # noqa: PLR2004 - a tag and a length
        return False
    counted = content[1] - _LONG_FORM if content[1] >= _LONG_FORM else 0
    size = int.from_bytes(content[2 : 2 + counted], "big") if counted else content[1]
    return not any(content[2 + counted + size :])


def _no_seal(why: str) -> SealVerdict:
    return SealVerdict(good=False, intact=False, trusted=False, modification_level="OTHER", signer="", why=why)
