"""Whether the seal's certificate may still seal: its issuer is asked again and again, and a revocation is an alarm."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Connection

from dokuei.clock import monotonic, now
from dokuei.errors import SignatureError
from dokuei.hub.identity.alerts import AlertKind, raise_alert
from dokuei.hub.reports import store_seals
from dokuei.hub.reports.seal_model import CertificateState, Standing, in_words
from dokuei.hub.reports.sealing import Sealer
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database

_EVERY: Final = timedelta(hours=1)
_AGAIN_AFTER: Final = timedelta(minutes=10)
_PHASE: Final = "sealing"
_REMEDY: Final = "have an administrator set another certificate and its key in [seal]; what is written stays"
_log = structlog.get_logger()


@dataclass
class SealWatch:
    """Asks for the certificate that seals; what it hears is kept for all of the hub's processes."""

    database: Database
    sealer: Sealer
    not_before: float = 0.0

    def demand_sealable(self, connection: Connection) -> None:
        """Nothing, while the certificate may seal.

        Raises:
            SignatureError: it was revoked, or has ended.
        """
        certificate = self._certificate()
        if now() > certificate.not_valid_after_utc:
            raise SignatureError("the certificate that seals reports has ended", phase=_PHASE, remedy=_REMEDY)
        known = store_seals.certificate(connection, _sha256(certificate))
        if known is not None and known.state == "revoked":
            raise SignatureError("the certificate that seals reports was revoked", phase=_PHASE, remedy=_REMEDY)

    def hasten(self) -> None:
        """Ask at the next step."""
        self.not_before = 0.0

    def step(self) -> None:
        """Ask, unless it is too early."""
        if monotonic() < self.not_before:
            return
        self.not_before = monotonic() + _AGAIN_AFTER.total_seconds()
        standing = self.sealer.standing(at=now())
        if standing.state != "lacking":
            self.not_before = monotonic() + _EVERY.total_seconds()
        self._keep(standing)

    def _keep(self, standing: Standing) -> None:
        """A revocation stays until the issuer says otherwise: that it does not answer takes nothing back."""
        sha256 = _sha256(self._certificate())
        with self.database.begin() as connection:
            before = store_seals.certificate(connection, sha256)
            was_revoked = before is not None and before.state == "revoked"
            if standing.state == "lacking":
                _log.warning("seal.not-checked", why=standing.why)
                if was_revoked:
                    return
            state = CertificateState(sha256, standing.state, standing.why, standing.revoked_at, now())
            store_seals.put_certificate(connection, state)
            if was_revoked != (standing.state == "revoked"):
                self._tell(connection, sha256, standing)

    @staticmethod
    def _tell(connection: Connection, sha256: str, standing: Standing) -> None:
        told: dict[str, Detail] = {"certificate_sha256": sha256, "why": in_words(standing)}
        revoked = standing.state == "revoked"
        event = "seal.revoked" if revoked else "seal.good-again"
        hub_trail.append(connection, actor="system", event=event, details=told)
        if revoked:
            raise_alert(connection, AlertKind.SEAL_REVOKED, person_id=None, details=told)
        _log.log(40 if revoked else 20, event)

    def _certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.sealer.files.certificate.read_bytes())


def _sha256(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
