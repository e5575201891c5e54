"""Where gateways' slice meets archive and sites, and the application behind the gateways' listener."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, FastAPI

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DokueiError
from dokuei.hub.archive.model import Declared, Incoming, Manifest, Refused
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.gateways.api import routes
from dokuei.hub.gateways.intake import Intake
from dokuei.hub.gateways.model import IdentityMode
from dokuei.hub.gateways.pulses import Pulses
from dokuei.hub.gateways.service import GatewaysService
from dokuei.hub.gateways.uploads import Partials
from dokuei.hub.problems import answer_with_problems
from dokuei.hub.sites.service import SitesService
from dokuei.settings import Settings
from dokuei.storage.db import Database
from dokuei.storage.pki import open_authority
from dokuei.transfer.contract import ContractScopes
from dokuei.transfer.manifest import ManifestInstance, StudyManifest
from dokuei.transfer.protocol import REMOVALS_AT_MOST, Removals


@dataclass(frozen=True)
class ArchiveForGateways:
    """The archive as gateways' slice asks for it."""

    archive: ArchiveService
    is_pulse: Callable[[str, str], bool]

    def held(self, site_id: str, study_instance_uid: str) -> dict[str, str]:
        """SOP Instance UID → content digest of what is stored and proved."""
        return {
            one.sop_instance_uid: one.content_digest for one in self.archive.held_instances(site_id, study_instance_uid)
        }

    def store(
        self, site_id: str, files: Sequence[tuple[Path, CodedInstance]], *, actor: str
    ) -> tuple[DokueiError | None, ...]:
        """Decode, prove and keep."""
        incoming = [Incoming(path, coded) for path, coded in files]
        studies = {coded.study_instance_uid for _, coded in files}
        pulses = frozenset(one for one in studies if self.is_pulse(site_id, one))
        outcomes = self.archive.store_instances(site_id, incoming, actor=actor, pulses=pulses)
        return tuple(outcome.error if isinstance(outcome, Refused) else None for outcome in outcomes)

    def announce(self, site_id: str, study_instance_uid: str, *, gateway_id: str, instances: int) -> None:
        """Remember how many objects a gateway holds of a study that is still coming; nobody waits for a pulse."""
        if self.is_pulse(site_id, study_instance_uid):
            return
        self.archive.announce(site_id, study_instance_uid, announced_by=gateway_id, instances=instances)

    def withdraw(self, site_id: str, *, gateway_id: str, study_instance_uid: str | None = None) -> None:
        """Wait no longer for what a gateway has announced."""
        self.archive.withdraw_announced(site_id, announced_by=gateway_id, study_instance_uid=study_instance_uid)

    def removed(self, site_id: str, study_instance_uid: str, instances: Sequence[ManifestInstance]) -> set[str]:
        """Those of a study's objects that were removed on purpose."""
        removed = self.archive.removed(site_id, study_instance_uid)
        return {
            one.sop_instance_uid
            for one in instances
            if removed.has(one.sop_instance_uid, one.content_digest, one.sha256)
        }

    def removals(self, site_id: str, *, after: int) -> Removals:
        """The next studies that were removed on purpose."""
        studies, until = self.archive.removals_after(site_id, after, at_most=REMOVALS_AT_MOST)
        return Removals(studies=list(studies), until=until)

    def declare(self, site_id: str, manifest: StudyManifest, *, document: bytes, signature: bytes, actor: str) -> None:
        """Keep a verified manifest beside the study."""
        declared = tuple(
            Declared(one.sop_instance_uid, len(one.frames), one.content_digest) for one in manifest.instances
        )
        kept = Manifest(
            study_instance_uid=manifest.study_instance_uid,
            signed_by=manifest.gateway_id,
            verified=True,
            document=document,
            signature=signature,
            declared=declared,
        )
        pulse = self.is_pulse(site_id, kept.study_instance_uid)
        self.archive.record_manifest(site_id, kept, actor=actor, pulse=pulse)


@dataclass(frozen=True)
class SitesForGateways:
    """The register of sites as gateways' slice asks for it, and the cases that somebody waits for."""

    sites: SitesService
    urgent: Callable[[str], Sequence[str]]
    time_zone: str = "Asia/Tokyo"

    def identity_mode(self, site_id: str) -> IdentityMode:
        """How patients of a site are named toward the hub."""
        return self.sites.find(site_id).identity_mode

    def urgent_studies(self, site_id: str) -> Sequence[str]:
        """Studies of urgent cases that are still to come."""
        return self.urgent(site_id)

    def contract(self, site_id: str) -> ContractScopes:
        """What a site may ask for, so that its systems are refused at once what the hub would refuse (JRS-03)."""
        return ContractScopes(scopes=self.sites.contracting.scopes(site_id), time_zone=self.time_zone)


def gateways_service(
    settings: Settings,
    database: Database,
    *,
    archive: ArchiveService,
    sites: SitesService,
    urgent: Callable[[str], Sequence[str]],
) -> GatewaysService:
    """The slice, wired."""
    keep_free = settings.hub.keep_free_mb << 20
    register = SitesForGateways(sites, urgent, settings.seal.time_zone)
    pulses = Pulses(database, archive.pulses)
    partials = Partials(settings.home / "hub" / "blobs" / "incoming", keep_free)
    return GatewaysService(
        database=database,
        sites=register,
        authority=open_authority(settings.home / "pki"),
        intake=Intake(database, ArchiveForGateways(archive, pulses.is_pulse), partials, register.identity_mode),
        pulses=pulses,
        hub_url=settings.hub.gateway_url,
    )


def gateway_app(service: GatewaysService, *others: APIRouter) -> FastAPI:
    """What gateways reach: nothing here is for people, so no documentation is served either."""
    app = FastAPI(title="dokuei gateways", openapi_url=None, docs_url=None, redoc_url=None)
    answer_with_problems(app)
    app.include_router(routes(service))
    for router in others:
        app.include_router(router)
    return app
