"""Reports into the hospital's PACS: fetched, kept, stored by C-STORE (PS3.4 B), and only then receipted."""

import hashlib
import os
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE
from pynetdicom.association import Association

from dokuei.clock import now
from dokuei.errors import DiskFullError, DokueiError, PeerRefusedError, ProofError, UnreachableError
from dokuei.gateway import deliver_tables, result_tables
from dokuei.gateway.deliver_tables import Held
from dokuei.gateway.link import Link, pause
from dokuei.gateway.pacs_tls import client_context
from dokuei.settings import Destination, Settings
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database
from dokuei.storage.filesystem import disk_full_told, fsync_folder, make_folder
from dokuei.transfer.client import HubClient
from dokuei.transfer.deliveries import (
    DELIVERIES_PATH,
    DELIVERY_OBJECT_PATH,
    DELIVERY_RECEIPT_PATH,
    ObjectWanted,
    Receipt,
    WaitingObject,
    read_waiting,
)

_log = structlog.get_logger()
_SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
_ASK_SECONDS = 3.0
_ANSWER_SECONDS = 10.0
_SUCCESS = 0x0000
_DUPLICATE = 0x0111
_WARNINGS = frozenset({0x0001, 0x0107, 0x0116, *range(0xB000, 0xC000)})
_PHASE = "delivering to the PACS"
_UNSENDABLE = (ValueError, RuntimeError, AttributeError, KeyError, TypeError, OSError)
_UNREADABLE = (*_UNSENDABLE, InvalidDicomError, BytesLengthException, DokueiError)


@dataclass(frozen=True)
class Outcome:
    """What the PACS said of one object; ``error`` is empty where it is stored, ``note`` names a warning.

    ``said`` are the PACS's own words: they may name the patient, and stay in the hospital. Where it is not
    ``answered``, the association did not outlive it.
    """

    delivery_id: str
    error: str = ""
    note: str = ""
    said: str = ""
    answered: bool = True


@dataclass(frozen=True)
class Parcel:
    """One object to store."""

    delivery_id: str
    sop_class_uid: str
    path: Path


def as_sent(dataset: Dataset) -> Dataset:
    """Where the hub knows true identities, nothing needs to be put back."""
    return dataset


def deliver(
    settings: Settings, objects: Iterable[Parcel], *, reidentify: Callable[[Dataset], Dataset] = as_sent
) -> tuple[Outcome, ...]:
    """Store objects in the PACS over one association, and say for each what came of it.

    ``reidentify`` puts the patient's true identity back around the untouched PDF, where the site sends pseudonyms.

    Raises:
        UnreachableError: no association; nothing was stored.
    """
    waiting = list(objects)
    destination = settings.gateway.pacs
    if destination is None:
        raise UnreachableError("no PACS is set", phase=_PHASE, remedy="set [gateway.pacs] in dokuei.toml")
    outcomes: list[Outcome] = []
    while waiting:
        try:
            outcomes += _store_some(settings, destination, waiting, reidentify)
        except UnreachableError as error:
            if not outcomes:
                raise
            outcomes += [Outcome(parcel.delivery_id, error=str(error)) for parcel in waiting]
            break
        told = {outcome.delivery_id for outcome in outcomes}
        waiting = [parcel for parcel in waiting if parcel.delivery_id not in told]
    return tuple(outcomes)


def _store_some(
    settings: Settings,
    destination: Destination,
    parcels: Sequence[Parcel],
    reidentify: Callable[[Dataset], Dataset],
) -> list[Outcome]:
    """As many as one association bears: an object that makes the PACS hang up leaves the others to the next one."""
    association = _associate(settings, destination, {parcel.sop_class_uid for parcel in parcels})
    outcomes: list[Outcome] = []
    try:
        for parcel in parcels:
            outcomes.append(_store(association, parcel, reidentify))
            if not outcomes[-1].answered or not association.is_established:
                break
    finally:
        association.release()
    return outcomes


def _associate(settings: Settings, destination: Destination, sop_class_uids: set[str]) -> Association:
    _demand_answer(destination)
    entity = AE(ae_title=settings.gateway.ae_title)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = 30
    for sop_class_uid in sorted(sop_class_uids):
        entity.add_requested_context(sop_class_uid, _SYNTAXES)
    tls = (client_context(destination), destination.host) if destination.tls else None
    association = entity.associate(destination.host, destination.port, ae_title=destination.ae_title, tls_args=tls)
    if not association.is_established:
        raise UnreachableError(
            f"{destination.ae_title} at {destination.host}:{destination.port} refused the association",
            phase=_PHASE,
            remedy="check AE titles and the PACS's list of known stations",
        )
    return association


def _demand_answer(destination: Destination) -> None:
    """A port that nobody listens on is told from a refusal (and pynetdicom leaves its socket open there)."""
    try:
        socket.create_connection((destination.host, destination.port), timeout=_ANSWER_SECONDS).close()
    except OSError as error:
        raise UnreachableError(
            f"{destination.ae_title} at {destination.host}:{destination.port} does not answer: {error.strerror}",
            phase=_PHASE,
            remedy="check that the PACS runs and that no firewall is in between",
        ) from error


def _store(association: Association, parcel: Parcel, reidentify: Callable[[Dataset], Dataset]) -> Outcome:
    try:
        dataset = reidentify(dcmread(parcel.path))
    except _UNREADABLE as error:
        ours = isinstance(error, DokueiError)  # any other error may name the patient
        why = str(error) if ours else f"the object cannot be read or re-identified: {type(error).__name__}"
        return Outcome(parcel.delivery_id, error=why)
    try:
        answer = association.send_c_store(dataset)
    except _UNSENDABLE as error:
        return Outcome(parcel.delivery_id, error=f"the PACS takes no such object: {type(error).__name__}")
    status = answer.get("Status")
    if status in {_SUCCESS, _DUPLICATE}:
        return Outcome(parcel.delivery_id)
    if status in _WARNINGS:
        return Outcome(parcel.delivery_id, note=f"warning 0x{status:04X} {answer.get('ErrorComment', '')}".strip())
    if status is None:
        return Outcome(parcel.delivery_id, error="the PACS did not store it: no answer", answered=False)
    words = str(answer.get("ErrorComment", ""))
    return Outcome(parcel.delivery_id, error=f"the PACS did not store it: status 0x{status:04X}", said=words)


@dataclass
class Deliverer:
    """The gateway's last part: asks the hub, keeps, stores, tells; every step survives a SIGKILL after it."""

    settings: Settings
    database: Database
    link: Link
    make_client: Callable[[], HubClient]
    reidentify: Callable[[Dataset], Dataset] = as_sent

    @property
    def folder(self) -> Path:
        """Where fetched objects wait."""
        return self.settings.home / "gateway" / "deliver"

    def run(self) -> None:
        """Deliver until the stop; with neither a PACS nor a HIS everything waits at the hub."""
        client = self.make_client()
        try:
            while not self.link.stop.is_set():
                if self.settings.gateway.pacs is not None or self.settings.gateway.hl7.results is not None:
                    client = self.turn(client)
                self.link.stop.wait(_ASK_SECONDS)
        finally:
            client.close()

    def turn(self, client: HubClient) -> HubClient:
        """One round; what the hub does not hear now it hears next time. Returns the client to go on with."""
        failed: tuple[Outcome, ...] = ()
        try:
            failed = self.fetch(client)
        except DokueiError as error:
            client = self._given_up(client, error)
        outcomes = (*failed, *(self.store() if self.settings.gateway.pacs is not None else ()))
        try:
            self.report(client, outcomes)
        except DokueiError as error:
            client = self._given_up(client, error)
        return client

    def fetch(self, client: HubClient) -> tuple[Outcome, ...]:
        """Bring what waits at the hub onto this disk, each object for itself; what could not be brought, and why.

        Raises:
            UnreachableError: the hub could not be reached; what came so far stays.
            DokueiError: the hub told no list.
        """
        waiting, unfit = read_waiting(client.call("POST", DELIVERIES_PATH, b"{}"))
        with self.database.read() as connection:
            here = deliver_tables.known(connection)
        failed = [Outcome(one.delivery_id, error=f"not fetched: {one.why}") for one in unfit if one.delivery_id]
        for one in waiting:
            if one.delivery_id in here:
                continue
            try:
                self._keep(one, self._bytes(client, one))
            except (UnreachableError, DiskFullError):
                raise
            except DokueiError as error:
                _log.warning("report.not_fetched", kind=one.kind, code=error.code)
                failed.append(Outcome(one.delivery_id, error=f"not fetched: {error}"))
        return tuple(failed)

    @staticmethod
    def _bytes(client: HubClient, one: WaitingObject) -> bytes:
        data = client.call("POST", DELIVERY_OBJECT_PATH, ObjectWanted(delivery_id=one.delivery_id).write())
        if hashlib.sha256(data).hexdigest() != one.sha256:
            raise ProofError("a report object came damaged", phase="fetching reports", remedy="it is asked again")
        return data

    def store(self) -> tuple[Outcome, ...]:
        """Try what waits here and is due; a kept file that is gone or damaged is fetched again."""
        with self.database.read() as connection:
            due = deliver_tables.to_store(connection)
        held = [one for one in due if self._is_whole(one)]
        self._forget([one for one in due if one not in held])
        if not held:
            return ()
        parcels = [Parcel(one.delivery_id, one.sop_class_uid, self._path(one.sha256)) for one in held]
        try:
            outcomes = deliver(self.settings, parcels, reidentify=self.reidentify)
        except (UnreachableError, PeerRefusedError) as error:
            outcomes = tuple(Outcome(one.delivery_id, error=str(error)) for one in held)
        by_id = {one.delivery_id: one for one in held}
        for outcome in outcomes:
            self._note(by_id[outcome.delivery_id], outcome)
        return outcomes

    def report(self, client: HubClient, outcomes: Iterable[Outcome] = ()) -> None:
        """Tell the hub what the PACS has, and what it refuses; files go once the hub knows.

        Raises:
            UnreachableError: the hub could not be reached; it is told next time.
        """
        with self.database.read() as connection:
            stored = deliver_tables.to_report(connection)
        for one in stored:
            receipt = Receipt(delivery_id=one.delivery_id, state="stored", destination=one.destination)
            if self._told(client, receipt):
                with self.database.begin() as connection:
                    deliver_tables.mark_reported(connection, one.delivery_id)
                if not self._is_still_told(one):
                    self._path(one.sha256).unlink(missing_ok=True)
        for outcome in outcomes:
            if outcome.error:
                self._told(
                    client, Receipt(delivery_id=outcome.delivery_id, state="waiting", error=outcome.error[:1000])
                )

    @staticmethod
    def _told(client: HubClient, receipt: Receipt) -> bool:
        """Whether the hub took a receipt; one that it refuses holds none of the others back."""
        try:
            client.call("POST", DELIVERY_RECEIPT_PATH, receipt.write())
        except UnreachableError:
            raise
        except DokueiError as error:
            _log.warning("report.receipt_refused", state=receipt.state, code=error.code)
            return False
        return True

    def _is_still_told(self, held: Held) -> bool:
        """Whether a message for the HIS is still to be made of it; whoever makes it then removes the file."""
        if self.settings.gateway.hl7.results is None or held.kind != "sr":
            return False
        with self.database.read() as connection:
            return not result_tables.is_done(connection, held.delivery_id)

    def _is_whole(self, held: Held) -> bool:
        try:
            with self._path(held.sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == held.sha256
        except OSError:
            return False

    def _forget(self, held: Sequence[Held]) -> None:
        """These are unknown again, so that the next round asks the hub for their bytes."""
        if held:
            _log.warning("report.kept_file_lost", objects=len(held))
            with self.database.begin() as connection:
                deliver_tables.forget(connection, [one.delivery_id for one in held])

    def _keep(self, waiting: WaitingObject, data: bytes) -> None:
        """File first, then row: a row never names bytes that are not there."""
        path = self._path(waiting.sha256)
        with disk_full_told():
            make_folder(path.parent, mode=0o700)
            beside = path.with_suffix(".part")
            with beside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            fsync_folder(path.parent)
        with self.database.begin() as connection:
            deliver_tables.add(connection, waiting)

    def _note(self, held: Held, outcome: Outcome) -> None:
        pacs = self.settings.gateway.pacs
        destination = pacs.ae_title if pacs else ""
        with self.database.begin() as connection:
            if not outcome.error:
                deliver_tables.mark_stored(connection, held.delivery_id, destination=destination, note=outcome.note)
                gateway_trail.append(
                    connection,
                    actor="system",
                    event="report.stored",
                    subject=held.study_instance_uid,
                    details={"kind": held.kind, "sop_instance_uid": held.sop_instance_uid, "to": destination},
                )
                return
            wait = pause(held.attempts + 2, ceiling=self.settings.gateway.retry_ceiling_seconds)
            deliver_tables.postpone(
                connection,
                held.delivery_id,
                attempts=held.attempts + 1,
                until=now() + timedelta(seconds=wait),
                error=f"{outcome.error} {outcome.said}".strip(),
            )
        _log.warning("report.not_stored", kind=held.kind, why=outcome.error, attempts=held.attempts + 1)

    def _given_up(self, client: HubClient, error: DokueiError) -> HubClient:
        _log.info("report.hub_not_reached", why=error.code)
        client.close()
        return self.make_client()

    def _path(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.dcm"
