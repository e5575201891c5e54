"""What became of reports over HTTP; a list for the one who looks after unread reports (報告書確認管理者)."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.outcomes.model import LONGEST_NOTE, Escalation, Ground, Mark, Outcome
from dokuei.hub.outcomes.service import Listing, OutcomesService
from dokuei.spreadsheet import encoded, written_spreadsheet

Viewer = Annotated[Principal, Depends(require(Permission.READ_REPORT))]
Hospital = Annotated[Principal, Depends(require(Permission.ACKNOWLEDGE_REPORT))]
Reader = Annotated[Principal, Depends(require(Permission.SIGN_REPORT))]
Month = Annotated[str | None, Query(max_length=7, pattern=r"^[0-9]{4}-[0-9]{2}$")]
_MONTHS = 12
_HEAD = (
    "確定日時", "施設", "患者ID", "氏名", "検査日", "モダリティ", "受付番号", "依頼医", "版", "重要所見", "状態",
    "既読日時", "既読者", "対応日時", "対応者", "対応内容", "遅延",
)  # fmt: skip
_STATES = {"unread": "未読", "read": "既読", "done": "対応済"}
_UNCALLED = "電話連絡の記録なし"
_OVERDUE = {"unread": "未読のまま", "undone": "未対応のまま"}


class OpenedIn(Shape):
    """Which version is before somebody's eyes."""

    number: int = Field(ge=1, le=10_000)


class ActedIn(OpenedIn):
    """What was done about which version."""

    note: str = Field(max_length=LONGEST_NOTE)


class ImportantIn(Shape):
    """Why a finding must not be overlooked, or why that is taken back."""

    because: str = Field(max_length=LONGEST_NOTE)
    withdrawn: bool = False


class MarkOut(BaseModel):
    """Who did something, when, and what they wrote about it."""

    person_id: str
    display_name: str
    at: datetime
    note: str


class EscalationOut(BaseModel):
    """When an unread version was put before the site's report manager, whom, and why."""

    person_id: str
    display_name: str
    at: datetime
    grounds: list[Ground]


class OutcomeOut(BaseModel):
    """What became of the version of a report that holds now; number 0 as long as nothing is signed."""

    worklist_item_id: str
    number: int
    signed_at: datetime | None
    state: Literal["unsigned", "unread", "read", "done"]
    overdue: Literal["unread", "undone"] | None
    opened: list[MarkOut]
    acted: MarkOut | None
    important: MarkOut | None
    escalated: EscalationOut | None
    uncalled: bool
    """Whether a finding must not be overlooked and nobody was called about it."""


class ListedOut(OutcomeOut):
    """The same with what a list says of the case."""

    site_id: str
    site_name: str
    patient_id: str
    patient_name: str
    patient_name_kana: str
    study_date: str
    modalities: list[str]
    accession_number: str
    referring_physician: str


class OutcomesOut(BaseModel):
    """Reports, what must be looked after first, and how many stand in each state."""

    items: list[ListedOut]
    counts: dict[str, int]


def routes(service: OutcomesService, *, time_zone: str) -> APIRouter:
    """The routes of what became of reports; ``time_zone`` is where months begin."""
    router = APIRouter(prefix="/api/v1", tags=["outcomes"], dependencies=[Depends(private)])
    _of_a_case(router, service)
    zone = ZoneInfo(time_zone)

    @router.get("/outcomes")
    def listed(
        me: Viewer, site_id: Annotated[str | None, Query(max_length=64)] = None, month: Month = None
    ) -> OutcomesOut:
        """Reports of all my sites or of one, of all time or of a month; of those read and done the last."""
        since, until = _span(month, zone)
        listing = service.listed(me, site_id=site_id or None, since=since, until=until)
        items = _items(listing)
        return OutcomesOut(items=items, counts=_counts(items, listing))

    @router.get("/outcomes.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
    def as_csv(
        me: Viewer, site_id: Annotated[str | None, Query(max_length=64)] = None, month: Month = None
    ) -> Response:
        """The same as a table for the hospital's own records (UTF-8 with BOM, as spreadsheets want it)."""
        since, until = _span(month, zone)
        listing = service.table(me, site_id=site_id or None, since=since, until=until)
        named = f'attachment; filename="reports-{month or "all"}.csv"'
        headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
        return Response(_csv(_items(listing), zone), media_type="text/csv; charset=utf-8", headers=headers)

    return router


def _of_a_case(router: APIRouter, service: OutcomesService) -> None:
    base = "/worklist/{worklist_item_id}/outcome"

    @router.get(base)
    def one(me: Viewer, worklist_item_id: str) -> OutcomeOut:
        """What became of a case's report."""
        return _only(service.one(me, worklist_item_id), worklist_item_id)

    @router.post(f"{base}/opened")
    def opened(me: Hospital, worklist_item_id: str, told: OpenedIn) -> OutcomeOut:
        """I have this version before my eyes."""
        return _only(service.opened(me, worklist_item_id, number=told.number), worklist_item_id)

    @router.post(f"{base}/acted")
    def acted(me: Hospital, worklist_item_id: str, told: ActedIn) -> OutcomeOut:
        """What the report asks for is done."""
        return _only(service.acted(me, worklist_item_id, number=told.number, note=told.note), worklist_item_id)

    @router.post(f"{base}/important")
    def important(me: Reader, worklist_item_id: str, told: ImportantIn) -> OutcomeOut:
        """A finding must not be overlooked, or need not any more."""
        return _only(
            service.flag(me, worklist_item_id, because=told.because, withdrawn=told.withdrawn), worklist_item_id
        )


def _span(month: str | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    if month is None:
        return None, None
    year, number = int(month[:4]), int(month[5:])
    if not (1 <= number <= _MONTHS and year >= 1):
        raise RequestError(f"there is no month {month}", phase="reading the request")
    after = (year + 1, 1) if number == _MONTHS else (year, number + 1)
    try:
        begin, end = (datetime(*first, 1, tzinfo=zone).astimezone(UTC) for first in ((year, number), after))
    except (OverflowError, ValueError) as error:
        raise RequestError(f"there is no month {month}", phase="reading the request") from error
    return begin, end


def _mark(mark: Mark | None, listing: Listing) -> MarkOut | None:
    if mark is None:
        return None
    name = listing.names.get(mark.person_id, "")
    return MarkOut(person_id=mark.person_id, display_name=name, at=mark.at, note=mark.note)


def _escalation(told: Escalation | None, listing: Listing) -> EscalationOut | None:
    if told is None:
        return None
    name = listing.names.get(told.person_id, "")
    return EscalationOut(person_id=told.person_id, display_name=name, at=told.at, grounds=list(told.grounds))


def _out(one: Outcome, listing: Listing) -> OutcomeOut:
    overdue = one.overdue(moment=now())
    return OutcomeOut(
        worklist_item_id=one.signed.worklist_item_id,
        number=one.signed.number,
        signed_at=one.signed.signed_at,
        state=one.state.value,
        overdue=None if overdue is None else overdue.value,
        opened=[out for mark in one.opened if (out := _mark(mark, listing)) is not None],
        acted=_mark(one.acted, listing),
        important=_mark(one.important, listing),
        escalated=_escalation(one.escalated, listing),
        uncalled=one.uncalled,
    )


def _only(listing: Listing, item_id: str) -> OutcomeOut:
    if listing.outcomes:
        return _out(listing.outcomes[0], listing)
    return OutcomeOut(
        worklist_item_id=item_id,
        number=0,
        signed_at=None,
        state="unsigned",
        overdue=None,
        opened=[],
        acted=None,
        important=None,
        escalated=None,
        uncalled=False,
    )


def _items(listing: Listing) -> list[ListedOut]:
    found = []
    for one in listing.outcomes:
        facts = listing.cases.get(one.signed.worklist_item_id)
        if facts is None:
            continue
        found.append(
            ListedOut(
                **_out(one, listing).model_dump(),
                site_id=facts.site_id,
                site_name=listing.sites.get(facts.site_id, facts.site_id),
                patient_id=facts.patient_id,
                patient_name=facts.patient_name,
                patient_name_kana=facts.patient_name_kana,
                study_date=facts.study_date,
                modalities=list(facts.modalities),
                accession_number=facts.accession_number,
                referring_physician=facts.referring_physician,
            )
        )
    return found


def _counts(items: list[ListedOut], listing: Listing) -> dict[str, int]:
    """What is overdue waits, and what waits is listed; the rest is counted beside the list."""
    return {
        **{state.value: number for state, number in listing.counts.items()},
        "overdue": sum(one.overdue is not None for one in items),
        "important": sum(one.important is not None for one in items),
        "uncalled": sum(one.uncalled for one in items),
    }


def _csv(items: list[ListedOut], zone: ZoneInfo) -> bytes:
    rows: list[tuple[str, ...]] = [_HEAD]
    for one in items:
        first, acted = (one.opened[0] if one.opened else None), one.acted
        row = (
            _moment(one.signed_at, zone) if one.signed_at else "",
            one.site_name, one.patient_id, one.patient_name, one.study_date,
            " ".join(one.modalities), one.accession_number, one.referring_physician, str(one.number),
            one.important.note if one.important else "", _STATES[one.state],
            _moment(first.at, zone) if first else "", first.display_name if first else "",
            _moment(acted.at, zone) if acted else "", acted.display_name if acted else "", acted.note if acted else "",
            " ".join(filter(None, (_OVERDUE[one.overdue] if one.overdue else "", _UNCALLED if one.uncalled else ""))),
        )  # fmt: skip
        rows.append(row)
    return encoded(written_spreadsheet(rows), "utf-8")


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
