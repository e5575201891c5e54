"""Writing: a draft is kept as it is typed, by whoever has the case, and never over somebody else's words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.reports import stages, store, store_deliveries, store_seals
from dokuei.hub.reports.awaited import Waiting
from dokuei.hub.reports.awaiting import waiting_for
from dokuei.hub.reports.blind import demand_amendable, demand_open
from dokuei.hub.reports.checks import Check, checks_of
from dokuei.hub.reports.circumstances import Call, DisplayUsed, resolved
from dokuei.hub.reports.deliveries import Delivery
from dokuei.hub.reports.entering import demand_enters
from dokuei.hub.reports.images_read import demand_sent
from dokuei.hub.reports.lists import with_own
from dokuei.hub.reports.model import (
    Case,
    Content,
    Draft,
    KnownImage,
    Report,
    SignedVersion,
    checked,
    demand_version,
    texts_of,
)
from dokuei.hub.reports.neighbours import Cases, Contracts, Displays, Images, Questions
from dokuei.hub.reports.seal_model import KeptVersion, SealState
from dokuei.hub.reports.structure import Structure
from dokuei.hub.reports.typesetting import demand_letters
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import MINUTE, Lately

REPORT_CHANGED = "report.changed"


@dataclass(frozen=True)
class View:
    """A report as one person may see it; ``draft`` is None where it is not theirs to see, or nothing is written."""

    case: Case
    report: Report | None
    draft: Draft | None
    draft_version: int
    versions: tuple[KeptVersion, ...]
    deliveries: tuple[Delivery, ...]
    names: dict[str, str]
    seals: Mapping[int, SealState] = field(default_factory=dict)
    """How far the sealed files of the versions have come."""
    checks: tuple[Check, ...] = ()
    """What is to be mended or answered in the draft."""
    may_withdraw: bool = False
    """Whether this person may withdraw what stands."""
    waiting: Waiting | None = None
    """The certificate that this person's signature waits for."""

    @property
    def content(self) -> Content:
        """What is being written, else what was signed last, else nothing."""
        if self.draft is not None:
            return self.draft.content
        return store.content_of(self.versions[-1].signed) if self.versions else Content()


@dataclass(frozen=True)
class Drafting:
    """The verbs on drafts."""

    database: Database
    people: People
    cases: Cases
    contracts: Contracts
    images: Images
    questions: Questions
    displays: Displays
    saved: Lately = field(default_factory=lambda: Lately(MINUTE), repr=False)

    def view(self, principal: Principal, item_id: str, role: str) -> View:
        """A case's report.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: one of two blind readings, and not theirs to see.
        """
        with self.database.read() as connection:
            sites = principal.sites_with(Permission.READ_REPORT)
            case = self.cases.case(connection, item_id, role, site_ids=sites)
            reads = principal.may(Permission.CLAIM_CASE, case.site_id)
            demand_open(case, person_id=principal.person_id, reads=reads)
            view = self._view(connection, principal, case)
        return self._with_checks(principal, view)

    def save(
        self,
        principal: Principal,
        item_id: str,
        role: str,
        content: Content,
        *,
        expected_version: int,
        priors_shown: Sequence[str] = (),
        spoken: bool = False,
    ) -> View:
        """Keep what was typed; ``priors_shown`` are the studies before this one that were on the screen.

        ``spoken`` is whether a speech engine wrote some of it (REC-04).

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: no right to write there, or somebody else has the case.
            StaleError: somebody saved another version meanwhile.
            ConflictError: it is signed; only an amendment may follow.
            RequestError: letters that cannot be printed, or words of no list.
            ProofError: an image that is not the one that the hospital sent.
        """
        content = checked(self._with_own(principal, item_id, role, content))
        demand_letters(texts_of(content))
        self._demand_sent(principal, item_id, role, content)
        with self.database.begin() as connection:
            case = self.mine(connection, principal, item_id, role, Permission.WRITE_REPORT, lock=True)
            report = store.find(connection, item_id, role, lock=True)
            draft = None if report is None else store.draft_of(connection, report.report_id)
            if report is not None and draft is None and store.versions(connection, report.report_id):
                raise ConflictError("this report is signed", phase="saving a report", remedy="amend it")
            demand_version(draft, expected_version)
            kept = () if draft is None else draft.content.compared
            shown = [*(one.study_instance_uid for one in kept), *priors_shown]
            content = replace(content, compared=resolved(shown, case.priors, kept))
            if report is None:
                report = self._opened(connection, principal, case)
            self._write(connection, principal, report, draft, content, spoken=spoken)
            act = (principal.actor, report.report_id)
            is_fresh = not self.saved.holds(*act)
            if is_fresh:
                version = store.last_draft_version(connection, report.report_id)
                _note(connection, principal, "report.saved", report, version=version)
            view = self._view(connection, principal, case)
        if is_fresh:
            self.saved.keep(*act)
        return self._with_checks(principal, view)

    def amend(self, principal: Principal, item_id: str, role: str) -> View:
        """Begin a new version of a signed report, with the words of the last one; the signed one stays as it is.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: no right to sign there, or somebody else's case.
            ConflictError: nothing is signed yet, or both of two blind readings are.
        """
        with self.database.begin() as connection:
            case = self.mine(connection, principal, item_id, role, Permission.SIGN_REPORT, lock=True)
            demand_amendable(case)
            report = store.find(connection, item_id, role, lock=True)
            signed = () if report is None else store.versions(connection, report.report_id)
            if report is None or not signed:
                raise ConflictError("nothing is signed yet", phase="amending a report", remedy="write on")
            if store.draft_of(connection, report.report_id) is None:
                self._write(connection, principal, report, None, _last_content(signed))
                _note(connection, principal, "report.amendment.opened", report)
            view = self._view(connection, principal, case)
        return self._with_checks(principal, view)

    def mine(
        self,
        connection: Connection,
        principal: Principal,
        item_id: str,
        role: str,
        permission: Permission,
        *,
        lock: bool = False,
    ) -> Case:
        """The case, if this person has it, or enters for a physician; ``lock`` holds it until the transaction ends.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: the permission or the contract is missing, or somebody else has the case.
        """
        case = self.cases.case(connection, item_id, role, site_ids=principal.site_ids, lock=lock)
        principal.demand(permission, case.site_id)
        self.contracts.demand(case.site_id)
        if principal.person_id is None or case.holder != principal.person_id:
            demand_enters(principal, case)
        return case

    def display(self, principal: Principal, case: Case, known: Iterable[KnownImage]) -> DisplayUsed:
        """What somebody sits at, for these images: mammograms are such by their SOP class too."""
        found = {"MG"} if any(image.is_mammogram for image in known) else set()
        return self.displays.at(principal, site_id=case.site_id, modalities={*case.modalities, *found})

    def checks(
        self,
        principal: Principal | None,
        case: Case,
        content: Content,
        known: Collection[KnownImage],
        before: Sequence[SignedVersion],
    ) -> tuple[Check, ...]:
        """What is to be mended or answered, with what the case's thread says of calls, and where the writer sits.

        ``principal`` is None where nobody sits before a screen any more: the display was judged when they did.
        """
        with self.database.read() as connection:
            called = self.questions.called_back(connection, case.worklist_item_id)
        preliminary = stages.preliminary_of(before)
        told = self.told(case, before) is not None
        said = content if preliminary is None else store.content_of(preliminary)
        return checks_of(
            content,
            known,
            called_back=called,
            changed=() if told else stages.significant_changes(said, content),
            reworded=stages.is_reworded(said, content),
            finalised=case.images_finalised,
            display_blocks=principal is not None and self.display(principal, case, known).blocks,
        )

    def told(self, case: Case, before: Sequence[SignedVersion]) -> Call | None:
        """Who was called since the preliminary report went out, and read back what they were told (REPORT-12)."""
        preliminary = stages.preliminary_of(before)
        if preliminary is None:
            return None
        with self.database.read() as connection:
            since = preliminary.signature.signed_at
            return self.questions.call_since(connection, case.worklist_item_id, since)

    def _with_own(self, principal: Principal, item_id: str, role: str, content: Content) -> Content:
        with self.database.read() as connection:
            self.mine(connection, principal, item_id, role, Permission.WRITE_REPORT)
            report = store.find(connection, item_id, role)
            draft = None if report is None else store.draft_of(connection, report.report_id)
            kept = draft.content.structure if draft else Structure()
            return replace(content, structure=with_own(connection, content.structure, kept))

    def _demand_sent(self, principal: Principal, item_id: str, role: str, content: Content) -> None:
        with self.database.read() as connection:
            case = self.mine(connection, principal, item_id, role, Permission.WRITE_REPORT)
            report = store.find(connection, item_id, role)
            draft = None if report is None else store.draft_of(connection, report.report_id)
        kept = () if draft is None else draft.content.images_read
        if set(content.images_read) - set(kept):
            known = self.images.of_study(case.site_id, case.study_instance_uid)
            demand_sent(content.images_read, known, kept=kept)

    def _with_checks(self, principal: Principal, view: View) -> View:
        """Named while one writes, not only when one signs."""
        if view.draft is None:
            return view
        try:
            known = self.images.of_study(view.case.site_id, view.case.study_instance_uid)
        except NotFoundError:  # the images were removed: what was written stays readable
            known = ()
        before = [one.signed for one in view.versions]
        return replace(view, checks=self.checks(principal, view.case, view.draft.content, known, before))

    def _opened(self, connection: Connection, principal: Principal, case: Case) -> Report:
        report = store.open_report(connection, case, person_id=principal.person_id or "")
        _note(connection, principal, "report.opened", report)
        _tell(connection, report, "draft")
        return report

    @staticmethod
    def _write(
        connection: Connection,
        principal: Principal,
        report: Report,
        before: Draft | None,
        content: Content,
        *,
        spoken: bool = False,
    ) -> None:
        person_id = principal.person_id or ""
        entered_by = before.entered_by if before else ()
        spoken_by = before.spoken_by if before else ()
        if spoken and person_id not in spoken_by:
            spoken_by = (*spoken_by, person_id)
        if person_id not in entered_by:
            entered_by = (*entered_by, person_id)
            if not principal.may(Permission.SIGN_REPORT, report.site_id):
                _tell(connection, report, "entered")
        store.save_draft(
            connection,
            Draft(
                report_id=report.report_id,
                version=store.last_draft_version(connection, report.report_id) + 1,
                content=content,
                entered_by=entered_by,
                updated_at=now(),
                updated_by=person_id,
                spoken_by=spoken_by,
            ),
        )

    def _view(self, connection: Connection, principal: Principal, case: Case) -> View:
        report = store.find(connection, case.worklist_item_id, case.role)
        if report is None:
            return View(case, None, None, 0, (), (), self.people.names({case.holder or ""}))
        draft = store.draft_of(connection, report.report_id)
        versions = store.versions(connection, report.report_id)
        number = versions[-1].signed.number if versions else 0
        people = {case.holder or "", report.created_by, *(draft.entered_by if draft else ())}
        theirs = principal.person_id is not None and principal.person_id in {
            case.holder,
            *(draft.entered_by if draft else ()),
        }
        return View(
            case=case,
            report=report,
            draft=draft if theirs else None,
            draft_version=store.last_draft_version(connection, report.report_id),
            versions=versions,
            deliveries=store_deliveries.of_report(connection, report.report_id, number),
            names=self.people.names(people),
            seals=store_seals.of_report(connection, report.report_id),
            may_withdraw=stages.may_withdraw([one.signed for one in versions], case, principal),
            waiting=waiting_for(connection, report.report_id, principal.person_id),
        )


def _last_content(signed: Sequence[KeptVersion]) -> Content:
    """What the last version said that was not a withdrawal."""
    said = [one.signed for one in signed if one.signed.kind != "withdrawal"]
    return store.content_of(said[-1]) if said else Content()


def _tell(connection: Connection, report: Report, status: str) -> None:
    told = {"worklist_item_id": report.worklist_item_id, "role": report.role, "status": status, "signed_at": None}
    outbox.put(connection, REPORT_CHANGED, told)


def _note(connection: Connection, principal: Principal, event: str, report: Report, **more: int) -> None:
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        site_id=report.site_id,
        subject=report.study_instance_uid,
        details={"report_id": report.report_id, "role": report.role, **more},
    )
