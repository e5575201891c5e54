"""How issuers of certificates are asked over HTTP: one that does not answer in time has not answered."""

from collections.abc import Iterable
from typing import Final

import aiohttp
from asn1crypto import cms, crl, ocsp, x509
from pyhanko_certvalidator.authority import Authority
from pyhanko_certvalidator.errors import CRLFetchError, OCSPFetchError
from pyhanko_certvalidator.fetchers import FetcherBackend, Fetchers
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.fetchers.aiohttp_fetchers.crl_client import AIOHttpCRLFetcher
from pyhanko_certvalidator.fetchers.aiohttp_fetchers.ocsp_client import AIOHttpOCSPFetcher
from typing_extensions import override

ANSWER_SECONDS: Final = 8.0


class _Ocsp(AIOHttpOCSPFetcher):
    """Whoever is too slow here may still have a CRL: the library would let the timeout end everything."""

    @override
    async def fetch(
        self, cert: x509.Certificate | cms.AttributeCertificateV2, authority: Authority
    ) -> ocsp.OCSPResponse:
        try:
            return await super().fetch(cert, authority)
        except TimeoutError as error:
            raise OCSPFetchError("no answer in time") from error


class _Crl(AIOHttpCRLFetcher):
    """The same for lists."""

    @override
    async def fetch(
        self, cert: x509.Certificate | cms.AttributeCertificateV2, *, use_deltas: bool = True
    ) -> Iterable[crl.CertificateList]:
        try:
            found: Iterable[crl.CertificateList] = await super().fetch(cert, use_deltas=use_deltas)
        except TimeoutError as error:
            raise CRLFetchError("no answer in time") from error
        return found


class _Backend(AIOHttpFetcherBackend):
    @override
    def get_fetchers(self) -> Fetchers:
        usual = super().get_fetchers()
        waits = self.per_request_timeout
        return Fetchers(
            ocsp_fetcher=_Ocsp(self.session, per_request_timeout=waits),
            crl_fetcher=_Crl(self.session, per_request_timeout=waits),
            cert_fetcher=usual.cert_fetcher,
        )


def asking(session: aiohttp.ClientSession, *, seconds: float = ANSWER_SECONDS) -> FetcherBackend:
    """What fetches CRLs, OCSP responses and issuers' certificates."""
    return _Backend(session, per_request_timeout=seconds)
