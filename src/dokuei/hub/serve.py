"""One listening process of the hub, stopped cleanly by a signal.

Granian speaks TLS 1.3 and HTTP/2 to whoever is not on this machine; ``plain_server`` serves this machine itself.
"""

import asyncio
import contextlib
import gc
import resource
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from granian._granian import SocketHolder  # the server's own way in for a socket that was opened elsewhere
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from typing_extensions import override

from dokuei.errors import ConfigurationError
from dokuei.hub.pace import BodyPace
from dokuei.hub.plain_server import PlainServer
from dokuei.hub.problems import OuterDoor

_BACKLOG = 512
_MOST_UNSENT = 128 << 10
_TCP_RTO_MAX_MS = 44  # linux/tcp.h; Python has no name for it
_LONGEST_PAUSE_MS = 1_000
_CONNECTIONS = 8192  # each costs little; a browser has six, and whoever holds some open takes them from others
_FILES = 2 * _CONNECTIONS
_HEADER_MILLISECONDS = 10_000
_COLLECTED_AFTER = (20_000, 50, 50)  # objects more, youngest rounds, middle rounds; Python's own are 700, 10, 10


@dataclass(frozen=True)
class Listener:
    """Where and how to listen; without a certificate only loopback may be used (settings see to it)."""

    host: str
    port: int
    certificate: Path | None = None
    private_key: Path | None = None
    client_ca: Path | None = None


class _OneListener(Server):
    """Granian opens its ports with SO_REUSEPORT, so that another hub could silently take half of the requests."""

    def __init__(self, app: Callable[..., Any], listener: socket.socket, **options: Any) -> None:
        super().__init__(app, **options)
        self._listener = listener

    @override
    def _init_shared_socket(self) -> None:
        # Granian's stub leaves out both the holder's constructor and that this attribute ever holds one.
        self._shd = SocketHolder(self._listener.detach(), False, _BACKLOG)  # type: ignore[assignment, call-arg]
        self._ssp = None


def serve(app: Callable[..., Any], listener: Listener) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are finished first.

    Raises:
        ConfigurationError: the port cannot be opened, or somebody listens there already.
    """
    _allow_files(_FILES)
    with open_listener(listener.host, listener.port) as opened:
        uvloop.run(_serve(app, listener, opened))


def spare_collector() -> None:
    """For a process that only serves: what stands now stays, and is not walked through for cycles in each answer.

    An answer over thousands of rows makes so many objects that the collector came several times, 150 ms in all.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)


def _tell_stopping(app: Callable[..., Any]) -> None:
    state = getattr(app, "state", None)
    if state is not None:
        state.stopping = True  # answers without an end of their own look at this


def _allow_files(wanted: int) -> None:
    """As many open files as connections need, as far as the machine lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens at this port alone: whoever comes second is told so.

    Raises:
        ConfigurationError: the port cannot be opened, or somebody listens there already.
    """
    opened = None
    try:
        name = "127.0.0.1" if host == "localhost" else host
        family, _, _, _, address = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that linger are nobody's listener
        _prefer_bbr(opened)
        _hold_little(opened)
        _ask_soon_again(opened)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # every connection inherits it: no answer's end
        opened.bind(address)  # waits for the client's acknowledgement of its beginning (40 ms)
        opened.listen(_BACKLOG)
    except OSError as error:
        if opened is not None:
            opened.close()
        raise ConfigurationError(
            f"{host} port {port} cannot be opened: {error.strerror}",
            phase="opening a port",
            remedy="stop what listens there, or set another address or port",
        ) from error
    opened.setblocking(False)
    return opened


def _prefer_bbr(opened: socket.socket) -> None:
    """Every connection inherits it: a line that loses a packet in a hundred keeps its rate, as the gateway's does."""
    with contextlib.suppress(OSError, AttributeError):  # another kernel carries lines too
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"bbr")


def _hold_little(opened: socket.socket) -> None:
    """Every connection inherits it: what nobody has sent yet waits here, where an answer that is wanted more overtakes.

    Otherwise megabytes of frames lie in the kernel, and on a slow line each small answer comes seconds later. What is
    on its way and not acknowledged does not count, so a far line stays full (TCP_NOTSENT_LOWAT, tcp(7)).
    """
    with contextlib.suppress(OSError, AttributeError):  # another kernel knows no such limit
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _MOST_UNSENT)


def _ask_soon_again(opened: socket.socket) -> None:
    """Every connection inherits it: after an outage an answer goes on within a second, not as long again as it lasted.

    TCP doubles its pauses while nothing is acknowledged (RFC 6298 5.5); Linux 6.15 and later takes a longest one.
    """
    with contextlib.suppress(OSError):  # an older kernel doubles on
        opened.setsockopt(socket.IPPROTO_TCP, _TCP_RTO_MAX_MS, _LONGEST_PAUSE_MS)


async def _serve(app: Callable[..., Any], listener: Listener, opened: socket.socket) -> None:
    server: PlainServer | _OneListener
    if listener.certificate is None:
        server = PlainServer(OuterDoor(app), placed=getattr(app, "placed", None), connections=_CONNECTIONS)
        serving = server.serve(sockets=[opened])
    else:
        server = _with_tls(app, listener, opened)
        serving = server.serve()

    def stop() -> None:
        _tell_stopping(app)
        server.stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await serving


def _with_tls(app: Callable[..., Any], listener: Listener, opened: socket.socket) -> _OneListener:
    door = OuterDoor(app)
    return _OneListener(
        BodyPace(door) if listener.client_ca is None else door,  # a gateway's upload is an open line, idle or not
        opened,
        address="127.0.0.1" if listener.host == "localhost" else listener.host,
        port=listener.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS, keep_alive=True),
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        websockets=False,
        log_access=False,
        ssl_cert=listener.certificate,
        ssl_key=listener.private_key,
        ssl_ca=listener.client_ca,
        ssl_client_verify=listener.client_ca is not None,
    )
