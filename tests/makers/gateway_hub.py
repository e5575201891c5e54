"""A hub for gateways in a process of its own: the real listener, service and database, with a plain or real archive.

Run as ``python tests/makers/gateway_hub.py HOME PORT ARCHIVE``; ``HubForGateways`` starts and kills it for a test.
"""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from typing_extensions import override

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DokueiError, ProofError
from dokuei.hub.app import gateways_app, open_hub
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.gateway_door import gateway_app, gateways_service
from dokuei.hub.gateways.service import GatewaysService
from dokuei.hub.prepare import gateway_certificate, open_stores, prepare_hub
from dokuei.hub.serve import Listener, serve
from dokuei.hub.sites.model import Site
from dokuei.hub.sites.service import SitesService
from dokuei.logs import configure_logs
from dokuei.settings import Settings, read_settings
from dokuei.storage.filesystem import FilesystemBlobs
from dokuei.transfer.manifest import ManifestInstance, StudyManifest
from dokuei.transfer.protocol import Removals

SITES = ("kita", "minami")


@dataclass(frozen=True)
class PlainArchive:
    """Keeps files and believes their digests: for tests of the way there, with bytes that are no DICOM."""

    folder: Path
    seconds_each: float = 0.0

    def held(self, site_id: str, study_instance_uid: str) -> dict[str, str]:
        folder = self.folder / site_id / study_instance_uid
        return {file.stem: file.read_text() for file in folder.glob("*.digest")}

    def store(
        self, site_id: str, files: Sequence[tuple[Path, CodedInstance]], *, actor: str
    ) -> tuple[DokueiError | None, ...]:
        assert actor.startswith("gateway:")
        return tuple(self._store(site_id, path, coded) for path, coded in files)

    def _store(self, site_id: str, path: Path, coded: CodedInstance) -> DokueiError | None:
        time.sleep(self.seconds_each)
        if hashlib.sha256(path.read_bytes()).hexdigest() != coded.sha256:
            return ProofError("not the announced bytes")
        if coded.reason == "break":
            raise RuntimeError("nobody foresaw this")
        if coded.reason == "refuse me":
            return DokueiError("as the test wishes")
        target = self.folder / site_id / coded.study_instance_uid / f"{coded.sop_instance_uid}.dcm"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
        digest = target.with_suffix(".digest")
        digest.with_suffix(".new").write_text(coded.content_digest)
        digest.with_suffix(".new").replace(digest)
        with (target.parent / "order.txt").open("a") as order:
            order.write(f"{time.monotonic()} {coded.sop_instance_uid}\n")
        return None

    def announce(self, site_id: str, study_instance_uid: str, *, gateway_id: str, instances: int) -> None:
        assert gateway_id
        target = self.folder / site_id / f"{study_instance_uid}.announced"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(str(instances))

    def removals(self, site_id: str, *, after: int) -> Removals:
        assert site_id
        return Removals(until=after)

    def withdraw(self, site_id: str, *, gateway_id: str, study_instance_uid: str | None = None) -> None:
        target = self.folder / site_id / f"{gateway_id}.withdrawn"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(study_instance_uid or "all")

    def removed(self, site_id: str, study_instance_uid: str, instances: Sequence[ManifestInstance]) -> set[str]:
        study = self.folder / site_id / study_instance_uid
        return {one.sop_instance_uid for one in instances if (study / f"{one.sop_instance_uid}.removed").exists()}

    def declare(self, site_id: str, manifest: StudyManifest, *, document: bytes, signature: bytes, actor: str) -> None:
        target = self.folder / site_id / f"{manifest.study_instance_uid}.manifest.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps({"document": document.decode(), "signature": signature.hex(), "actor": actor}))


@dataclass(frozen=True)
class SlowBlobs(FilesystemBlobs):
    """A disk that takes its time for each file."""

    seconds_each: float = 0.0

    @override
    def put_file(self, key: str, source: Path) -> None:
        super().put_file(key, source)
        time.sleep(self.seconds_each)


def service_of(settings: Settings, archive: str) -> GatewaysService:
    """The slice, wired as the hub does it."""
    stores = open_stores(settings)
    sites = SitesService(stores.database)
    seconds = float(os.environ.get("SECONDS_EACH", "0"))
    blobs = SlowBlobs(stores.blobs.root, seconds) if isinstance(stores.blobs, FilesystemBlobs) else stores.blobs
    archived = ArchiveService(stores.database, blobs, sites.wants_pseudonyms)
    real = gateways_service(settings, stores.database, archive=archived, sites=sites, urgent=lambda _site_id: ())
    if archive in {"real", "whole"}:
        return real
    plain = PlainArchive(settings.home / "hub" / "plain", seconds)
    return replace(real, intake=replace(real.intake, archive=plain))


def free_port() -> int:
    """A port of loopback that is free now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class HubForGateways:
    """One home folder's listener for gateways."""

    home: Path
    archive: str = "plain"
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    program: str = __file__

    @property
    def settings(self) -> Settings:
        return read_settings(
            self.home,
            environment={"DOKUEI_HUB__GATEWAY_PORT": str(self.port), "DOKUEI_HUB__HOST": "localhost"},
        )

    @property
    def service(self) -> GatewaysService:
        """The same service in the test's own process."""
        return service_of(self.settings, self.archive)

    def prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        prepare_hub(self.settings)
        stores = open_stores(self.settings)
        sites = SitesService(stores.database)
        known = {site.site_id for site in sites.every()}
        for site_id in SITES:
            if site_id not in known:
                sites.add(Site(site_id, site_id), actor="test")
        stores.database.close()

    def start(self) -> None:
        with (self.home / "hub.out").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, self.program, str(self.home), str(self.port), self.archive],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **self.environment},
            )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, (self.home / "hub.out").read_text()
            time.sleep(0.05)
        raise AssertionError((self.home / "hub.out").read_text())

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def held(self, site_id: str, study_instance_uid: str) -> dict[str, str]:
        """What the archive has of a study: SOP Instance UID and content digest."""
        service = self.service
        try:
            return service.intake.archive.held(site_id, study_instance_uid)
        finally:
            service.database.close()


@contextmanager
def running_hub(
    home: Path, *, archive: str = "plain", environment: dict[str, str] | None = None
) -> Iterator[HubForGateways]:
    """A hub that answers gateways."""
    hub = HubForGateways(home, archive, environment=environment or {})
    hub.prepare()
    hub.start()
    try:
        yield hub
    finally:
        hub.kill()


def _main(home: str, port: str, archive: str) -> None:
    settings = replace_port(Path(home), port)
    files = gateway_certificate(settings)
    service = service_of(settings, archive)
    serve(
        gateways_app(open_hub(settings)) if archive == "whole" else gateway_app(service),
        Listener("localhost", int(port), files.certificate, files.private_key, service.authority.certificate_file),
    )


def replace_port(home: Path, port: str) -> Settings:
    """The settings of a home folder with this port."""
    return read_settings(home, environment={"DOKUEI_HUB__GATEWAY_PORT": port, "DOKUEI_HUB__HOST": "localhost"})


if __name__ == "__main__":
    configure_logs(part="hub")  # an error takes one line, not seconds of drawing
    _main(*sys.argv[1:])
