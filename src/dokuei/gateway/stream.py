"""Streaming: uploads side by side carry what the hub lacks, as many as the line is worth; after a cut a new one begins.

How many there are is measured while they run; how fast they go together is what the schedule of the site allows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from dokuei.clock import monotonic, now
from dokuei.errors import ClockError, DokueiError, UnreachableError
from dokuei.gateway import sending_tables
from dokuei.gateway.bandwidth import Bucket
from dokuei.gateway.hearing import Hearing
from dokuei.gateway.link import Link
from dokuei.gateway.sending import Lane, Sending, SendQueue
from dokuei.gateway.sending_tables import SendingNow
from dokuei.gateway.stream_count import Flow, Rate, StreamCount
from dokuei.storage.db import Database
from dokuei.transfer.client import HubClient

_log = structlog.get_logger()
_WAIT_SECONDS = 0.5
_LOOK_SECONDS = 0.5
_NOTE = timedelta(seconds=1)


@dataclass
class Streams:
    """What all uploads share; ``offer_again`` is told what one of them has left behind, and why."""

    link: Link
    queue: SendQueue
    bucket: Bucket
    make_client: Callable[[], HubClient]
    offer_again: Callable[[DokueiError | None, Sequence[Sending]], None]
    count: StreamCount
    database: Database

    def run(self, number: int) -> None:
        """One of the uploads, by its number from 1, whenever there is something for it; until the stop."""
        lane = self.queue.lane(lambda: number <= self.count.wanted)
        client, failures = self.make_client(), 0
        try:
            while not self.link.stop.is_set():
                if not lane.wait(_WAIT_SECONDS):
                    continue
                hearing = Hearing(self.link, lane)
                error = _upload(client, lane, hearing)
                if error is not None:
                    self.link.broke()
                self.offer_again(error, lane.cut())
                if error is None:
                    failures = 0
                    continue
                cut = isinstance(error, UnreachableError)
                failures = 1 if cut and hearing.progress else failures + 1
                _log.warning("upload.cut", code=error.code, phase=error.phase, what=error.what)
                client.close()
                self.link.wait_after(error, failures if cut or isinstance(error, ClockError) else failures + 1)
                client = self._anew(client)
        finally:
            # Whatever broke it, another carries on what it had in hand.
            self.offer_again(None, lane.cut())
            client.close()

    def watch(self) -> None:
        """Measure how fast they go, decide how many there should be, and write both down; until the stop."""
        rate, flow, cuts = Rate(), Flow(), self.link.cuts
        with self.database.begin() as connection:
            before = sending_tables.latest(connection)
            noted = SendingNow(now(), 0, None if before is None else before.line_bytes_per_second)
            sending_tables.note(connection, noted)
        rate.line = noted.line_bytes_per_second
        while not self.link.stop.wait(_LOOK_SECONDS):
            throttled, cut = self.bucket.take_waited(), cuts != self.link.cuts
            cuts = self.link.cuts
            at, arrived, unsent = monotonic(), self.queue.arrived, self.queue.unsent
            away = cut or bool(self.link.error) or not flow.goes(at, arrived=arrived)
            free = not throttled and not away
            self.count.look(at, arrived=arrived, full=free and unsent > self.count.wanted)
            speed = rate.note(at, arrived=arrived, full=free and unsent > 0)
            found = SendingNow(now(), round(speed), None if rate.line is None else round(rate.line), self.count.wanted)
            noted = self._note(found, noted)

    def _note(self, found: SendingNow, noted: SendingNow) -> SendingNow:
        """Once a second while anything moves, and once more when nothing does."""
        still = not found.bytes_per_second and not noted.bytes_per_second
        if still or found.at - noted.at < _NOTE:
            return noted
        with self.database.begin() as connection:
            sending_tables.note(connection, found)
        return found

    def _anew(self, client: HubClient) -> HubClient:
        """A client with today's certificate, by the clock that the last one had learnt."""
        made = self.make_client()
        if made.signer is not None and client.signer is not None:
            made.signer.clock_offset = client.signer.clock_offset
        return made


def _upload(client: HubClient, lane: Lane, hearing: Hearing) -> DokueiError | None:
    try:
        client.upload(lane, hearing.on_event)
    except DokueiError as error:
        return error
    return hearing.end
