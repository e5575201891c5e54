"""How a version becomes true: what proves the person, the files before the rows, then one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dokuei.errors import DokueiError, ForbiddenError, SignatureError
from dokuei.hub.identity.model import Principal
from dokuei.hub.identity.proof import Confirmation, Confirmed
from dokuei.hub.reports import store, store_awaited, store_deliveries
from dokuei.hub.reports.documents import Documents
from dokuei.hub.reports.drafting import REPORT_CHANGED
from dokuei.hub.reports.model import VERSION_EVENTS, Case, Frozen, SignedVersion
from dokuei.hub.reports.neighbours import Rules
from dokuei.hub.reports.seal_watch import SealWatch
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Proof:
    """What the reader presented: a key's answer, or password and code."""

    credential: Mapping[str, Any] | None = None
    password: str = ""
    totp_code: str = ""


@dataclass(frozen=True)
class Deciding:
    """What every signature needs, of a report and of its withdrawal."""

    database: Database
    blobs: Blobs
    confirmation: Confirmation
    rules: Rules
    watch: SealWatch

    def demand_sealable(self) -> None:
        """Nothing, while what is signed can be sealed.

        Raises:
            SignatureError: the seal's certificate was revoked, or has ended.
        """
        with self.database.read() as connection:
            self.watch.demand_sealable(connection)

    def proved(self, principal: Principal, case: Case, frozen: Frozen, proof: Proof) -> Confirmed:
        """Whether what was presented proves the person who was shown this version; a refusal is on record.

        Raises:
            SignatureError, ForbiddenError: it does not, or nothing can be sealed.
        """
        self.demand_sealable()
        try:
            return self._confirm(principal, case, frozen, proof)
        except (SignatureError, ForbiddenError) as refusal:
            self._note_refusal(principal, case, frozen, proof, refusal)
            raise

    def _confirm(self, principal: Principal, case: Case, frozen: Frozen, proof: Proof) -> Confirmed:
        person_id = principal.person_id or ""
        if proof.credential is None:
            return self.confirmation.reenter(person_id=person_id, password=proof.password, code=proof.totp_code)
        return self.confirmation.touch(
            proof.credential,
            expected_person_id=person_id,
            expected_subject=subject_of(frozen),
            expected_shown=frozen.canonical,
            synced_allowed=self.rules.of_site(case.site_id).synced_passkeys_may_sign,
        )

    def _note_refusal(
        self, principal: Principal, case: Case, frozen: Frozen, proof: Proof, refusal: DokueiError
    ) -> None:
        """On record by itself, since nothing else of the attempt stays: somebody may have tried in another's name."""
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="signature.failed",
                site_id=case.site_id,
                subject=case.study_instance_uid,
                details={
                    "report_id": frozen.report_id,
                    "version": frozen.number,
                    "method": "password" if proof.credential is None else "passkey",
                    "because": refusal.what,
                },
            )

    def keep(self, documents: Documents) -> None:
        """Bytes before rows: what a row names is there."""
        self.blobs.put(documents.sealed.pdf_key, documents.pdf)
        for made in documents.objects:
            self.blobs.put(made.blob_key, made.data)

    def discard(self, documents: Documents) -> None:
        """What a signature that came to nothing has left; its keys are its own (see ``DocumentMaker.make``)."""
        self.blobs.delete(documents.sealed.pdf_key)
        for made in documents.objects:
            self.blobs.delete(made.blob_key)


def write_version(
    connection: Connection, principal: Principal, case: Case, signed: SignedVersion, documents: Documents
) -> None:
    """Version, deliveries, audit and event: true together or not at all."""
    store.add_version(connection, signed, documents.sealed)
    store_awaited.end(connection, signed.report_id)
    if signed.kind in {"preliminary", "withdrawal"}:
        store.thaw(connection, signed.report_id)
    else:
        store.close_draft(connection, signed.report_id)
    for made in documents.objects:
        store_deliveries.add(
            connection,
            made,
            site_id=case.site_id,
            report_id=signed.report_id,
            number=signed.number,
            study_instance_uid=case.study_instance_uid,
        )
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=VERSION_EVENTS[signed.kind],
        site_id=case.site_id,
        subject=case.study_instance_uid,
        details={
            "report_id": signed.report_id,
            "version": signed.number,
            "digest": signed.digest,
            "method": signed.signature.method,
            "pdf_sha256": documents.sealed.pdf_sha256,
            "time_stamp": documents.sealed.time_stamp,
            "evidence_sha256": store.evidence_digest(signed.signature),
        },
    )
    outbox.put(
        connection,
        REPORT_CHANGED,
        {
            "worklist_item_id": case.worklist_item_id,
            "role": case.role,
            "status": signed.status,
            "signed_at": signed.signature.signed_at.isoformat(),
            "signed_by": signed.signature.person_id,
            "version": signed.number,
            "site_id": case.site_id,
            "study_instance_uid": case.study_instance_uid,
            "instances": case.number_of_instances,
        },
    )


def subject_of(frozen: Frozen) -> str:
    """What a key's challenge is bound to, beside the text itself."""
    return f"report:{frozen.report_id}:{frozen.number}"
