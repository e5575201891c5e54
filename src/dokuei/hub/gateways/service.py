"""The verbs around gateways themselves: invite, enrol, renew, revoke, know again, hear."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.clock import now
from dokuei.errors import EnrolmentError, NotFoundError, NotSignedInError, RequestError
from dokuei.hub.gateways import store
from dokuei.hub.gateways.clocks import note_clock, note_timekeeping
from dokuei.hub.gateways.intake import Intake, key_of
from dokuei.hub.gateways.model import (
    CERTIFICATE_LIFETIME,
    CODE_LIFETIME,
    Gateway,
    GatewayState,
    IdentityMode,
    Invitation,
    admit_by,
    demand_enrolled,
)
from dokuei.hub.gateways.pulses import Pulses
from dokuei.storage.anchor import DAY, KEPT
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import Lately
from dokuei.storage.pki import Authority, fingerprint
from dokuei.transfer.codes import SECRET_BYTES, EnrolmentCode, door_key, kept_form
from dokuei.transfer.contract import ContractScopes
from dokuei.transfer.protocol import (
    EnrolmentAnswer,
    EnrolmentRequest,
    Heartbeat,
    HeartbeatAnswer,
    Removals,
    TrailEnd,
)
from dokuei.transfer.signing import CLOCK_SLACK, Signed, claimed_key_id, verify_request

_DOOR_LIFETIME = CODE_LIFETIME + timedelta(days=30)  # an expired code should be told so, not met with a TLS alert
_PHASE = "enrolling the gateway"


class Sites(Protocol):
    """What this slice asks of the register of sites."""

    def identity_mode(self, site_id: str) -> IdentityMode:
        """How patients of a site are named toward the hub.

        Raises:
            NotFoundError: no such site.
        """

    def urgent_studies(self, site_id: str) -> Sequence[str]:
        """Studies that the reading centre waits for."""

    def contract(self, site_id: str) -> ContractScopes:
        """What a site may ask for."""


@dataclass(frozen=True)
class GatewaysService:
    """Everything about gateways goes through here; ``hub_url`` is where gateways reach this hub."""

    database: Database
    sites: Sites
    authority: Authority
    intake: Intake
    hub_url: str
    pulses: Pulses
    kept_ends: Lately = field(default_factory=lambda: Lately(DAY), repr=False)

    # --- enrolment ----------------------------------------------------------------------------------------------

    def invite(self, site_id: str, *, actor: str, name: str = "", lifetime: timedelta = CODE_LIFETIME) -> str:
        """A one-time code for one gateway of a site; it is shown once and kept only as a digest.

        Raises:
            NotFoundError: no such site.
        """
        self.sites.identity_mode(site_id)
        secret, at = secrets.token_bytes(SECRET_BYTES), now()
        door = self.authority.issue_client(
            door_key(secret).public_key(), common_name="enrolment", lifetime=_DOOR_LIFETIME
        )
        new = Invitation(kept_form(secret), site_id, name, at, actor, at + lifetime)
        with self.database.begin() as connection:
            store.add_invitation(connection, new)
            hub_trail.append(
                connection, actor=actor, event="gateway.invited", site_id=site_id, subject=new.secret_digest[:16]
            )
        code = EnrolmentCode(
            secret,
            fingerprint(self.authority.certificate),
            door.public_bytes(serialization.Encoding.DER),
            self.hub_url,
        )
        return code.text()

    def enrol(self, request: EnrolmentRequest) -> EnrolmentAnswer:
        """Make a certificate for the key that a gateway made for itself, if its code is good.

        Raises:
            EnrolmentError: the code is unknown, used or expired.
            RequestError: the certificate request does not hold.
        """
        key = _requested_key(request.request)
        pem, at = _pem(key), now()
        with self.database.begin() as connection:
            digest = kept_form(bytes.fromhex(request.secret))
            known = admit_by(store.find_invitation(connection, digest), at=at, expected_key=pem)
            gateway_id = known.gateway_id or secrets.token_hex(8)
            certificate = self._certificate(key, gateway_id)
            if known.gateway_id is None:
                new = Gateway(
                    gateway_id=gateway_id,
                    site_id=known.site_id,
                    name=known.name or request.name,
                    public_key=pem,
                    certificate_not_after=certificate.not_valid_after_utc,
                    enrolled_at=at,
                )
                store.add(connection, new, version=request.version)
                store.use_invitation(connection, digest, by_key=pem, gateway_id=gateway_id, at=at)
                hub_trail.append(
                    connection,
                    actor=new.actor,
                    event="gateway.enrolled",
                    site_id=known.site_id,
                    subject=gateway_id,
                    details={"invited_by": known.created_by},
                )
        return self._enrolled(gateway_id, known.site_id, certificate)

    def renew(self, gateway: Gateway, request: str) -> EnrolmentAnswer:
        """A new certificate for the key that is enrolled.

        Raises:
            EnrolmentError: it is another key.
        """
        key = _requested_key(request)
        if _pem(key) != gateway.public_key:
            raise EnrolmentError("this is not the enrolled key", phase=_PHASE, remedy="enrol with a new code")
        certificate = self._certificate(key, gateway.gateway_id)
        with self.database.begin() as connection:
            store.renew(connection, gateway.gateway_id, not_after=certificate.not_valid_after_utc)
            hub_trail.append(
                connection,
                actor=gateway.actor,
                event="gateway.certificate-renewed",
                site_id=gateway.site_id,
                subject=gateway.gateway_id,
            )
        return self._enrolled(gateway.gateway_id, gateway.site_id, certificate)

    def revoke(self, gateway_id: str, *, actor: str, site_ids: Collection[str] | None = None) -> None:
        """Refuse a gateway from now on, in the middle of an upload too; nothing more is waited for from it.

        Raises:
            NotFoundError: no such gateway (of these sites).
        """
        with self.database.begin() as connection:
            known = store.find(connection, gateway_id)
            if known is None or (site_ids is not None and known.site_id not in site_ids):
                raise NotFoundError("no such gateway", phase="revoking a gateway")
            store.revoke(connection, gateway_id, at=now())
            hub_trail.append(
                connection, actor=actor, event="gateway.revoked", site_id=known.site_id, subject=gateway_id
            )
        self.intake.archive.withdraw(known.site_id, gateway_id=gateway_id)

    def _certificate(self, key: ec.EllipticCurvePublicKey, gateway_id: str) -> x509.Certificate:
        return self.authority.issue_client(key, common_name=f"gateway {gateway_id}", lifetime=CERTIFICATE_LIFETIME)

    def _enrolled(self, gateway_id: str, site_id: str, certificate: x509.Certificate) -> EnrolmentAnswer:
        return EnrolmentAnswer(
            gateway_id=gateway_id,
            site_id=site_id,
            certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
            identity_mode=self.sites.identity_mode(site_id),
        )

    # --- knowing a gateway again ---------------------------------------------------------------------------------

    def authenticate(self, request: Signed, body: bytes | None) -> Gateway:
        """Who sent this request: settled by the enrolled key on each one, because the listener does not tell.

        Raises:
            NotSignedInError: no signature, one that does not hold, or one that was used before.
            ForbiddenError: the gateway is unknown or revoked.
        """
        with self.database.read() as connection:
            gateway = demand_enrolled(store.find(connection, claimed_key_id(request.headers)))
        at = now()
        claim = verify_request(request, key=key_of(gateway), at=at, body=body)
        with self.database.begin() as connection:
            until = claim.created + 2 * CLOCK_SLACK
            if not store.use_nonce(connection, gateway.gateway_id, claim.nonce[:64], until=until, at=at):
                raise NotSignedInError("this request was made before", phase="knowing the gateway")
        return gateway

    def demand_still_enrolled(self, gateway_id: str) -> None:
        """Ask again in the middle of a long upload.

        Raises:
            ForbiddenError: the gateway was revoked meanwhile.
        """
        with self.database.read() as connection:
            demand_enrolled(store.find(connection, gateway_id))

    # --- looking --------------------------------------------------------------------------------------------------

    def hear(self, gateway: Gateway, heartbeat: Heartbeat) -> HeartbeatAnswer:
        """Keep what a gateway tells of itself, and tell what is wanted of it.

        One that has not heard yet that its site wants pseudonyms names studies truly: these are not kept, and what
        it had begun to send so is given up when it has heard.
        """
        mode = self.sites.identity_mode(gateway.site_id)
        told = heartbeat.model_dump(
            include={
                "version",
                "protocol",
                "identity_mode",
                "quarantine",
                "free_bytes",
                "unread_orders",
                "clock_ahead_ms",
                "clock_state",
            }
        )
        rules = heartbeat.prior_rules
        told["prior_rules"] = None if rules is None else rules.model_dump_json()
        named_truly = mode == "pseudonym" and heartbeat.identity_mode == "true"
        studies = [] if named_truly else [one.model_dump() for one in heartbeat.studies]
        refusals = [one.model_dump() for one in heartbeat.refusals]
        order_refusals = [one.model_dump() for one in heartbeat.order_refusals]
        with self.database.begin() as connection:
            before = store.told_identity_mode(connection, gateway.gateway_id)
            note_clock(connection, gateway, heartbeat.clock_ahead_ms)
            note_timekeeping(connection, gateway, heartbeat.clock_state)
            store.tell(
                connection,
                gateway.gateway_id,
                told,
                studies=studies,
                refusals=refusals,
                order_refusals=order_refusals,
                sending=None if heartbeat.sending is None else heartbeat.sending.model_dump(),
            )
            own = hub_trail.head(connection)
        if (before, heartbeat.identity_mode) == ("true", "pseudonym"):
            self.intake.forget_unfinished(gateway)
        self._keep_end(gateway, heartbeat.trail_end)
        return HeartbeatAnswer(
            trail_end=TrailEnd(sequence=own.sequence, hash=own.hash),
            urgent=list(self.sites.urgent_studies(gateway.site_id)),
            identity_mode=mode,
            clock=now().isoformat(),
            contract=self.sites.contract(gateway.site_id),
            removals=self._removals(gateway, heartbeat.removals_heard),
        )

    def _removals(self, gateway: Gateway, heard: int | None) -> Removals | None:
        """What its site's archive has removed since it heard of removals last; nothing where it asks for none."""
        if heard is None:
            return None
        told = self.intake.archive.removals(gateway.site_id, after=heard)
        return None if told.until == heard else told

    def _keep_end(self, gateway: Gateway, end: TrailEnd | None) -> None:
        """Write the end of a gateway's trail into ours, once a day: whoever cuts the one must forge the other."""
        if end is None or self.kept_ends.holds(gateway.gateway_id):
            return
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=f"gateway:{gateway.gateway_id}",
                event=KEPT,
                site_id=gateway.site_id,
                subject=gateway.gateway_id,
                details=end.model_dump(),
            )
        self.kept_ends.keep(gateway.gateway_id)

    def gateways(self, site_ids: Collection[str]) -> tuple[GatewayState, ...]:
        """All gateways of these sites."""
        with self.database.read() as connection:
            return store.every(connection, site_ids)


def _requested_key(pem: str) -> ec.EllipticCurvePublicKey:
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        key = request.public_key()
        sound = request.is_signature_valid
    except ValueError as error:
        raise RequestError("this is no certificate request", phase=_PHASE) from error
    if not sound or not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise RequestError("the certificate request is not signed by a P-256 key of its own", phase=_PHASE)
    return key


def _pem(key: ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
