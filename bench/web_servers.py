"""The servers of the web measurements: our hub as `dokuei up` starts it, Orthanc, and two servers of plain files."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.web_client import Target, get
from bench.web_data import DBT_PATH, Sizes, mri_paths
from dokuei.dicom.intake import intake
from dokuei.hub.archive.model import Incoming, Refused
from dokuei.hub.archive.reading import Scope
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.prepare import open_stores, prepare_hub
from dokuei.hub.sites.model import Site
from dokuei.hub.sites.service import SitesService
from dokuei.settings import read_settings

_SITE = "bench"
_BATCH = 64
_WITHOUT_SIGN_IN = """
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from dokuei.hub.app import open_hub, readers_app
from dokuei.hub.identity.model import Scope, principal_of_token
from dokuei.hub.serve import Listener, serve
from dokuei.settings import read_settings
settings = read_settings(Path(sys.argv[1]))
hub = open_hub(settings)
somebody = principal_of_token(token_id="bench", label="bench", scope=Scope.DICOMWEB, site_ids=frozenset({"bench"}))
app = readers_app(hub)
app.state.identity = SimpleNamespace(access=SimpleNamespace(remembered=lambda *_, **__: somebody))
serve(app, Listener("127.0.0.1", settings.hub.port))
"""
_BARE = """
import os
import sys
from dokuei.hub.serve import Listener, serve
root = sys.argv[1]
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    descriptor = os.open(root + scope["path"], os.O_RDONLY)
    body = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    os.close(descriptor)
    headers = [(b"content-type", b"image/jphc"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
serve(app, Listener("127.0.0.1", int(sys.argv[2])))
"""


@dataclass(frozen=True)
class Running:
    """A server that answers, and its first process."""

    target: Target
    pid: int

    def memory(self) -> int:
        """Highest resident memory so far, in MB."""
        return peak_mb(self.pid)


def peak_mb(pid: int) -> int:
    """Highest resident memory of a process so far, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def fill_dokuei(home: Path, sources: Sequence[Path]) -> dict[str, float]:
    """Code and store everything as gateways' objects are; images a second through the archive's own part."""
    settings = read_settings(home)
    prepare_hub(settings)
    stores = open_stores(settings)
    archive = ArchiveService(stores.database, stores.blobs)
    SitesService(stores.database).add(Site(_SITE, "計測病院"), actor="system")
    folder = archive.incoming_folder
    seconds = 0.0
    with ThreadPoolExecutor(2) as pool:
        for at in range(0, len(sources), _BATCH):
            batch = sources[at : at + _BATCH]
            incoming = list(
                pool.map(lambda source: Incoming(folder / source.name, intake(source, folder / source.name)), batch)
            )
            begin = time.perf_counter()
            outcomes = archive.store_instances(_SITE, incoming, actor="gateway:bench")
            seconds += time.perf_counter() - begin
            refused = [one for one in outcomes if isinstance(one, Refused)]
            if refused:
                raise SystemExit(f"not stored: {refused[0].error}")
    stores.database.close()
    return {"stored_and_proved_per_second": round(len(sources) / seconds, 1)}


def write_plain_files(home: Path, root: Path, sizes: Sizes) -> None:
    """The same frames as our hub serves, one file each, for nginx."""
    stores = open_stores(read_settings(home))
    archive = ArchiveService(stores.database, stores.blobs)
    for path in [*dict.fromkeys(path.rsplit("/", 2)[0] for path in mri_paths(sizes)), DBT_PATH.rsplit("/", 2)[0]]:
        _, _, study, _, series = path.split("/")
        for one in archive.instances(Scope(_SITE, study, series)):
            data = archive.file_of(one).read_bytes()
            folder = root / path[1:] / "instances" / one.coded.sop_instance_uid / "frames"
            folder.mkdir(parents=True)
            for number, frame in enumerate(one.coded.frames, 1):
                (folder / str(number)).write_bytes(data[frame.offset : frame.offset + frame.length])
    stores.database.close()


@contextmanager
def dokuei(home: Path, *, tls: bool = False, sign_in: bool = True) -> Iterator[Running]:
    """Our hub's process for readers and DICOMweb clients."""
    port = free_port()
    environment = {**os.environ, "DOKUEI_HUB__PORT": str(port), "DOKUEI_HUB__TLS": str(tls).lower()}
    prepare_hub(read_settings(home, environment=environment))
    ours = [sys.executable, "-m", "dokuei"]
    create = [*ours, "token", "create", "--home", str(home), "--scope", "dicomweb", "--site", _SITE]
    made = subprocess.run(create, check=True, capture_output=True, text=True, env=environment)
    base = f"{'https' if tls else 'http'}://localhost:{port}/sites/{_SITE}/dicom-web"
    headers = {"Authorization": f"Bearer {made.stdout.split()[-1]}"}
    authority = home / "pki" / "ca.pem" if tls else None
    command = None if sign_in else [sys.executable, "-c", _WITHOUT_SIGN_IN, str(home)]
    with serving_readers(home, environment, command) as pid:
        get(Target(f"{'https' if tls else 'http'}://localhost:{port}", ca=authority), "/api/v1/health")
        yield Running(Target(base, headers, authority), pid)


@contextmanager
def serving_readers(home: Path, environment: dict[str, str], command: list[str] | None = None) -> Iterator[int]:
    """The hub's process for readers at ``DOKUEI_HUB__PORT``, as ``dokuei up`` starts it; yields its id."""
    command = command or [sys.executable, "-m", "dokuei", "hub", "serve-readers", "--home", str(home)]
    address = (environment.get("DOKUEI_HUB__HOST", "127.0.0.1"), int(environment["DOKUEI_HUB__PORT"]))
    with served(command, home / "bench.log", address, environment) as pid:
        yield pid


@contextmanager
def orthanc(folder: Path) -> Iterator[Running]:
    """Debian's Orthanc with its DICOMweb plugin, defaults as they come; what it stored stays in the folder."""
    http = free_port()
    settings = {
        "StorageDirectory": str(folder / "db"),
        "IndexDirectory": str(folder / "db"),
        "HttpPort": http,
        "DicomServerEnabled": False,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        "Plugins": ["/usr/share/orthanc/plugins/libOrthancDicomWeb.so"],
    }
    folder.mkdir(exist_ok=True)
    (folder / "orthanc.json").write_text(json.dumps(settings))
    environment = {**os.environ, "TCP_NODELAY": "1"}
    with served(["Orthanc", str(folder / "orthanc.json")], folder / "log", ("127.0.0.1", http), environment) as pid:
        get(Target(f"http://localhost:{http}"), "/system")
        yield Running(Target(f"http://localhost:{http}/dicom-web"), pid)


def fill_orthanc(running: Running, sources: Sequence[Path]) -> None:
    """Give Orthanc the native files, as a modality would."""
    base = running.target.base.removesuffix("/dicom-web")

    def send(source: Path) -> None:
        httpx.post(f"{base}/instances", content=source.read_bytes(), timeout=120).raise_for_status()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, sources))


@contextmanager
def nginx(folder: Path) -> Iterator[Running]:
    """Nginx on plain files, tuned as for images: sendfile, no log, endless keep-alive."""
    port = free_port()
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 2;"
        f"events {{ worker_connections 512; }} http {{ access_log off; sendfile on; tcp_nodelay on;"
        f"keepalive_requests 1000000; {temporary}"
        f"server {{ listen 127.0.0.1:{port}; root {folder}/root; default_type image/jphc; }} }}"
    )
    if os.geteuid() == 0:
        for path in (folder, *folder.parents):
            path.chmod(path.stat().st_mode | 0o055)
            if path == Path("/tmp"):  # noqa: S108 - the walk up ends there
                break
    command = [shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx", "-c", f"{folder}/nginx.conf"]
    with served([*command, "-p", str(folder)], folder / "log", ("127.0.0.1", port)) as pid:
        yield Running(Target(f"http://localhost:{port}"), pid)


@contextmanager
def bare(folder: Path) -> Iterator[Running]:
    """Our hub's HTTP server with an application that asks nobody: it reads a plain file and sends it."""
    port = free_port()
    command = [sys.executable, "-c", _BARE, str(folder / "root"), str(port)]
    with served(command, folder / "bare.log", ("127.0.0.1", port)) as pid:
        yield Running(Target(f"http://localhost:{port}"), pid)


@contextmanager
def served(
    command: Sequence[str], log: Path, address: tuple[str, int], environment: dict[str, str] | None = None
) -> Iterator[int]:
    """A server's process, once it takes connections at its address; ended with SIGTERM."""
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment) as it,
    ):
        try:
            _wait(address, lambda: it.poll() is None)
            yield it.pid
        finally:
            it.send_signal(signal.SIGTERM)
            it.wait(60)


def _wait(address: tuple[str, int], alive: Callable[[], bool]) -> None:
    for _ in range(600):
        try:
            socket.create_connection(address, 1).close()
        except OSError:
            if not alive():
                break
            time.sleep(0.05)
        else:
            return
    raise SystemExit("a server did not start")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
