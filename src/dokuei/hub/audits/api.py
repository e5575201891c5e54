"""The auditor's doors: the trail at a site or of the centre; its state and its reviews in the centre alone."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator

from dokuei.dicom.audit_events import Group
from dokuei.errors import RequestError
from dokuei.hub.audits.api_reviews import review_routes
from dokuei.hub.audits.api_shapes import (
    AuditPageOut,
    AuditPersonOut,
    AuditStateOut,
    SeekIn,
    SoughtStudyOut,
    line_out,
    sought_out,
    state_out,
)
from dokuei.hub.audits.inspection import Form
from dokuei.hub.audits.listing import Wish
from dokuei.hub.audits.model import Asked
from dokuei.hub.audits.service import AuditsService
from dokuei.hub.identity.api import anybody, private, require, require_in_centre
from dokuei.hub.identity.api_shapes import within_reach
from dokuei.hub.identity.model import Permission, Principal

Auditor = Annotated[Principal, Depends(require(Permission.READ_AUDIT))]
ChiefAuditor = Annotated[Principal, Depends(require_in_centre(Permission.READ_AUDIT))]
_Instant = Annotated[datetime, AfterValidator(within_reach)]
_PAGE = 100
_UID = Query(pattern=r"^[0-9.]{1,64}$")
_SLUG = Query(pattern="^[a-z0-9-]{1,64}$")


def _wish(
    *,
    since: _Instant | None = None,
    until: _Instant | None = None,
    actor: Annotated[str | None, Query(max_length=200)] = None,
    site_id: Annotated[str | None, _SLUG] = None,
    study: Annotated[str | None, _UID] = None,
    whole_patient: bool = False,
    group: Group | None = None,
) -> Wish:
    """What the address asks for; instants carry their zone.

    Raises:
        RequestError: an instant without a zone, or a study without its site.
    """
    if any(moment is not None and moment.tzinfo is None for moment in (since, until)):
        raise RequestError("an instant needs its zone", phase="reading the request", remedy="end it with Z or +09:00")
    if study is not None and site_id is None:
        raise RequestError("a study belongs to a site", phase="reading the request", remedy="name its site_id too")
    asked = Asked(first=since, last=until, actor=actor, group=group)
    return Wish(asked, site_id=site_id, study=study, whole_patient=whole_patient)


Wanted = Annotated[Wish, Depends(_wish)]


def routes(service: AuditsService) -> APIRouter:
    """Everything under ``/api/v1/audit``."""
    router = APIRouter(prefix="/api/v1/audit", tags=["audit"], dependencies=[Depends(private), Depends(anybody)])

    @router.get("/entries")
    def entries(
        by: Auditor,
        wish: Wanted,
        before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = _PAGE,
    ) -> AuditPageOut:
        """Entries that fit, the newest first."""
        page = service.listing.page(by, wish, before=before, at_most=limit)
        return AuditPageOut(lines=[line_out(line) for line in page.lines], before=page.before)

    @router.get("/export", response_class=StreamingResponse, responses={200: {"content": {"text/csv": {}}}})
    def export(by: Auditor, wish: Wanted, form: Form = Form.UTF_8) -> StreamingResponse:
        """Entries that fit in the form of an inspection, oldest first."""
        rows = service.listing.export(by, wish, form)
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
        charset = "utf-8" if form is Form.UTF_8 else "Shift_JIS"
        return StreamingResponse(rows, headers=headers, media_type=f"text/csv; charset={charset}")

    @router.get("/people")
    def people(by: Auditor) -> list[AuditPersonOut]:
        """Whose acts may be asked for."""
        return [
            AuditPersonOut(person_id=one.person_id, user_name=one.user_name, display_name=one.display_name)
            for one in service.listing.people(by)
        ]

    @router.post("/studies")
    def studies(by: Auditor, sought: SeekIn) -> list[SoughtStudyOut]:
        """Studies by a patient's number, an accession number or their UID."""
        return [sought_out(found) for found in service.listing.seek(by, sought.text)]

    @router.get("/state")
    def state(_by: ChiefAuditor) -> AuditStateOut:
        """Chain, anchor and repository."""
        return state_out(service.state())

    router.include_router(review_routes(service.reviewing))
    return router
