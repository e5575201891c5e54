"""Reports as the rest of the hub sees them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from dokuei.errors import NotFoundError, ProofError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.qualification import Lack
from dokuei.hub.identity.service import IdentityService
from dokuei.hub.reports import store, store_deliveries, store_seals
from dokuei.hub.reports.authorities import authorities_of
from dokuei.hub.reports.awaited import Waiting
from dokuei.hub.reports.awaiting import Awaiting
from dokuei.hub.reports.blind import demand_open
from dokuei.hub.reports.deciding import Deciding, Proof
from dokuei.hub.reports.deliveries import Delivery, DeliveryPlace
from dokuei.hub.reports.documents import DocumentMaker
from dokuei.hub.reports.drafting import Drafting, View
from dokuei.hub.reports.lists import Lists
from dokuei.hub.reports.model import INTERNAL, Case, Content
from dokuei.hub.reports.neighbours import Cases, Contracts, Displays, Images, Lines, Questions, Rules
from dokuei.hub.reports.once import Once
from dokuei.hub.reports.presenting import Presenting
from dokuei.hub.reports.reading_version import ReadVersion, read_version
from dokuei.hub.reports.restamping import Restamping
from dokuei.hub.reports.seal_model import KeptVersion, SealState
from dokuei.hub.reports.seal_watch import SealWatch
from dokuei.hub.reports.sealing import Sealer
from dokuei.hub.reports.signing import Begun, Signing
from dokuei.hub.reports.withdrawing import Withdrawing
from dokuei.settings import HpkiSettings
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately


@dataclass(frozen=True)
class ReportsService:
    """Everything about reports goes through here."""

    database: Database
    blobs: Blobs
    drafting: Drafting
    signing: Signing
    withdrawing: Withdrawing
    restamping: Restamping
    lists: Lists
    presenting: Presenting
    once: Once
    scale: str = ""
    """How this centre gives categories, where a form offers it."""
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def role_of(self, principal: Principal, item_id: str, role: str = "") -> str:
        """The role that is named, else the one that this person means.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        if role:
            return role
        with self.database.read() as connection:
            return self.drafting.cases.role_of(connection, item_id, principal.person_id, site_ids=principal.site_ids)

    def view(self, principal: Principal, item_id: str, role: str = "") -> View:
        """A case's report as this person may see it; that it was read is noted once an hour (LOG-01)."""
        view = self.drafting.view(principal, item_id, self.role_of(principal, item_id, role))
        if view.report is not None and not self.looked.holds(principal.actor, view.report.report_id):
            with self.database.begin() as connection:
                hub_trail.append(
                    connection,
                    actor=principal.actor,
                    event="report.read",
                    site_id=view.case.site_id,
                    subject=view.case.study_instance_uid,
                    details={
                        "report_id": view.report.report_id,
                        "role": view.report.role,
                        "versions": len(view.versions),
                    },
                )
            self.looked.keep(principal.actor, view.report.report_id)
        return view

    def save(
        self,
        principal: Principal,
        item_id: str,
        content: Content,
        *,
        expected_version: int,
        role: str = "",
        priors_shown: Sequence[str] = (),
        spoken: bool = False,
    ) -> View:
        """Keep what was typed, or spoken."""
        return self.drafting.save(
            principal,
            item_id,
            self.role_of(principal, item_id, role),
            content,
            expected_version=expected_version,
            priors_shown=priors_shown,
            spoken=spoken,
        )

    def amend(self, principal: Principal, item_id: str, role: str = "") -> View:
        """Begin a new version of a signed report."""
        return self.drafting.amend(principal, item_id, self.role_of(principal, item_id, role))

    def case(self, principal: Principal, item_id: str, role: str = "") -> Case:
        """What a report needs to know of its case.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        role = self.role_of(principal, item_id, role)
        with self.database.read() as connection:
            sites = principal.sites_with(Permission.READ_REPORT)
            return self.drafting.cases.case(connection, item_id, role, site_ids=sites)

    def signed_versions(self, principal: Principal, item_id: str, role: str = "") -> tuple[ReadVersion, ...]:
        """Every signed version as it is read, the first one first; that they were read is noted once an hour.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        return tuple(read_version(one.signed) for one in self.view(principal, item_id, role).versions)

    def begin_signature(
        self, principal: Principal, item_id: str, role: str = "", *, preliminary: bool = False
    ) -> Begun:
        """Show exactly what would be signed."""
        role = self.role_of(principal, item_id, role)
        return self.signing.begin(principal, item_id, role, preliminary=preliminary)

    def begin_withdrawal(self, principal: Principal, item_id: str, *, reason: str) -> Begun:
        """Show exactly what would be signed, with the reason."""
        role = self.role_of(principal, item_id)
        return self.withdrawing.begin(principal, item_id, role, reason)

    def withdraw(self, principal: Principal, item_id: str, proof: Proof, *, expected_digest: str) -> View:
        """Sign the withdrawal that was shown; asked for twice, it is made once."""
        role = self.role_of(principal, item_id)
        waiting = self.once.sign(
            principal,
            item_id,
            role,
            lambda: self.withdrawing.withdraw(principal, item_id, role, proof, expected_digest=expected_digest),
            expected_digest=expected_digest,
        )
        return replace(self.drafting.view(principal, item_id, role), waiting=waiting)

    def sign_report(
        self,
        principal: Principal,
        item_id: str,
        proof: Proof,
        *,
        expected_digest: str,
        role: str = "",
    ) -> View:
        """Sign what was shown; asked for twice, it is made once."""
        role = self.role_of(principal, item_id, role)
        waiting = self.once.sign(
            principal,
            item_id,
            role,
            lambda: self.signing.sign_report(principal, item_id, role, proof, expected_digest=expected_digest),
            expected_digest=expected_digest,
        )
        return replace(self.drafting.view(principal, item_id, role), waiting=waiting)

    def code_again(self, principal: Principal, item_id: str) -> Waiting:
        """Another code for the certificate that is waited for."""
        return self.signing.awaiting.again(principal, item_id, self.role_of(principal, item_id))

    def cancel_waiting(self, principal: Principal, item_id: str) -> None:
        """Wait for a certificate no longer."""
        self.signing.awaiting.cancel(principal, item_id, self.role_of(principal, item_id))

    def lacks(self, principal: Principal, item_id: str) -> tuple[tuple[Lack, ...], bool]:
        """What stands between a reader and a signature on this case, and whether it takes a mammography grade."""
        return self.signing.lacks(principal, item_id, self.role_of(principal, item_id))

    def pdf(
        self, principal: Principal, item_id: str, *, number: int | None = None, role: str = ""
    ) -> tuple[KeptVersion, bytes]:
        """The sealed document, checked against the hub's own record; that it was looked at is noted (LOG-01).

        Raises:
            NotFoundError: no such case at a site of theirs, or nothing signed.
            ForbiddenError: one of two blind readings, and not theirs to see.
            ProofError: the file is not the one that was sealed.
        """
        role = self.role_of(principal, item_id, role)
        with self.database.begin() as connection:
            sites = principal.sites_with(Permission.READ_REPORT)
            case = self.drafting.cases.case(connection, item_id, role, site_ids=sites)
            reads = principal.may(Permission.CLAIM_CASE, case.site_id)
            demand_open(case, person_id=principal.person_id, reads=reads)
            report = store.find(connection, item_id, role)
            kept = () if report is None else store.versions(connection, report.report_id)
            chosen = [one for one in kept if number is None or one.signed.number == number]
            if not chosen:
                raise NotFoundError("no such signed version", phase="reading a report")
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="report.exported",
                site_id=case.site_id,
                subject=case.study_instance_uid,
                details={"version": chosen[-1].signed.number},
            )
            states = store_seals.of_report(connection, chosen[-1].signed.report_id)
        return chosen[-1], self._file(chosen[-1], states.get(chosen[-1].signed.number))

    def sealed_pdf(self, kept: KeptVersion) -> bytes:
        """A version's sealed document; who asks has seen to access and to the trail.

        Raises:
            ProofError: the file is not the one that was sealed.
        """
        with self.database.read() as connection:
            states = store_seals.of_report(connection, kept.signed.report_id)
        return self._file(kept, states.get(kept.signed.number))

    def _file(self, kept: KeptVersion, state: SealState | None) -> bytes:
        """The sealed file, with its later time stamps where it has any."""
        sealed = self.blobs.read(kept.sealed.pdf_key)
        data = sealed if state is None else self.blobs.read(state.blob_key)
        expected = kept.sealed.pdf_sha256 if state is None else state.sha256
        changed = hashlib.sha256(sealed).hexdigest() != kept.sealed.pdf_sha256 or not data.startswith(sealed)
        if changed or hashlib.sha256(data).hexdigest() != expected:
            raise ProofError("the sealed file has been changed", phase="reading a report", remedy="restore the backup")
        return data

    def deliveries_of_case(self, item_id: str) -> tuple[Delivery, ...]:
        """The objects of a case's latest signed version; none before it is signed. Who asks has seen to access."""
        with self.database.read() as connection:
            report = next((one for one in store.of_case(connection, item_id) if one.role not in INTERNAL), None)
            number = None if report is None else store.latest_number(connection, report.report_id)
            if report is None or number is None:
                return ()
            return store_deliveries.of_report(connection, report.report_id, number)

    def pending_deliveries(self, site_id: str) -> tuple[Delivery, ...]:
        """What a site's PACS has not got yet, the oldest first."""
        with self.database.read() as connection:
            return store_deliveries.waiting(connection, site_id)

    def read_delivery(self, site_id: str, delivery_id: str) -> tuple[Delivery, bytes]:
        """One object of a site as a Part 10 file.

        Raises:
            NotFoundError: no such delivery at this site.
        """
        with self.database.read() as connection:
            return self._delivery(store_deliveries.find(connection, site_id, delivery_id))

    def mark_delivered(
        self,
        site_id: str,
        delivery_id: str,
        *,
        actor: str,
        destination: str,
        places: Sequence[DeliveryPlace] = (),
    ) -> None:
        """Everybody at the site who wants it has it; telling it twice changes nothing.

        Raises:
            NotFoundError: no such delivery at this site.
        """
        with self.database.begin() as connection:
            known = store_deliveries.find(connection, site_id, delivery_id)
            if known is None:
                raise NotFoundError("no such delivery", phase="delivering")
            _note_places(connection, known, places, actor)
            if store_deliveries.mark_delivered(connection, delivery_id, actor=actor, destination=destination):
                details = {"kind": known.kind, "sop_instance_uid": known.sop_instance_uid, "to": destination}
                _note(connection, known, "report.delivered", actor, details)

    def note_delivery_failure(
        self, site_id: str, delivery_id: str, *, error: str, actor: str = "system", places: Sequence[DeliveryPlace] = ()
    ) -> None:
        """How the site's systems stand with it, and why one of them has it not yet; it stays on its way."""
        with self.database.begin() as connection:
            known = store_deliveries.find(connection, site_id, delivery_id)
            if known is not None:
                _note_places(connection, known, places, actor)
                store_deliveries.note_failure(connection, delivery_id, error)

    def _delivery(self, known: Delivery | None) -> tuple[Delivery, bytes]:
        if known is None:
            raise NotFoundError("no such delivery", phase="delivering")
        return known, self.blobs.read(known.blob_key)


def _note_places(connection: Connection, known: Delivery, places: Sequence[DeliveryPlace], actor: str) -> None:
    for one in store_deliveries.put_places(connection, known.delivery_id, places):
        details = {"kind": known.kind, "sop_instance_uid": known.sop_instance_uid, "to": one.destination}
        _note(connection, known, "report.place_changed", actor, {**details, "outlet": one.outlet, "state": one.state})


def _note(connection: Connection, known: Delivery, event: str, actor: str, details: dict[str, Any]) -> None:
    hub_trail.append(
        connection, actor=actor, event=event, site_id=known.site_id, subject=known.study_instance_uid, details=details
    )


def reports_service(
    database: Database,
    blobs: Blobs,
    *,
    identity: IdentityService,
    cases: Cases,
    images: Images,
    rules: Rules,
    questions: Questions,
    contracts: Contracts,
    displays: Displays,
    lines: Lines,
    sealer: Sealer,
    facility: str,
    time_zone: str,
    scale: str = "",
    hpki: HpkiSettings | None = None,
) -> ReportsService:
    """Wire reports from their parts."""
    watch = SealWatch(database, sealer)
    maker, cards = DocumentMaker(sealer, time_zone), hpki or HpkiSettings()
    awaiting = Awaiting(
        database=database,
        cases=cases,
        maker=maker,
        qualifications=identity.qualifications,
        authorities=authorities_of(cards),
        lasts=timedelta(minutes=cards.wait_minutes),
    )
    drafting = Drafting(database, identity.people, cases, contracts, images, questions, displays)
    signing = Signing(
        database=database,
        drafting=drafting,
        deciding=Deciding(database, blobs, identity.confirmation, rules, watch),
        images=images,
        rules=rules,
        questions=questions,
        maker=maker,
        facility=facility,
        qualifications=identity.qualifications,
        places=identity.places,
        awaiting=awaiting,
        lines=lines,
    )
    withdrawing = Withdrawing(signing)
    return ReportsService(
        database=database,
        blobs=blobs,
        drafting=drafting,
        restamping=Restamping(database, blobs, sealer, watch),
        lists=Lists(database),
        scale=scale,
        signing=signing,
        withdrawing=withdrawing,
        once=Once(database, cases, awaiting),
        presenting=Presenting(awaiting, rules, identity.access.of_person, signing.resume, withdrawing.resume),
    )
