"""What screening asks of requests, worklist and reports, answered without the slices seeing one another."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.hub.reports import store_published
from dokuei.hub.reports.checks import needs_work_up
from dokuei.hub.reports.lexicon import lexicon, value_of
from dokuei.hub.reports.structured_words import structure_of
from dokuei.hub.requests import linking, store_versions
from dokuei.hub.requests import model as asking
from dokuei.hub.requests.placing import Author
from dokuei.hub.requests.service import RequestsService
from dokuei.hub.screening.model import Batch, Examinee, Opinion, Reading, Standing
from dokuei.hub.screening.service import ScreeningService
from dokuei.hub.worklist.model import WorklistItem
from dokuei.hub.worklist.service import WorklistService
from dokuei.written_days import written


@dataclass(frozen=True)
class RosterRequests:
    """Screening asks for readings through requests."""

    requests: RequestsService

    def demand_allowed(self, site_id: str) -> None:
        """Nothing where the site may ask today.

        Raises:
            ForbiddenError: it may not.
        """
        self.requests.placing.contracts.demand(site_id)

    def hold(self, connection: Connection, site_id: str) -> None:
        """Let those who ask for one site queue until the transaction ends."""
        linking.lock(connection, site_id)

    def place(self, connection: Connection, batch: Batch, examinee: Examinee, *, actor: str, name: str) -> str:
        """Ask for a reading of somebody's images; the request.

        Raises:
            ForbiddenError: no contract covers today, or the site names patients by pseudonyms alone.
        """
        placed = self.requests.placing.placed(
            connection, batch.site_id, _content(batch, examinee), source="roster", author=Author(actor, name)
        )
        return placed.request_id

    def taken_numbers(self, connection: Connection, site_id: str, numbers: Collection[str]) -> frozenset[str]:
        """Those of some accession numbers that open requests have already."""
        return store_versions.taken_numbers(connection, site_id, numbers)

    def standing(self, connection: Connection, site_id: str, request_ids: Collection[str]) -> dict[str, Standing]:
        """How each of these requests stands."""
        found = store_versions.standing(connection, site_id, request_ids)
        return {request_id: Standing(state, studies) for request_id, (state, studies) in found.items()}

    def day(self, text: str) -> str:
        """A day as hospitals write it → YYYYMMDD, or the text where no day is meant for certain."""
        return written(text)


def _content(batch: Batch, examinee: Examinee) -> asking.Content:
    return asking.Content(
        kind="screening",
        accession_number=examinee.accession_number,
        patient=asking.Patient(
            patient_id=examinee.patient_id,
            name=asking.Name(_grouped(examinee.romaji), _grouped(examinee.name), _grouped(examinee.kana)),
            birth_date=examinee.birth_date,
            sex=examinee.sex,
        ),
        modality="MG",
        examination_date=examinee.examination_date,
        procedure=asking.Code(meaning="検診マンモグラフィ"),
        requesting_department=batch.plan.organiser,
        clinical=asking.Clinical(
            reason=f"検診 {batch.plan.name}",
            note="\n".join(
                f"{label}: {said}"
                for label, said in (("受診番号", examinee.exam_number), ("視触診", examinee.palpation))
                if said
            ),
            prior_examinations=f"前回判定: {examinee.previous}" if examinee.previous else "",
        ),
    )


def _grouped(name: str) -> str:
    """A name as a PN has it: family and given, which people part by a blank."""
    return "^".join(name.replace("^", " ").replace("=", " ").replace("\\", " ").split())


@dataclass(frozen=True)
class RosterCases:
    """Screening asks the worklist how far cases are."""

    worklist: WorklistService

    def readings(self, connection: Connection, site_id: str, studies: Collection[str]) -> dict[str, Reading]:
        """Study Instance UID → its case."""
        found = self.worklist.by_study_in(connection, site_id, studies)
        return {one.study.study_instance_uid: _reading(one) for one in found if one.study.number_of_instances}


def _reading(item: WorklistItem) -> Reading:
    return Reading(
        worklist_item_id=item.worklist_item_id,
        complete=item.study.images_state(moment=now()) == "complete",
        signed=frozenset(held.role.value for held in item.holdings if held.signed_at),
        late_images=item.images_after_signature,
    )


class RosterReports:
    """Screening asks for what was signed."""

    def opinions(
        self, connection: Connection, site_id: str, studies: Collection[str]
    ) -> Mapping[str, Mapping[str, Opinion]]:
        """Study Instance UID → reading role → the version that holds now; what is preliminary or withdrawn is none."""
        found: dict[str, dict[str, Opinion]] = {}
        for one in store_published.held_now(connection, site_id, studies):
            if one.kept.signed.kind in {"preliminary", "withdrawal"}:
                continue
            found.setdefault(one.report.study_instance_uid, {})[one.report.role] = _opinion(one)
        return found


def _opinion(published: store_published.Published) -> Opinion:
    signed = published.kept.signed
    document: Mapping[str, Any] = json.loads(signed.canonical)
    structure, known = structure_of(document), lexicon()
    scale = known.scales.get(structure.scale)
    facts = {one["name"]: one for one in known.method(structure.method).get("facts", ())}
    density = value_of(facts["density"], structure.facts.get("density", ""), {}) if "density" in facts else None
    right, left = document["category_right"], document["category_left"]
    return Opinion(
        role=published.report.role,
        right=right,
        left=left,
        work_up=any(needs_work_up(one, structure.scale) for one in (right, left)),
        scale="" if scale is None else scale["ja"],
        findings=document["findings"],
        impression=document["impression"],
        density="" if density is None else density["ja"],
        reader=signed.signature.display_name,
        signed_at=signed.signature.signed_at,
        version=signed.number,
    )


def screening_service(requests: RequestsService, worklist: WorklistService, *, time_zone: str) -> ScreeningService:
    """Wire screening from its neighbours."""
    return ScreeningService(
        database=requests.database,
        people=requests.people,
        requests=RosterRequests(requests),
        cases=RosterCases(worklist),
        reports=RosterReports(),
        time_zone=time_zone,
    )
