"""Time stamps outside PDF (RFC 3161): asked for over the value of a DICOM signature, and judged beside it."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from asn1crypto import cms
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from dokuei.hub.reports.certified import stamped_at
from dokuei.hub.reports.revocation import Certificates

_ANSWER_SECONDS = 8
_NO_STAMP = (TimestampRequestError, aiohttp.ClientError, TimeoutError, OSError)
_UNREADABLE = (SignatureValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError)


@dataclass(frozen=True)
class Stamped:
    """When a token says that it was made, and whether somebody who is believed says so of these bytes."""

    at: datetime | None
    good: bool


def token_over(value: bytes, *, url: str) -> bytes | None:
    """A token in DER; None where the service does not give one now."""
    try:
        return asyncio.run(_token_over(value, url))
    except _NO_STAMP:
        return None


def judged(token: bytes, *, over: bytes, trusted: Certificates) -> Stamped:
    """Whether a token holds, offline, as of its own time."""
    try:
        return asyncio.run(_judged(token, over, trusted))
    except _UNREADABLE:
        return Stamped(None, good=False)


async def _token_over(value: bytes, url: str) -> bytes:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as session:
        stamper = HTTPTimeStamper(url, session=session)
        token = await stamper.async_timestamp(hashlib.sha256(value).digest(), "sha256")
        made: bytes = token.dump()
        return made


async def _judged(token: bytes, over: bytes, trusted: Certificates) -> Stamped:
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    at = stamped_at(signed)
    context = ValidationContext(trust_roots=list(trusted), allow_fetching=False, moment=at)
    found = await validate_tst_signed_data(signed, context, lambda name: hashlib.new(name, over).digest())
    status = TimestampSignatureStatus(**found)
    return Stamped(at, good=bool(status.intact and status.valid and status.trusted))
