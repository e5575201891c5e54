"""Whose certificates a sealed file stands on, and when each of them had to stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from dokuei.hub.reports.revocation import Certificates, Subject
from dokuei.hub.reports.seal_model import SealPart


@dataclass(frozen=True)
class Part:
    """A certificate that is asked about, and the signature or document time stamp in the file that it belongs to."""

    embedded: EmbeddedPdfSignature
    subject: Subject


def parts_of(
    seal: EmbeddedPdfSignature,
    stamps: Sequence[EmbeddedPdfSignature],
    *,
    trusted: Certificates,
    stampers: Certificates,
    at: datetime,
) -> tuple[Part, ...]:
    """The seal as of its time stamp, each time stamp as of the next one, and the last one as of now (``at``)."""
    token = next(iter(extract_tst_data_iter(seal.signer_info, signed=False)), None)
    tokens = [stamp.signed_data for stamp in stamps]
    times = [*(stamped_at(one) for one in tokens), at]
    sealed_at = times[0] if token is None else stamped_at(token)
    own = Subject("seal", seal.signer_cert, tuple(seal.other_embedded_certs), trusted, sealed_at)
    inner = () if token is None else (Part(seal, _of_stamp("time_stamp", token, stampers, times[0])),)
    outer = (
        Part(stamp, _of_stamp("archive_stamp", stamp.signed_data, stampers, later))
        for stamp, later in zip(stamps, times[1:], strict=True)
    )
    return (Part(seal, own), *inner, *outer)


def _of_stamp(part: SealPart, token: cms.SignedData, trusted: Certificates, at: datetime) -> Subject:
    known = extract_certificate_info(token)
    return Subject(part, known.signer_cert, tuple(known.other_certs), trusted, at, made_at=stamped_at(token))


def stamped_at(token: cms.SignedData) -> datetime:
    """When a time stamp says that it was made; whether that is so is for who checks it."""
    moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return moment
