"""An archive behind real HTTP, objects to put into it, and tokens to ask with."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import httpx
import numpy as np
import pydicom
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from dokuei.dicom.intake import intake
from dokuei.hub.archive import api as archive_api
from dokuei.hub.archive.api_lane import FrameLane
from dokuei.hub.archive.model import Incoming, Stored
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Scope
from dokuei.hub.plain_server import Placed, PlainServer
from dokuei.hub.serve import open_listener
from dokuei.storage.filesystem import FilesystemBlobs
from tests.makers.people import SmallHub, small_hub

MR = "1.2.840.10008.5.1.4.1.1.4"
MG = "1.2.840.10008.5.1.4.1.1.1.2"
GATEWAY = "gateway:1"
ServedBy = Literal["plain", "granian"]


@dataclass
class SmallArchive:
    """The archive of a small hub with the sites ``kita`` and ``minami``, and where it is served."""

    hub: SmallHub
    service: ArchiveService
    folder: Path
    base: str
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, site_id: str = "kita") -> str:
        """A DICOMweb token of a site."""
        if site_id not in self.tokens:
            self.tokens[site_id] = self.hub.identity.tokens.create(
                scope=Scope.DICOMWEB, site_id=site_id, label="test", actor="system"
            )
        return self.tokens[site_id]

    def client(self, site_id: str = "kita", *, at: str | None = None) -> httpx.Client:
        """A DICOMweb client with a site's token, by default at that site."""
        return httpx.Client(
            base_url=f"{self.base}/sites/{at or site_id}/dicom-web",
            headers={"Authorization": f"Bearer {self.token(site_id)}"},
            timeout=60,
        )

    def coded(self, source: Dataset | Path) -> Incoming:
        """An object as a gateway brings it."""
        path = source if isinstance(source, Path) else self.written(source)
        target = self.folder / f"{generate_uid()}.coded"
        return Incoming(target, intake(path, target))

    def written(self, dataset: Dataset) -> Path:
        """A dataset as a file."""
        path = self.folder / f"{generate_uid()}.dcm"
        dataset.save_as(path, enforce_file_format=True)
        return path

    def stored(self, *sources: Dataset | Path, site_id: str = "kita") -> list[Stored]:
        """Objects that are in."""
        outcomes = self.service.store_instances(site_id, [self.coded(one) for one in sources], actor=GATEWAY)
        refused = [one for one in outcomes if not isinstance(one, Stored)]
        assert not refused, refused
        return [one for one in outcomes if isinstance(one, Stored)]


@contextmanager
def small_archive(folder: Path, url: str | None = None, *, served_by: ServedBy = "plain") -> Iterator[SmallArchive]:
    """An archive on SQLite or the given database, served on a free port."""
    with small_hub(folder, url=url) as hub:
        service = ArchiveService(hub.database, FilesystemBlobs(folder / "blobs"))
        hub.app.include_router(archive_api.routes(service))
        headers = {"X-Content-Type-Options": "nosniff"}
        hub.app.add_middleware(FrameLane, service=service, headers=headers)
        placed = partial(FrameLane(hub.app, service, headers).placed, hub.app)
        port = free_port()
        hub.app.state.hub_url = f"http://127.0.0.1:{port}"
        with served(hub.app, port=port, by=served_by, placed=placed) as base:
            yield SmallArchive(hub, service, folder, base)


@contextmanager
def served(
    app: Callable[..., Any], *, port: int = 0, by: ServedBy = "plain", placed: Placed | None = None
) -> Iterator[str]:
    """An ASGI application behind real HTTP, by one of the hub's two servers; its address."""
    port = port or free_port()
    loops: list[asyncio.AbstractEventLoop] = []
    server: Server | PlainServer
    if by == "granian":
        server = Server(
            app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, websockets=False, log_enabled=False
        )
    else:
        server = PlainServer(app, placed=placed or getattr(app, "placed", None), connections=100)

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        if isinstance(server, PlainServer):
            await server.serve(sockets=[open_listener("localhost", port)])
        else:
            await server.serve()

    thread = threading.Thread(target=lambda: uvloop.run(serve()), daemon=True)
    thread.start()
    _wait_for(port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loops[0].call_soon_threadsafe(server.stop)
        thread.join(10)
        assert not thread.is_alive(), "the server does not stop"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.1).close()
        except OSError:
            threading.Event().wait(0.02)
        else:
            return


def image(  # the particulars are all optional
    pixels: NDArray[Any] | None = None,
    *,
    study: str | None = None,
    series: str | None = None,
    sop_class: str = MR,
    modality: str = "MR",
    patient_id: str = "P1",
    patient_name: str = "Yamada^Hanako=山田^花子=やまだ^はなこ",
    number: int = 1,
    **elements: Any,
) -> Dataset:
    """A small image object; its text is UTF-8 unless ``SpecificCharacterSet`` says otherwise."""
    cells = np.random.default_rng(number).integers(0, 4000, (64, 48), np.uint16) if pixels is None else pixels
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID = sop_class
    made.SOPInstanceUID = generate_uid()
    made.StudyInstanceUID = study or generate_uid()
    made.SeriesInstanceUID = series or generate_uid()
    made.StudyDate = "20261101"
    made.StudyTime = "101500"
    made.AccessionNumber = "A1"
    made.Modality = modality
    made.ReferringPhysicianName = "紹介^医師"
    made.PatientName = patient_name
    made.PatientID = patient_id
    made.PatientBirthDate = "19700101"
    made.PatientSex = "F"
    made.StudyID = "1"
    made.SeriesNumber = 1
    made.InstanceNumber = number
    _add_pixels(made, cells)
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


def _add_pixels(made: Dataset, cells: NDArray[Any]) -> None:
    colour = cells.ndim > 2 and cells.shape[-1] == 3
    frames = cells if cells.ndim == 3 + colour else cells[None]
    made.SamplesPerPixel = 3 if colour else 1
    made.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        made.PlanarConfiguration = 0
    made.Rows, made.Columns = frames.shape[1:3]
    if len(frames) > 1:
        made.NumberOfFrames = len(frames)
    made.BitsAllocated = cells.dtype.itemsize * 8
    made.BitsStored = 12 if made.BitsAllocated == 16 else 8
    made.HighBit = made.BitsStored - 1
    made.PixelRepresentation = int(cells.dtype.kind == "i")
    data = cells.tobytes()
    made.PixelData = data + b"\0" * (len(data) % 2)


def read_parts(answer: httpx.Response) -> list[tuple[dict[str, str], bytes]]:
    """Headers and bytes of a multipart answer's parts."""
    content_type = answer.headers["content-type"]
    boundary = next(
        piece.strip().partition("=")[2].strip('"') for piece in content_type.split(";") if "boundary" in piece
    )
    found = []
    for piece in (b"\r\n" + answer.content).split(f"\r\n--{boundary}".encode())[1:-1]:
        head, _, body = piece.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").strip().split("\r\n")
        found.append(
            ({name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}, body)
        )
    return found


def as_dataset(body: bytes) -> Dataset:
    """A Part 10 file in memory."""
    return pydicom.dcmread(pydicom.filebase.DicomBytesIO(body))
