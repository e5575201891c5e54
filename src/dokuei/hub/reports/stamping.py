"""A time-stamp service (RFC 3161) is not taken at its word: what it answers holds, or it has not stamped."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import aiohttp
from asn1crypto import cms
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext
from typing_extensions import override

from dokuei.hub.reports.certified import stamped_at
from dokuei.hub.reports.revocation import Certificates

ANSWER_SECONDS: Final = 8
SIGNING_SECONDS: Final = 2  # somebody waits for it
NO_STAMP: Final = (TimestampRequestError, aiohttp.ClientError, TimeoutError, OSError)
UNREADABLE: Final = (
    SignatureValidationError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    AssertionError,
)
_LARGEST_TOKEN: Final = 10_000  # the room for a seal has to hold it, beside the seal's own certificates


@dataclass(frozen=True)
class Stamped:
    """When a token says that it was made, and whether somebody who is believed says so of these bytes."""

    at: datetime | None
    good: bool


class CheckedStamper(HTTPTimeStamper):
    """Asks a service, and gives nothing on that does not hold by ``trusted``: a refusal, whatever it was instead."""

    def __init__(
        self, url: str, session: aiohttp.ClientSession, trusted: Certificates, *, seconds: int = ANSWER_SECONDS
    ) -> None:
        super().__init__(url, session=session, timeout=seconds)
        self._trusted = trusted

    @override
    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token over this digest.

        Raises:
            TimestampRequestError: the service did not answer, or with what does not hold.
        """
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            fits = len(token.dump()) <= _LARGEST_TOKEN
            found = await judged_token(
                token["content"], lambda name: message_digest if name == md_algorithm else b"", self._trusted
            )
        except UNREADABLE as error:
            raise TimestampRequestError("an answer that cannot be read") from error
        if not (fits and found.good):
            raise TimestampRequestError("a time stamp that does not hold")
        return token


def let_us_wait(error: BaseException) -> bool:
    """Whether a service was silent, rather than gone or wrong."""
    return isinstance(error, TimeoutError) or isinstance(error.__cause__, TimeoutError)


async def judged_token(signed: cms.SignedData, imprint: Callable[[str], bytes], trusted: Certificates) -> Stamped:
    """Whether a token holds as of its own time; ``imprint`` is what it should be over, by the name of the digest.

    Raises:
        any of ``UNREADABLE``: it is no token.
    """
    at = stamped_at(signed)
    context = ValidationContext(trust_roots=list(trusted), allow_fetching=False, moment=at)
    found = await validate_tst_signed_data(signed, context, imprint)
    status = TimestampSignatureStatus(**found)
    return Stamped(at, good=bool(status.intact and status.valid and status.trusted))
