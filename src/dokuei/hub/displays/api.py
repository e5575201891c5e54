"""Displays over HTTP: their managers keep the register, everybody says at which one they sit."""

from dataclasses import dataclass
from typing import Annotated, Any, Protocol
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from dokuei.hub.displays.api_shapes import (
    CalibrationOut,
    CalibrationPaperOut,
    CalibrationShape,
    DisplayChoiceIn,
    DisplayGradesShape,
    DisplayManagerOut,
    DisplayRegisterOut,
    DisplayRulesIn,
    DisplayRulesOut,
    DisplayStandingOut,
    OwnDisplayOut,
    PanelShape,
    RegisteredDisplayOut,
    RetirementIn,
    ScreenShape,
    calibration_out,
    display_out,
    registered_out,
    rules_out,
    screen_of,
    standing_out,
)
from dokuei.hub.displays.model import Rules, Standing
from dokuei.hub.displays.service import DisplaysService
from dokuei.hub.identity.api import anybody, private, require, require_in_centre
from dokuei.hub.identity.model import Permission, Principal

Anybody = Annotated[Principal, Depends(anybody)]
Manager = Annotated[Principal, Depends(require(Permission.MANAGE_DISPLAYS))]
Reader = Annotated[Principal, Depends(require(Permission.READ_WORKLIST))]
Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]
_BYTES: dict[str, Any] = {"content": {kind: {} for kind in ("application/pdf", "text/csv")}}
_PAPER = "/displays/{display_id}/calibrations/{calibration_id}/paper"


class OfCase(Protocol):
    """The worklist's word on whose case it is, and what is read of it."""

    def __call__(self, principal: Principal, worklist_item_id: str) -> tuple[str, tuple[str, ...]]:
        """Site and modalities of a case.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """


@dataclass(frozen=True)
class SentPaper:
    """A paper as it came."""

    data: bytes
    name: str
    media_type: str


async def _sent(
    request: Request,
    name: Annotated[str, Query(max_length=200)] = "",
    content_type: Annotated[str, Header(max_length=200)] = "",
) -> SentPaper:
    return SentPaper(await request.body(), name, content_type)


def routes(service: DisplaysService, of_case: OfCase) -> APIRouter:
    """The routes of displays."""
    router = APIRouter(prefix="/api/v1", tags=["displays"], dependencies=[Depends(private)])
    _register_routes(router, service)
    _paper_routes(router, service)
    _rules_routes(router, service)
    _own_routes(router, service, of_case)
    return router


def _register_routes(router: APIRouter, service: DisplaysService) -> None:
    register = service.registering

    @router.get("/displays")
    def every(me: Manager) -> DisplayRegisterOut:
        """The displays that I look after."""
        named = [DisplayManagerOut(name=name, site_id=grant.site_id) for name, grant in register.managers(me)]
        return DisplayRegisterOut(displays=[registered_out(one) for one in register.every(me)], managers=named)

    @router.post("/displays", status_code=201)
    def add(me: Manager, seen: PanelShape) -> RegisteredDisplayOut:
        """Register one."""
        return registered_out(register.register(me, seen.panel()))

    @router.post("/displays/{display_id}/retirement", status_code=204)
    def retire(me: Manager, display_id: str, why: RetirementIn) -> Response:
        """It is read on no longer."""
        register.retire(me, display_id, because=why.because)
        return Response(status_code=204)

    @router.post("/displays/{display_id}/calibrations", status_code=201)
    def record(me: Manager, display_id: str, read: CalibrationShape) -> CalibrationOut:
        """Record what was measured."""
        return calibration_out(register.record(me, display_id, read.reading()))


def _paper_routes(router: APIRouter, service: DisplaysService) -> None:
    @router.post(_PAPER, status_code=201, openapi_extra={"requestBody": {"required": True, **_BYTES}})
    def attach(
        me: Manager, display_id: str, calibration_id: str, sent: Annotated[SentPaper, Depends(_sent)]
    ) -> CalibrationPaperOut:
        """Add the maker's or the company's own paper."""
        kept = service.registering.attach(
            me, display_id, calibration_id, sent.data, name=sent.name, media_type=sent.media_type
        )
        return CalibrationPaperOut(name=kept.name, media_type=kept.media_type, size=kept.size)

    @router.get(_PAPER, response_class=Response, responses={200: _BYTES})
    def paper(me: Manager, display_id: str, calibration_id: str) -> Response:
        """Its bytes, as what it is."""
        known, data = service.registering.paper(me, display_id, calibration_id)
        named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(known.name, safe='')}"}
        return Response(data, media_type=known.media_type, headers=named)


def _rules_routes(router: APIRouter, service: DisplaysService) -> None:
    @router.get("/display-rules")
    def rules(_me: Manager) -> DisplayRulesOut:
        """What the centre asks of displays."""
        return rules_out(service.ruling.present())

    @router.put("/display-rules")
    def put(by: Administrator, wanted: DisplayRulesIn) -> DisplayRulesOut:
        """What it asks from now on."""
        said = Rules(wanted.mode, wanted.reason, wanted.months_mammography, wanted.months_other)
        return rules_out(service.ruling.put(said, actor=by.actor, name=by.display_name))

    @router.get("/sites/{site_id}/display-grades")
    def grades(_me: Manager, site_id: str) -> DisplayGradesShape:
        """What each modality takes at a site."""
        return DisplayGradesShape(grades=service.ruling.grades(site_id))

    @router.put("/sites/{site_id}/display-grades")
    def put_grades(me: Manager, site_id: str, wanted: DisplayGradesShape) -> DisplayGradesShape:
        """What it takes from now on."""
        return DisplayGradesShape(grades=service.ruling.put_grades(site_id, wanted.grades, actor=me.actor))


def _own_routes(router: APIRouter, service: DisplaysService, of_case: OfCase) -> None:
    sitting = service.sitting

    def _own(me: Principal, standing: Standing) -> OwnDisplayOut:
        return OwnDisplayOut(
            standing=standing_out(standing),
            chosen=[display_out(one) for one in sitting.chosen(me)],
            choices=[display_out(one) for one in sitting.choices(me)],
        )

    @router.get("/session/display")
    def mine(me: Anybody) -> OwnDisplayOut:
        """What I sit at, judged for mammograms."""
        return _own(me, sitting.standing_for_mammograms(me))

    @router.put("/session/display")
    def choose(me: Anybody, chosen: DisplayChoiceIn) -> OwnDisplayOut:
        """Say which displays stand at this device."""
        sitting.choose(me, chosen.display_ids)
        return _own(me, sitting.standing_for_mammograms(me))

    @router.put("/session/screen")
    def read_screen(me: Anybody, read: ScreenShape) -> OwnDisplayOut:
        """Say what this page sees of its screen."""
        sitting.read_screen(me, screen_of(read))
        return _own(me, sitting.standing_for_mammograms(me))

    @router.get("/worklist/{worklist_item_id}/display")
    def for_case(me: Reader, worklist_item_id: str) -> DisplayStandingOut:
        """What I sit at, judged for a case: said before anybody writes about it."""
        site_id, modalities = of_case(me, worklist_item_id)
        return standing_out(sitting.standing(me, site_id=site_id, modalities=modalities))
