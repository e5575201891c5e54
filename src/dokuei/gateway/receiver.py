"""The receiving program: opens the ports, brings the spool in order, and keeps several acceptors at work.

Acceptors are processes because one Python process has one core's worth of Python. They share the listeners by
inheritance rather than SO_REUSEPORT: a connection waits for whoever is free, and none is lost with an acceptor that
is killed.
"""

import errno
import multiprocessing
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Final

import structlog

from dokuei.clock import monotonic
from dokuei.errors import ConfigurationError
from dokuei.gateway.acceptor import Listeners, accept
from dokuei.gateway.commitment_report import report
from dokuei.gateway.listen import listen
from dokuei.gateway.receive_tls import server_context
from dokuei.gateway.recover import recover
from dokuei.gateway.spool import open_spool
from dokuei.settings import GatewaySettings, Settings

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_BACKLOG: Final = 128
_READY_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 4.5
_LOOK_SECONDS: Final = 0.2
_PORT_SECONDS: Final = 2.0
_PORT_PAUSE_SECONDS: Final = 0.05
_STEADY_SECONDS: Final = 1.0
_FORK: Final = multiprocessing.get_context("fork")
_log = structlog.get_logger()


@dataclass(frozen=True)
class Endpoint:
    """Where modalities find us; ``tls_port`` is 0 where TLS is off, ``port`` where nothing else is served."""

    ae_title: str
    host: str
    port: int
    tls_port: int
    pids: tuple[int, ...]


def serve(settings: Settings, *, ready: Callable[[Endpoint], None], stop: threading.Event | None = None) -> None:
    """Receive until SIGTERM or ``stop``; then end in under five seconds, each object in hand finished.

    Raises:
        ConfigurationError: a port cannot be opened, certificates are missing, or nothing may be served.
    """
    stop = stop or _stop_on_signals()
    with ExitStack() as stack:
        with closing(open_spool(settings.home)) as spool:
            recover(spool)
        gateway = settings.gateway
        _demand_listener(gateway)
        if gateway.tls_port or (gateway.hl7.port and gateway.hl7.serves_tls):
            server_context(settings)  # say what is wrong with it now, not in a child
        plain = stack.enter_context(_listen(gateway.host, gateway.port)) if gateway.serves_plain else None
        secure = stack.enter_context(_listen(gateway.host, gateway.tls_port)) if gateway.tls_port else None
        listeners = Listeners(plain, secure)
        acceptors = [Child("acceptor", partial(accept, settings, listeners)) for _ in range(gateway.acceptors)]
        if gateway.hl7.port:
            orders = stack.enter_context(_listen(gateway.hl7.host, gateway.hl7.port, section="gateway.hl7"))
            acceptors.append(Child("orders", partial(listen, settings, orders)))
        for acceptor in acceptors:
            stack.callback(acceptor.kill)
            acceptor.start()
        for acceptor in acceptors:
            acceptor.wait_ready()
        reports = _FORK.Process(target=report, args=(settings,), name="reporter", daemon=True)
        reports.start()
        stack.callback(reports.kill)
        ready(
            Endpoint(
                gateway.ae_title,
                gateway.host,
                plain.getsockname()[1] if plain else 0,
                secure.getsockname()[1] if secure else 0,
                tuple(a.pid for a in acceptors),
            )
        )
        while not stop.wait(_LOOK_SECONDS):
            for acceptor in acceptors:
                acceptor.revive()
        _stop_all(acceptors)


class Child:
    """One receiving process, started again when it dies; ``serve`` says through its pipe that it is ready.

    Forked, so that a second of imports is not paid by each; this process keeps no database open while it forks.
    """

    def __init__(self, name: str, serve: "Callable[[Connection], None]") -> None:
        self._name = name
        self._serve = serve
        self._process: multiprocessing.process.BaseProcess | None = None
        self._ready: Connection | None = None
        self._started = 0.0

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        return (self._process.pid if self._process else None) or 0

    def start(self) -> None:
        """Start it; its listeners are ours."""
        self._ready, told = _FORK.Pipe(duplex=False)
        self._process = _FORK.Process(target=self._serve, args=(told,), name=self._name)
        self._process.start()
        told.close()
        self._started = monotonic()

    def wait_ready(self) -> None:
        """Until it takes connections.

        Raises:
            ConfigurationError: it ended instead; its log says why.
        """
        try:
            if self._ready is not None and self._ready.poll(_READY_SECONDS):
                self._ready.recv_bytes()
                return
        except EOFError:
            pass
        raise ConfigurationError("a receiving process did not start", phase="starting", remedy="read its log")

    def revive(self) -> None:
        """Start it again if it died, at most once in a while."""
        if self._process is None or self._process.is_alive() or monotonic() - self._started < _STEADY_SECONDS:
            return
        _log.warning(f"{self._name}.restarted", code=self._process.exitcode)
        self.start()

    def terminate(self) -> None:
        """Ask it to finish what it has in hand."""
        if self._process is not None and self._process.is_alive():
            self._process.terminate()

    def kill(self, *, after: float = 0.0) -> None:
        """End it for good after so many seconds."""
        if self._process is None:
            return
        self._process.join(after)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _stop_all(children: list[Child]) -> None:
    for child in children:
        child.terminate()
    deadline = monotonic() + _STOP_SECONDS
    for child in children:
        child.kill(after=max(0.0, deadline - monotonic()))


def _demand_listener(gateway: GatewaySettings) -> None:
    if not gateway.serves_plain and not gateway.tls_port:
        raise ConfigurationError(
            f"DIMSE on {gateway.host} is served with TLS only, and no TLS port is set",
            phase="starting",
            remedy="set gateway.tls_port (2762), or gateway.plain_dimse = true and list the modalities with addresses",
        )


@contextmanager
def _listen(host: str, port: int, *, section: str = "gateway") -> Iterator[socket.socket]:
    """A listener at this port and no other: modalities are set to it (a killed receiver frees it in a moment)."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        deadline = monotonic() + _PORT_SECONDS
        while True:
            try:
                listener.bind(address)
                break
            except OSError as error:
                if error.errno != errno.EADDRINUSE or monotonic() > deadline:
                    raise ConfigurationError(
                        f"{host}:{port} cannot be opened: {error.strerror}",
                        phase="starting",
                        remedy=f"set {section}.host to an address of this machine, {section}.port to an allowed port",
                    ) from error
                time.sleep(_PORT_PAUSE_SECONDS)
        listener.listen(_BACKLOG)
        yield listener


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop
