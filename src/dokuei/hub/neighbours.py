"""How one slice's question is answered by another: thin translations, so that slices do not see one another."""

import gzip
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import dokuei
from dokuei.clock import now
from dokuei.dicom.image_mac import ImageMac
from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.archive.model import StudySummary
from dokuei.hub.archive.recent import Recent
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.certification.service import Certifications
from dokuei.hub.gateways.model import GatewayState
from dokuei.hub.outcomes.service import CaseFacts
from dokuei.hub.reports.circumstances import ComparedStudy, Delegation
from dokuei.hub.reports.model import Case, KnownImage, SiteRules
from dokuei.hub.reports.model import Name as ReportName
from dokuei.hub.reports.service import ReportsService
from dokuei.hub.requests.model import CaseRequest, Patient, Study
from dokuei.hub.requests.model import Name as RequestName
from dokuei.hub.requests.service import answered_by, is_mismatched
from dokuei.hub.screening.service import is_read_twice
from dokuei.hub.sites.calendar import due_after
from dokuei.hub.sites.service import SitesService
from dokuei.hub.worklist.model import Asked, Name, Priority, ReadingRole, StudyFacts, WorklistItem
from dokuei.hub.worklist.readings import is_sealed, role_shown
from dokuei.hub.worklist.service import WorklistService
from dokuei.hub.worklist.way import AtGateway, OnItsWayBack, SignedFor, Way

_MOST_FRAMES = 100_000


def study_facts(summary: StudySummary) -> StudyFacts:
    """A study as the archive tells of it, in the worklist's words."""
    name = summary.patient_name
    return StudyFacts(
        site_id=summary.site_id,
        study_instance_uid=summary.study_instance_uid,
        patient_id=summary.patient_id,
        issuer_of_patient_id=summary.issuer_of_patient_id,
        patient_name=Name(name.alphabetic, name.ideographic, name.phonetic),
        patient_birth_date=summary.patient_birth_date,
        patient_sex=summary.patient_sex,
        study_date=summary.study_date,
        study_time=summary.study_time,
        study_description=summary.study_description,
        accession_number=summary.accession_number,
        referring_physician=summary.referring_physician,
        modalities=summary.modalities,
        number_of_series=summary.number_of_series,
        number_of_instances=summary.number_of_instances,
        declared_instances=summary.ledger.declared_instances,
        arrived_instances=summary.ledger.arrived_instances,
        complete=summary.ledger.complete,
        more_to_come=summary.ledger.open,
        first_received_at=summary.first_received_at,
        last_received_at=summary.last_received_at,
        performed=summary.performed or "",
        performed_instances=summary.performed_instances,
    )


def asked_study(summary: StudySummary) -> Study:
    """The same in requests' words."""
    name = summary.patient_name
    sex = summary.patient_sex.strip().upper()
    return Study(
        site_id=summary.site_id,
        study_instance_uid=summary.study_instance_uid,
        patient=Patient(
            patient_id=summary.patient_id,
            issuer_of_patient_id=summary.issuer_of_patient_id,
            name=RequestName(name.alphabetic, name.ideographic, name.phonetic),
            birth_date=summary.patient_birth_date,
            sex="M" if sex == "M" else "F" if sex == "F" else "O" if sex == "O" else "",
        ),
        accession_number=summary.accession_number,
        issuer_of_accession_number=summary.issuer_of_accession_number,
        study_date=summary.study_date,
        study_description=summary.study_description,
        modalities=summary.modalities,
        papers_only=summary.papers_only,
    )


def asked(case: CaseRequest) -> Asked:
    """What requests say of a case, in the worklist's words."""
    priority = None if case.priority is None else Priority(case.priority)
    return Asked(case.state, case.reason, priority, case.due_at, case.kind)


@dataclass(frozen=True)
class WorklistCases:
    """Reports ask the worklist whose case it is."""

    worklist: WorklistService

    def case(
        self, connection: Connection, item_id: str, role: str, *, site_ids: Collection[str], lock: bool = False
    ) -> Case:
        """One case and who has the role; ``lock`` lets writers queue.

        Raises:
            NotFoundError: no such case or role at those sites.
        """
        item = self.worklist.case_in(connection, item_id, site_ids=site_ids, lock=lock)
        holding = item.holding(ReadingRole(role)) if role in set(ReadingRole) else None
        if holding is None:
            raise NotFoundError("no such role in this case", phase="looking a case up")
        study = item.study
        return Case(
            worklist_item_id=item.worklist_item_id,
            site_id=study.site_id,
            study_instance_uid=study.study_instance_uid,
            role=role,
            holder=holding.person_id,
            images_complete=study.images_state(moment=now()) == "complete",
            number_of_instances=study.number_of_instances,
            patient_id=study.patient_id,
            issuer_of_patient_id=study.issuer_of_patient_id,
            patient_name=ReportName(
                study.patient_name.alphabetic, study.patient_name.ideographic, study.patient_name.phonetic
            ),
            patient_birth_date=study.patient_birth_date,
            patient_sex=study.patient_sex,
            study_date=study.study_date,
            study_time=study.study_time,
            study_description=study.study_description,
            accession_number=study.accession_number,
            referring_physician=study.referring_physician,
            modalities=study.modalities,
            request_mismatch=is_mismatched(connection, study.site_id, study.study_instance_uid),
            screening=roster_says_twice(connection, study.site_id, study.study_instance_uid) is not None,
            sealed=is_sealed(item, ReadingRole(role)),
            priors=tuple(
                ComparedStudy(one.study_instance_uid, one.study_date, one.modalities, one.study_description)
                for one in item.priors
            ),
            delegations=tuple(
                Delegation(one.from_person_id, one.ordered_by, one.reason, one.at)
                for one in self.worklist.delegations_in(connection, item_id, ReadingRole(role))
            ),
            images_finalised=item.images_finalised or not self.worklist.contracts.finalising_sites({study.site_id}),
        )

    def role_of(self, connection: Connection, item_id: str, person_id: str | None, *, site_ids: Collection[str]) -> str:
        """Whose report of a case somebody means who names none: their own, else the one that leaves the centre.

        Raises:
            NotFoundError: no such case at those sites.
        """
        item = self.worklist.case_in(connection, item_id, site_ids=site_ids)
        return role_shown(item, person_id).value

    def signed(self, connection: Connection, case: Case, *, person_id: str, at: datetime) -> None:
        """The reading is signed, inside the asker's transaction: from then on nobody gives it back or takes it."""
        self.worklist.signed_in(connection, case.worklist_item_id, ReadingRole(case.role), person_id=person_id, at=at)


@dataclass(frozen=True)
class ListedCases:
    """Lists of reports ask the worklist whose they are."""

    worklist: WorklistService

    def facts(self, item_ids: Iterable[str], *, site_ids: Collection[str]) -> dict[str, CaseFacts]:
        """Cases of those sites by id; others are left out."""
        found = {}
        for item_id, study in self.worklist.studies(item_ids, site_ids=site_ids).items():
            name = study.patient_name
            found[item_id] = CaseFacts(
                site_id=study.site_id,
                patient_id=study.patient_id,
                patient_name=_written(name.ideographic or name.alphabetic),
                patient_name_kana=_written(name.phonetic),
                study_date=study.study_date,
                modalities=study.modalities,
                accession_number=study.accession_number,
                referring_physician=_written(study.referring_physician),
            )
        return found


def _written(group: str) -> str:
    """One component group of a name as people write it (PS3.5 6.2.1)."""
    return " ".join(part for part in group.replace("=", "^").split("^") if part)


class SettledRequests:
    """The worklist asks requests whether a case's images are certainly the right patient's."""

    def demand_settled(self, connection: Connection, site_id: str, study_instance_uid: str) -> None:
        """Nothing where that is settled.

        Raises:
            ConflictError: it is not (REC-10).
        """
        if is_mismatched(connection, site_id, study_instance_uid):
            raise ConflictError(
                "request and images do not name the same patient, or two requests name these images",
                phase="claiming a case",
                remedy="somebody at the site resolves it on the list of requests",
            )

    def reads_twice(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool | None:
        """What the screening batch of a study's request says about a second reading; None where it is of none."""
        return roster_says_twice(connection, site_id, study_instance_uid)


def roster_says_twice(connection: Connection, site_id: str, study_instance_uid: str) -> bool | None:
    """What the screening batch of a study's request says about a second reading; None where it is of none."""
    return is_read_twice(connection, site_id, answered_by(connection, site_id, study_instance_uid))


@dataclass(frozen=True)
class RequestCases:
    """Requests ask the worklist for the cases of their studies."""

    worklist: WorklistService

    def items(self, connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> dict[str, str]:
        """Study Instance UID → worklist item of those studies that are cases."""
        return self.worklist.items_in(connection, site_id, study_instance_uids)

    def is_signed(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool:
        """Whether a signed report of this study stands."""
        return self.worklist.is_signed_in(connection, site_id, study_instance_uid)

    def study_of(self, connection: Connection, item_id: str, *, site_ids: Collection[str]) -> tuple[str, str]:
        """Site and study of a case.

        Raises:
            NotFoundError: no such case at those sites.
        """
        study = self.worklist.case_in(connection, item_id, site_ids=site_ids).study
        return study.site_id, study.study_instance_uid


@dataclass(frozen=True)
class ArchiveImages:
    """Reports ask the archive which images there are, and what their pixels must be."""

    archive: ArchiveService
    recent: Recent[str, tuple[KnownImage, ...]] = field(default_factory=lambda: Recent(_MOST_FRAMES), repr=False)

    def of_study(self, site_id: str, study_instance_uid: str) -> tuple[KnownImage, ...]:
        """Every archived object of a study that has frames.

        Raises:
            NotFoundError: no such study at this site.
        """
        held = self.archive.viewer_documents.of_study(site_id, study_instance_uid)
        known = self.recent.get(held.etag)
        if known is None:
            sides = self.archive.sides_of_mammograms(site_id, study_instance_uid)
            known = tuple(_known_images(json.loads(gzip.decompress(held.gzipped)), sides))
            self.recent.put(held.etag, known, weight=sum(len(one.frames) for one in known))
        return known

    def macs(self, site_id: str, study_instance_uid: str, sop_instance_uids: Collection[str]) -> Mapping[str, ImageMac]:
        """The MAC of each of these images."""
        return self.archive.image_macs(site_id, study_instance_uid, sop_instance_uids)


def _known_images(document: Mapping[str, Any], sides: Mapping[str, str]) -> Iterator[KnownImage]:
    for series in document["series"]:
        for one in series["instances"]:
            if one["frames"]:
                yield KnownImage(
                    sop_instance_uid=one["sop_instance_uid"],
                    sop_class_uid=one["sop_class_uid"],
                    series_instance_uid=series["series_instance_uid"],
                    series_number=series["series_number"],
                    series_description=series["series_description"],
                    modality=series["modality"],
                    instance_number=one["instance_number"],
                    proof=one["proof"],
                    reason=one["reason"],
                    lossy=one["lossy"] is not None,
                    to_be_read=one["to_be_read"],
                    frames=tuple(frame["digest"] for frame in one["frames"]),
                    laterality=sides.get(one["sop_instance_uid"], "")
                    if series["modality"] == "MG"
                    else series["laterality"],
                )


@dataclass(frozen=True)
class CaseWays:
    """Cases ask archive, gateways and reports how far they have come."""

    archive: ArchiveService
    gateways: Callable[[Collection[str]], tuple[GatewayState, ...]]
    reports: ReportsService

    def of(self, item: WorklistItem) -> Way:
        """The way of one case."""
        site_id, study_instance_uid = item.study.site_id, item.study.study_instance_uid
        signed = self.archive.signed_for(site_id, study_instance_uid)
        return Way(
            gateway=self._gateway(site_id, study_instance_uid, "" if signed is None else signed.signed_by),
            signed_for=None if signed is None else SignedFor(signed.instances, signed.verified, signed.at),
            back=tuple(
                OnItsWayBack(one.kind, one.delivered_at, one.last_error or "", one.stamps, one.states)
                for one in self.reports.deliveries_of_case(item.worklist_item_id)
            ),
        )

    def _gateway(self, site_id: str, study_instance_uid: str, signed_by: str) -> AtGateway | None:
        """The one that speaks of the study now, else the one that signed for it."""
        signer = None
        for known in self.gateways({site_id}):
            gateway = known.gateway
            for told in known.studies:
                if told["study_instance_uid"] == study_instance_uid:
                    return AtGateway(gateway.gateway_id, gateway.name, told["state"], told["error"])
            if gateway.gateway_id == signed_by:
                signer = AtGateway(gateway.gateway_id, gateway.name, "", "")
        return signer


@dataclass(frozen=True)
class SiteContracts:
    """Worklist and reports ask the register whether a site is worked for today, where the centre's clock stands."""

    sites: SitesService
    time_zone: str

    def demand(self, site_id: str, *, modalities: Sequence[str] = (), kind: str = "") -> None:
        """Nothing where a contract covers today, and what is asked for.

        Raises:
            NotFoundError: no such site.
            OutsideContractError: none does, with the reason (JRS-03).
        """
        self.sites.contracting.demand(site_id, self._day(now()), modalities=modalities, kind=kind)

    def reads_twice(self, site_id: str, modalities: Collection[str]) -> bool:
        """Whether two readers read such a study of this site before a third decides."""
        site = self.sites.known(site_id)
        return site is not None and site.read_twice == "mammograms" and "MG" in modalities

    def due_at(self, site_id: str, arrived_at: datetime, priority: Priority = Priority.ROUTINE) -> datetime | None:
        """By the contract's turnaround for that priority, else by the site's own; None where neither says any."""
        site = self.sites.known(site_id)
        if site is None:
            return None
        agreed = self.sites.contracting.turnaround(site_id, self._day(arrived_at), priority.value)
        if agreed is not None and agreed.unit == "hours":
            return arrived_at + timedelta(hours=agreed.amount)
        days = site.turnaround_days if agreed is None else agreed.amount
        if days is None:
            return None
        zone = ZoneInfo(self.time_zone)
        return due_after(arrived_at, days=days, at=site.due_time, closed_on=site.closed_on, zone=zone)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def finalising_sites(self, site_ids: Collection[str]) -> frozenset[str]:
        """Those of the sites where a technologist confirms a study's images before they are reported on."""
        return self.sites.finalising(site_ids)

    def wants_pseudonyms(self, site_id: str) -> bool:
        """Whether patients of a site may be named by pseudonyms alone."""
        return self.sites.wants_pseudonyms(site_id)


@dataclass(frozen=True)
class RegisterRules:
    """Reports ask the register of sites what holds there, and whether the programme itself is certified."""

    sites: SitesService
    certifications: Certifications

    def of_site(self, site_id: str) -> SiteRules:
        """What holds for this site's reports.

        Raises:
            NotFoundError: no such site.
        """
        site = self.sites.find(site_id)
        return SiteRules(
            site_id=site.site_id,
            name=site.name,
            name_en=site.name_en,
            in_evaluation=site.in_evaluation(running_version=dokuei.__version__)
            and self.certifications.present() is None,
            synced_passkeys_may_sign=site.synced_passkeys_may_sign,
            mammography_grade_required=site.mammography_grade_required,
            qualified_signature_required=site.qualified_signature_required,
        )
