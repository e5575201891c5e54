"""A PACS of our own making that answers queries and retrievals as a test wishes, also as no real one should."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, build_context, evt

from dokuei.gateway.priors.query import STUDY_ROOT_FIND
from dokuei.gateway.priors.retrieve import STUDY_ROOT_MOVE
from dokuei.gateway.receive_negotiation import VERIFICATION
from tests.makers.archive import MG, image
from tests.makers.peers import free_port

CHARACTERS = "\\ISO 2022 IR 87"


def answer(uid: str, *, patient_id: str = "P1", day: str = "20250401", **more: Any) -> Dataset:
    """A study as the PACS tells of it, in Japanese."""
    told = Dataset()
    told.SpecificCharacterSet = CHARACTERS.split("\\")
    told.PatientID, told.StudyInstanceUID, told.StudyDate = patient_id, uid, day
    told.ModalitiesInStudy, told.StudyDescription = "MG", "マンモグラフィ"
    told.NumberOfStudyRelatedInstances = 2
    for name, value in more.items():
        setattr(told, name, value)
    return told


@dataclass
class PriorPacs:
    """``refusing`` is the status of queries; retrievals fail, unless nobody is known at all by our AE title."""

    studies: list[Dataset] = field(default_factory=list)
    series: list[Dataset] = field(default_factory=list)
    refusing: int = 0
    knows_us: bool = True
    hangs_up: bool = False
    asked: list[Dataset] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator["PriorPacs"]:
        entity = AE("PACS")
        entity.add_supported_context(UID(STUDY_ROOT_FIND))
        entity.add_supported_context(UID(STUDY_ROOT_MOVE))
        entity.add_supported_context(VERIFICATION)
        handlers: list[Any] = [(evt.EVT_C_FIND, self._find), (evt.EVT_C_MOVE, self._move)]
        server = entity.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers)
        assert server is not None
        try:
            yield self
        finally:
            server.shutdown()

    def _find(self, event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        self.asked.append(event.identifier)
        if self.refusing:
            yield self.refusing, None
            return
        for one in self.studies if event.identifier.QueryRetrieveLevel == "STUDY" else self.series:
            yield 0xFF00, one

    def _move(self, event: evt.Event) -> Iterator[Any]:
        self.moved.append(str(event.identifier.StudyInstanceUID))
        if self.hangs_up:
            event.assoc.abort()
            return
        if not self.knows_us:
            yield None, None
            return
        yield "127.0.0.1", self.port, {"contexts": [build_context(VERIFICATION)]}  # where nothing is stored
        yield 1
        yield 0xFF00, image(sop_class=MG, modality="MG")
