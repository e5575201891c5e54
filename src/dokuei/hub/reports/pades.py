"""PAdES by pyHanko (ETSI EN 319 142): loaded only where a report is sealed or checked, because it is large."""

import asyncio
import io
from dataclasses import dataclass
from typing import Any

import aiohttp
from pkcs11.exceptions import PKCS11Error
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from dokuei.errors import SignatureError, UnreachableError
from dokuei.hub.reports.pades_verify import FIELD, Certificates
from dokuei.hub.reports.seal_model import SealedPdf, SealFiles
from dokuei.hub.reports.token_key import TokenKey

_BYTES_FOR_SEAL = 32_768
_STAMP_SECONDS = 8
_COVERED = TimestampDSSContentSettings(
    include_vri=False, update_before_ts=True
)  # the stamp is over what vouches for it, too
_NO_STAMP = (PathError, ValidationError, SigningError)


@dataclass(frozen=True)
class Pades:
    """One sealing key and how it is used."""

    files: SealFiles
    reason: str
    time_stamp_url: str
    token: TokenKey | None = None

    def seal(self, pdf: bytes) -> SealedPdf:
        """Seal a document.

        Raises:
            SignatureError: the key could not seal.
        """
        return asyncio.run(self._seal(pdf))

    def renew(self, pdf: bytes, *, stampers: Certificates) -> bytes:
        """The document with a document time stamp of now behind everything that it holds (PAdES B-LTA).

        Raises:
            UnreachableError: the time-stamp service did not answer, or its answer does not hold.
        """
        try:
            return asyncio.run(self._renewed(pdf, stampers))
        except (TimestampRequestError, aiohttp.ClientError, TimeoutError, OSError, *_NO_STAMP) as error:
            raise UnreachableError(
                f"the time-stamp service did not stamp: {type(error).__name__}",
                phase="renewing time stamps",
                remedy="it is tried again; the report is final all the same",
            ) from error

    async def _renewed(self, pdf: bytes, stampers: Certificates) -> bytes:
        context = ValidationContext(trust_roots=list(stampers), allow_fetching=False)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_STAMP_SECONDS)) as session:
            stamper = HTTPTimeStamper(self.time_stamp_url, session=session)
            out = await signers.PdfTimeStamper(stamper).async_timestamp_pdf(
                IncrementalPdfFileWriter(io.BytesIO(pdf)),
                "sha256",
                validation_context=context,
                dss_settings=_COVERED,
            )
        return bytes(out.getbuffer())

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
        if self.token is None:
            return await self._signed_by(_signer(self.files), pdf, stamper)
        with self.token.opened() as signer:
            return await self._signed_by(signer, pdf, stamper)

    async def _signed_by(self, signer: signers.Signer, pdf: bytes, stamper: TimeStamper | None) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        first = not writer.prev.embedded_signatures  # behind a physician's own, which is the document's certification
        metadata = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=self.reason,
            certify=first,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        try:
            out = await signers.PdfSigner(metadata, signer, timestamper=stamper).async_sign_pdf(
                writer, bytes_reserved=_BYTES_FOR_SEAL
            )
        except (SigningError, PKCS11Error) as error:
            raise SignatureError("the report could not be sealed", phase="sealing", remedy="see the log") from error
        return bytes(out.getbuffer())


def _signer(files: SealFiles) -> signers.Signer:
    opened: Any = signers.SimpleSigner.load(  # type: ignore[no-untyped-call] # pyHanko leaves this one untyped
        str(files.private_key), str(files.certificate)
    )
    if opened is None:
        raise SignatureError("the sealing key does not open", phase="sealing", remedy=f"check {files.private_key}")
    signer: signers.Signer = opened
    return signer
