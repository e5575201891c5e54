"""The gateway's worker process: codes, forwards and tells the hub how it is, until it is told to stop."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from dokuei.clock import monotonic
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import ConfigurationError
from dokuei.gateway import contract
from dokuei.gateway.bandwidth import Bucket, Schedule
from dokuei.gateway.deliver import Deliverer
from dokuei.gateway.enrol import hub_client, identity_of
from dokuei.gateway.folder.watch import Watcher
from dokuei.gateway.forward import Forwarder
from dokuei.gateway.heartbeat import Heart
from dokuei.gateway.line import LineChecker
from dokuei.gateway.link import Link
from dokuei.gateway.metrics import serve_metrics
from dokuei.gateway.pipeline import Pipeline, sweep
from dokuei.gateway.priors.work import Priors, demand_own_patient
from dokuei.gateway.pseudonyms import naming_of, open_key
from dokuei.gateway.pulse import MakePulse, Pulser
from dokuei.gateway.reidentify import Reidentifier
from dokuei.gateway.results import Results
from dokuei.gateway.sending import SendQueue
from dokuei.gateway.sign_object import ObjectSigner
from dokuei.gateway.spool import Spool, open_spool
from dokuei.gateway.steps import tables as steps
from dokuei.gateway.stream import Streams
from dokuei.gateway.stream_count import StreamCount
from dokuei.gateway.tell import Teller
from dokuei.settings import Settings
from dokuei.storage.anchor import DailyAnchor
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import open_database, sqlite_url

_log = structlog.get_logger()
_CODERS = 2
_NICE = 10
_AGAIN_SECONDS = 1.0
_STOP_SECONDS = 5.0
_ANCHOR_SECONDS = 60.0
_TIDY_SECONDS = 3600.0


@dataclass(frozen=True)
class _Part:
    """One thread's work."""

    name: str
    run: Callable[[], None]


def work(settings: Settings, *, stop: threading.Event, make_pulse: MakePulse | None = None) -> None:
    """Run until ``stop`` is set; safe to be killed and started again at any point.

    ``make_pulse`` makes the test patient's image; without it health is not proven by traffic.
    """
    os.nice(_NICE)
    durable = open_spool(settings.home)
    with _only_one(settings.home):
        relaxed = Spool(
            open_database(sqlite_url(durable.folder / "gateway.sqlite"), synchronous="NORMAL"), durable.folder
        )
        relaxed.release_claims(sweep(durable.folder / "coded"))
        link = Link(settings.gateway.retry_ceiling_seconds, stop)
        parts = _parts(settings, durable, relaxed, link)
        if make_pulse is not None and settings.gateway.pulse_minutes:
            pulser = Pulser(settings, relaxed, link, lambda: hub_client(settings), make_pulse)
            parts.append(_Part("pulse", _Enrolled(settings.home, link.stop).then(pulser.run)))
        if settings.gateway.line_check_hours:
            checker = LineChecker(settings, relaxed.database, link.stop, lambda: hub_client(settings))
            parts.append(_Part("line", _Enrolled(settings.home, link.stop).then(checker.run)))
        if settings.gateway.metrics_port:
            serve = partial(serve_metrics, relaxed, settings.gateway.metrics_port, link.stop)
            parts.append(_Part("metrics", serve))
        _run(parts, link)
        relaxed.database.close()
    durable.database.close()


def _parts(settings: Settings, durable: Spool, relaxed: Spool, link: Link) -> list[_Part]:
    naming = naming_of(settings, durable.database)
    pipeline = Pipeline(relaxed, link.stop, naming, demand_own_patient(relaxed))
    sending = settings.gateway.sending
    bucket = Bucket(Schedule.of(sending), urgent_exempt=sending.urgent_exempt)
    queue = SendQueue(link.stop, bucket=bucket)
    forwarder = Forwarder(
        spool=relaxed,
        durable=durable.database,
        link=link,
        queue=queue,
        make_client=lambda: hub_client(settings),
        keep_originals=settings.gateway.keep_originals == "always",
        naming=naming,
    )
    streams = Streams(
        link=link,
        queue=queue,
        bucket=bucket,
        make_client=lambda: hub_client(settings),
        offer_again=forwarder.offer_again,
        count=StreamCount(sending.streams),
        database=relaxed.database,
    )
    heart = Heart(settings, relaxed, link, forwarder.close_again)
    pseudonyms = lambda: Pseudonyms(open_key(settings.home, durable.database))  # noqa: E731 - asked for when it is used
    reidentify = Reidentifier(durable.database, pseudonyms, ObjectSigner(identity_of(settings.home)))
    teller = Teller(settings, durable.database, link, lambda: hub_client(settings), pseudonyms)
    deliverer = Deliverer(settings, durable.database, link, lambda: hub_client(settings), reidentify)
    results = Results(settings, durable.database, link, deliverer.folder, reidentify)
    priors = Priors(settings, durable, link, lambda: hub_client(settings), pseudonyms)
    anchor = DailyAnchor(settings.audit.anchor, "gateway", gateway_trail, relaxed.database)
    watcher = Watcher(durable.database, settings.gateway.folder, lambda: contract.known(settings.home))
    enrolled = _Enrolled(settings.home, link.stop)
    return [
        *(_Part(f"code-{number}", pipeline.run) for number in range(1, _CODERS + 1)),
        _Part("talk", enrolled.then(forwarder.talk)),
        *(_Part(f"stream-{n}", enrolled.then(partial(streams.run, n))) for n in range(1, sending.streams + 1)),
        _Part("streams", streams.watch),
        _Part("heartbeat", enrolled.then(heart.beat)),
        _Part("deliver", enrolled.then(deliverer.run)),
        _Part("orders", enrolled.then(teller.run)),
        _Part("results", results.run),
        *([_Part("priors", enrolled.then(priors.run)), _Part("prior", priors.fetch)] if priors.pacs else []),
        *([_Part("folder", lambda: _watch(watcher, link.stop))] if settings.gateway.folder.path else []),
        _Part("anchor", lambda: _anchor(anchor, link.stop)),
        _Part("tidy", lambda: _tidy(durable, link.stop)),
    ]


def _watch(watcher: Watcher, stop: threading.Event) -> None:
    while not stop.is_set():
        watcher.turn()
        stop.wait(watcher.settings.poll_seconds)


def _anchor(anchor: DailyAnchor, stop: threading.Event) -> None:
    while not stop.is_set():
        anchor.step()
        stop.wait(_ANCHOR_SECONDS)


def _tidy(spool: Spool, stop: threading.Event) -> None:
    while not stop.is_set():
        with spool.database.begin() as connection:
            steps.forget_old(connection)
        stop.wait(_TIDY_SECONDS)


def _run(parts: list[_Part], link: Link) -> None:
    threads = [
        threading.Thread(target=_keep_going, args=(part, link.stop), name=part.name, daemon=True) for part in parts
    ]
    for thread in threads:
        thread.start()
    link.stop.wait()
    link.wake()
    deadline = monotonic() + _STOP_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - monotonic()))  # whoever hangs on a dead line may be left: nothing is lost


def _keep_going(part: _Part, stop: threading.Event) -> None:
    """A worker loop: what nobody foresaw is logged, and the part starts over."""
    while not stop.is_set():
        try:
            part.run()
        except ConfigurationError as error:
            _log.error("worker.not_set_up", part=part.name, what=str(error))
            stop.wait(_AGAIN_SECONDS)
        except Exception as error:  # noqa: BLE001 - the outer door of this thread
            _log.error("worker.broke", part=part.name, exc_info=error)
            stop.wait(_AGAIN_SECONDS)


@dataclass(frozen=True)
class _Enrolled:
    """Coding needs no hub; the rest waits for the enrolment, which may come while the worker runs."""

    home: Path
    stop: threading.Event

    def then(self, run: Callable[[], None]) -> Callable[[], None]:
        def wait_and_run() -> None:
            while identity_of(self.home).read() is None:
                if self.stop.wait(_AGAIN_SECONDS):
                    return
            run()

        return wait_and_run


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    with (home / "gateway" / ".worker.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(
                "another worker is at work on this home folder", phase="starting", remedy="stop it first"
            ) from error
        yield
