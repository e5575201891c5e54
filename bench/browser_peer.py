"""What a user would pick today, served to the browser's measurements: OHIF's build on Orthanc with its DICOMweb plugin.

nginx gives out both under one origin, as a careful administrator would: HTTP/2, TLS, compression, endless caching of
the program. OHIF prefetches, which it does not by itself.
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pydicom

from bench.shaped_line import NEAR
from bench.web_servers import fill_orthanc, free_port, orthanc, served
from tests.makers.archive import image
from tests.makers.ohif import ohif_folder

_SAMPLED = 16
_SETTINGS = """window.config = {
  routerBasename: '/',
  extensions: [], modes: [], showStudyList: true, showWarningMessageForCrossOrigin: false,
  defaultDataSourceName: 'peer', maxNumRequests: { interaction: 100, thumbnail: 75, prefetch: 25 },
  studyPrefetcher: { enabled: true, displaySetsCount: 20, maxNumPrefetchRequests: 10, order: 'closest' },
  dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'peer',
    configuration: {
      friendlyName: 'peer', name: 'peer', qidoRoot: '/dicom-web', wadoRoot: '/dicom-web', wadoUriRoot: '/wado',
      qidoSupportsIncludeField: true, imageRendering: 'wadors', thumbnailRendering: 'wadors',
      enableStudyLazyLoad: true, supportsFuzzyMatching: false, supportsWildcard: true,
    },
  }],
};
"""
_NGINX = """user root; daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 2;
events {{ worker_connections 512; }}
http {{
  include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nodelay on; {temporary}
  gzip on; gzip_proxied any; gzip_types application/javascript text/css application/wasm application/dicom+json;
  server {{
    listen {near}:{port} ssl http2; root {root}; ssl_certificate {certificate}; ssl_certificate_key {key};
    location = /app-config.js {{ alias {folder}/app-config.js; }}
    location /dicom-web/ {{ proxy_pass {orthanc}/; proxy_buffering off; proxy_http_version 1.1; }}
    location / {{ try_files $uri /index.html; expires 1h; }}
  }}
}}
"""


@dataclass(frozen=True)
class PeerCase:
    """What the peer shows of one woman: her studies, the newest first; its frames' bytes on the wire are reckoned."""

    studies: tuple[str, ...]
    frames: int
    wire_bytes: int


@dataclass(frozen=True)
class Peer:
    """The peer, answering at ``NEAR``; ``warm`` is a study of one small image, opened so that the program is here."""

    url: str
    warm: str
    cases: dict[str, PeerCase]


@contextmanager
def peer(
    folder: Path, host: str, certificate: tuple[Path, Path], sources: Mapping[str, Sequence[Path]]
) -> Iterator[Peer]:
    """Orthanc filled with the native files of each case, OHIF before it."""
    root = ohif_folder()
    if root is None:
        raise SystemExit("OHIF's build is not here: setup/peers.sh fetches it")
    folder.mkdir()
    small = folder / "warm.dcm"
    dataset = image()
    dataset.save_as(small, enforce_file_format=True)
    with orthanc(folder / "orthanc") as running:
        fill_orthanc(running, [small, *(file for files in sources.values() for file in files)])
        with _door(folder, root, certificate, running.target.base) as port:
            shown = {name: _shown(files, running.target.base) for name, files in sources.items()}
            yield Peer(f"https://{host}:{port}", str(dataset.StudyInstanceUID), shown)


@contextmanager
def _door(folder: Path, root: Path, certificate: tuple[Path, Path], behind: str) -> Iterator[int]:
    port = free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    (folder / "app-config.js").write_text(_SETTINGS)
    (folder / "nginx.conf").write_text(
        _NGINX.format(
            folder=folder,
            near=NEAR,
            port=port,
            root=root,
            certificate=certificate[0],
            key=certificate[1],
            orthanc=behind,
            temporary="".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds),
        )
    )
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    with served([program, "-c", f"{folder}/nginx.conf", "-p", str(folder)], folder / "log", (NEAR, port)):
        yield port


def _shown(files: Sequence[Path], orthanc_at: str) -> PeerCase:
    keywords = ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "StudyDate", "NumberOfFrames", "Rows"]
    heads = [pydicom.dcmread(file, stop_before_pixels=True, specific_tags=keywords) for file in files]
    images = [head for head in heads if "Rows" in head]
    frames = sum(int(head.get("NumberOfFrames") or 1) for head in images)
    dated = {str(head.StudyInstanceUID): str(head.StudyDate) for head in images}
    sample = images[:: max(1, len(images) // _SAMPLED)]
    weighed = [
        int(head.get("NumberOfFrames") or 1)
        * _weight(
            f"{orthanc_at}/studies/{head.StudyInstanceUID}/series/{head.SeriesInstanceUID}"
            f"/instances/{head.SOPInstanceUID}/frames/1"
        )
        for head in sample
    ]
    return PeerCase(
        tuple(sorted(dated, key=lambda study: dated[study], reverse=True)),
        frames,
        sum(weighed) * len(images) // len(sample),
    )


def _weight(frame: str) -> int:
    """How many bytes a browser gets for this frame, as it asks and as the server packs them."""
    wanted = {"Accept": 'multipart/related; type="application/octet-stream"', "Accept-Encoding": "gzip, deflate"}
    with httpx.stream("GET", frame, headers=wanted, timeout=60) as answer:
        answer.raise_for_status()
        return sum(len(part) for part in answer.iter_raw())
