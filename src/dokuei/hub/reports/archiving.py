"""PAdES B-LTA (ETSI EN 319 142-1 6): what vouches for a seal goes into its file, and a time stamp over all of it."""

import asyncio
import io
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import aiohttp
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.fetchers import FetcherBackend

from dokuei.clock import now
from dokuei.errors import UnreachableError
from dokuei.hub.reports.certified import Part, parts_of
from dokuei.hub.reports.fetching import asking
from dokuei.hub.reports.revocation import Certificates, Found, Subject, found, kept_in
from dokuei.hub.reports.seal_model import Standing
from dokuei.hub.reports.stamping import ANSWER_SECONDS, NO_STAMP, CheckedStamper

_COVERED = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)  # the stamp is over it, too
_NO_STAMP = (*NO_STAMP, PathError, ValidationError, SigningError)


@dataclass(frozen=True)
class Archived:
    """What came of it: the file with its new stamp, None where what vouches for it is lacking; how each part stands."""

    data: bytes | None
    standings: tuple[Standing, ...]


@dataclass(frozen=True)
class Archiver:
    """Who is believed, and which service stamps."""

    time_stamp_url: str
    trusted: Certificates
    stampers: Certificates

    def archive(self, pdf: bytes, *, hurried: bool) -> Archived:
        """The file with all that shows what its certificates were worth, and a document time stamp behind it.

        What is lacking is waited for, unless ``hurried``: a time stamp is worth more than what may come too late.

        Raises:
            UnreachableError: the time-stamp service did not answer, or its answer does not hold.
        """
        try:
            return asyncio.run(self._archived(pdf, hurried=hurried))
        except _NO_STAMP as error:
            raise UnreachableError(
                f"the time-stamp service did not stamp: {type(error).__name__}",
                phase="renewing time stamps",
                remedy="it is tried again; the report is final all the same",
            ) from error

    async def _archived(self, pdf: bytes, *, hurried: bool) -> Archived:
        read = PdfFileReader(io.BytesIO(pdf), strict=True)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session:
            asked = await self._asked(read, asking(session))
            standings = tuple(one.standing for _, one in asked)
            states = {one.state for one in standings}
            if "revoked" in states or ("lacking" in states and not hurried):
                return Archived(None, standings)
            return Archived(await self._stamped(read, asked, session), standings)

    async def _asked(self, read: PdfFileReader, fetching: FetcherBackend) -> list[tuple[Part, Found]]:
        """What the file holds stays as it is; of the last time stamp, what its issuer says now."""
        kept = kept_in(read)
        parts = parts_of(
            read.embedded_regular_signatures[-1],  # a physician's own may stand before the seal
            read.embedded_timestamp_signatures,
            trusted=self.trusted,
            stampers=self.stampers,
            at=now(),
        )
        asked = []
        for part in parts:
            held = await found(part.subject, kept) if kept.certificates and part is not parts[-1] else None
            if held is None or held.standing.state == "lacking":
                asked.append((part, await found(part.subject, fetching=fetching)))
        return asked

    async def _stamped(
        self, read: PdfFileReader, asked: list[tuple[Part, Found]], session: aiohttp.ClientSession
    ) -> bytes:
        writer = IncrementalPdfFileWriter.from_reader(read)
        known = _described(read)
        for embedded, some in groupby(asked, key=lambda one: one[0].embedded):
            held = [one for _, one in some if one.path is not None]
            contents = embedded.pkcs7_content.hex().encode("ascii")
            DocumentSecurityStore.supply_dss_in_writer(
                writer,
                None if DocumentSecurityStore.sig_content_identifier(contents) in known else contents,
                paths=[one.path for one in held],
                ocsps=[response for one in held for response in one.kept.ocsps],
                crls=[crl for one in held for crl in one.kept.crls],
            )
        out = await signers.PdfTimeStamper(
            CheckedStamper(self.time_stamp_url, session, self.stampers)
        ).async_timestamp_pdf(
            writer,
            "sha256",
            validation_context=ValidationContext(trust_roots=list(self.stampers), allow_fetching=False),
            dss_settings=_COVERED,
        )
        return bytes(out.getbuffer())


def _described(read: PdfFileReader) -> frozenset[str]:
    """The signatures whose validation data are listed already: such a list may not change any more."""
    try:
        return frozenset(DocumentSecurityStore.read_dss(read).vri_entries)
    except NoDSSFoundError:
        return frozenset()


def standing_of(chain: Certificates, *, at: datetime) -> Standing:
    """Whether the first certificate of a chain is revoked: its issuer is asked, where it says where."""
    return asyncio.run(_standing_of(chain, at))


async def _standing_of(chain: Certificates, at: datetime) -> Standing:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session:
        fetching = asking(session)
        subject = Subject("seal", chain[0], chain[1:], chain, at)
        return (await found(subject, fetching=fetching)).standing
