"""Room in a PDF for a physician's own signature (PAdES), and that signature put into it.

It is the document's certification, which lets one more signature follow: the hub's seal (ISO 32000-2 12.8.2.2).
"""

import asyncio
import io
from typing import Final

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

from dokuei.hub.reports.awaited import Prepared
from dokuei.hub.reports.pades_verify import PHYSICIAN

_ROOM: Final = 32_768


def prepare(pdf: bytes, *, name: str, reason: str) -> Prepared:
    """A document that lacks nothing but the signature itself."""
    metadata = signers.PdfSignatureMetadata(
        field_name=PHYSICIAN,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=name,
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    nobody = signers.ExternalSigner(signing_cert=None, cert_registry=None)
    signer = signers.PdfSigner(metadata, nobody)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    made, _, out = asyncio.run(signer.async_digest_doc_for_signing(writer, bytes_reserved=_ROOM))
    out.seek(0)
    return Prepared(out.read(), made.document_digest, made.reserved_region_start, made.reserved_region_end)


def room_of(prepared: Prepared) -> int:
    """How many bytes of DER go in: they stand there in hexadecimal, between angle brackets."""
    return (prepared.end - prepared.start - 2) // 2


def filled(prepared: Prepared, cms: bytes) -> bytes:
    """The document with the signature in it."""
    out = io.BytesIO(prepared.pdf)
    PreparedByteRangeDigest(prepared.digest, prepared.start, prepared.end).fill_with_cms(out, cms)
    return out.getvalue()
