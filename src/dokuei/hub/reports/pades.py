"""PAdES by pyHanko (ETSI EN 319 142): loaded only where a report is sealed or checked, because it is large."""

import asyncio
import io
from dataclasses import dataclass, field

import aiohttp
from pkcs11.exceptions import PKCS11Error
from pyhanko.keys.pemder import load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dokuei.errors import SignatureError
from dokuei.hub.reports.pades_verify import FIELD, certificates
from dokuei.hub.reports.patience import Patience
from dokuei.hub.reports.revocation import Certificates
from dokuei.hub.reports.seal_model import SealedPdf, SealFiles
from dokuei.hub.reports.stamping import NO_STAMP, SIGNING_SECONDS, CheckedStamper, let_us_wait
from dokuei.hub.reports.token_key import TokenKey

_BYTES_FOR_SEAL = 32_768


@dataclass(frozen=True)
class Pades:
    """One sealing key and how it is used; ``stampers`` vouch for the time-stamp service.

    Whoever signs waits for a time stamp only briefly, and not for a service that has just been silent: it follows.
    """

    files: SealFiles
    reason: str
    time_stamp_url: str
    stampers: Certificates = ()
    token: TokenKey | None = None
    patience: Patience = field(default_factory=Patience)

    def seal(self, pdf: bytes) -> SealedPdf:
        """Seal a document.

        Raises:
            SignatureError: the key could not seal.
        """
        return asyncio.run(self._seal(pdf))

    async def _seal(self, pdf: bytes) -> SealedPdf:
        if not self.time_stamp_url:
            return SealedPdf(await self._signed(pdf, None), "none")
        if self.patience.is_over:
            return SealedPdf(await self._signed(pdf, None), "missing")
        try:
            async with aiohttp.ClientSession() as session:
                stamper = CheckedStamper(self.time_stamp_url, session, self.stampers, seconds=SIGNING_SECONDS)
                return SealedPdf(await self._signed(pdf, stamper), "stamped")
        except NO_STAMP as error:
            if let_us_wait(error):
                self.patience.lose()
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
    """The key with its certificate, and who issued that behind it in the same file."""
    try:
        own, *issuers = certificates(files.certificate)
        key = load_private_key_from_pemder(str(files.private_key), passphrase=None)
    except (OSError, ValueError, TypeError) as error:
        raise SignatureError(
            "the sealing key does not open", phase="sealing", remedy=f"check {files.private_key}"
        ) from error
    registry = SimpleCertificateStore.from_certs(issuers)  # type: ignore[no-untyped-call] # pyHanko leaves it untyped
    return signers.SimpleSigner(signing_cert=own, signing_key=key, cert_registry=registry)
