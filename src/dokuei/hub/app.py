"""The hub, wired: read from top to bottom to see which part gets what."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import Depends, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

import dokuei
from dokuei.hub import delivery_door, line_door, metrics, order_door, pages, performed_door, priors_door, pulse_door
from dokuei.hub.archive import api as archive_api
from dokuei.hub.archive.api_lane import FrameLane, PlacedAnswer
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.audits import api as audits_api
from dokuei.hub.audits.service import AuditsService, audits_service
from dokuei.hub.audits.syslog import receiver
from dokuei.hub.certification import api as certification_api
from dokuei.hub.certification.service import Certifications
from dokuei.hub.displays import api as displays_api
from dokuei.hub.displays.service import DisplaysService, displays_service
from dokuei.hub.fhir import api as fhir_api
from dokuei.hub.fhir.door import FhirDoor
from dokuei.hub.fhir.service import FhirService, fhir_service
from dokuei.hub.gateway_door import gateway_app, gateways_service
from dokuei.hub.gateways import store_pulses
from dokuei.hub.gateways.api import authenticated
from dokuei.hub.gateways.api_listing import listing as gateways_listing
from dokuei.hub.gateways.pulses import reader as reader_of_pulse
from dokuei.hub.gateways.service import GatewaysService
from dokuei.hub.identity import api as identity_api
from dokuei.hub.identity.guard import note_refusal, principal
from dokuei.hub.identity.secrets import secret_box
from dokuei.hub.identity.service import IdentityService, identity_service, relying_party
from dokuei.hub.limits import AttemptLimit, Attempts, BodyLimit
from dokuei.hub.lines import api as lines_api
from dokuei.hub.lines.service import LinesService, lines_service
from dokuei.hub.messages import api as messages_api
from dokuei.hub.messages.mail import mailer
from dokuei.hub.messages.service import MessagesService, messages_service
from dokuei.hub.neighbours_of_audits import ArchivePatients, gateway_names
from dokuei.hub.neighbours_of_displays import CasesOnDisplays, ReportDisplays
from dokuei.hub.neighbours_of_fhir import FhirRequests
from dokuei.hub.neighbours_of_fhir_results import FhirReports, FhirStudies
from dokuei.hub.neighbours_of_lines import ArchiveSizes, ReportLines
from dokuei.hub.neighbours_of_messages import CaseThreads, ThreadCalls, ThreadCases, ThreadQuestions
from dokuei.hub.neighbours_of_outcomes import CommunicationMail, EscalationMail, GraveCases, ListedCases
from dokuei.hub.neighbours_of_priors import KnownPriors, PatientCases
from dokuei.hub.neighbours_of_reports import ArchiveImages, RegisterRules, WorklistCases
from dokuei.hub.neighbours_of_requests import RequestCases
from dokuei.hub.neighbours_of_screening import screening_service
from dokuei.hub.neighbours_of_sites import ContactMail, SiteCases
from dokuei.hub.neighbours_of_worklist import CaseWays, QualifiedReaders, SettledRequests, SiteContracts
from dokuei.hub.outcomes import api as outcomes_api
from dokuei.hub.outcomes import api_communications, api_escalations
from dokuei.hub.outcomes.communicating import Communicating
from dokuei.hub.outcomes.escalating import Escalations
from dokuei.hub.outcomes.service import OutcomesService
from dokuei.hub.own_door import ReadersDoor
from dokuei.hub.packed import Packed
from dokuei.hub.prepare import Stores, open_stores
from dokuei.hub.priors.service import PriorsService
from dokuei.hub.problems import OuterDoor, answer_with_problems
from dokuei.hub.reports import api as reports_api
from dokuei.hub.reports import api_awaiting, api_lists, api_qualification, api_versions
from dokuei.hub.reports.sealing import sealer
from dokuei.hub.reports.service import ReportsService, reports_service
from dokuei.hub.requests import api as requests_api
from dokuei.hub.requests.service import RequestsService, requests_service
from dokuei.hub.screening import api as screening_api
from dokuei.hub.screening.service import ScreeningService
from dokuei.hub.sites import api as sites_api
from dokuei.hub.sites import store as site_register
from dokuei.hub.sites.office import Office
from dokuei.hub.sites.reminding import Reminding
from dokuei.hub.sites.service import SitesService
from dokuei.hub.warm import warmed
from dokuei.hub.worklist.api_working import worklist_routes
from dokuei.hub.worklist.service import WorklistService
from dokuei.settings import HubSettings, Settings


@dataclass(frozen=True)
class Hub:
    """Every service of one hub; each process opens its own."""

    settings: Settings
    stores: Stores
    identity: IdentityService
    sites: SitesService
    archive: ArchiveService
    gateways: GatewaysService
    worklist: WorklistService
    messages: MessagesService
    reports: ReportsService
    outcomes: OutcomesService
    escalations: Escalations
    communicating: Communicating
    reminding: Reminding
    requests: RequestsService
    audits: AuditsService
    certifications: Certifications
    displays: DisplaysService
    lines: LinesService
    priors: PriorsService


def open_hub(settings: Settings) -> Hub:
    """Open the stores and wire the services."""
    stores = open_stores(settings)
    sites = SitesService(stores.database)
    archive = ArchiveService(stores.database, stores.blobs, sites.wants_pseudonyms, store_pulses.of_site)
    identity = _identity(settings, stores)
    certifications = Certifications(stores.database, dokuei.__version__)
    contracts = SiteContracts(sites, settings.seal.time_zone)
    qualified = QualifiedReaders(identity.qualifications, sites)
    worklist = WorklistService(stores.database, identity.people, contracts, SettledRequests(), qualified, KnownPriors())
    messages = _messages(settings, stores, identity, worklist)
    escalations = Escalations(stores.database, identity.people, GraveCases(), EscalationMail(messages))
    displays = _displays(settings, stores, identity)
    lines = _lines(stores, identity, archive)
    return Hub(
        settings=settings,
        stores=stores,
        identity=identity,
        sites=sites,
        archive=archive,
        gateways=gateways_service(
            settings, stores.database, archive=archive, sites=sites, urgent=worklist.urgent_studies
        ),
        worklist=worklist,
        messages=messages,
        reports=reports_service(
            stores.database,
            stores.blobs,
            identity=identity,
            cases=WorklistCases(worklist),
            images=ArchiveImages(archive),
            questions=ThreadQuestions(messages),
            rules=RegisterRules(sites, certifications),
            contracts=contracts,
            displays=ReportDisplays(displays),
            lines=ReportLines(lines, settings.seal.time_zone),
            sealer=sealer(settings.home, settings.seal, centre_name=settings.hub.centre_name),
            facility=settings.hub.centre_name,
            time_zone=settings.seal.time_zone,
            scale=settings.hub.category_scale,
            hpki=settings.hpki,
        ),
        outcomes=OutcomesService(stores.database, identity.people, ListedCases(worklist), ThreadCalls(messages)),
        escalations=escalations,
        communicating=Communicating(
            stores.database, identity.people, ListedCases(worklist), escalations, CommunicationMail(messages)
        ),
        reminding=Reminding(sites, identity.people, ContactMail(messages), settings.seal.time_zone),
        requests=requests_service(
            stores.database, stores.blobs, people=identity.people, cases=RequestCases(worklist), contracts=contracts
        ),
        audits=_audits(settings, stores, identity),
        certifications=certifications,
        displays=displays,
        lines=lines,
        priors=PriorsService(stores.database, PatientCases(worklist)),
    )


def _displays(settings: Settings, stores: Stores, identity: IdentityService) -> DisplaysService:
    """Displays, which stand at devices that identity knows."""
    return displays_service(
        stores.database,
        stores.blobs,
        people=identity.people,
        device_of=identity.access.device_of,
        time_zone=settings.seal.time_zone,
    )


def _lines(stores: Stores, identity: IdentityService, archive: ArchiveService) -> LinesService:
    """Lines, judged by what the archive's studies weigh."""
    return lines_service(
        stores.database,
        archive=ArchiveSizes(archive),
        device_of=identity.access.device_of,
        place_of=lambda one: identity.places.of(one).value,
    )


def _identity(settings: Settings, stores: Stores) -> IdentityService:
    """People and keys, which know of the register the names of its sites alone."""
    return identity_service(
        stores.database,
        site_names=site_register.names,
        site_names_en=site_register.names_en,
        box=secret_box(settings.home / "hub" / "secret.key"),
        time_zone=settings.seal.time_zone,
        party=relying_party(name=settings.hub.centre_name, hub_url=settings.hub.public_address),
        idle_lock=timedelta(minutes=settings.hub.idle_lock_minutes),
        roles_by_request=settings.hub.roles_by_request,
        facility_networks=settings.hub.facility_networks,
        guests=reader_of_pulse,
    )


def _messages(
    settings: Settings, stores: Stores, identity: IdentityService, worklist: WorklistService
) -> MessagesService:
    """Threads of cases, and the mail that only says that something waits."""
    return messages_service(
        stores.database,
        stores.blobs,
        people=identity.people,
        cases=ThreadCases(worklist),
        mailer=mailer(settings.mail),
        hub_url=settings.hub.public_address,
    )


def _audits(settings: Settings, stores: Stores, identity: IdentityService) -> AuditsService:
    """The auditor's side, which asks archive and gateways for names alone."""
    return audits_service(
        stores.database,
        confirmation=identity.confirmation,
        site_names=site_register.names,
        patients=ArchivePatients(),
        gateways=gateway_names,
        anchor=settings.audit.anchor,
        receiver=receiver(settings.audit.repository),
        source_id=settings.hub.public_address,
    )


class ReadersApp(FastAPI):
    """The application with what must hold for every answer, its own failures' too, around all that it is made of."""

    def __init__(self, settings: HubSettings) -> None:
        super().__init__(
            title="dokuei hub",
            version=dokuei.__version__,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            lifespan=warmed,
            redirect_slashes=False,  # a redirect would repeat the Host header, which is the client's word
        )
        self._headers = pages.security_headers(transport_security=settings.serves_tls and not settings.loopback)
        self._lane: FrameLane | None = None
        self._door: ASGIApp = pages.SecurityHeaders(FhirDoor(OuterDoor(super().__call__)), self._headers)
        answer_with_problems(self, note_refusal)
        self.add_api_route("/api/v1/health", _health, tags=["health"])
        self.add_api_route("/api/v1/health", _health, methods=["HEAD"], include_in_schema=False)
        self.add_api_route("/openapi.json", self.openapi, dependencies=[Depends(principal)], include_in_schema=False)

    def answer_frames(self, archive: ArchiveService) -> None:
        """Let frames have their lane, in front of everything that other requests pass."""
        self._door = self._lane = FrameLane(self._door, archive, pages.headers_of_bytes(self._headers))

    def placed(self, path: str, headers: list[tuple[bytes, bytes]]) -> PlacedAnswer | None:
        """Where the answer to a GET of ``path`` lies, if it is a plain one for a frame."""
        return self._lane.placed(self, path, headers) if self._lane else None

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        await self._door(scope, receive, send)


async def _health() -> dict[str, str]:
    """Whether this process answers, and which version it is."""
    return {"status": "ok", "version": dokuei.__version__}


def readers_app(hub: Hub) -> FastAPI:
    """What readers' browsers and DICOMweb clients talk to."""
    app = ReadersApp(hub.settings.hub)
    app.state.identity = hub.identity
    app.state.hub_url = hub.settings.hub.public_address
    app.include_router(archive_api.routes(hub.archive))  # first: a request is held against the routes in this order
    app.include_router(identity_api.routes(hub.identity))
    app.include_router(outcomes_api.routes(hub.outcomes, time_zone=hub.settings.seal.time_zone))
    app.include_router(api_escalations.routes(hub.escalations))
    app.include_router(api_communications.routes(hub.communicating))
    ways = CaseWays(hub.archive, hub.gateways.gateways, hub.reports)
    for routes in worklist_routes(hub.worklist, ways, CaseThreads(hub.messages)):
        app.include_router(routes)
    cases_on_displays = CasesOnDisplays(hub.worklist, hub.reports.signing.images)
    app.include_router(displays_api.routes(hub.displays, cases_on_displays))
    app.include_router(lines_api.routes(hub.lines))
    app.include_router(messages_api.routes(hub.messages))
    app.include_router(reports_api.routes(hub.reports))
    app.include_router(requests_api.routes(hub.requests))
    app.include_router(screening_api.routes(_screening(hub)))
    app.include_router(audits_api.routes(hub.audits))
    cases, forget = SiteCases(hub.worklist), hub.identity.access.forget_all
    office = Office(hub.sites, cases, hub.settings.seal.time_zone, known_anew=forget)
    app.include_router(sites_api.routes(office))
    app.include_router(api_qualification.routes(hub.reports))
    app.include_router(api_versions.routes(hub.reports))
    app.include_router(api_awaiting.routes(hub.reports))
    app.include_router(api_lists.routes(hub.reports.lists))
    app.include_router(certification_api.routes(hub.certifications))
    fhir_api.answer_fhir_errors(app)
    app.include_router(fhir_api.routes(_fhir(hub)))
    app.include_router(gateways_listing(hub.gateways, lambda: {s.site_id: s.name for s in hub.sites.every()}))
    app.include_router(metrics.routes(hub.gateways))
    app.include_router(pages.routes(pages.viewer_folder()))  # last: it answers any other path with the page
    app.add_middleware(BodyLimit, known=principal)
    app.add_middleware(AttemptLimit, attempts=Attempts())
    app.add_middleware(Packed)
    app.answer_frames(hub.archive)
    return app


def _screening(hub: Hub) -> ScreeningService:
    """Screening batches, which stand on requests, worklist and reports."""
    return screening_service(hub.requests, hub.worklist, time_zone=hub.settings.seal.time_zone)


def _fhir(hub: Hub) -> FhirService:
    """What hospitals' systems ask and are told in FHIR."""
    return fhir_service(
        hub.stores.database,
        requests=FhirRequests(hub.requests),
        reports=FhirReports(hub.reports, hub.identity),
        studies=FhirStudies(),
        hub_url=hub.settings.hub.public_address,
        time_zone=hub.settings.seal.time_zone,
    )


def gateways_app(hub: Hub) -> FastAPI:
    """What hospitals' gateways talk to."""
    known = authenticated(hub.gateways)
    documents = pulse_door.Documents(
        sealer(hub.settings.home, hub.settings.seal, centre_name=hub.settings.hub.centre_name),
        hub.settings.seal.time_zone,
    )
    door = ReadersDoor(hub.settings.hub, hub.gateways.authority.certificate_file)
    return gateway_app(
        hub.gateways,
        line_door.routes(hub.lines, known),
        delivery_door.routes(hub.reports, known, hub_url=hub.settings.hub.public_address),
        order_door.routes(hub.requests, known, hub.gateways.pulses.keep_order),
        performed_door.routes(hub.archive, known),
        priors_door.routes(priors_door.Parts(hub.priors, hub.archive, hub.requests), known),
        pulse_door.routes(pulse_door.Parts(hub.gateways.pulses, hub.archive, hub.requests, documents, door), known),
    )
