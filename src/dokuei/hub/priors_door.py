"""Where the ledger of earlier studies meets gateways: each speaks for its own site and for no other."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from dokuei.clock import now
from dokuei.errors import NotFoundError
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.gateways.api import Caller
from dokuei.hub.priors.model import PatientNumber, PriorSearch, PriorStudy
from dokuei.hub.priors.service import PriorsService
from dokuei.hub.requests.model import Content, Patient
from dokuei.hub.requests.service import RequestsService
from dokuei.transfer.priors import PRIORS_PATH, HeardPriors, ToldPrior, ToldPriors, ToldSearch, WantedPriors

_LATELY: Final = timedelta(days=7)
_DAY: Final = re.compile("[0-9]{8}")
_log = structlog.get_logger()


@dataclass(frozen=True)
class Parts:
    """Who keeps the ledger, who knows what is here, and who knows what was asked for."""

    priors: PriorsService
    archive: ArchiveService
    requests: RequestsService


def routes(parts: Parts, authenticated: Callable[[Request], Awaitable[Caller]]) -> APIRouter:
    """What a gateway tells of earlier studies, on the gateways' listener."""
    router = APIRouter(tags=["gateway"])
    known = Annotated[Caller, Depends(authenticated)]

    @router.post(PRIORS_PATH)
    async def priors(caller: known) -> JSONResponse:
        """Keep the caller's ledger; answer what of it is here, and whose priors somebody waits for."""
        told = ToldPriors.read(caller.body)
        return JSONResponse((await run_in_threadpool(_hear, parts, caller, told)).model_dump())

    return router


def _hear(parts: Parts, caller: Caller, told: ToldPriors) -> HeardPriors:
    site_id, actor = caller.gateway.site_id, caller.gateway.actor
    parts.priors.told(site_id, [_search(site_id, one) for one in told.searches], told_by=actor)
    _log.info("priors.heard", site_id=site_id, searches=len(told.searches))
    studies = {prior.study_instance_uid: prior for one in told.searches for prior in one.studies}
    return HeardPriors(
        held=[uid for uid, prior in studies.items() if prior.state != "arrived" and _is_held(parts, site_id, prior)],
        wanted=_wanted(parts, site_id),
    )


def _wanted(parts: Parts, site_id: str) -> list[WantedPriors]:
    """Patients for whom somebody asked at the hub since the PACS was asked about them last."""
    asked = parts.requests.asked_here(site_id, since=now() - _LATELY)
    numbers = {one.request_id: _number(site_id, one.content.patient) for one in asked}
    last = parts.priors.last_asked(numbers.values())
    due = (one for one in asked if last.get(numbers[one.request_id], one.placed_at) <= one.placed_at)
    return [wanted for one in due if (wanted := _wanted_of(one.content, numbers[one.request_id])) is not None]


def _wanted_of(content: Content, number: PatientNumber) -> WantedPriors | None:
    """None where a PACS cannot be asked for what somebody has typed."""
    try:
        return WantedPriors(
            patient_id=number.patient_id,
            issuer_of_patient_id=number.issuer_of_patient_id,
            birth_date=_day(content.patient.birth_date),
            sex=content.patient.sex,
            study_instance_uid=content.study_instance_uid,
            modality=content.modality[:16],
            examination_date=_day(content.examination_date),
        )
    except ValidationError:
        return None


def _number(site_id: str, patient: Patient) -> PatientNumber:
    return PatientNumber(site_id, patient.patient_id.strip(), patient.issuer_of_patient_id.strip())


def _day(written: str) -> str:
    return written if _DAY.fullmatch(written) else ""


def _is_held(parts: Parts, site_id: str, prior: ToldPrior) -> bool:
    """Whether every object of a study is here and proved."""
    try:
        summary = parts.archive.study_summary(site_id, prior.study_instance_uid)
    except NotFoundError:
        return False
    return not summary.ledger.open and 0 < prior.instances <= summary.number_of_instances


def _search(site_id: str, told: ToldSearch) -> PriorSearch:
    return PriorSearch(
        patient=PatientNumber(site_id, told.patient_id.strip(), told.issuer_of_patient_id.strip()),
        state=told.state,
        version=told.version,
        at=told.at,
        others=told.others,
        reason=told.reason,
        studies=tuple(
            PriorStudy(
                one.study_instance_uid,
                one.state,
                one.study_date,
                tuple(one.modalities),
                one.study_description,
                one.reason,
            )
            for one in told.studies
        ),
    )
