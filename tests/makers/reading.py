"""A reading room of one's own: a hub with archive, worklist and reports, cases in it, and people who read them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

import dokuei
from dokuei.dicom.intake import intake
from dokuei.hub.archive.model import Declared, Incoming, Manifest, Stored
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.certification.service import Certifications
from dokuei.hub.displays import api as displays_api
from dokuei.hub.displays.service import DisplaysService, displays_service
from dokuei.hub.events import Events
from dokuei.hub.gateways.model import GatewayState
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.lines import api as lines_api
from dokuei.hub.lines.service import lines_service
from dokuei.hub.messages import api as messages_api
from dokuei.hub.messages.mail import mailer
from dokuei.hub.messages.service import MessagesService, messages_service
from dokuei.hub.neighbours_of_displays import CasesOnDisplays, ReportDisplays
from dokuei.hub.neighbours_of_lines import ArchiveSizes, ReportLines
from dokuei.hub.neighbours_of_messages import CaseThreads, ThreadCalls, ThreadCases, ThreadQuestions
from dokuei.hub.neighbours_of_outcomes import CommunicationMail, EscalationMail, GraveCases, ListedCases
from dokuei.hub.neighbours_of_priors import KnownPriors
from dokuei.hub.neighbours_of_reports import ArchiveImages, RegisterRules, WorklistCases
from dokuei.hub.neighbours_of_requests import RequestCases
from dokuei.hub.neighbours_of_screening import screening_service
from dokuei.hub.neighbours_of_worklist import CaseWays, QualifiedReaders, SettledRequests, SiteContracts
from dokuei.hub.outcomes import api as outcomes_api
from dokuei.hub.outcomes import api_communications, api_escalations
from dokuei.hub.outcomes.communicating import Communicating
from dokuei.hub.outcomes.escalating import Escalations
from dokuei.hub.outcomes.service import OutcomesService
from dokuei.hub.reports import api as reports_api
from dokuei.hub.reports import api_awaiting, api_lists, api_qualification, api_versions
from dokuei.hub.reports.sealing import Sealer, sealer
from dokuei.hub.reports.service import ReportsService, reports_service
from dokuei.hub.requests import api as requests_api
from dokuei.hub.requests.service import RequestsService, requests_service
from dokuei.hub.screening import api as screening_api
from dokuei.hub.worklist import store as worklist_store
from dokuei.hub.worklist.api_working import worklist_routes
from dokuei.hub.worklist.service import WorklistService
from dokuei.settings import HpkiSettings, MailSettings, SealSettings
from dokuei.storage import outbox
from dokuei.storage.filesystem import FilesystemBlobs
from dokuei.storage.pki import write_secret
from tests.makers.archive import MG, image
from tests.makers.authenticator import Authenticator
from tests.makers.displays import waive
from tests.makers.people import SmallHub, sign_in, small_hub

CENTRE = "試験読影センター"


@dataclass
class ReadingRoom:
    """Everything between images that are in and a report that is out."""

    hub: SmallHub
    archive: ArchiveService
    worklist: WorklistService
    messages: MessagesService
    reports: ReportsService
    requests: RequestsService
    outcomes: OutcomesService
    seal: Sealer
    blobs: FilesystemBlobs
    folder: Path
    certifications: Certifications
    escalations: Escalations
    communicating: Communicating
    displays: DisplaysService
    gateways: list[GatewayState] = field(default_factory=list)
    """What the gateways told last."""
    keys: dict[str, Authenticator] = field(default_factory=dict)

    def take_in(self, *objects: Dataset, site_id: str = "kita", closed: bool = True, actor: str = "gateway:1") -> str:
        """Objects of one study reach the archive, and the worklist hears of it; the case's id.

        ``closed`` is whether the gateway also signs for all that it has sent of the study.
        """
        incoming = [self.coded(one) for one in objects]
        outcomes = self.archive.store_instances(site_id, incoming, actor=actor)
        assert all(isinstance(outcome, Stored) for outcome in outcomes), outcomes
        study = str(objects[0].StudyInstanceUID)
        if closed:
            self.close_study(study, site_id=site_id)
        self.carry_out()
        with self.hub.database.read() as connection:
            found = worklist_store.find_by_study(connection, site_id, study)
        assert found is not None
        return found.worklist_item_id

    def coded(self, one: Dataset) -> Incoming:
        """An object as its gateway has coded it."""
        path = self.folder / f"{generate_uid()}.dcm"
        one.save_as(path, enforce_file_format=True)
        target = path.with_suffix(".coded")
        return Incoming(target, intake(path, target))

    def close_study(self, study_instance_uid: str, *, site_id: str = "kita") -> None:
        """The gateway's manifest over everything of a study that is here."""
        held = self.archive.held_instances(site_id, study_instance_uid)
        manifest = Manifest(
            study_instance_uid=study_instance_uid,
            signed_by="1",
            verified=True,
            document=b"{}",
            signature=b"",
            declared=tuple(Declared(one.sop_instance_uid, 0, one.content_digest) for one in held),
        )
        self.archive.record_manifest(site_id, manifest, actor="gateway:1")

    def mammogram_case(self, *, site_id: str = "kita", patient_id: str = "P1", **elements: Any) -> str:
        """Two views of one breast each, proved."""
        study, series = generate_uid(), generate_uid()
        views = [
            image(
                study=study,
                series=series,
                sop_class=MG,
                modality="MG",
                patient_id=patient_id,
                number=number,
                SeriesDescription="R-MLO",
                **elements,
            )
            for number in (1, 2)
        ]
        return self.take_in(*views, site_id=site_id)

    def carry_out(self) -> None:
        """What the hub's worker does with waiting events."""
        events = Events(self.archive, self.worklist, self.requests, self.outcomes)
        outbox.carry_out(self.hub.database, events.handle)
        with self.hub.database.read() as connection:
            failed = [row.last_error for row in connection.execute(outbox.outbox.select()) if row.last_error]
        assert not failed, failed

    def images_read(self, item_id: str) -> list[dict[str, Any]]:
        """Every frame of a case's study, as a viewer that showed them all would say."""
        with self.hub.database.read() as connection:
            cases, sites = self.reports.drafting.cases, ("kita", "minami")
            role = cases.role_of(connection, item_id, None, site_ids=sites)
            case = cases.case(connection, item_id, role, site_ids=sites)
        known = self.reports.signing.images.of_study(case.site_id, case.study_instance_uid)
        return [
            {"sop_instance_uid": one.sop_instance_uid, "frame": number, "digest": digest}
            for one in known
            for number, digest in enumerate(one.frames, 1)
        ]

    def reader(self, user_name: str, *grants: Grant, synced: bool = False) -> httpx.Client:
        """A reader of ``kita`` (or with other roles) who has signed in by key; the key is kept under the name."""
        person = self.hub.person(user_name, *(grants or (Grant(Role.READER, "kita"),)))
        self.keys[user_name] = self.hub.key_of(person, synced=synced)
        client = self.hub.client()
        assert sign_in(client, self.keys[user_name]).status_code == 200
        return client

    def written(self, client: httpx.Client, item_id: str, **changed: Any) -> httpx.Response:
        """Claim a case and write a report on all its images."""
        assert client.post(f"/api/v1/worklist/{item_id}/claim").status_code == 200
        body = {**TEXT, "images_read": self.images_read(item_id), **changed}
        return client.put(f"/api/v1/worklist/{item_id}/report", json=body, headers={"If-Match": '"0"'})

    def signed(
        self, client: httpx.Client, item_id: str, key: Authenticator, *, preliminary: bool = False
    ) -> httpx.Response:
        """Sign by key what is written."""
        path = f"/api/v1/worklist/{item_id}/report/signature"
        return self._touched(client, path, {"preliminary": preliminary}, key)

    def withdrawn(
        self, client: httpx.Client, item_id: str, key: Authenticator, reason: str = "患者取り違え"
    ) -> httpx.Response:
        """Withdraw by key what stands."""
        return self._touched(client, f"/api/v1/worklist/{item_id}/report/withdrawal", {"reason": reason}, key)

    def _touched(self, client: httpx.Client, path: str, body: dict[str, Any], key: Authenticator) -> httpx.Response:
        begun = client.post(f"{path}/begin", json=body)
        assert begun.status_code == 200, begun.text
        answer = key.get(begun.json()["options"])
        return client.post(path, json={"version_digest": begun.json()["version_digest"], "credential": answer})


TEXT = {
    "findings": "右乳房U領域に径12 mmの腫瘤。\n境界は微細鋸歯状。髙橋先生へ。",
    "impression": "悪性の疑い。組織診を勧める。",
    "category_right": "4",
    "category_left": "1",
}


@contextmanager
def reading_room(
    folder: Path,
    *,
    url: str | None = None,
    seal: SealSettings | None = None,
    mail: MailSettings | None = None,
    hub_url: str = "",
    hpki: HpkiSettings | None = None,
) -> Iterator[ReadingRoom]:
    """A small hub with its slices wired as the real one wires them."""
    with small_hub(folder, url=url) as hub:
        blobs = FilesystemBlobs(folder / "blobs")
        archive = ArchiveService(hub.database, blobs)
        contracts = SiteContracts(hub.sites, "Asia/Tokyo")
        worklist = WorklistService(
            hub.database,
            hub.identity.people,
            contracts,
            SettledRequests(),
            QualifiedReaders(hub.identity.qualifications, hub.sites),
            KnownPriors(),
        )
        certifications = Certifications(hub.database, dokuei.__version__)
        messages = messages_service(
            hub.database,
            blobs,
            people=hub.identity.people,
            cases=ThreadCases(worklist),
            mailer=mailer(mail or MailSettings()),
            hub_url=hub_url,
        )
        displays = displays_service(
            hub.database,
            blobs,
            people=hub.identity.people,
            device_of=hub.identity.access.device_of,
            time_zone="Asia/Tokyo",
        )
        waive(displays)
        lines = lines_service(
            hub.database,
            archive=ArchiveSizes(archive),
            device_of=hub.identity.access.device_of,
            place_of=lambda one: hub.identity.places.of(one).value,
        )
        sealing = made_sealer(folder, seal or SealSettings())
        reports = reports_service(
            hub.database,
            blobs,
            identity=hub.identity,
            cases=WorklistCases(worklist),
            images=ArchiveImages(archive),
            questions=ThreadQuestions(messages),
            rules=RegisterRules(hub.sites, certifications),
            contracts=contracts,
            displays=ReportDisplays(displays),
            lines=ReportLines(lines, "Asia/Tokyo"),
            sealer=sealing,
            facility=CENTRE,
            time_zone="Asia/Tokyo",
            hpki=hpki,
        )
        requests = requests_service(
            hub.database, blobs, people=hub.identity.people, cases=RequestCases(worklist), contracts=contracts
        )
        gateways: list[GatewayState] = []
        ways = CaseWays(archive, lambda _: tuple(gateways), reports)
        for routes in worklist_routes(worklist, ways, CaseThreads(messages)):
            hub.app.include_router(routes)
        hub.app.include_router(messages_api.routes(messages))
        hub.app.include_router(reports_api.routes(reports))
        outcomes = OutcomesService(hub.database, hub.identity.people, ListedCases(worklist), ThreadCalls(messages))
        hub.app.include_router(outcomes_api.routes(outcomes, time_zone="Asia/Tokyo"))
        escalations = Escalations(hub.database, hub.identity.people, GraveCases(), EscalationMail(messages))
        hub.app.include_router(api_escalations.routes(escalations))
        communicating = Communicating(
            hub.database, hub.identity.people, ListedCases(worklist), escalations, CommunicationMail(messages)
        )
        hub.app.include_router(api_communications.routes(communicating))
        hub.app.include_router(requests_api.routes(requests))
        hub.app.include_router(screening_api.routes(screening_service(requests, worklist, time_zone="Asia/Tokyo")))
        parts = (archive, worklist, messages, reports, requests, outcomes)
        hub.app.include_router(api_qualification.routes(reports))
        hub.app.include_router(api_versions.routes(reports))
        hub.app.include_router(api_awaiting.routes(reports))
        hub.app.include_router(api_lists.routes(reports.lists))
        hub.app.include_router(displays_api.routes(displays, CasesOnDisplays(worklist, ArchiveImages(archive))))
        hub.app.include_router(lines_api.routes(lines))
        yield ReadingRoom(
            hub, *parts, sealing, blobs, folder, certifications, escalations, communicating, displays, gateways
        )


def made_sealer(folder: Path, settings: SealSettings) -> Sealer:
    """The centre's seal, with one key for all homes of a test run: making it takes longer than most tests."""
    if settings.certificate is None:
        for name, content in _seal_files().items():
            write_secret(folder / "hub" / "seal" / name, content)
    return sealer(folder, settings, centre_name=CENTRE)


@lru_cache(maxsize=1)
def _seal_files() -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        files = sealer(Path(folder), SealSettings(), centre_name=CENTRE).files
        return {one.name: one.read_bytes() for one in (files.certificate, files.private_key)}


def lossy_mammogram() -> Dataset:
    """A mammogram that was compressed with loss before it came (PS3.3 C.7.6.1.1.5)."""
    made = image(sop_class=MG, modality="MG")
    made.LossyImageCompression = "01"
    made.LossyImageCompressionRatio = "12.5"
    made.LossyImageCompressionMethod = "ISO_10918_1"
    return made
