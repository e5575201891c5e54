"""Signing: the one place where its order is written (verify, sign, seal, then one transaction)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from dokuei.clock import now
from dokuei.dicom.image_mac import ImageMac
from dokuei.errors import ConflictError, DokueiError, RequestError
from dokuei.hub.identity.model import Permission, Person, Principal
from dokuei.hub.identity.places import Places
from dokuei.hub.identity.qualification import Lack, demand_none, takes_grade
from dokuei.hub.identity.qualifications import Qualifications
from dokuei.hub.reports import model, stages, store, wording
from dokuei.hub.reports.awaited import Waiting
from dokuei.hub.reports.awaiting import Awaiting
from dokuei.hub.reports.checks import UNFINALISED, demand_answered, kept_answers
from dokuei.hub.reports.circumstances import demand_display
from dokuei.hub.reports.deciding import Deciding, Proof, subject_of, write_version
from dokuei.hub.reports.documents import DocumentMaker, Documents
from dokuei.hub.reports.drafting import Drafting
from dokuei.hub.reports.images_read import demand_images
from dokuei.hub.reports.model import Case, Content, Draft, Frozen, Kind, KnownImage, Report, Signature, SignedVersion
from dokuei.hub.reports.neighbours import Images, Lines, Questions, Rules
from dokuei.hub.reports.structure import Answer
from dokuei.hub.reports.typesetting import demand_letters
from dokuei.hub.reports.wording import SPEECH
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Begun:
    """What the confirmation screen shows (REC-02), and what it asks of the reader."""

    digest: str
    text: str
    document: Mapping[str, Any]
    asked: Mapping[str, Any]
    certificate_needed: bool = False


@dataclass(frozen=True)
class Signing:
    """The two steps of a signature."""

    database: Database
    drafting: Drafting
    deciding: Deciding
    images: Images
    rules: Rules
    questions: Questions
    maker: DocumentMaker
    facility: str
    qualifications: Qualifications
    places: Places
    awaiting: Awaiting
    lines: Lines

    def lacks(self, principal: Principal, item_id: str, role: str) -> tuple[tuple[Lack, ...], bool]:
        """What stands between a reader and a signature on this case, and whether it takes a mammography grade.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        with self.database.read() as connection:
            sites = principal.sites_with(Permission.WRITE_REPORT)
            case = self.drafting.cases.case(connection, item_id, role, site_ids=sites)
        needed = self._grade_needed(case)
        return self._lacks(principal, case), needed

    def begin(self, principal: Principal, item_id: str, role: str, *, preliminary: bool = False) -> Begun:
        """Freeze the version as it stands, and bind its digest into the key's challenge.

        A ``preliminary`` version goes out while images may still come and what the checks name is still open.

        Raises:
            NotFoundError, ForbiddenError: not this person's case, or no right to sign there (REC-01).
            ConflictError: nothing is being written, images are still on their way, a question holds the signature,
                or mammograms are not on a display with a valid calibration (JRS-09).
            RequestError, ProofError, SignatureError: this version cannot be signed; the error says why.
        """
        with self.database.read() as connection:
            case, report, draft = self._mine(connection, principal, item_id, role)
            before = [one.signed for one in store.versions(connection, report.report_id)]
        rules = self.rules.of_site(case.site_id)
        self.demand_qualified(principal, case)
        display = self.drafting.display(principal, case, self._known(case))
        demand_display(display)
        kind = stages.next_kind(before, case, preliminary=preliminary)
        answers = self._demand_fit(principal, case, draft, kind, before)
        people = {person.person_id: person for person in self._people(case, draft, principal)}
        document = wording.document(
            report=report,
            number=len(before) + 1,
            replaces=before[-1] if before else None,
            case=case,
            site=rules,
            facility=self.facility,
            place=self.places.of(principal).value,
            display=display.said,
            line=self._line(principal, case),
            content=replace(draft.content, answers=answers),
            images=self._known(case),
            entered_by=_entered(draft, people),
            reader=named(people[principal.person_id or ""]),
            qualification=json.loads(self.qualification(principal)),
            kind=kind,
            preliminary=None if kind == "preliminary" else self._preliminary(case, before, draft.content),
            delegations=_delegations(case, people, principal.person_id, zone=ZoneInfo(self.maker.time_zone)),
        )
        demand_letters(model.texts_of(draft.content))
        frozen = frozen_of(principal, report, draft.version, document)
        self.deciding.demand_sealable()
        self.maker.rehearse(frozen, images=self._known(case))
        self._freeze(principal, report, draft, frozen)
        asked = self.deciding.confirmation.begin(
            person_id=principal.person_id or "",
            subject=subject_of(frozen),
            shown=frozen.canonical,
            synced_allowed=rules.synced_passkeys_may_sign,
        )
        return Begun(frozen.digest, wording.shown_text(document), document, asked, self.certificate_needed(case))

    def sign_report(
        self, principal: Principal, item_id: str, role: str, proof: Proof, *, expected_digest: str
    ) -> Waiting | None:
        """Verify what was presented, sign, seal, and only then let it be true, all of it in one transaction.

        Where the site wants the physician's own certificate, nothing is true yet: the document waits for that.

        Raises:
            NotFoundError, ForbiddenError: not this person's case, or no right to sign there (REC-01).
            ConflictError: what is signed is not what was shown or not on that display, or a question holds the
                signature.
            SignatureError: the key's answer, the password or the seal does not hold.
        """
        with self.database.read() as connection:
            case, report, draft = self._mine(connection, principal, item_id, role)
            before = [one.signed for one in store.versions(connection, report.report_id)]
            self.demand_qualified(principal, case)
            frozen = model.demand_frozen(
                store.frozen_of(connection, report.report_id),
                draft,
                person_id=principal.person_id or "",
                expected_digest=expected_digest,
            )
        display = self.drafting.display(principal, case, self._known(case))
        demand_display(display, shown=json.loads(frozen.canonical))
        self._demand_fit(principal, case, draft, frozen.kind, before)
        confirmed = self.deciding.proved(principal, case, frozen, proof)
        signature = Signature(
            person_id=principal.person_id or "",
            display_name=principal.display_name,
            signed_at=now(),
            method=confirmed.method,
            evidence={**confirmed.evidence, "qualification": self.qualification(principal)},
        )
        signed = model.sign(frozen, signature)
        if self.certificate_needed(case):
            return self.awaiting.ask(principal, case, signed, self._known(case))
        self._finish(principal, case, draft, signed)
        return None

    def resume(self, principal: Principal, item_id: str, role: str, signed: SignedVersion, pdf: bytes) -> None:
        """Let a version be true that its reader has proved themselves for, and whose document their card has signed.

        Raises:
            NotFoundError, ForbiddenError: the case or the right to sign there is theirs no more.
            ConflictError: the text has changed since, or a question holds the signature.
        """
        with self.database.read() as connection:
            case, report, draft = self._mine(connection, principal, item_id, role)
            before = [one.signed for one in store.versions(connection, report.report_id)]
        self.demand_qualified(principal, case)
        self._demand_fit(None, case, draft, signed.kind, before)
        self._finish(principal, case, draft, signed, pdf)

    def _finish(self, principal: Principal, case: Case, draft: Draft, signed: SignedVersion, pdf: bytes = b"") -> None:
        images, macs = self._known(case), self._macs(case, draft)
        documents = self.maker.make(signed, site_id=case.site_id, images=images, macs=macs, pdf=pdf)
        if not case.leaves_the_centre:
            documents = replace(documents, objects=())
        self.deciding.keep(documents)
        try:
            self._decide(principal, case.worklist_item_id, case.role, signed, documents)
        except (DokueiError, IntegrityError):
            self.deciding.discard(documents)
            raise

    def _decide(
        self, principal: Principal, item_id: str, role: str, signed: SignedVersion, documents: Documents
    ) -> None:
        """The transaction in which one of several signatures in flight becomes the version, and the others nothing."""
        with self.database.begin() as connection:
            case, report, draft = self._mine(connection, principal, item_id, role, lock=True)
            if signed.kind != "preliminary":
                _demand_all_here(case)
                _demand_finalised(case, draft)
            _demand_one_patient(case)
            model.demand_frozen(
                store.frozen_of(connection, report.report_id),
                draft,
                person_id=signed.signature.person_id,
                expected_digest=signed.digest,
            )
            write_version(connection, principal, case, signed, documents)
            if signed.kind != "preliminary":
                signature = signed.signature
                self.drafting.cases.signed(connection, case, person_id=signature.person_id, at=signature.signed_at)

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

    def _demand_fit(
        self, principal: Principal | None, case: Case, draft: Draft, kind: Kind, before: Sequence[SignedVersion]
    ) -> tuple[Answer, ...]:
        """The reasons that are kept with what is signed; a preliminary version keeps those that are there."""
        model.demand_text(draft.content)
        model.demand_categories(draft.content)
        _demand_one_patient(case)
        known = self._known(case)
        demand_images(draft.content, known)
        checks = self.drafting.checks(principal, case, draft.content, known, before)
        if kind == "preliminary":
            return kept_answers(draft.content, checks)
        _demand_all_here(case)
        return demand_answered(draft.content, checks)

    def _preliminary(self, case: Case, before: Sequence[SignedVersion], content: Content) -> dict[str, Any] | None:
        replaced = stages.preliminary_of(before)
        said = None if replaced is None else store.content_of(replaced)
        return stages.written_preliminary(
            replaced, said, content, self.drafting.told(case, before), zone=ZoneInfo(self.maker.time_zone)
        )

    def demand_qualified(self, principal: Principal, case: Case) -> None:
        """Only a licensed physician stands for a report (JRS-01), for screening one of grade A or B (JRS-02)."""
        demand_none(self._lacks(principal, case))
        if self.certificate_needed(case):
            self.awaiting.demand_possible()

    def certificate_needed(self, case: Case) -> bool:
        """Whether what goes to this site is signed with the physician's own certificate too (REC-17)."""
        return case.leaves_the_centre and self.rules.of_site(case.site_id).qualified_signature_required

    def _lacks(self, principal: Principal, case: Case) -> tuple[Lack, ...]:
        return self.qualifications.lacks(
            principal.person_id or "",
            grade_needed=self._grade_needed(case),
            certificate_needed=self.certificate_needed(case),
        )

    def _grade_needed(self, case: Case) -> bool:
        required = self.rules.of_site(case.site_id).mammography_grade_required
        return takes_grade(case.modalities, screening=case.screening, required=required)

    def qualification(self, principal: Principal) -> str:
        """As it is now: what changes later changes nothing about what was signed."""
        return self.qualifications.of(principal.person_id or "").as_of(self.qualifications.access.today)

    def _known(self, case: Case) -> tuple[KnownImage, ...]:
        return self.images.of_study(case.site_id, case.study_instance_uid)

    def _line(self, principal: Principal, case: Case) -> dict[str, Any] | None:
        """The line that this case is read over, as it was measured last (NET-20)."""
        known = self._known(case)
        return self.lines.at(
            principal,
            modalities={*case.modalities, *(one.modality for one in known)},
            sop_class_uids={one.sop_class_uid for one in known},
            priors=bool(case.priors),
        )

    def _macs(self, case: Case, draft: Draft) -> Mapping[str, ImageMac]:
        read = {one.sop_instance_uid for one in draft.content.images_read}
        return self.images.macs(case.site_id, case.study_instance_uid, read)

    def _people(self, case: Case, draft: Draft, principal: Principal) -> tuple[Person, ...]:
        gave = {person_id for one in case.delegations for person_id in (one.from_person_id, one.ordered_by)}
        found = self.drafting.people.some({*draft.entered_by, principal.person_id or "", *gave})
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


def frozen_of(principal: Principal, report: Report, draft_version: int, document: dict[str, Any]) -> Frozen:
    """The exact bytes that are shown."""
    canonical = wording.canonical_bytes(document)
    return Frozen(
        report_id=report.report_id,
        number=document["version"],
        kind=stages.kind_of(document),
        draft_version=draft_version,
        canonical=canonical,
        digest=model.digest_of(canonical),
        shown_to=principal.person_id or "",
        shown_at=now(),
    )


def _delegations(
    case: Case, people: Mapping[str, Person], signer: str | None, *, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Who could not finalise, so that this reader stands for it (REC-06); what came back to its reader is none."""
    return [
        {
            "from": named(people[one.from_person_id]),
            "ordered_by": named(people[one.ordered_by]),
            "reason": one.reason,
            "at": one.at.astimezone(zone).isoformat(),
        }
        for one in case.delegations
        if one.from_person_id != signer and {one.from_person_id, one.ordered_by} <= people.keys()
    ]


def _entered(draft: Draft, people: Mapping[str, Person]) -> list[dict[str, str]]:
    """Whoever wrote, and for whom a speech engine did (REC-04)."""
    return [
        {**named(people[one]), **({"by": SPEECH} if one in draft.spoken_by else {})}
        for one in draft.entered_by
        if one in people
    ]


def named(person: Person) -> dict[str, str]:
    """A person as a version names them."""
    return {
        "person_id": person.person_id,
        "display_name": person.display_name,
        "display_name_kana": person.display_name_kana,
    }
