"""One object's way from received to coded and proved; its state is saved after each step, so it may die at any point.

Runs beside the receiver and steps back for it: few threads, low priority, nothing held in memory but a frame.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from dokuei.dicom.intake import TakenIn, take_in
from dokuei.errors import AdmissionError, DokueiError, StorageError
from dokuei.gateway.code_apart import code_apart
from dokuei.gateway.pseudonyms import Naming, note_patient
from dokuei.gateway.spool import Coded, Received, Spool
from dokuei.storage.filesystem import disk_full_told

_log = structlog.get_logger()
_POLL_SECONDS = 0.1
_AT_ONCE = 8  # objects claimed and marked in one transaction, small ones only
_BYTES_AT_ONCE = 8 << 20
_UNFINISHED = ".coding-"
_SUSPECT = 2  # an object at hand in so many crashes may be their cause: it is coded where nothing else dies with it
_BROKE_AT_MOST = 3
_NOTE_FIRST_SECONDS = 0.2
_NOTE_CEILING_SECONDS = 10.0


@dataclass(frozen=True)
class Pipeline:
    """``naming`` says whether objects are coded under their true identity or under pseudonyms.

    ``demand_fit`` refuses what may not go further although it can be read.
    """

    spool: Spool
    stop: threading.Event
    naming: Callable[[], Naming]
    demand_fit: Callable[[Received], None] = lambda _item: None

    def run(self) -> None:
        """Work on one object after the other until the stop; several threads may run this."""
        while not self.stop.is_set():
            items = self.spool.claim(_AT_ONCE, bytes_at_most=_BYTES_AT_ONCE)
            if items:
                self.work_on(items)
            else:
                self.stop.wait(_POLL_SECONDS)

    def work_on(self, items: Sequence[Received]) -> None:
        """Bring objects to coded, or say why they cannot be; at a stop those that nobody is at stay claimed."""
        made: list[Coded] = []
        for item in items:
            one = self._made(item)
            if one is not None:
                made.append(one)
            if self.stop.is_set():
                break
        if made:
            self._note(lambda: self.spool.mark_coded(made))

    def _made(self, item: Received) -> Coded | None:
        """One object coded; None where that could not be, which is written down."""
        uid = item.sop_instance_uid
        try:
            self.demand_fit(item)
            naming = self.naming()
            made = self.code(item, naming)
        except AdmissionError as error:
            refusal = error  # Python forgets ``error`` at the end of its block
            _log.warning("instance.refused", code=error.code)
            self._note(lambda: self.spool.mark_refused(uid, refusal))
        except DokueiError as error:
            passing = error
            _log.warning("instance.put_back", code=error.code)
            self._note(lambda: self.spool.put_back(uid, passing))
        except (OSError, SQLAlchemyError) as error:
            away = StorageError(f"coding was held up: {type(error).__name__}", phase="coding", remedy="see the log")
            _log.error("instance.held_up", exc_info=error)
            self._note(lambda: self.spool.put_back(uid, away))
        except Exception as error:  # noqa: BLE001 - a worker loop: one odd object holds back none of the others
            _log.error("instance.broke", exc_info=error)
            self._broke(item, type(error).__name__)
        else:
            return Coded(uid, made.coded, naming.label, made.warnings)
        return None

    def _broke(self, item: Received, what: str) -> None:
        """Nobody foresaw this: it may pass a few times, and is then put before staff with the bytes kept."""
        if item.broke + 1 < _BROKE_AT_MOST:
            broke = DokueiError(f"coding broke: {what}", phase="coding", remedy="it is tried again; see the log")
            self._note(lambda: self.spool.put_back(item.sop_instance_uid, broke, unforeseen=True))
            return
        refusal = AdmissionError(
            f"coding broke again and again: {what}",
            phase="coding",
            remedy="The bytes are kept: try it again after an update, and report it.",
        )
        self._note(lambda: self.spool.mark_refused(item.sop_instance_uid, refusal))

    def _note(self, mark: Callable[[], None]) -> None:
        """Write down what came of an object until the database takes it: nobody looks at a claim without a mark.

        At a stop the claim is left, and taken back at the next start.
        """
        wait = _NOTE_FIRST_SECONDS
        while True:
            try:
                mark()
            except DBAPIError as error:
                _log.error("instance.not_noted", exc_info=error)
            else:
                return
            if self.stop.wait(wait):
                return
            wait = min(2 * wait, _NOTE_CEILING_SECONDS)

    def code(self, item: Received, naming: Naming) -> TakenIn:
        """Write the coded file to its place; whose it is under a pseudonym is durable before.

        The file itself is not: until the hub has proved it, the original is here, and it can be made again.

        Raises:
            AdmissionError: the object is refused for good.
            StorageError: it could not be read or written now.
        """
        folder = self.spool.folder / "coded"
        folder.mkdir(parents=True, exist_ok=True)
        unfinished, how = folder / f"{_UNFINISHED}{item.id}.dcm", naming.deidentification
        try:
            with disk_full_told():
                unfinished.touch()  # what is at hand when the worker is killed is known by it
                make = take_in if item.broke < _SUSPECT else code_apart
                made = make(item.path, unfinished, received_at=item.received_at, deidentification=how)
                if how is not None:
                    note_patient(self.spool.database, item.path, how.pseudonyms, made.coded.study_instance_uid)
                _settle(unfinished, self.spool.coded_path(made.coded.sha256))
        except FileNotFoundError as error:
            raise StorageError("the received file is gone", phase="coding", remedy="send it again") from error
        finally:
            unfinished.unlink(missing_ok=True)
        return made


def sweep(folder: Path) -> list[int]:
    """Remove what a killed worker left half done, and name it by id; called once when the worker starts."""
    found = []
    for left in folder.glob(f"{_UNFINISHED}*"):
        found.append(int(left.stem.removeprefix(_UNFINISHED)))
        left.unlink(missing_ok=True)
    return found


def _settle(unfinished: Path, target: Path) -> None:
    """Under its digest's name it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished.replace(target)
