"""Sites and contracts over HTTP: administrators keep them, a site's staff reads them and keeps its contacts current."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from dokuei.hub.identity.api import private, require, require_in_centre
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.sites.api_shapes import (
    ContactTestIn,
    ContractChangeIn,
    ContractIn,
    NewSiteIn,
    ReachableOut,
    SiteContactChangeIn,
    SiteContactIn,
    SiteDetailOut,
    SiteLineOut,
    SiteRegisterIn,
    TerminationIn,
    detail_out,
    line_out,
    reachable_out,
)
from dokuei.hub.sites.model import Site
from dokuei.hub.sites.office import Office, scribe
from dokuei.hub.sites.register import Contact

Reader = Annotated[Principal, Depends(require(Permission.READ_SITE))]
Keeper = Annotated[Principal, Depends(require(Permission.KEEP_CONTACTS))]
Administrator = Annotated[Principal, Depends(require(Permission.ADMINISTER))]
OfTheCentre = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]
Talker = Annotated[Principal, Depends(require(Permission.READ_MESSAGES))]
_SITE = "/api/v1/sites/{site_id}"


def routes(office: Office) -> APIRouter:
    """The routes of sites, contracts and contacts."""
    router = APIRouter(tags=["sites"], dependencies=[Depends(private)])
    _register_routes(router, office)
    _contract_routes(router, office)
    _contact_routes(router, office)

    @router.get("/api/v1/worklist/{worklist_item_id}/contacts")
    def reachable(me: Talker, worklist_item_id: str) -> ReachableOut:
        """Whom to call now at the hospital of a case."""
        return reachable_out(office.reachable(me, worklist_item_id))

    return router


def _register_routes(router: APIRouter, office: Office) -> None:
    @router.get("/api/v1/sites")
    def listed(me: Reader) -> list[SiteLineOut]:
        """The hospitals of the register that I may read."""
        return [line_out(one) for one in office.listed(me)]

    @router.post("/api/v1/sites", status_code=201)
    def add(me: OfTheCentre, new: NewSiteIn) -> SiteDetailOut:
        """Register a hospital, without a contract."""
        return detail_out(office.add(me, Site(new.site_id, new.name, new.name_en)))

    @router.get(_SITE)
    def one(me: Reader, site_id: str) -> SiteDetailOut:
        """One hospital with its contracts and contacts."""
        return detail_out(office.one(me, site_id))

    @router.put(f"{_SITE}/register")
    def write(me: Administrator, site_id: str, said: SiteRegisterIn) -> SiteDetailOut:
        """Write a hospital's entry."""
        office.sites.registering.write(
            site_id,
            said.register_entry(),
            name=said.name,
            name_en=said.name_en,
            expected_version=said.version,
            by=scribe(me),
        )
        return detail_out(office.shown(site_id))


def _contract_routes(router: APIRouter, office: Office) -> None:
    contracts = office.sites.contracting

    @router.post(f"{_SITE}/contracts", status_code=201)
    def record(me: OfTheCentre, site_id: str, said: ContractIn) -> SiteDetailOut:
        """Record a contract."""
        contracts.record(site_id, said.terms(), by=scribe(me), because=said.because)
        return detail_out(office.shown(site_id))

    @router.put(f"{_SITE}/contracts/{{contract_id}}")
    def change(me: OfTheCentre, site_id: str, contract_id: str, said: ContractChangeIn) -> SiteDetailOut:
        """Add a version of a contract."""
        contracts.change(
            site_id,
            contract_id,
            said.terms(),
            expected_version=said.version,
            by=scribe(me),
            because=said.because,
        )
        return detail_out(office.shown(site_id))

    @router.post(f"{_SITE}/contracts/{{contract_id}}/termination")
    def terminate(me: OfTheCentre, site_id: str, contract_id: str, said: TerminationIn) -> SiteDetailOut:
        """End a contract before its term."""
        contracts.terminate(
            site_id,
            contract_id,
            last_day=said.last_day,
            expected_version=said.version,
            by=scribe(me),
            because=said.because,
        )
        return detail_out(office.shown(site_id))


def _contact_routes(router: APIRouter, office: Office) -> None:
    registering = office.sites.registering
    path = f"{_SITE}/contacts"

    @router.post(path, status_code=201)
    def add(me: Keeper, site_id: str, said: SiteContactIn) -> SiteDetailOut:
        """Name one more to call."""
        registering.add_contact(site_id, replace(_blank(site_id), **said.said()), by=scribe(me))
        return detail_out(office.shown(site_id))

    @router.put(f"{path}/{{contact_id}}")
    def change(me: Keeper, site_id: str, contact_id: str, said: SiteContactChangeIn) -> SiteDetailOut:
        """Say something else of one."""
        registering.change_contact(site_id, contact_id, said.said(), expected_version=said.version, by=scribe(me))
        return detail_out(office.shown(site_id))

    @router.delete(f"{path}/{{contact_id}}", status_code=204)
    def end(me: Keeper, site_id: str, contact_id: str) -> Response:
        """Take one off the list."""
        registering.end_contact(site_id, contact_id, by=scribe(me))
        return Response(status_code=204)

    @router.post(f"{path}/{{contact_id}}/test")
    def tested(me: Keeper, site_id: str, contact_id: str, told: ContactTestIn) -> SiteDetailOut:
        """Say that a call was tried (REPORT-14)."""
        registering.test_contact(
            site_id, contact_id, on=told.on, today=office.today(), reached=told.reached, by=scribe(me)
        )
        return detail_out(office.shown(site_id))


def _blank(site_id: str) -> Contact:
    return Contact("", site_id, "weekday", 0, "")
