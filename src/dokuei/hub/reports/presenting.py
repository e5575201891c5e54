"""What the desk program brings: a code that opens one report, then what the physician's card signed (REC-17).

The code stands for the reader who made it; whatever that reader may no longer do is refused here too.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity.model import Principal
from dokuei.hub.reports import store, store_awaited
from dokuei.hub.reports.awaited import Accepted, Awaited, CardRefusedError, ToSign
from dokuei.hub.reports.awaiting import Awaiting, code_hash, is_meant, note
from dokuei.hub.reports.model import Case, Frozen, SignedVersion, sign
from dokuei.hub.reports.neighbours import Rules

_PHASE: Final = "signing with a certificate"


class Finish(Protocol):
    """How a version becomes true once its card has signed: a report's way, or a withdrawal's."""

    def __call__(self, principal: Principal, item_id: str, role: str, signed: SignedVersion, pdf: bytes) -> None:
        """Seal it and let it be true, or raise why not."""


@dataclass(frozen=True)
class Presenting:
    """The verbs behind a code."""

    awaiting: Awaiting
    rules: Rules
    principal_of: Callable[[str], Principal]
    finish_report: Finish
    finish_withdrawal: Finish

    def open(self, code: str) -> ToSign:
        """What a code is for.

        Raises:
            NotFoundError: unknown, used or expired.
            ForbiddenError: its reader's account is locked or has ended.
        """
        waits, _, case, frozen = self._waiting(code)
        document = json.loads(frozen.canonical)
        certificate = self.awaiting.qualifications.certificate(waits.signature.person_id)
        return ToSign(
            kind=waits.kind,
            number=waits.number,
            site=self.rules.of_site(case.site_id).name,
            study_date=document["study"]["study_date"],
            modalities=tuple(document["study"]["modalities"]),
            reader=waits.signature.display_name,
            version_digest=waits.version_digest,
            fingerprint="" if certificate is None else certificate.fingerprint,
            document_digest=waits.prepared.digest,
            expires_at=waits.expires_at,
        )

    def present(self, code: str, cms: bytes) -> Accepted:
        """Hold a card's signature against everything, and let the version be true.

        Raises:
            NotFoundError: unknown, used or expired.
            CardRefusedError: with the reason, which the page shows too.
            ConflictError: the text has changed since it was shown, or the case is another's.
        """
        waits, principal, case, frozen = self._waiting(code)
        moment = now()
        try:
            accepted = self._judged(waits, cms, moment)
        except CardRefusedError as refused:
            self._refuse(principal, case, waits, refused)
            raise
        signed = sign(frozen, replace(waits.signature, evidence=self._evidence(waits, moment)))
        finish = self.finish_withdrawal if waits.kind == "withdrawal" else self.finish_report
        finish(principal, waits.worklist_item_id, waits.role, signed, accepted.pdf)
        return accepted

    def _judged(self, waits: Awaited, cms: bytes, moment: datetime) -> Accepted:
        from dokuei.hub.reports.physician_check import judge  # noqa: PLC0415 - large, and only signing needs it

        qualifications, person_id = self.awaiting.qualifications, waits.signature.person_id
        return judge(
            waits.prepared,
            cms,
            authorities=self.awaiting.authorities,
            at=moment,
            expected=qualifications.certificate(person_id),
            expected_licence=qualifications.of(person_id).licence_number,
        )

    def _evidence(self, waits: Awaited, moment: datetime) -> dict[str, str]:
        """What was checked of the certificate, and when."""
        return {
            **waits.signature.evidence,
            "certificate_checked_at": moment.isoformat(),
            "certificate_revocation": self.awaiting.authorities.revocation,
            "document_sha256": waits.prepared.digest.hex(),
        }

    def _refuse(self, principal: Principal, case: Case, waits: Awaited, refused: CardRefusedError) -> None:
        with self.awaiting.database.begin() as connection:
            store_awaited.refuse(connection, waits.report_id, refused=refused.refusal.value)
            note(connection, principal.actor, "signature.refused", case, waits, because=refused.refusal.value)

    def _waiting(self, code: str) -> tuple[Awaited, Principal, Case, Frozen]:
        """What waits, who asked, the case as far as they still see it, and the bytes that they were shown."""
        with self.awaiting.database.read() as connection:
            waits = store_awaited.of_code(connection, code_hash(code), at=now())
            if waits is None or not is_meant(connection, waits):
                raise NotFoundError(
                    "no report waits under this code", phase=_PHASE, remedy="take the code that the page shows now"
                )
        principal = self.principal_of(waits.signature.person_id)
        with self.awaiting.database.read() as connection:
            cases = self.awaiting.cases
            case = cases.case(connection, waits.worklist_item_id, waits.role, site_ids=principal.site_ids)
            frozen = store.frozen_of(connection, waits.report_id)
        if frozen is None or frozen.digest != waits.version_digest:
            raise ConflictError("the text has changed since it was shown", phase=_PHASE, remedy="sign again")
        return waits, principal, case, frozen
