"""Withdrawing (取り下げ): a signed act with a reason, a version of its own; what it withdraws stays as it was."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from dokuei.clock import now
from dokuei.errors import ConflictError, DokueiError, RequestError
from dokuei.hub.identity.model import Permission, Person, Principal
from dokuei.hub.reports import model, stages, store, wording
from dokuei.hub.reports.awaited import Waiting
from dokuei.hub.reports.deciding import Proof, subject_of, write_version
from dokuei.hub.reports.model import Case, Content, Frozen, Report, Signature, SignedVersion
from dokuei.hub.reports.signing import Begun, Signing, frozen_of, named
from dokuei.hub.reports.structure import Structure
from dokuei.hub.reports.typesetting import demand_letters
from dokuei.storage.audit import hub_trail

_PHASE = "withdrawing a report"


@dataclass(frozen=True)
class Withdrawing:
    """The two steps of a withdrawal, which is signed like a report."""

    signing: Signing

    def begin(self, principal: Principal, item_id: str, role: str, reason: str) -> Begun:
        """Freeze the withdrawal, and bind its digest into the key's challenge.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: neither who signed what stands, nor a reader of the centre, or no licence on record.
            ConflictError: nothing is signed, or it is withdrawn already.
            RequestError: no reason.
        """
        reason = stages.checked_reason(reason)
        demand_letters((reason,))
        with self.signing.database.read() as connection:
            case, report, before = self._standing(connection, principal, item_id, role)
        self.signing.demand_qualified(principal, case)
        document = self._document(principal, case, report, before, reason)
        frozen = frozen_of(principal, report, 0, document)
        self.signing.deciding.demand_sealable()
        self.signing.maker.rehearse(frozen, images=())
        self._freeze(principal, report, before, frozen)
        rules = self.signing.rules.of_site(case.site_id)
        asked = self.signing.deciding.confirmation.begin(
            person_id=principal.person_id or "",
            subject=subject_of(frozen),
            shown=frozen.canonical,
            synced_allowed=rules.synced_passkeys_may_sign,
        )
        needed = self.signing.certificate_needed(case)
        return Begun(frozen.digest, wording.shown_text(document), document, asked, needed)

    def withdraw(
        self, principal: Principal, item_id: str, role: str, proof: Proof, *, expected_digest: str
    ) -> Waiting | None:
        """Verify what was presented, sign, seal, and let it be true in one transaction, or wait for a certificate.

        Raises:
            NotFoundError, ForbiddenError: as above.
            ConflictError: what is signed is not what was shown, or another version stands now.
            SignatureError: the key's answer, the password or the seal does not hold.
        """
        with self.signing.database.read() as connection:
            case, report, before = self._standing(connection, principal, item_id, role)
            frozen = _demand_shown(
                store.frozen_of(connection, report.report_id), principal, before, expected_digest=expected_digest
            )
        self.signing.demand_qualified(principal, case)
        confirmed = self.signing.deciding.proved(principal, case, frozen, proof)
        signature = Signature(
            person_id=principal.person_id or "",
            display_name=principal.display_name,
            signed_at=now(),
            method=confirmed.method,
            evidence={**confirmed.evidence, "qualification": self.signing.qualification(principal)},
        )
        signed = model.sign(frozen, signature)
        if self.signing.certificate_needed(case):
            return self.signing.awaiting.ask(principal, case, signed, ())
        self._finish(principal, case, signed)
        return None

    def resume(self, principal: Principal, item_id: str, role: str, signed: SignedVersion, pdf: bytes) -> None:
        """Let a withdrawal be true that its reader has proved themselves for, and whose document their card has signed.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: as above.
        """
        with self.signing.database.read() as connection:
            case, _, _ = self._standing(connection, principal, item_id, role)
        self.signing.demand_qualified(principal, case)
        self._finish(principal, case, signed, pdf)

    def _finish(self, principal: Principal, case: Case, signed: SignedVersion, pdf: bytes = b"") -> None:
        documents = self.signing.maker.make(signed, site_id=case.site_id, images=(), macs={}, pdf=pdf)
        item_id, role = case.worklist_item_id, case.role
        self.signing.deciding.keep(documents)
        try:
            with self.signing.database.begin() as connection:
                case, report, before = self._standing(connection, principal, item_id, role, lock=True)
                shown = store.frozen_of(connection, report.report_id)
                _demand_shown(shown, principal, before, expected_digest=signed.digest)
                write_version(connection, principal, case, signed, documents)
        except (DokueiError, IntegrityError):
            self.signing.deciding.discard(documents)
            raise

    def _standing(
        self, connection: Connection, principal: Principal, item_id: str, role: str, *, lock: bool = False
    ) -> tuple[Case, Report, tuple[SignedVersion, ...]]:
        cases = self.signing.drafting.cases
        case = cases.case(connection, item_id, role, site_ids=principal.site_ids, lock=lock)
        principal.demand(Permission.SIGN_REPORT, case.site_id)
        report = store.find(connection, item_id, role, lock=lock)
        before = () if report is None else tuple(one.signed for one in store.versions(connection, report.report_id))
        standing = stages.demand_withdrawable(before, case)
        stages.demand_may_withdraw(standing, case, principal)
        if report is None:
            raise ConflictError("there is no report to withdraw", phase=_PHASE)
        return case, report, before

    def _document(
        self, principal: Principal, case: Case, report: Report, before: Sequence[SignedVersion], reason: str
    ) -> dict[str, Any]:
        standing = before[-1]
        said = store.content_of(standing)
        zone = ZoneInfo(self.signing.maker.time_zone)
        return wording.document(
            report=report,
            number=len(before) + 1,
            replaces=standing,
            case=case,
            site=self.signing.rules.of_site(case.site_id),
            facility=self.signing.facility,
            place=self.signing.places.of(principal).value,
            content=Content(structure=Structure(said.structure.method, said.structure.scale)),
            entered_by=(),
            reader=named(self._person(principal)),
            qualification=json.loads(self.signing.qualification(principal)),
            kind="withdrawal",
            withdraws={
                "version": standing.number,
                "digest": standing.digest,
                "signed_at": standing.signature.signed_at.astimezone(zone).isoformat(),
                "reader": standing.signature.display_name,
                "reason": reason,
            },
        )

    def _person(self, principal: Principal) -> Person:
        found = self.signing.drafting.people.some({principal.person_id or ""})
        if not found:
            raise RequestError("this account has no person", phase=_PHASE)
        return found[0]

    def _freeze(self, principal: Principal, report: Report, before: Sequence[SignedVersion], frozen: Frozen) -> None:
        with self.signing.database.begin() as connection:
            store.find(connection, report.worklist_item_id, report.role, lock=True)
            if store.latest_number(connection, report.report_id) != before[-1].number:
                raise ConflictError("another version stands now", phase=_PHASE, remedy="load the case again")
            store.freeze(connection, frozen)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="report.shown",
                site_id=report.site_id,
                subject=report.study_instance_uid,
                details={"report_id": report.report_id, "version": frozen.number, "digest": frozen.digest},
            )


def _demand_shown(
    frozen: Frozen | None, principal: Principal, before: Sequence[SignedVersion], *, expected_digest: str
) -> Frozen:
    if frozen is None or frozen.kind != "withdrawal" or frozen.shown_to != principal.person_id:
        raise ConflictError("nothing was shown for signing", phase=_PHASE, remedy="begin again")
    if frozen.number != before[-1].number + 1 or expected_digest != frozen.digest:
        raise ConflictError("another version stands now", phase=_PHASE, remedy="load the case again")
    return frozen
