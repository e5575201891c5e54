"""What reports ask of cases, of images and of the register of sites."""

import gzip
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.dicom.image_mac import ImageMac
from dokuei.errors import NotFoundError
from dokuei.hub.archive.recent import Recent
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.archive.sides import Projection
from dokuei.hub.certification.service import Certifications
from dokuei.hub.neighbours import is_screening
from dokuei.hub.neighbours_of_priors import compared_of, priors_in_pacs
from dokuei.hub.reports.circumstances import Delegation
from dokuei.hub.reports.model import Case, KnownImage, SiteRules
from dokuei.hub.reports.model import Name as ReportName
from dokuei.hub.requests.service import is_mismatched
from dokuei.hub.sites.service import SitesService
from dokuei.hub.worklist.model import ReadingRole
from dokuei.hub.worklist.readings import is_sealed, role_shown
from dokuei.hub.worklist.service import WorklistService

_MOST_FRAMES = 100_000


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
            screening=is_screening(connection, item),
            diagnostic=item.asked.kind == "diagnostic",
            sealed=is_sealed(item, ReadingRole(role)),
            priors=compared_of(item),
            priors_in_pacs=priors_in_pacs(connection, study),
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
            taken = self.archive.projections_of(site_id, study_instance_uid)
            known = tuple(_known_images(json.loads(gzip.decompress(held.gzipped)), taken))
            self.recent.put(held.etag, known, weight=sum(len(one.frames) for one in known))
        return known

    def macs(self, site_id: str, study_instance_uid: str, sop_instance_uids: Collection[str]) -> Mapping[str, ImageMac]:
        """The MAC of each of these images."""
        return self.archive.image_macs(site_id, study_instance_uid, sop_instance_uids)


def _known_images(document: Mapping[str, Any], taken: Mapping[str, Projection]) -> Iterator[KnownImage]:
    for series in document["series"]:
        for one in series["instances"]:
            projection = taken.get(one["sop_instance_uid"], Projection())
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
                    laterality=projection.laterality if series["modality"] == "MG" else series["laterality"],
                    view_position=projection.view_position,
                )


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
            in_evaluation=self.certifications.present() is None,
            synced_passkeys_may_sign=site.synced_passkeys_may_sign,
            mammography_grade_required=site.mammography_grade_required,
            qualified_signature_required=site.qualified_signature_required,
        )
