"""Whether a certificate was revoked: by CRLs and OCSP responses, fetched or kept in a file (RFC 5280 6.3, RFC 6960).

Loaded only where seals are made or judged, because pyHanko is large.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    StaleRevinfoError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers import FetcherBackend
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo, ValidationTimingParams
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.util import get_declared_revinfo

from dokuei.hub.reports.seal_model import Revocation, SealPart, Standing

Certificates = tuple[asn1_x509.Certificate, ...]
_TOLERANCE = timedelta(seconds=1)
_NOT_COMPROMISED = frozenset({"affiliation_changed", "superseded", "cessation_of_operation"})


@dataclass(frozen=True)
class Kept:
    """What a file carries to judge certificates by (its Document Security Store, ISO 32000-2 12.8.4.3)."""

    certificates: Certificates = ()
    crls: tuple[asn1_crl.CertificateList, ...] = ()
    ocsps: tuple[asn1_ocsp.OCSPResponse, ...] = ()


@dataclass(frozen=True)
class Subject:
    """Whose certificate is asked about: who may vouch for it, and when it had to stand.

    ``made_at`` is when a time stamp was made: its service may stop later without harm to it (RFC 3161 4.1).
    """

    part: SealPart
    certificate: asn1_x509.Certificate
    others: Certificates
    trusted: Certificates
    at: datetime
    made_at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """How a certificate stands, and what shows it."""

    standing: Standing
    path: ValidationPath | None = None
    kept: Kept = Kept()


def kept_in(read: PdfFileReader) -> Kept:
    """The validation data that a PDF carries."""
    try:
        store = DocumentSecurityStore.read_dss(read)
    except NoDSSFoundError:
        return Kept()
    context = store.as_validation_context({"trust_roots": [], "crls": [], "ocsps": []})
    return Kept(tuple(store.load_certs()), tuple(context.crls), tuple(context.ocsps))


async def found(subject: Subject, kept: Kept = Kept(), *, fetching: FetcherBackend | None = None) -> Found:
    """How a certificate stands by what is kept, or by what its issuer says when it is asked."""
    answer = Found(_standing(subject, "lacking", "who issued it is not known"))
    for anchors in _anchors(subject, kept):
        context = _context(subject, anchors, kept, fetching)
        try:
            path = await _path(subject, context)
        except (PathBuildingError, PathError):
            continue
        except RevokedError as error:
            return _revoked(subject, error, context)
        except ValidationError as error:
            answer = Found(_standing(subject, "lacking", _why(error)))
        except (ValueError, TypeError, KeyError):
            answer = Found(_standing(subject, "lacking", "what its issuer says cannot be read"))
        else:
            return Found(_standing(subject, "kept" if _publishes(path) else "unpublished"), path, _gathered(context))
    return answer


def publishes(certificate: asn1_x509.Certificate) -> bool:
    """Whether a certificate names a place where it says whether it was revoked."""
    return any(get_declared_revinfo(certificate))


def _anchors(subject: Subject, kept: Kept) -> list[Certificates]:
    """On whose word to rely: a certificate that is trusted itself is still asked about where its issuer is known.

    An issuer that comes with the file gains nothing by it: it must have signed the trusted certificate.
    """
    own = subject.certificate
    named = own.sha256 in {one.sha256 for one in subject.trusted}
    if named and own.self_issued:
        return [(own,)]
    known = (*subject.trusted, *subject.others, *kept.certificates) if named else subject.trusted
    others = tuple(one for one in known if one.sha256 != own.sha256)
    roots = tuple(one for one in others if one.self_issued)
    last = [(own,)] if named and not publishes(own) else []
    return [*([roots] if roots and roots != others else []), *([others] if others else []), *last]


def _context(subject: Subject, anchors: Certificates, kept: Kept, fetching: FetcherBackend | None) -> ValidationContext:
    """Each certificate that says where its revocation shows must show it, as of the moment that is asked about."""
    context = ValidationContext(
        trust_roots=list(anchors),
        other_certs=[*subject.trusted, *subject.others, *kept.certificates],
        moment=subject.at,
        crls=list(kept.crls),
        ocsps=list(kept.ocsps),
        revocation_mode="hard-fail",
        retroactive_revinfo=True,
        allow_fetching=fetching is not None,
        fetcher_backend=fetching,
    )
    any_time = ValidationTimingInfo(subject.at, subject.at, point_in_time_validation=False)
    context.timing_params = ValidationTimingParams(any_time, time_tolerance=_TOLERANCE)
    return context  # a revocation of whatever time is heard of, and judged here


async def _path(subject: Subject, context: ValidationContext) -> ValidationPath:
    validator = CertificateValidator(
        subject.certificate, intermediate_certs=list(subject.others), validation_context=context
    )
    path: ValidationPath = await validator.async_validate_usage(  # type: ignore[no-untyped-call] # pyHanko's
        key_usage=set()
    )
    return path


def _publishes(path: ValidationPath) -> bool:
    chain = list(path)
    return any(publishes(one) for one in chain[1:])  # nobody vouches for the first one but who trusts it


def _revoked(subject: Subject, error: RevokedError, context: ValidationContext) -> Found:
    """A revocation counts from its own time on; one that no broken key caused leaves earlier time stamps whole."""
    until = subject.at
    if subject.made_at is not None and error.reason.native in _NOT_COMPROMISED:
        until = subject.made_at
    if error.is_ee_cert and not error.is_side_validation and error.revocation_dt > until:
        return Found(_standing(subject, "kept"), error.original_path, _gathered(context))
    return Found(_standing(subject, "revoked", str(error.reason.native), revoked_at=error.revocation_dt))


def _gathered(context: ValidationContext) -> Kept:
    return Kept((), tuple(context.crls), tuple(context.ocsps))


def _standing(subject: Subject, state: Revocation, why: str = "", *, revoked_at: datetime | None = None) -> Standing:
    return Standing(subject.part, state, why, revoked_at)


def _why(error: ValidationError) -> str:
    if isinstance(error, ExpiredError):
        return "the certificate had ended"
    if isinstance(error, NotYetValidError):
        return "the certificate was not valid yet"
    if isinstance(error, StaleRevinfoError):
        return "what its issuer says is out of date"
    if isinstance(error, InsufficientRevinfoError):
        return "its issuer did not say whether it was revoked"
    return "it does not hold"
