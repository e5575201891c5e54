"""Papers that wait for their request, over HTTP: for those who decide which request images belong to."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.requests.api_shapes import AskedPatientOut, DifferenceOut, RequestOut, request_out
from dokuei.hub.requests.assigning import Candidate, WaitingPapers
from dokuei.hub.requests.model import PapersState, State
from dokuei.hub.requests.service import RequestsService

Reconciler = Annotated[Principal, Depends(require(Permission.RECONCILE))]


class PapersDecisionIn(Shape):
    """Which papers and which request somebody means, and why."""

    request_id: str = Field(max_length=64)
    study_instance_uid: str = Field(pattern=r"^[0-9.]{1,64}$")
    because: str = Field("", max_length=1000)


class PapersCandidateOut(BaseModel):
    """A request that papers may belong to; ``papers`` is null where only the patient speaks for it."""

    request_id: str
    state: State
    papers: PapersState | None
    patient: AskedPatientOut
    modality: str
    examination_date: str
    accession_number: str
    differences: list[DifferenceOut]


class WaitingPapersOut(BaseModel):
    """A study of nothing but papers that belongs to no request yet."""

    site_id: str
    site_name: str
    study_instance_uid: str
    study_date: str
    study_description: str
    accession_number: str
    patient: AskedPatientOut
    candidates: list[PapersCandidateOut]


class WaitingPapersListOut(BaseModel):
    """All that waits."""

    items: list[WaitingPapersOut]


def papers_routes(service: RequestsService) -> APIRouter:
    """The routes of papers that wait."""
    router = APIRouter(prefix="/api/v1/request-papers", tags=["requests"], dependencies=[Depends(private)])

    @router.get("")
    def waiting(me: Reconciler, site_id: Annotated[str | None, Query(max_length=64)] = None) -> WaitingPapersListOut:
        """Papers that belong to no request yet."""
        return WaitingPapersListOut(items=[_out(one) for one in service.assigning.waiting(me, site_id or None)])

    @router.post("/join")
    def join(me: Reconciler, said: PapersDecisionIn) -> RequestOut:
        """Say that papers belong to a request."""
        joined = service.assigning.join(me, said.request_id, said.study_instance_uid, said.because)
        return request_out(service.show(joined))

    @router.post("/refuse")
    def refuse(me: Reconciler, said: PapersDecisionIn) -> RequestOut:
        """Say that they do not."""
        refused = service.assigning.refuse(me, said.request_id, said.study_instance_uid, said.because)
        return request_out(service.show(refused))

    return router


def _out(waiting: WaitingPapers) -> WaitingPapersOut:
    study = waiting.study
    return WaitingPapersOut(
        site_id=study.site_id,
        site_name=waiting.site_name,
        study_instance_uid=study.study_instance_uid,
        study_date=study.study_date,
        study_description=study.study_description,
        accession_number=study.accession_number,
        patient=AskedPatientOut(**asdict(study.patient)),
        candidates=[_candidate(one) for one in waiting.candidates],
    )


def _candidate(one: Candidate) -> PapersCandidateOut:
    content = one.request.content
    return PapersCandidateOut(
        request_id=one.request.request_id,
        state=one.request.state,
        papers=one.state,
        patient=AskedPatientOut(**asdict(content.patient)),
        modality=content.modality,
        examination_date=content.examination_date,
        accession_number=content.accession_number,
        differences=[DifferenceOut(**asdict(each)) for each in one.differences],
    )
