"""Reports into the hospital: fetched, kept, brought wherever the site wants them, and only then receipted."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog
from pydicom.dataset import Dataset

from dokuei.clock import now
from dokuei.errors import DiskFullError, DokueiError, ProofError, UnreachableError
from dokuei.gateway import deliver_tables, outlet_tables, result_tables, trouble_tables
from dokuei.gateway.commitment_ask import Asker
from dokuei.gateway.deliver_tables import Held
from dokuei.gateway.link import Link, pause
from dokuei.gateway.outlet_tables import Standing
from dokuei.gateway.outlets import Outlet, outlets_of
from dokuei.gateway.pacs import Outcome, as_sent
from dokuei.gateway.trouble_tables import Step
from dokuei.settings import Settings
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
_ASK_SECONDS = 3.0


@dataclass
class Deliverer:
    """The gateway's last part: asks the hub, keeps, stores, tells; every step survives a SIGKILL after it."""

    settings: Settings
    database: Database
    link: Link
    make_client: Callable[[], HubClient]
    reidentify: Callable[[Dataset], Dataset] = as_sent
    outlets: tuple[Outlet, ...] = field(init=False)
    asker: Asker = field(init=False)

    def __post_init__(self) -> None:
        """Who in the hospital takes reports follows from the settings."""
        self.asker = Asker(self.settings, self.database, self.link)
        self.outlets = outlets_of(self.settings, self._path, self._as_known_here)

    def _as_known_here(self, report: Dataset) -> Dataset:
        return self.reidentify(report)

    @property
    def folder(self) -> Path:
        """Where fetched objects wait."""
        return self.settings.home / "gateway" / "deliver"

    def run(self) -> None:
        """Deliver until the stop; with nobody who takes reports everything waits at the hub."""
        client = self.make_client()
        try:
            while not self.link.stop.is_set():
                if self.outlets or self.settings.gateway.hl7.results is not None:
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
        outcomes = (*failed, *(self.store() if self.outlets else ()))
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
            here = deliver_tables.among(connection, [one.delivery_id for one in waiting])
            resting = trouble_tables.resting(connection, "fetch")
            listed = [*(one.delivery_id for one in waiting), *(one.delivery_id for one in unfit)]
            unwanted = trouble_tables.others(connection, "fetch", listed)
        if unwanted:
            with self.database.begin() as connection:
                trouble_tables.over(connection, "fetch", unwanted)
        failed = [self._unfetched(one.delivery_id, one.why) for one in unfit if one.delivery_id not in {"", *resting}]
        for one in waiting:
            if one.delivery_id in {*here, *resting}:
                continue
            try:
                self._keep(one, self._bytes(client, one))
            except (UnreachableError, DiskFullError):
                raise
            except DokueiError as error:
                _log.warning("report.not_fetched", kind=one.kind, code=error.code)
                failed.append(self._unfetched(one.delivery_id, str(error)))
        return tuple(failed)

    def _unfetched(self, delivery_id: str, why: str) -> Outcome:
        """What could not be brought here; it is tried again later and later."""
        self._failed(delivery_id, "fetch", why)
        return Outcome(delivery_id, error=f"not fetched: {why}")

    def _failed(self, delivery_id: str, step: Step, why: str) -> None:
        ceiling = self.settings.gateway.retry_ceiling_seconds
        with self.database.begin() as connection:
            trouble_tables.failed(connection, delivery_id, step, why, ceiling=ceiling)

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
            known = outlet_tables.standings(connection, [one.delivery_id for one in due])
        held = [one for one in due if self._is_promised(one, known[one.delivery_id]) or self._is_whole(one)]
        self._forget([one for one in due if one not in held])
        failed: dict[str, Outcome] = {}
        for outlet in self.outlets:
            failed |= self._bring([one for one in held if _wanting(one, outlet, known[one.delivery_id])], outlet)
        self.asker.ask()
        with self.database.read() as connection:
            known = outlet_tables.standings(connection, [one.delivery_id for one in held])
        documents_first = sorted(held, key=lambda one: one.kind != "pdf")
        return tuple(filter(None, (self._settle(one, known[one.delivery_id], failed) for one in documents_first)))

    def _bring(self, missing: Sequence[Held], outlet: Outlet) -> dict[str, Outcome]:
        """What could not be brought to one place, by delivery; how each stands there is noted."""
        by_id = {one.delivery_id: one for one in missing}
        outcomes = outlet.bring(missing) if missing else ()
        for outcome in outcomes:
            self._mark(by_id[outcome.delivery_id], outlet, outcome)
        return {outcome.delivery_id: outcome for outcome in outcomes if outcome.error}

    def _is_promised(self, one: Held, known: Mapping[str, Standing]) -> bool:
        """Whether everybody has taken it: its file is needed again only where the PACS does not keep it."""
        wanted = [known.get(outlet.name) for outlet in self.outlets if outlet.wants(one)]
        return bool(wanted) and all(standing is not None and standing.is_taken for standing in wanted)

    def _settle(self, one: Held, known: Mapping[str, Standing], failed: Mapping[str, Outcome]) -> Outcome | None:
        """It is stored once everybody who wants it has it; a form that nobody wants, once its document is there."""
        if one.delivery_id in failed:
            self._postpone(one, failed[one.delivery_id])
            return failed[one.delivery_id]
        wanted = [outlet.name for outlet in self.outlets if outlet.wants(one)]
        if wanted:
            there = [known[name] for name in wanted if name in known and known[name].has_arrived]
            if len(there) < len(wanted):
                return None
            destination = "; ".join(dict.fromkeys(standing.destination for standing in there))
            note = "; ".join(filter(None, (standing.note for standing in there)))
        else:
            with self.database.read() as connection:
                instead = deliver_tables.stored_as_pdf(connection, one.report_id, one.version)
            if instead is None or one.kind == "pdf":
                return None
            destination, note = instead.destination, "as its document"
        with self.database.begin() as connection:
            deliver_tables.mark_stored(connection, one.delivery_id, destination=destination[:200], note=note)
        return Outcome(one.delivery_id, note=note)

    def report(self, client: HubClient, outcomes: Iterable[Outcome] = ()) -> None:
        """Tell the hub how every place stands with what it is to have; files go once the hub knows that all have it.

        Raises:
            UnreachableError: the hub could not be reached; it is told next time.
        """
        errors = {outcome.delivery_id: outcome.error for outcome in outcomes if outcome.error}
        with self.database.read() as connection:
            news = deliver_tables.to_report(connection)
            resting = trouble_tables.resting(connection, "receipt")
            untold = outlet_tables.untold(connection, but=resting)
            told = deliver_tables.among(connection, untold | errors.keys())
            places = outlet_tables.standings(connection, [*(one.delivery_id for one in news), *told])
        told |= {one.delivery_id: one for one in news}
        for delivery_id in dict.fromkeys((*told, *errors)):
            if delivery_id not in resting:
                held, error = told.get(delivery_id), errors.get(delivery_id, "")
                self._report(client, delivery_id, held, places[delivery_id], error)

    def _report(
        self, client: HubClient, delivery_id: str, held: Held | None, places: Mapping[str, Standing], error: str
    ) -> None:
        """One receipt; an object that was never fetched has nothing but an error."""
        stored = held is not None and held.stored_at is not None
        wrong = (standing.reason for standing in places.values() if standing.is_refused)
        receipt = Receipt(
            delivery_id=delivery_id,
            state="stored" if stored else "waiting",
            destination=held.destination if held is not None and stored else "",
            error="" if stored else (error or next(wrong, ""))[:1000],
            places=[standing.place() for standing in places.values()],
        )
        if not self._told(client, receipt):
            return
        with self.database.begin() as connection:
            trouble_tables.over(connection, "receipt", [delivery_id])
            outlet_tables.mark_told(connection, places.values())
            if held is not None and stored and held.reported_at is None:
                deliver_tables.mark_reported(connection, delivery_id)
        if held is not None and stored and not self._is_still_told(held):
            self._path(held.sha256).unlink(missing_ok=True)

    def _told(self, client: HubClient, receipt: Receipt) -> bool:
        """Whether the hub took a receipt; one that it refuses holds none of the others back, and waits."""
        try:
            client.call("POST", DELIVERY_RECEIPT_PATH, receipt.write())
        except UnreachableError:
            raise
        except DokueiError as error:
            _log.warning("report.receipt_refused", state=receipt.state, code=error.code)
            self._failed(receipt.delivery_id, "receipt", str(error))
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
            trouble_tables.over(connection, "fetch", [waiting.delivery_id])

    def _mark(self, held: Held, outlet: Outlet, outcome: Outcome) -> None:
        with self.database.begin() as connection:
            outlet_tables.put(
                connection,
                held.delivery_id,
                outlet.name,
                state="refused" if outcome.error else outlet.taken_as,
                destination=outlet.destination,
                note=outcome.note,
                reason=outcome.error,
                objects=outcome.objects,
            )
            if outcome.error:
                return
            gateway_trail.append(
                connection,
                actor="system",
                event="report.filed" if outlet.name == "folder" else "report.stored",
                subject=held.study_instance_uid,
                details={
                    "kind": "pages" if outlet.name == "pages" else held.kind,
                    "sop_instance_uid": held.sop_instance_uid,
                    "version": held.version,
                    "stamps": held.stamps,
                    "to": outlet.destination,
                },
            )

    def _postpone(self, held: Held, outcome: Outcome) -> None:
        wait = pause(held.attempts + 2, ceiling=self.settings.gateway.retry_ceiling_seconds)
        with self.database.begin() as connection:
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


def _wanting(one: Held, outlet: Outlet, known: Mapping[str, Standing]) -> bool:
    """Whether a place is to be brought this now."""
    standing = known.get(outlet.name)
    return outlet.wants(one) and (standing is None or standing.is_wanting)
