"""Screening batches over HTTP: rosters come in, progress is seen, judgements go out."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.screening.model import LONGEST_NAME, Outcome, Plan, Refusal, RosterOutcome, Stage
from dokuei.hub.screening.service import ScreeningService, Shown
from dokuei.spreadsheet import Encoding

Manager = Annotated[Principal, Depends(require(Permission.MANAGE_SCREENING))]
_CSV: dict[str, Any] = {"content": {"text/csv": {}}}
_PATH = "/screening-batches/{batch_id}"


class BatchIn(Shape):
    """A batch that is to be made."""

    site_id: str = Field(max_length=64)
    name: str = Field(max_length=LONGEST_NAME)
    held_on: date
    organiser: str = Field("", max_length=LONGEST_NAME)
    read_twice: bool
    accession_is_exam_number: bool = False


class BatchCountsOut(BaseModel):
    """How many people are at least so far."""

    expected: int
    arrived: int
    read_once: int
    read_twice: int
    judged: int
    missing: int
    unsettled: int


class BatchOut(BaseModel):
    """A batch and its numbers."""

    batch_id: str
    site_id: str
    site_name: str
    name: str
    held_on: date
    organiser: str
    read_twice: bool
    accession_is_exam_number: bool
    made_at: datetime
    made_by: str
    counts: BatchCountsOut


class BatchesOut(BaseModel):
    """Batches, the latest first."""

    items: list[BatchOut]


class ExamineeOut(BaseModel):
    """Somebody in a batch and how far they are."""

    number: int
    exam_number: str
    patient_id: str
    name: str
    kana: str
    birth_date: str
    examination_date: str
    stage: Stage
    late_images: bool
    request_id: str
    worklist_item_id: str | None


class WholeBatchOut(BatchOut):
    """A batch with everybody in it."""

    people: list[ExamineeOut]


class RosterLineOut(BaseModel):
    """What became of one line."""

    number: int
    outcome: Literal["taken", "known", "refused"]
    exam_number: str
    name: str
    reason: Refusal | None
    fields: list[str]


class RosterOut(BaseModel):
    """What became of a roster; ``taken`` is False where it was only looked at."""

    taken: bool
    counts: dict[str, int]
    ignored: list[str]
    lines: list[RosterLineOut]


async def _body(request: Request) -> bytes:
    return await request.body()


def routes(service: ScreeningService) -> APIRouter:
    """The routes of screening batches."""
    router = APIRouter(prefix="/api/v1", tags=["screening"], dependencies=[Depends(private)])

    @router.get("/screening-batches")
    def listed(me: Manager, site_id: Annotated[str | None, Query(max_length=64)] = None) -> BatchesOut:
        """The batches of my sites."""
        return BatchesOut(items=[BatchOut(**_told(one)) for one in service.listed(me, site_id=site_id or None)])

    @router.post("/screening-batches", status_code=201)
    def make(me: Manager, told: BatchIn) -> WholeBatchOut:
        """Begin a batch."""
        plan = Plan(**told.model_dump(exclude={"site_id"}))
        return _whole(service.make(me, told.site_id, plan))

    @router.get(_PATH)
    def one(me: Manager, batch_id: str) -> WholeBatchOut:
        """A batch with everybody in it."""
        return _whole(service.one(me, batch_id))

    @router.post(f"{_PATH}/roster", openapi_extra={"requestBody": {"required": True, **_CSV}})
    def roster(
        me: Manager,
        batch_id: str,
        data: Annotated[bytes, Depends(_body)],
        encoding: Annotated[Encoding, Query()] = "auto",
        *,
        take: Annotated[bool, Query()] = False,
    ) -> RosterOut:
        """Look what a roster would bring, or with ``take`` take it."""
        return _roster(service.roster(me, batch_id, data, encoding=encoding, take=take))

    @router.get(f"{_PATH}/judgements.csv", response_class=Response, responses={200: _CSV})
    def judgements(
        me: Manager, batch_id: str, encoding: Annotated[Literal["utf-8", "shift_jis"], Query()] = "utf-8"
    ) -> Response:
        """The judgements (判定) as a table for the organiser."""
        batch, data = service.judgements(me, batch_id, encoding=encoding)
        name = quote(f"判定_{batch.plan.held_on:%Y%m%d}_{batch.plan.name}.csv", safe="")
        plain = f"judgements-{batch.plan.held_on:%Y%m%d}.csv"
        headers = {
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
        }
        charset = "Shift_JIS" if encoding == "shift_jis" else "utf-8"
        return Response(data, media_type=f"text/csv; charset={charset}", headers=headers)

    return router


def _told(shown: Shown) -> dict[str, Any]:
    batch = shown.batch
    return {
        **asdict(batch.plan),
        "batch_id": batch.batch_id,
        "site_id": batch.site_id,
        "site_name": shown.site_name,
        "made_at": batch.made_at,
        "made_by": batch.made_by_name,
        "counts": asdict(shown.counts),
    }


def _whole(shown: Shown) -> WholeBatchOut:
    return WholeBatchOut(**_told(shown), people=[_person(one) for one in shown.outcomes])


def _person(one: Outcome) -> ExamineeOut:
    entry, examinee = one.entry, one.entry.examinee
    return ExamineeOut(
        number=entry.number,
        exam_number=examinee.exam_number,
        patient_id=examinee.patient_id,
        name=examinee.name or examinee.romaji,
        kana=examinee.kana,
        birth_date=examinee.birth_date,
        examination_date=examinee.examination_date,
        stage=one.stage,
        late_images=one.reading is not None and one.reading.late_images,
        request_id=entry.request_id,
        worklist_item_id=None if one.reading is None else one.reading.worklist_item_id,
    )


def _roster(outcome: RosterOutcome) -> RosterOut:
    return RosterOut(
        taken=outcome.taken,
        counts=dict(outcome.counts),
        ignored=list(outcome.ignored),
        lines=[RosterLineOut(**{**asdict(one), "fields": list(one.fields)}) for one in outcome.lines],
    )
