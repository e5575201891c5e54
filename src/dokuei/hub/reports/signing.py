"""Signing: the one place where its order is written (verify, sign, seal, then one transaction)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from dokuei.clock import now
from dokuei.dicom.image_mac import ImageMac
from dokuei.errors import ConflictError, DokueiError, ForbiddenError, RequestError, SignatureError
from dokuei.hub.identity.model import Permission, Person, Principal
from dokuei.hub.identity.proof import Confirmation, Confirmed
from dokuei.hub.identity.qualification import Lack, demand_none
from dokuei.hub.identity.qualifications import Qualifications
from dokuei.hub.reports import model, store, store_deliveries, wording
from dokuei.hub.reports.checks import UNFINALISED, checks_of, demand_answered
from dokuei.hub.reports.documents import DocumentMaker, Documents
from dokuei.hub.reports.drafting import REPORT_CHANGED, Drafting
from dokuei.hub.reports.images_read import demand_images
from dokuei.hub.reports.model import Case, Draft, Frozen, KnownImage, Report, Signature, SignedVersion
from dokuei.hub.reports.neighbours import Images, Questions, Rules
from dokuei.hub.reports.structure import Answer
from dokuei.hub.reports.typesetting import demand_letters
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Begun:
    """What the confirmation screen shows (REC-02), and what it asks of the reader."""

    digest: str
    text: str
    document: Mapping[str, Any]
    asked: Mapping[str, Any]


@dataclass(frozen=True)
class Proof:
    """What the reader presented: a key's answer, or password and code."""

    credential: Mapping[str, Any] | None = None
    password: str = ""
    totp_code: str = ""


@dataclass(frozen=True)
class Signing:
    """The two steps of a signature."""

    database: Database
    blobs: Blobs
    drafting: Drafting
    confirmation: Confirmation
    images: Images
    rules: Rules
    questions: Questions
    maker: DocumentMaker
    facility: str
    qualifications: Qualifications

    def lacks(self, principal: Principal, item_id: str, role: str) -> tuple[tuple[Lack, ...], bool]:
        """What stands between a reader and a signature on this case, and whether it takes a mammography grade.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        with self.database.read() as connection:
            sites = principal.sites_with(Permission.WRITE_REPORT)
            case = self.drafting.cases.case(connection, item_id, role, site_ids=sites)
        needed = self._grade_needed(case)
        return self.qualifications.lacks(principal.person_id or "", grade_needed=needed), needed

    def begin(self, principal: Principal, item_id: str, role: str) -> Begun:
        """Freeze the version as it stands, and bind its digest into the key's challenge.

        Raises:
            NotFoundError, ForbiddenError: not this person's case, or no right to sign there (REC-01).
            ConflictError: nothing is being written, images are still on their way, or a question holds the signature.
            RequestError, ProofError, SignatureError: this version cannot be signed; the error says why.
        """
        with self.database.read() as connection:
            case, report, draft = self._mine(connection, principal, item_id, role)
            before = store.versions(connection, report.report_id)
        rules = self.rules.of_site(case.site_id)
        self._demand_qualified(principal, case)
        answers = self._demand_fit(case, draft)
        people = {person.person_id: person for person in self._people(draft, principal)}
        document = wording.document(
            report=report,
            number=len(before) + 1,
            replaces=before[-1].signed if before else None,
            case=case,
            site=rules,
            facility=self.facility,
            content=replace(draft.content, answers=answers),
            entered_by=[_named(people[person_id]) for person_id in draft.entered_by if person_id in people],
            reader=_named(people[principal.person_id or ""]),
            qualification=json.loads(self._qualification(principal)),
        )
        demand_letters(model.texts_of(draft.content))
        frozen = _frozen(principal, report, draft, document, amended=bool(before))
        self.maker.rehearse(frozen, images=self._known(case))
        self._freeze(principal, report, draft, frozen)
        asked = self.confirmation.begin(
            person_id=principal.person_id or "",
            subject=_subject(frozen),
            shown=frozen.canonical,
            synced_allowed=rules.synced_passkeys_may_sign,
        )
        return Begun(frozen.digest, wording.shown_text(document), document, asked)

    def sign_report(
        self, principal: Principal, item_id: str, role: str, proof: Proof, *, expected_digest: str
    ) -> SignedVersion:
        """Verify what was presented, sign, seal, and only then let it be true, all of it in one transaction.

        Raises:
            NotFoundError, ForbiddenError: not this person's case, or no right to sign there (REC-01).
            ConflictError: what is signed is not what was shown, or a question holds the signature.
            SignatureError: the key's answer, the password or the seal does not hold.
        """
        with self.database.read() as connection:
            case, report, draft = self._mine(connection, principal, item_id, role)
            self._demand_qualified(principal, case)
            self._demand_fit(case, draft)
            frozen = model.demand_frozen(
                store.frozen_of(connection, report.report_id),
                draft,
                person_id=principal.person_id or "",
                expected_digest=expected_digest,
            )
        try:
            confirmed = self._confirm(principal, case, frozen, proof)
        except (SignatureError, ForbiddenError) as refusal:
            self._note_refusal(principal, case, frozen, proof, refusal)
            raise
        signature = Signature(
            person_id=principal.person_id or "",
            display_name=principal.display_name,
            signed_at=now(),
            method=confirmed.method,
            evidence={**confirmed.evidence, "qualification": self._qualification(principal)},
        )
        signed = model.sign(frozen, signature)
        documents = self.maker.make(
            signed, site_id=case.site_id, images=self._known(case), macs=self._macs(case, draft)
        )
        if not case.leaves_the_centre:
            documents = replace(documents, objects=())
        self._keep(documents)
        try:
            self._decide(principal, item_id, role, signed, documents)
        except (DokueiError, IntegrityError):
            self._discard(documents)
            raise
        return signed

    def _decide(
        self, principal: Principal, item_id: str, role: str, signed: SignedVersion, documents: Documents
    ) -> None:
        """The transaction in which one of several signatures in flight becomes the version, and the others nothing."""
        with self.database.begin() as connection:
            case, report, draft = self._mine(connection, principal, item_id, role, lock=True)
            _demand_all_here(case)
            _demand_one_patient(case)
            _demand_finalised(case, draft)
            model.demand_frozen(
                store.frozen_of(connection, report.report_id),
                draft,
                person_id=signed.signature.person_id,
                expected_digest=signed.digest,
            )
            _write(connection, principal, case, signed, documents)

    def _mine(
        self, connection: Connection, principal: Principal, item_id: str, role: str, *, lock: bool = False
    ) -> tuple[Case, Report, Draft]:
        case = self.drafting.mine(connection, principal, item_id, role, Permission.SIGN_REPORT, lock=lock)
        report = store.find(connection, item_id, role, lock=lock)
        draft = None if report is None else store.draft_of(connection, report.report_id)
        if report is None or draft is None:
            raise ConflictError("there is nothing to sign", phase="signing", remedy="write the report first")
        self.questions.demand_settled(connection, item_id)
        return case, report, draft

    def _demand_fit(self, case: Case, draft: Draft) -> tuple[Answer, ...]:
        """The reasons that are kept with what is signed."""
        model.demand_text(draft.content)
        model.demand_categories(draft.content)
        _demand_all_here(case)
        _demand_one_patient(case)
        known = self._known(case)
        demand_images(draft.content, known)
        called_back = self.drafting.called_back(case.worklist_item_id)
        checks = checks_of(draft.content, known, called_back=called_back, finalised=case.images_finalised)
        return demand_answered(draft.content, checks)

    def _demand_qualified(self, principal: Principal, case: Case) -> None:
        """Only a licensed physician stands for a report (JRS-01), for screening one of grade A or B (JRS-02)."""
        needed = self._grade_needed(case)
        demand_none(self.qualifications.lacks(principal.person_id or "", grade_needed=needed))

    def _grade_needed(self, case: Case) -> bool:
        return "MG" in case.modalities and self.rules.of_site(case.site_id).mammography_grade_required

    def _qualification(self, principal: Principal) -> str:
        """As it is now: what changes later changes nothing about what was signed."""
        return self.qualifications.of(principal.person_id or "").as_of(now().date())

    def _known(self, case: Case) -> tuple[KnownImage, ...]:
        return self.images.of_study(case.site_id, case.study_instance_uid)

    def _macs(self, case: Case, draft: Draft) -> Mapping[str, ImageMac]:
        read = {one.sop_instance_uid for one in draft.content.images_read}
        return self.images.macs(case.site_id, case.study_instance_uid, read)

    def _people(self, draft: Draft, principal: Principal) -> tuple[Person, ...]:
        found = self.drafting.people.some({*draft.entered_by, principal.person_id or ""})
        if not any(person.person_id == principal.person_id for person in found):
            raise RequestError("this account has no person", phase="preparing to sign")
        return found

    def _freeze(self, principal: Principal, report: Report, draft: Draft, frozen: Frozen) -> None:
        with self.database.begin() as connection:
            store.find(connection, report.worklist_item_id, report.role, lock=True)
            present = store.draft_of(connection, report.report_id)
            model.demand_version(present, draft.version)
            store.freeze(connection, frozen)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="report.shown",
                site_id=report.site_id,
                subject=report.study_instance_uid,
                details={"report_id": report.report_id, "version": frozen.number, "digest": frozen.digest},
            )

    def _confirm(self, principal: Principal, case: Case, frozen: Frozen, proof: Proof) -> Confirmed:
        person_id = principal.person_id or ""
        if proof.credential is None:
            return self.confirmation.reenter(person_id=person_id, password=proof.password, code=proof.totp_code)
        return self.confirmation.touch(
            proof.credential,
            expected_person_id=person_id,
            expected_subject=_subject(frozen),
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

    def _keep(self, documents: Documents) -> None:
        """Bytes before rows: what a row names is there."""
        self.blobs.put(documents.sealed.pdf_key, documents.pdf)
        for made in documents.objects:
            self.blobs.put(made.blob_key, made.data)

    def _discard(self, documents: Documents) -> None:
        """What a signature that came to nothing has left; its keys are its own (see ``DocumentMaker.make``)."""
        self.blobs.delete(documents.sealed.pdf_key)
        for made in documents.objects:
            self.blobs.delete(made.blob_key)


def _demand_all_here(case: Case) -> None:
    if not case.images_complete:
        raise ConflictError(
            "images of this study are still on their way", phase="preparing to sign", remedy="wait for all of them"
        )


def _demand_one_patient(case: Case) -> None:
    if case.request_mismatch:
        raise ConflictError(
            "request and images do not name the same patient, or two requests name these images",
            phase="preparing to sign",
            remedy="somebody at the site resolves it on the list of requests",
        )


def _demand_finalised(case: Case, draft: Draft) -> None:
    """What reopened the images since the reader looked is told, and not signed over (REC-09)."""
    answered = any(one.check == UNFINALISED and one.reason.strip() for one in draft.content.answers)
    if not case.images_finalised and not answered:
        raise ConflictError(
            "no technologist stands for these images now", phase="signing", remedy="wait, or give the reason why"
        )


def _frozen(principal: Principal, report: Report, draft: Draft, document: dict[str, Any], *, amended: bool) -> Frozen:
    canonical = wording.canonical_bytes(document)
    return Frozen(
        report_id=report.report_id,
        number=document["version"],
        kind="amendment" if amended else "original",
        draft_version=draft.version,
        canonical=canonical,
        digest=model.digest_of(canonical),
        shown_to=principal.person_id or "",
        shown_at=now(),
    )


def _write(
    connection: Connection, principal: Principal, case: Case, signed: SignedVersion, documents: Documents
) -> None:
    """Version, deliveries, audit and event: true together or not at all."""
    store.add_version(connection, signed, documents.sealed)
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
        event="report.signed",
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


def _subject(frozen: Frozen) -> str:
    return f"report:{frozen.report_id}:{frozen.number}"


def _named(person: Person) -> dict[str, str]:
    return {
        "person_id": person.person_id,
        "display_name": person.display_name,
        "display_name_kana": person.display_name_kana,
    }
