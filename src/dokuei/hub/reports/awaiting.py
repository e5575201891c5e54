"""Asking for a physician's certificate: the code for the desk program, another one, and giving up (REC-17)."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.qualifications import Qualifications
from dokuei.hub.identity.secrets import hashed
from dokuei.hub.identity.signing_certificate import SigningCertificate
from dokuei.hub.reports import store, store_awaited
from dokuei.hub.reports.authorities import Authorities
from dokuei.hub.reports.awaited import Awaited, Waiting
from dokuei.hub.reports.documents import DocumentMaker
from dokuei.hub.reports.model import Case, KnownImage, SignedVersion
from dokuei.hub.reports.neighbours import Cases
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database

_PHASE: Final = "signing with a certificate"
_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_CODE_LETTERS: Final = 12


@dataclass(frozen=True)
class Awaiting:
    """The verbs on what waits for a certificate, as its reader has them."""

    database: Database
    cases: Cases
    maker: DocumentMaker
    qualifications: Qualifications
    authorities: Authorities
    lasts: timedelta

    def demand_possible(self) -> None:
        """Refuse before a key is touched where nobody could believe a certificate.

        Raises:
            ConflictError: no authority is set.
        """
        if self.authorities.trusted is None:
            raise ConflictError(
                "電子証明書の認証局が設定されていません / no authority for physicians' certificates is set",
                phase=_PHASE,
                remedy="an administrator sets hpki.authorities",
            )

    def ask(self, principal: Principal, case: Case, signed: SignedVersion, images: tuple[KnownImage, ...]) -> Waiting:
        """Prepare the document, and wait for the card; ``signed`` is not true before.

        Raises:
            ConflictError: no certificate of theirs is recorded any more.
        """
        certificate = self.qualifications.certificate(signed.signature.person_id)
        if certificate is None:
            raise ConflictError("no certificate is recorded", phase=_PHASE, remedy="an administrator records it")
        evidence = {**signed.signature.evidence, "certificate": described(certificate)}
        signed = replace(signed, signature=replace(signed.signature, evidence=evidence))
        prepared = self.maker.prepare(signed, images=images, name=certificate.name)
        code, moment = _new_code(), now()
        with self.database.begin() as connection:
            new = Awaited(
                report_id=signed.report_id,
                site_id=case.site_id,
                worklist_item_id=case.worklist_item_id,
                role=case.role,
                number=signed.number,
                kind=signed.kind,
                version_digest=signed.digest,
                draft_version=store.last_draft_version(connection, signed.report_id),
                signature=signed.signature,
                prepared=prepared,
                asked_at=moment,
                expires_at=moment + self.lasts,
            )
            store_awaited.put(connection, new, code_hash=code_hash(code))
            note(connection, principal.actor, "signature.asked", case, new, fingerprint=certificate.fingerprint)
        return new.waiting(code=code)

    def again(self, principal: Principal, item_id: str, role: str) -> Waiting:
        """Another code for what waits; the one before opens nothing any more.

        Raises:
            NotFoundError: no such case, or nothing of theirs waits there.
        """
        code = _new_code()
        with self.database.begin() as connection:
            _, waits = self._mine(connection, principal, item_id, role)
            store_awaited.renew(connection, waits.report_id, code_hash=code_hash(code))
        return replace(waits, refused="").waiting(code=code)

    def cancel(self, principal: Principal, item_id: str, role: str) -> None:
        """Give up; the draft is as it was.

        Raises:
            NotFoundError: no such case, or nothing of theirs waits there.
        """
        with self.database.begin() as connection:
            case, waits = self._mine(connection, principal, item_id, role)
            store_awaited.end(connection, waits.report_id)
            note(connection, principal.actor, "signature.canceled", case, waits)

    def _mine(self, connection: Connection, principal: Principal, item_id: str, role: str) -> tuple[Case, Awaited]:
        sites = principal.sites_with(Permission.SIGN_REPORT)
        case = self.cases.case(connection, item_id, role, site_ids=sites, lock=True)
        report = store.find(connection, item_id, role)
        waits = None if report is None else store_awaited.of_report(connection, report.report_id, at=now())
        if waits is None or waits.signature.person_id != principal.person_id:
            raise NotFoundError("nothing waits for a certificate", phase=_PHASE)
        return case, waits


def waiting_for(connection: Connection, report_id: str, person_id: str | None) -> Waiting | None:
    """What a report waits for, as far as this person is the one who asked."""
    waits = store_awaited.of_report(connection, report_id, at=now())
    if waits is None or waits.signature.person_id != person_id or not is_meant(connection, waits):
        return None
    return waits.waiting()


def is_meant(connection: Connection, waits: Awaited) -> bool:
    """Whether what waits is still the next version, of the text as it was shown."""
    latest = store.latest_number(connection, waits.report_id) or 0
    return waits.number == latest + 1 and store.last_draft_version(connection, waits.report_id) == waits.draft_version


def code_hash(code: str) -> str:
    """How a code is kept; case and hyphens are for the eye."""
    return hashed(code.upper().replace("-", "").replace(" ", ""))


def described(certificate: SigningCertificate) -> str:
    """A certificate as a signature's evidence names it."""
    return json.dumps(
        {
            "name": certificate.name,
            "issuer": certificate.issuer,
            "fingerprint": certificate.fingerprint,
            "roles": certificate.roles,
            "licence_number": certificate.licence_number,
            "valid_until": certificate.valid_until.isoformat(),
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def note(connection: Connection, actor: str, event: str, case: Case, waits: Awaited, **more: Detail) -> None:
    """What became of a signature, for the trail."""
    hub_trail.append(
        connection,
        actor=actor,
        event=event,
        site_id=case.site_id,
        subject=case.study_instance_uid,
        details={
            "report_id": waits.report_id,
            "version": waits.number,
            "document": waits.prepared.digest.hex(),
            **more,
        },
    )


def _new_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS))
    return "-".join(letters[at : at + 4] for at in range(0, _CODE_LETTERS, 4))
