"""PAdES by pyHanko (ETSI EN 319 142): loaded only where a report is sealed or checked, because it is large."""

import asyncio
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper, TimestampRequestError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from dokuei.errors import SignatureError
from dokuei.hub.reports.model import SealedPdf, SealFiles, SealVerdict

_FIELD = "DokueiSeal"
_BYTES_FOR_SEAL = 32_768
_STAMP_SECONDS = 8
_UNREADABLE = (PdfError, SignatureValidationError, ValueError, KeyError, IndexError, TypeError, AttributeError)


@dataclass(frozen=True)
class Pades:
    """One sealing key and how it is used."""

    files: SealFiles
    reason: str
    time_stamp_url: str

    def seal(self, pdf: bytes) -> SealedPdf:
        """Seal a document.

        Raises:
            SignatureError: the key could not seal.
        """
        return asyncio.run(self._seal(pdf))

    async def _seal(self, pdf: bytes) -> SealedPdf:
        if not self.time_stamp_url:
            return SealedPdf(await self._signed(pdf, None), "none")
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_STAMP_SECONDS)) as session:
                stamper = HTTPTimeStamper(self.time_stamp_url, session=session)
                return SealedPdf(await self._signed(pdf, stamper), "stamped")
        except (TimestampRequestError, aiohttp.ClientError, TimeoutError, OSError):
            return SealedPdf(await self._signed(pdf, None), "missing")

    async def _signed(self, pdf: bytes, stamper: TimeStamper | None) -> bytes:
        signer = _signer(self.files)
        metadata = signers.PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=self.reason,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        try:
            out = await signers.PdfSigner(metadata, signer, timestamper=stamper).async_sign_pdf(
                writer, bytes_reserved=_BYTES_FOR_SEAL
            )
        except SigningError as error:
            raise SignatureError("the report could not be sealed", phase="sealing", remedy="see the log") from error
        return bytes(out.getbuffer())


def verify_seal(
    pdf: bytes,
    *,
    trusted: tuple[asn1_x509.Certificate, ...],
    trusted_stampers: tuple[asn1_x509.Certificate, ...] = (),
) -> SealVerdict:
    """Judge a sealed document, offline, on ``bottom_line`` and on what was changed after sealing."""
    try:
        return asyncio.run(_verify(pdf, trusted, trusted_stampers))
    except _UNREADABLE as error:
        return SealVerdict(
            good=False, intact=False, trusted=False, modification_level="OTHER", signer="", why=str(error)[:200]
        )


async def _verify(
    pdf: bytes, trusted: tuple[asn1_x509.Certificate, ...], stampers: tuple[asn1_x509.Certificate, ...]
) -> SealVerdict:
    seals = PdfFileReader(io.BytesIO(pdf), strict=True).embedded_signatures
    if len(seals) != 1 or seals[0].field_name != _FIELD:
        return SealVerdict(
            good=False, intact=False, trusted=False, modification_level="OTHER", signer="", why="not one seal of ours"
        )
    context = ValidationContext(trust_roots=list(trusted), allow_fetching=False)
    stamped = ValidationContext(trust_roots=list(stampers), allow_fetching=False)
    status = await async_validate_pdf_signature(
        seals[0], signer_validation_context=context, ts_validation_context=stamped
    )
    level = status.modification_level or ModificationLevel.OTHER
    if level is ModificationLevel.NONE and status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        level = ModificationLevel.OTHER  # bytes behind the sealed revision that are no update of it
    return SealVerdict(
        good=bool(status.bottom_line) and level <= ModificationLevel.LTA_UPDATES,
        intact=bool(status.intact and status.valid),
        trusted=bool(status.trusted),
        modification_level=level.name,
        signer=status.signing_cert.subject.human_friendly,
    )


def _signer(files: SealFiles) -> signers.Signer:
    opened: Any = signers.SimpleSigner.load(  # type: ignore[no-untyped-call] # pyHanko leaves this one untyped
        str(files.private_key), str(files.certificate)
    )
    if opened is None:
        raise SignatureError("the sealing key does not open", phase="sealing", remedy=f"check {files.private_key}")
    signer: signers.Signer = opened
    return signer


def certificates(file: Path) -> tuple[asn1_x509.Certificate, ...]:
    """The certificates of a PEM file: what seals are checked against."""
    return tuple(asn1_x509.Certificate.load(der) for _, _, der in asn1_pem.unarmor(file.read_bytes(), multiple=True))
