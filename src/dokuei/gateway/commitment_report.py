"""Reports that the requester's own association could not take: sent on a new one, again and again for a day."""

import json
import multiprocessing
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from pynetdicom import AE
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from sqlalchemy import Row, select, update

from dokuei.clock import now
from dokuei.gateway.commitment import WELL_KNOWN_INSTANCE, Commitment, Reference, Report
from dokuei.gateway.receive_negotiation import STORAGE_COMMITMENT
from dokuei.gateway.spool import Spool
from dokuei.gateway.spool_tables import storage_commitment
from dokuei.settings import GatewaySettings, Settings
from dokuei.storage.db import open_database, sqlite_url

_LOOK_SECONDS: Final = 2.0
_RETRY_SECONDS: Final = 30.0
_RETRY_CEILING_SECONDS: Final = 1800.0
_GIVE_UP_AFTER: Final = timedelta(days=1)
_CONNECT_SECONDS: Final = 10.0
_log = structlog.get_logger()


@dataclass(frozen=True)
class Reporter:
    """Looks for open reports and delivers them to the requester's own listener."""

    commitment: Commitment
    settings: GatewaySettings

    def run(self, stop: threading.Event, *, alive: Callable[[], bool] = lambda: True) -> None:
        """Until ``stop`` is set, or whoever started us is no longer alive."""
        while not stop.wait(_LOOK_SECONDS) and alive():
            try:
                self.deliver()
            except Exception:  # noqa: BLE001 - the worker loop is an outer door
                _log.exception("commitment.report-failed")

    def deliver(self) -> int:
        """Try what is due; gives how many were taken."""
        c = storage_commitment.c
        with self.commitment.spool.database.read() as connection:
            due = connection.execute(
                select(storage_commitment)
                .where(c.reported_at.is_(None), c.not_before <= now(), c.requested_at > now() - _GIVE_UP_AFTER)
                .order_by(c.id)
                .limit(20)
            ).all()
        return sum(self._deliver(row) for row in due)

    def _deliver(self, row: Row[Any]) -> bool:
        error = self._send(row)
        wait = min(_RETRY_SECONDS * 2**row.attempts, _RETRY_CEILING_SECONDS)
        with self.commitment.spool.database.begin() as connection:
            connection.execute(
                update(storage_commitment)
                .where(storage_commitment.c.id == row.id)
                .values(
                    attempts=row.attempts + 1,
                    not_before=now() + timedelta(seconds=wait),
                    reported_at=None if error else now(),
                    last_error=error,
                )
            )
        _log.info("commitment.new-association", transaction_uid=row.transaction_uid, error=error)
        return not error

    def _send(self, row: Row[Any]) -> str:
        """Empty where the requester took it, else why not."""
        port = next((p.commitment_port for p in self.settings.peers if p.ae_title == row.requester_ae), 0)
        if not port:
            return "no commitment_port is set for this peer"
        asked = [Reference(*pair) for pair in json.loads(row.references)]
        report = Report(row.transaction_uid, self.commitment.judge(asked))
        role = SCP_SCU_RoleSelectionNegotiation()
        role.sop_class_uid = STORAGE_COMMITMENT
        role.scu_role, role.scp_role = False, True
        entity = AE(ae_title=self.settings.ae_title)
        entity.connection_timeout = entity.acse_timeout = entity.dimse_timeout = _CONNECT_SECONDS
        entity.add_requested_context(STORAGE_COMMITMENT)
        peer = entity.associate(row.requester_address, port, ae_title=row.requester_ae, ext_neg=[role])
        if not peer.is_established:
            return "the peer accepts no association"
        try:
            status, _ = peer.send_n_event_report(
                report.dataset(), report.event_type, STORAGE_COMMITMENT, WELL_KNOWN_INSTANCE
            )
        except (ValueError, RuntimeError) as error:
            return str(error)
        finally:
            peer.release()
        return "" if "Status" in status and status.Status == 0 else "the peer did not take the report"


def report(settings: Settings) -> None:
    """Deliver reports in a process of its own until SIGTERM or until the receiver is gone."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    folder = settings.home / "gateway"
    database = open_database(sqlite_url(folder / "gateway.sqlite"))
    with closing(database):
        reporter = Reporter(Commitment(Spool(database, folder)), settings.gateway)
        reporter.run(stop, alive=lambda: parent is None or parent.is_alive())
