"""Time stamps outside PDF (RFC 3161): asked for over the value of a DICOM signature, and judged beside it."""

import asyncio
import hashlib

import aiohttp
from asn1crypto import cms

from dokuei.hub.reports.revocation import Certificates
from dokuei.hub.reports.stamping import NO_STAMP, SIGNING_SECONDS, UNREADABLE, CheckedStamper, Stamped, judged_token


def token_over(value: bytes, *, url: str, trusted: Certificates) -> bytes | None:
    """A token in DER; None where the service does not give one now that holds."""
    try:
        return asyncio.run(_token_over(value, url, trusted))
    except NO_STAMP:
        return None


def judged(token: bytes, *, over: bytes, trusted: Certificates) -> Stamped:
    """Whether a token holds, offline, as of its own time."""
    try:
        return asyncio.run(_judged(token, over, trusted))
    except UNREADABLE:
        return Stamped(None, good=False)


async def _token_over(value: bytes, url: str, trusted: Certificates) -> bytes:
    async with aiohttp.ClientSession() as session:
        stamper = CheckedStamper(url, session, trusted, seconds=SIGNING_SECONDS)
        token = await stamper.async_timestamp(hashlib.sha256(value).digest(), "sha256")
        made: bytes = token.dump()
        return made


async def _judged(token: bytes, over: bytes, trusted: Certificates) -> Stamped:
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    return await judged_token(signed, lambda name: hashlib.new(name, over).digest(), trusted)
